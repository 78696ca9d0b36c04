"""An assessment file that is filled answer by answer without disturbing what somebody has written into it.

Only the place of an answer is changed: comments, order and layout of the rest stay. The file is written after every
answer, beside its place first, so that it is whole at any moment, also when the terminal is killed.
"""

import os
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from fivefold.concepts.errors import FivefoldError
from fivefold.knowledge.strict_yaml import Node, parse_tree

ASKED = "# fivefold new has asked:"
BEGINNING = "# Assessment for Fivefold. What is not known says so or is left out; nothing here is guessed.\n"
ONLY_THE_OWNER = 0o600

Path_ = tuple[str, ...]


class CannotEdit(FivefoldError):
    """The file is written in a way that cannot be filled in place; its author can."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The answer to {key} could not be put into the file without disturbing it. Write it in with an editor.")


class ChangedMeanwhile(FivefoldError):
    """Somebody else has changed the file while it was being filled."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was changed by another program meanwhile; nothing was overwritten. Start fivefold new {path} again.")


class AssessmentDocument:
    """The text of one assessment file: what it says, and changes of single places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tree: Node | None = None

    @classmethod
    def blank(cls, as_of: date) -> "AssessmentDocument":
        """The smallest valid assessment."""
        return cls(f"{BEGINNING}as_of: {as_of.isoformat()}\npatient: {{}}\n")

    # ---- What it says ------------------------------------------------------------------------------------------------

    def value(self, path: Path_) -> Any:
        """What stands at a path: a text, a list or mapping of nodes, or None where nothing stands."""
        if self._tree is None:
            self._tree, _ = parse_tree(self.text, "assessment")
        node = self._tree
        for key in path:
            if node is None or not isinstance(node.value, dict) or key not in node.value:
                return None
            node = node.value[key][1]
        return node.value if node is not None else None

    def entries(self, key: str) -> list[dict[str, str]]:
        """The entries of a list of mappings, with their plain texts."""
        value = self.value((key,))
        if not isinstance(value, list):
            return []
        return [{name: part.value for name, (_, part) in entry.value.items()} for entry in value if isinstance(entry.value, dict)]

    @property
    def asked(self) -> tuple[str, ...] | None:
        """Lists that have been asked about, None where nobody has noted it."""
        for line in self.text.splitlines():
            if line.startswith(ASKED):
                return tuple(line.removeprefix(ASKED).replace(",", " ").split())
        return None

    # ---- Changing one place ------------------------------------------------------------------------------------------

    def with_asked(self, names: tuple[str, ...]) -> "AssessmentDocument":
        """The document with a note of the lists that have been asked about."""
        note = f"{ASKED} {', '.join(names)}".rstrip()
        lines = self.text.split("\n")
        for position, line in enumerate(lines):
            if line.startswith(ASKED):
                return AssessmentDocument("\n".join([*lines[:position], note, *lines[position + 1 :]]))
        position = 1 if lines[0].startswith("#") else 0
        return AssessmentDocument("\n".join([*lines[:position], note, *lines[position:]]))

    def with_value(self, path: Path_, written: str) -> "AssessmentDocument":
        """The document with ``written``, a value on one line, at a path of keys."""
        changed = AssessmentDocument(_put(self.text, path, written))
        if changed.value(path) is None:
            raise CannotEdit(".".join(path))
        return self._checked(changed, path[0])

    def with_entry(self, key: str, written: str) -> "AssessmentDocument":
        """The document with one more entry at the end of a list."""
        changed = AssessmentDocument(_append(self.text, key, written))
        value = changed.value((key,))
        before = self.value((key,))
        if not isinstance(value, list) or len(value) != (len(before) if isinstance(before, list) else 0) + 1:
            raise CannotEdit(key)
        return self._checked(changed, key)

    def _checked(self, changed: "AssessmentDocument", key: str) -> "AssessmentDocument":
        """The changed document, refused where anything but the one key reads differently than before."""
        old, new = self._top(), changed._top()
        if any(old[name] != new.get(name) for name in old if name != key) or not set(new) <= {*old, key}:
            raise CannotEdit(key)
        return changed

    def _top(self) -> dict[str, Any]:
        root, problems = parse_tree(self.text, "assessment")
        if root is None or problems or not isinstance(root.value, dict):
            return {}
        return {name: _bare(part) for name, (_, part) in root.value.items()}


def _bare(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {name: _bare(part) for name, (_, part) in node.value.items()}
    return [_bare(part) for part in node.value] if isinstance(node.value, list) else (node.value, node.plain)


# ---- Text surgery ----------------------------------------------------------------------------------------------------


def _root(text: str) -> Any:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise CannotEdit("the file")
    return root


def _put(text: str, path: Path_, written: str) -> str:
    node = _root(text)
    for depth, key in enumerate(path):
        found = next((value for name, value in node.value if name.value == key), None)
        if found is None and node.flow_style:
            return _into_flow(text, node, _flow(path[depth:], written))
        if found is None:
            return _insert(text, node, f"{key}:{_nested(path[depth + 1 :], written, _indent(node) + 2)}")
        if depth == len(path) - 1:
            return _replace(text, found, written)
        if not isinstance(found, yaml.MappingNode):
            return _replace(text, found, "{" + _flow(path[depth + 1 :], written) + "}")
        node = found
    raise CannotEdit(".".join(path))


def _append(text: str, key: str, written: str) -> str:
    root = _root(text)
    found = next((value for name, value in root.value if name.value == key), None)
    if found is None:
        return _insert(text, root, f"{key}: [{written}]" if root.flow_style else f"{key}:\n{' ' * (_indent(root) + 2)}- {written}")
    if not isinstance(found, yaml.SequenceNode):
        return _replace(text, found, f"[{written}]")
    if found.flow_style:
        return _into_flow(text, found, written)
    return _after(text, found.value[-1], " " * found.start_mark.column + f"- {written}")


def _insert(text: str, mapping: Any, line: str) -> str:
    """A new key at the end of a mapping."""
    if mapping.flow_style:
        return _into_flow(text, mapping, line)
    return _after(text, mapping.value[-1][1], " " * _indent(mapping) + line)


def _into_flow(text: str, node: Any, written: str) -> str:
    """Into the brackets of a collection, at its end; a comma behind the last part is kept as the separator."""
    end = node.end_mark.index - 1
    inside = text[node.start_mark.index + 1 : end].rstrip()
    comma = "" if not node.value or inside.endswith(",") else ","
    kept = text[: node.start_mark.index + 1] + inside
    return kept + comma + (" " if node.value else "") + written + text[end:]


def _after(text: str, last: Any, line: str) -> str:
    """A new line below the last line of a node, behind whatever comment stands there."""
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        final = last.value[-1]
        last = final[1] if isinstance(final, tuple) else final
    end = text.find("\n", last.end_mark.index if last.end_mark.column or not last.value else last.end_mark.index - 1)
    return f"{text.rstrip()}\n{line}\n" if end < 0 else f"{text[:end]}\n{line}{text[end:]}"


def _replace(text: str, node: Any, written: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        raise CannotEdit("a value on several lines")
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    return text[:start] + space + written + text[end:]


def _indent(mapping: Any) -> int:
    return int(mapping.value[0][0].start_mark.column) if mapping.value and not mapping.flow_style else 0


def _nested(rest: Path_, written: str, indent: int) -> str:
    """What stands behind a new key: the value, or the keys that lead to it, each on its line."""
    if not rest:
        return f" {written}"
    return f"\n{' ' * indent}{rest[0]}:{_nested(rest[1:], written, indent + 2)}"


def _flow(rest: Path_, written: str) -> str:
    return f"{rest[0]}: {written}" if len(rest) == 1 else f"{rest[0]}: {{{_flow(rest[1:], written)}}}"


# ---- The file on the disk --------------------------------------------------------------------------------------------


class AssessmentPlace:
    """Where the document lies; remembers what was written last, so that nobody else's change is lost."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # A link stays a link: what it leads to is written.
        self._target = path.resolve()
        self._last: str | None = None

    def read(self) -> AssessmentDocument | None:
        """The document, None where there is no file yet. Raises OSError and UnicodeDecodeError."""
        if not self._target.exists():
            return None
        self._last = self._target.read_bytes().decode("utf-8-sig")
        return AssessmentDocument(self._last)

    def write(self, document: AssessmentDocument) -> None:
        """Put the document in its place at once. Raises ChangedMeanwhile, OSError."""
        present = self._target.read_bytes().decode("utf-8-sig") if self._target.exists() else None
        if present != self._last:
            raise ChangedMeanwhile(self.path)
        mode = self._target.stat().st_mode & 0o777 if present is not None else ONLY_THE_OWNER
        with tempfile.NamedTemporaryFile(dir=self._target.parent, prefix=f".{self._target.name}.", delete=False) as stream:
            try:
                stream.write(document.text.encode())
                stream.flush()
                os.fsync(stream.fileno())
                os.fchmod(stream.fileno(), mode)
                Path(stream.name).replace(self._target)
            except OSError:
                with suppress(OSError):
                    Path(stream.name).unlink()
                raise
        self._last = document.text
