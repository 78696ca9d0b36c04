"""YAML and JSON text in, a tree of plain nodes out: no tags, no aliases, no YAML 1.1 surprises.

Scalars keep their text; what ``no``, ``012`` or ``2026-11-22`` means is decided later by the type that is expected at
that place, never by the shape of the text. Reading is iterative and bounded, so a hostile file costs what its size
costs and no more.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fivefold.concepts.errors import Problem, shorten

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_PROBLEMS = 200
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
UNWRITABLE = re.compile(CONTROL_CHARACTERS.pattern + "|[\ud800-\udfff]")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
JSON_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """One node: ``value`` is text, a list of nodes, or a mapping of key to (line of the key, node).

    It is None where a problem is already recorded and nothing can stand.
    """

    value: Any
    line: int
    plain: bool = False

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_null(self) -> bool:
        return self.plain and self.value in ("", "null", "~", "Null", "NULL")

    @property
    def shown(self) -> str:
        """The node as it may stand in a message."""
        if self.plain and self.value == "":
            return "nothing"
        if isinstance(self.value, str):
            return repr(shorten(self.value))
        if isinstance(self.value, list):
            return f"a list of {len(self.value)}"
        return "a mapping with " + (one_line(", ".join(self.value)) or "no keys")


def one_line(text: str, limit: int = 60) -> str:
    """A text of the file as it may stand in a message: short, and without characters that no one sees."""
    short = shorten(text, limit)
    return short if short.isprintable() else repr(short)[1:-1]


def read_bytes(path: Path) -> tuple[bytes | None, list[Problem]]:
    """The bytes of a file, or the problem that keeps it from being read; never more than the size limit."""
    name = str(path)
    try:
        if path.is_dir():
            return None, [Problem(name, 0, "", "a folder", "a file", "Name a YAML or JSON file.")]
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Problem(name, 0, "", error.strerror or "unreadable", "a readable file", "Check the path and its permissions.")]
    return raw, []


def decode_text(raw: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """UTF-8 text of a file, or the problem: too large, binary, or another encoding."""
    if len(raw) > MAX_BYTES:
        return None, [Problem(file, 0, "", f"more than {MAX_BYTES:,} bytes", f"at most {MAX_BYTES:,} bytes", "Split the file or remove what does not belong.")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in raw[:1000] and not raw.startswith(UTF16_MARKS):
            return None, [Problem(file, 1, "", "a binary file", "UTF-8 text", "Choose the text file.")]
        line = raw[: error.start].count(b"\n") + 1
        return None, [Problem(file, line, "", "bytes that are not UTF-8", "UTF-8 text", "Save the file as UTF-8.")]
    found = CONTROL_CHARACTERS.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        return None, [
            Problem(
                file, line, "", f"a control character {found.group()!r}", "plain text", "Remove it. If there are many, this is no text file: choose another."
            )
        ]
    return text, []


def parse_tree(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The tree of one document with every structural problem found, or None when nothing can be built."""
    builder = _TreeBuilder(file)
    try:
        for event in yaml.parse(_join_surrogates(text), Loader=_Loader):
            builder.take(event)
            if builder.stopped:
                break
    except yaml.YAMLError as error:
        builder.refuse_syntax(error, text)
        return None, builder.problems
    except ValueError:
        # PyYAML raises a bare ValueError for escapes that name no character.
        builder.problems.append(Problem(file, 0, "", "an escape that names no character", "plain text", "Write the character itself."))
        return None, builder.problems
    if builder.stopped:
        return None, builder.problems
    if builder.root is None:
        builder.problems.append(Problem(file, 0, "", "nothing", "a mapping of keys", "The file is empty: write at least the required keys."))
    elif file.endswith(".json"):
        builder.problems.extend(_json_problems(text, file))
    return builder.root, builder.problems


def tree_of_values(value: Any, file: str) -> tuple[Node, list[Problem]]:
    """The tree that ``parse_tree`` makes of a value written as JSON on one line, without writing and parsing it.

    For values of our own: mappings with text as keys, lists, texts, numbers, booleans and None.
    """
    problems: list[Problem] = []
    return _node_of(value, file, problems), problems


def _node_of(value: Any, file: str, problems: list[Problem]) -> Node:
    if isinstance(value, str):
        found = UNWRITABLE.search(value)
        if found:
            problems.append(Problem(file, 1, "", f"the control character {found.group()!r}", "plain text", "Remove it."))
        return Node(None if found else value, 1)
    if isinstance(value, dict):
        return Node({name: (1, _node_of(part, file, problems)) for name, part in value.items()}, 1)
    if isinstance(value, list | tuple):
        return Node([_node_of(part, file, problems) for part in value], 1)
    # Whole numbers are most of a record, and JSON writes them as Python does; True is no whole number here.
    return Node(str(value) if type(value) is int else json.dumps(value), 1, plain=True)


def _join_surrogates(text: str) -> str:
    """JSON writes a character beyond the first plane as two escapes, which YAML does not know; lines stay as they are."""

    def join(found: re.Match[str]) -> str:
        high, low = found.groups()
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00) if high else found.group()

    return JSON_ESCAPE.sub(join, text) if text.lstrip().startswith(("{", "[")) else text


def _json_problems(text: str, file: str) -> list[Problem]:
    """What YAML forgives and JSON does not, such as a comma before a closing bracket; only the first can be known."""
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        remedy = "Correct the JSON near this line, or name the file .yaml if it is YAML."
        return [Problem(file, error.lineno, "", f"text that is not JSON ({error.msg})", "JSON, as the name of the file says", remedy)]
    return []


class _TreeBuilder:
    """Builds the tree from parser events without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.documents = 0
        self.stopped = False
        self._stack: list[tuple[Node, list[tuple[str, int] | None]]] = []

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._refuse_marks(event)
            self._place(self._scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._refuse_marks(event)
            node = Node({} if kind is yaml.MappingStartEvent else [], event.start_mark.line + 1)
            self._place(node)
            self._stack.append((node, [None]))
            if len(self._stack) > MAX_DEPTH:
                self._stop(event, f"more than {MAX_DEPTH} levels of nesting", "a shallow file", "Remove the nesting.")
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._stack.pop()
        elif kind is yaml.AliasEvent:
            remedy = "Aliases are not used here: write the value out."
            self._refuse(event, f"the alias *{one_line(event.anchor)}", "the value itself", remedy)
            self._place(Node(None, event.start_mark.line + 1))
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "a second document", "one document", "Keep one document in a file.")
        if len(self.problems) >= MAX_PROBLEMS:
            self.stopped = True

    def refuse_syntax(self, error: Any, text: str) -> None:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        what = shorten(getattr(error, "problem", None) or "text that is not YAML")
        remedy = "Check quotes, brackets and indentation near this line."
        lines = text.split("\n")
        if mark is not None and mark.line < len(lines) and lines[mark.line].lstrip(" ").startswith("\t"):
            what, remedy = f"a tab ({what})", "Indent with spaces, never with tabs."
        self.problems.append(Problem(self.file, line, "", what, "YAML or JSON", remedy))

    def _refuse(self, event: Any, value: str, expected: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, event.start_mark.line + 1, "", value, expected, remedy))

    def _stop(self, event: Any, value: str, expected: str, remedy: str) -> None:
        self._refuse(event, value, expected, remedy)
        self.stopped = True

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, f"the anchor &{one_line(event.anchor)}", "no anchors", "Write the value out where it is needed.")
        if event.tag is not None:
            self._refuse(event, f"the tag {one_line(event.tag)}", "no tags", "Remove the tag; types follow from the place.")

    def _scalar(self, event: Any) -> Node:
        found = CONTROL_CHARACTERS.search(event.value) if event.style else None
        if found:
            # An escape such as "\e" would otherwise reach the reader's terminal.
            self._refuse(event, f"the control character {found.group()!r} behind an escape", "plain text", "Remove the escape.")
            return Node(None, event.start_mark.line + 1)
        return Node(event.value, event.start_mark.line + 1, not event.style)

    def _place(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent, pending = self._stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif pending[0] is None:
            pending[0] = self._key(node)
        else:
            self._enter(parent, pending[0], node)
            pending[0] = None

    def _key(self, node: Node) -> tuple[str, int]:
        if isinstance(node.value, str):
            return node.value, node.line
        if node.value is not None:
            self.problems.append(Problem(self.file, node.line, "", node.shown, "a simple key", "Use a word as key."))
        return f"\x00{node.line}", node.line

    def _enter(self, parent: Node, key: tuple[str, int], node: Node) -> None:
        name, line = key
        if name in parent.value:
            first = parent.value[name][0]
            self.problems.append(
                Problem(self.file, line, one_line(name), "the key a second time", f"each key once (first on line {first})", "Keep one of the two.")
            )
            return
        if not name.startswith("\x00"):
            parent.value[name] = (line, node)
