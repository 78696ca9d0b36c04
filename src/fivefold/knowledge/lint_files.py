"""What every check of the linter works on: the files as they were read, and problems with their file and line."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

from fivefold.concepts.criteria import Criterion
from fivefold.concepts.errors import Problem
from fivefold.concepts.walking import Part
from fivefold.knowledge.decoding import INVALID, Run, nearest

T = TypeVar("T")


class CheckedFile(Protocol):
    """One file of the base as the linter sees it."""

    name: str
    run: Run
    value: Any

    @property
    def parts(self) -> dict[type, list[Part]]: ...


class Files:
    """The files of a base, with the ids of those that could not be read.

    ``unread`` holds ids that are named elsewhere and would be known if their own file had no problems: nothing is said
    of them, so that one mistake is one problem.
    """

    def __init__(self, loaded: Iterable[CheckedFile], unread: Iterable[str] = ()) -> None:
        self.valid = [file for file in loaded if file.value is not INVALID]
        self.unread = frozenset(unread)

    def of(self, type_: type[T]) -> Iterator[tuple[CheckedFile, T]]:
        """Every file of one type with its value."""
        for file in self.valid:
            if isinstance(file.value, type_):
                yield file, file.value

    def parts(self, *types: type[T]) -> Iterator[tuple[CheckedFile, str, T]]:
        """Every part of these very types in every file, with its path."""
        for file in self.valid:
            for type_ in types:
                for path, part in file.parts.get(type_, ()):
                    yield file, path, part

    def criteria(self) -> Iterator[tuple[CheckedFile, str, Criterion]]:
        """Every criterion of every file with its path."""
        return self.parts(*Criterion.__subclasses__())

    def unknown(self, file: CheckedFile, path: str, kind: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
        """The problem that a name is not known; none when it is, or when its own file could not be read."""
        names = list(known)
        if name not in names and name not in self.unread:
            shown = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
            yield problem(file, path, repr(name), f"a known {kind}: {shown}", "Correct the id." + nearest(name, names))

    def each_unknown(self, file: CheckedFile, path: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
        """The same for a list of names, each with its own line."""
        known_names = list(known)
        for index, name in enumerate(names):
            yield from self.unknown(file, f"{path}[{index}]", kind, name, known_names)


def problem(file: CheckedFile, path: str, value: str, expected: str, remedy: str) -> Problem:
    """A problem at the line of a path, or of the nearest path above it."""
    return Problem(file.name, file.run.line_of(path), path, value, expected, remedy)
