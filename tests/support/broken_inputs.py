"""Broken inputs that are too large or too strange to keep as files: each is made when it is needed.

Their problems stand under ``built`` in ``tests/integration/broken_inputs/broken.yaml``.
"""

import gzip
from collections.abc import Callable
from pathlib import Path

VALID = b"as_of: 2026-11-22\npatient: {age: 31}\n"
MEGABYTE = 1_000_000


def _fifty_megabytes() -> bytes:
    return VALID + b"# padding\n" * (5 * MEGABYTE)


def _one_byte_too_many() -> bytes:
    return VALID + b"#" * (MEGABYTE + 1 - len(VALID))


def _billion_laughs() -> bytes:
    lines = [b"as_of: 2026-11-22", b"patient: {age: 31}", b'l0: &l0 "ha"']
    lines += [b"l%d: &l%d [%s]" % (n, n, b", ".join([b"*l%d" % (n - 1)] * 9)) for n in range(1, 50)]
    return b"\n".join(lines) + b"\n"


def _recursive_alias() -> bytes:
    return VALID + b"ratings: &all {anger: *all}\n"


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


def _word_document() -> bytes:
    return b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00word/document.xml"


def _latin_1() -> bytes:
    return VALID + 'history: [{treatment: "früher in Zürich"}]\n'.encode("latin-1")


def _cut_off_inside_a_character() -> bytes:
    return VALID + 'id: "Zürich'.encode()[:-6] + b"\xc3"


def _numbered(line: bytes, count: int) -> bytes:
    return b"".join(line % number for number in range(count))


BUILT: dict[str, Callable[[], bytes]] = {
    "fifty_megabytes.yaml": _fifty_megabytes,
    "one_byte_too_many.yaml": _one_byte_too_many,
    "billion_laughs.yaml": _billion_laughs,
    "recursive_alias.yaml": _recursive_alias,
    "brackets_100000_deep.yaml": lambda: VALID + b"ratings: " + b"[" * 100_000,
    "braces_100000_deep.json": lambda: b'{"a":' * 100_000,
    "dashes_100000_deep.yaml": lambda: VALID + b"events:\n" + b"- " * 100_000 + b"x\n",
    "question_marks_100000_deep.yaml": lambda: VALID + b"? " * 100_000 + b"x\n",
    "lines_500_deep.yaml": lambda: VALID + b"".join(b" " * level + b"a:\n" for level in range(500)),
    "empty.yaml": lambda: b"",
    "only_white_space.yaml": lambda: b" \n\n   \n",
    "only_a_byte_order_mark.yaml": lambda: b"\xef\xbb\xbf",
    "picture.yaml": _png,
    "word_document.yaml": _word_document,
    "compressed.yaml": lambda: gzip.compress(VALID * 10, mtime=0),
    "all_bytes.yaml": lambda: bytes(range(256)) * 10,
    "only_nuls.yaml": lambda: b"\0" * 1000,
    "latin_1.yaml": _latin_1,
    "utf_16.yaml": lambda: VALID.decode().encode("utf-16"),
    "utf_16_without_mark.yaml": lambda: VALID.decode().encode("utf-16-le"),
    "utf_32.yaml": lambda: VALID.decode().encode("utf-32"),
    "utf_8_surrogate.yaml": lambda: VALID + b"id: \xed\xa0\x80\n",
    "utf_8_overlong.yaml": lambda: VALID + b"id: \xc0\xaf\n",
    "cut_off_inside_a_character.yaml": _cut_off_inside_a_character,
    "nul_in_a_note.yaml": lambda: VALID + b"id: a\0b\n",
    "escape_in_a_note.yaml": lambda: VALID + b"\nid: a\x1b[2Jb\n",
    "c1_control_in_a_note.yaml": lambda: VALID + "id: a\x9bb\n".encode(),
    "no_character_in_a_note.yaml": lambda: VALID + "id: a\uffffb\n".encode(),
    "note_of_900000_characters.yaml": lambda: VALID + b"ratings:\n  anger: {severity: 2, note: " + b"long " * 180_000 + b"}\n",
    "key_of_900000_characters.yaml": lambda: VALID + b'? "' + b"k" * 900_000 + b'"\n: 1\n',
    "number_of_900000_digits.yaml": lambda: b"as_of: 2026-11-22\npatient:\n  age: " + b"9" * 900_000 + b"\n",
    "number_of_100000_digits.json": lambda: b'{"as_of": "2026-11-22",\n "patient": {"age": ' + b"9" * 100_000 + b"}}\n",
    "word_of_900000_characters.yaml": lambda: VALID + b"setting: " + b"ward" * 225_000 + b"\n",
    "list_where_a_word_is_needed.yaml": lambda: VALID + b"course: [" + b"x," * 300_000 + b"]\n",
    "unknown_keys_50000_times.yaml": lambda: VALID + _numbered(b"rating%d: 3\n", 50_000),
    "unknown_impairments_50000_times.yaml": lambda: VALID + b"ratings:\n" + _numbered(b"  %dangr: 3\n", 50_000),
    "unknown_instruments_20000_times.yaml": lambda: VALID + b"scores:\n" + b"- {instrument: bsl-32, value: 1}\n" * 20_000,
    "unknown_words_200000_times.yaml": lambda: VALID + b"treatment: {formats: [" + b"grop," * 180_000 + b"]}\n",
    "duplicate_key_90000_times.yaml": lambda: VALID + b"id: x\n" * 90_000,
    "anchors_90000_times.yaml": lambda: VALID + b"events: [" + b"&a x, " * 90_000 + b"]\n",
    "tags_90000_times.yaml": lambda: VALID + b"events: [" + b"!a x, " * 90_000 + b"]\n",
    "documents_90000_times.yaml": lambda: VALID + b"---\na: b\n" * 90_000,
}


def write_built(name: str, folder: Path) -> Path:
    """One built file in a folder."""
    path = folder / name
    path.write_bytes(BUILT[name]())
    return path
