"""Seeded damage to assessment files, on four levels: bytes, lines, words and structure."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
NASTY_WORDS = (
    "null", "~", "yes", "no", "on", "off", "unknown", "-1", "0", "7", "999", "2.5", "1e9", "1e999", ".inf", ".nan", "0x1F", "012", "1_000",
    "12:30:45", "2026-02-30", "2027-01-01", "1026-11-22", "9999-12-31", "0001-01-01", "2026-11-22T10:00:00Z", "''", '""', '"\\e[2J"', '"\\ud800"',
    "[]", "{}", "[[[]]]", "{a: {b: c}}", "*a", "&a x", "!!int 3", "!x y", "<<: {a: 1}", "? x", "---", "...", "%YAML 1.1", "#", ": ", "- ", "\t", "|", ">",
    "self_harm", "phq9", "bsl23", "S01", "S36", "G1", "R1", "R14", "P6", "٣", "😀", "\ufeff", "\u2028", "\x85", "x" * 3000, "9" * 400, "true", "FALSE",
)  # fmt: skip
NASTY_BYTES = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x1b[2J", b"\r", b"\n", b"\t", b"'", b'"', b"{", b"]", b":", b"#", b"&a", b"*a", b"!", b"%", b"\xef\xbb\xbf",
)  # fmt: skip


def damaged_bytes(chance: Random, text: str, _other: str) -> bytes:
    """A few bytes flipped, cut, doubled or put in."""
    raw = bytearray(text.encode())
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.randint(1, 40))
        match chance.randrange(5):
            case 0:
                raw[start : start + 1] = bytes([chance.randrange(256)])
            case 1:
                del raw[start:end]
            case 2:
                raw[start:start] = raw[start:end]
            case 3:
                raw[start:start] = chance.choice(NASTY_BYTES)
            case 4:
                del raw[max(start, 20) :]
    return bytes(raw)


def damaged_lines(chance: Random, text: str, other: str) -> bytes:
    """Lines removed, doubled, exchanged, indented, cut or taken from another file."""
    lines = text.splitlines()
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(6):
            case 0 if len(lines) > 1:
                del lines[here]
            case 1:
                lines.insert(there, lines[here])
            case 2:
                lines[here], lines[there] = lines[there], lines[here]
            case 3:
                lines[here] = chance.choice((" ", "  ", "\t", "- ")) + lines[here]
            case 4:
                lines[here] = lines[here][: chance.randrange(len(lines[here]) + 1)]
            case _:
                lines.insert(there, chance.choice(other.splitlines()))
    return "\n".join(lines).encode()


def damaged_words(chance: Random, text: str, other: str) -> bytes:
    """Words exchanged for nasty ones, for words of the same file or of another."""
    words = text.split(" ")
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        here = chance.randrange(len(words))
        new = chance.choice((chance.choice(NASTY_WORDS), chance.choice(words), chance.choice(other.split(" "))))
        kept = "".join(part for part in words[here] if part in "{}[],:\n") if chance.random() < 0.5 else ""
        words[here] = new + kept
    return " ".join(words).encode()


def damaged_structure(chance: Random, text: str, other: str) -> bytes:
    """Values exchanged, keys renamed, removed or nested; written back as YAML or JSON."""
    return written(chance, damaged_tree(chance, text, other))


def damaged_tree(chance: Random, text: str, other: str) -> Any:
    """The mapping of a file after one to three damages."""
    tree, source = tree_of(text), tree_of(other)
    for _ in range(chance.choice((1, 1, 2, 3))):
        _damage_one_place(chance, tree, source)
    return tree


def written(chance: Random, tree: Any) -> bytes:
    """A tree as a file, in one of many hands."""
    if chance.random() < 0.3:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1, "\t"))).encode()
    return yaml.dump(tree, Dumper=DUMPER, allow_unicode=chance.random() < 0.5, default_flow_style=chance.choice((None, True, False))).encode()


def tree_of(text: str) -> Any:
    """A file as plain values: numbers and yes and no are typed, dates stay text."""
    return _typed_values(yaml.load(text, Loader=LOADER))


def _typed_values(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed_values(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_typed_values(inner) for inner in value]
    if value in ("yes", "no"):
        return value == "yes"
    if value == "null":
        return None
    return (float(value) if "." in value else int(value)) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value) else value


def _damage_one_place(chance: Random, tree: Any, source: Any) -> None:
    container, key = chance.choice(_places(tree))
    value = container[key]
    match chance.randrange(6):
        case 0:
            container[key] = chance.choice(NASTY_WORDS)
        case 1:
            elsewhere, there = chance.choice(_places(source))
            container[key] = elsewhere[there]
        case 2:
            del container[key]
        case 3:
            container[key] = chance.choice(([value], {"value": value}, [value, value], {}, [], None))
        case 4 if isinstance(container, dict):
            container[_misspelt(chance, str(key))] = container.pop(key)
        case _:
            container[key] = _other_type(chance, value)


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree; the tree itself is never empty."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        container = waiting.pop()
        for key in container if isinstance(container, dict) else range(len(container)):
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found or [({"x": "y"}, "x")]


def _other_type(chance: Random, value: Any) -> Any:
    """A plain value as another type would hold it."""
    return chance.choice((str(value), [value], None, value == "yes", chance.randint(-3, 12), chance.uniform(-10, 100), float("inf"), float("nan")))


def _misspelt(chance: Random, word: str) -> str:
    where = chance.randrange(len(word) + 1)
    return chance.choice((word[:where] + word[where + 1 :], word[:where] + "x" + word[where:], word.upper(), word + "s"))


LEVELS: dict[str, Callable[[Random, str, str], bytes]] = {
    "bytes": damaged_bytes,
    "lines": damaged_lines,
    "words": damaged_words,
    "structure": damaged_structure,
}
