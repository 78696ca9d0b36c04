"""What differs between two knowledge bases, in words a clinician reads.

Entries are compared by id and field by field. A number or a criterion says *previously ... now ...*, as the changelog
does.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, StrEnum
from typing import Any

from fivefold.concepts.basis import Basis, Claim, Quantity, SpreadQuantity
from fivefold.concepts.criteria import Criterion
from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.knowledge_base import KnowledgeBase, KnowledgeRelease
from fivefold.concepts.vocabulary import Severity
from fivefold.knowledge.entries import Entry, entries


class ChangeKind(StrEnum):
    """What happened to a thing between two bases."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class BaseChange:
    """One difference: of which entry, in which part of it (empty for a whole entry), and in words before and now.

    ``what`` is the kind of the entry (specific module, risk rule, instrument ...), ``sort`` the kind of the part:
    entry, criterion, number, basis or text.
    """

    kind: ChangeKind
    what: str
    entry: str
    label: str
    part: str
    sort: str
    before: str
    now: str

    def __str__(self) -> str:
        if not self.part:
            return f"{self.what.capitalize()} {self.label} {self.kind}."
        place = f"{self.label}, {self.part}"
        match self.kind:
            case ChangeKind.ADDED:
                return f"{place}: added {self.now}"
            case ChangeKind.REMOVED:
                return f"{place}: removed {self.before}"
            case ChangeKind.CHANGED:
                return f"{place}: previously {self.before}; now {self.now}"


@dataclass(frozen=True)
class BaseDiff:
    """All differences between two bases, in the order of reading of the newer one; removed entries come last."""

    old: KnowledgeRelease
    new: KnowledgeRelease
    changes: tuple[BaseChange, ...]

    @property
    def is_empty(self) -> bool:
        return not self.changes

    def __str__(self) -> str:
        head = f"Knowledge {self.old.version} ({self.old.content_hash[:12]}) to {self.new.version} ({self.new.content_hash[:12]})"
        if self.is_empty:
            same = self.old.content_hash == self.new.content_hash
            return f"{head}: {'the same files' if same else 'only comments or layout differ'}.\n"
        count = len(self.changes)
        return "\n".join([f"{head}: {count} change{'s' if count != 1 else ''}.", *(f"- {change}" for change in self.changes)]) + "\n"


def diff_bases(old: KnowledgeBase, new: KnowledgeBase) -> BaseDiff:
    """What was added, removed and changed from one base to another."""
    before = {entry.id: entry for entry in entries(old)}
    after = {entry.id: entry for entry in entries(new)}
    compare = _Comparison(old, new)
    changes: list[BaseChange] = []
    for entry in after.values():
        earlier = before.get(entry.id)
        if earlier is None:
            changes.append(_whole(ChangeKind.ADDED, entry))
        elif earlier.value != entry.value:
            changes.extend(compare.changes(entry, _bare(earlier.value), _bare(entry.value)))
    changes.extend(_whole(ChangeKind.REMOVED, entry) for entry in before.values() if entry.id not in after)
    return BaseDiff(old.release, new.release, tuple(changes))


# Entries that hold others as their parts; what changed in a part is said there, what is only theirs is said here.
WHOLES: dict[str, tuple[str, ...]] = {
    "rule.gates": ("gates",),
    "rule.phase": ("containment", "back_to_regulation", "exploration", "integration"),
    "rule.progress": ("rules",),
    "rule.batteries": ("batteries",),
}


def _bare(value: Any) -> Any:
    """The only part of a list of one: most risk rules have one part."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _whole(kind: ChangeKind, entry: Entry) -> BaseChange:
    return BaseChange(kind, entry.kind, entry.id, entry.label, "", "entry", "", "")


class _Comparison:
    """Compares two values part by part; each side is put into words with its own base."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self._old, self._new = Describer(old), Describer(new)

    def changes(self, entry: Entry, old: Any, new: Any) -> Iterator[BaseChange]:
        skipped = WHOLES.get(entry.id, ())
        for path, before, now in self._differences((), old, new):
            if path and path[0].replace(" ", "_") in skipped:
                continue
            sample = now if now is not None else before
            yield BaseChange(
                _kind(before, now),
                entry.kind,
                entry.id,
                entry.label,
                ", ".join(path) or "itself",
                _sort(sample, before, now),
                self._say(self._old, before),
                self._say(self._new, now),
            )

    def _differences(self, path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
        if old == new:
            return
        if isinstance(old, tuple) and isinstance(new, tuple):
            yield from self._in_lists(path, old, new)
        elif isinstance(old, dict) and isinstance(new, dict):
            for key in dict.fromkeys([*old, *new]):
                yield from self._differences((*path, str(key)), old.get(key), new.get(key))
        elif type(old) is type(new) and dataclasses.is_dataclass(old) and not isinstance(old, WHOLE_VALUES):
            for part in dataclasses.fields(old):
                yield from self._differences((*path, _words(part)), getattr(old, part.name), getattr(new, part.name))
        else:
            yield path, old, new

    def _in_lists(self, path: tuple[str, ...], old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
        """Parts with a name are compared by name; others by their place between parts that stayed."""
        named_old, named_new = _named(old), _named(new)
        if named_old is not None and named_new is not None:
            for name in dict.fromkeys([*named_old, *named_new]):
                yield from self._differences((*path, name), named_old.get(name), named_new.get(name))
            if list(named_old) != list(named_new) and set(named_old) == set(named_new):
                yield (*path, "order"), ", ".join(named_old), ", ".join(named_new)
            return
        for tag, i, j, k, m in SequenceMatcher(None, list(map(repr, old)), list(map(repr, new)), autojunk=False).get_opcodes():
            if tag == "replace" and j - i == m - k:
                for before, now in zip(old[i:j], new[k:m], strict=True):
                    yield from self._differences(path, before, now)
            elif tag != "equal":
                yield from ((path, part, None) for part in old[i:j])
                yield from ((path, None, part) for part in new[k:m])

    def _say(self, describer: Describer, value: Any) -> str:
        """A value in words, with its basis."""
        match value:
            case None:
                return "nothing"
            case bool():
                return "yes" if value else "no"
            case Severity():
                return value.word
            case Enum():
                return str(value.value).replace("_", " ")
            case float() | int():
                return f"{value:g}"
            case str():
                return f'"{value}"'
            case Basis():
                return value.words
            case Criterion():
                return f"if {describer.describe(value)}"
            case Claim():
                return f'"{value.text}" ({value.basis.words})'
            case Quantity():
                return f"{value.value:g} {value.unit} ({value.basis.words})"
            case SpreadQuantity():
                return f"{value.min:g} to {value.max:g}, usually {value.usual:g} {value.unit} ({value.basis.words})"
            case tuple():
                return "; ".join(self._say(describer, part) for part in value) or "nothing"
            case dict():
                return "; ".join(f"{key} {self._say(describer, part)}" for key, part in value.items()) or "nothing"
        name = _name_of(value)
        return f'"{name}"' if name else "; ".join(self._say(describer, part) for part in _parts(value))


# Said as one thing, never field by field.
WHOLE_VALUES = (Basis, Criterion, Claim, Quantity, SpreadQuantity)
PART_WORDS = {"do": "what the therapist does", "when": "condition", "why": "why, for the patient", "letter": "licence class"}


def _kind(before: Any, now: Any) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if now is None else ChangeKind.CHANGED


def _sort(sample: Any, before: Any, now: Any) -> str:
    match sample:
        case Criterion():
            return "criterion"
        case Quantity() | SpreadQuantity():
            same = before is not None and now is not None and dataclasses.replace(before, basis=now.basis) == now
            return "basis" if same else "number"
        case bool():
            return "text"
        case int() | float():
            return "number"
        case Basis():
            return "basis"
    return "text"


def _words(part: "dataclasses.Field[Any]") -> str:
    return PART_WORDS.get(part.name, str(part.metadata.get("key", part.name))).replace("_", " ")


def _named(parts: tuple[Any, ...]) -> dict[str, Any] | None:
    """Parts by their names, when every part has one of its own."""
    names = [_name_of(part) for part in parts]
    return dict(zip(names, parts, strict=True)) if all(names) and len(set(names)) == len(names) else None


def _name_of(part: Any) -> str:
    for field in ("id", "name", "code", "module", "instrument"):
        found = getattr(part, field, None)
        if isinstance(found, str) and found and dataclasses.is_dataclass(part):
            return str(found)
    return ""


def _parts(value: Any) -> Iterable[Any]:
    return [getattr(value, part.name) for part in dataclasses.fields(value)] if dataclasses.is_dataclass(value) else [repr(value)]
