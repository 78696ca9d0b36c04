"""The reader of YAML and JSON text: plain trees with lines, nothing hidden, nothing guessed."""

import json
from pathlib import Path
from typing import Any

import pytest

from fivefold.concepts.errors import Problem
from fivefold.knowledge.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, Node, decode_text, parse_tree, read_bytes, tree_of_values


def plain(node: Node | None) -> Any:
    """A tree without its lines."""
    if node is None or isinstance(node.value, str) or node.value is None:
        return node.value if node else None
    if isinstance(node.value, list):
        return [plain(part) for part in node.value]
    return {key: plain(part) for key, (_, part) in node.value.items()}


def tree_of(text: str, file: str = "a.yaml") -> Any:
    node, problems = parse_tree(text, file)
    assert problems == []
    return plain(node)


def problems_of(text: str, file: str = "a.yaml") -> list[Problem]:
    return parse_tree(text, file)[1]


# ---- Bytes and text --------------------------------------------------------------------------------------------------


def test_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    raw, problems = read_bytes(tmp_path / "absent.yaml")

    assert raw is None
    assert [(problem.line, problem.value) for problem in problems] == [(0, "No such file or directory")]


def test_folder_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    raw, problems = read_bytes(tmp_path)

    assert raw is None
    assert [problem.value for problem in problems] == ["a folder"]


def test_no_more_is_read_than_what_shows_that_a_file_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "sparse.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)

    raw, problems = read_bytes(path)

    assert problems == []
    assert raw is not None
    assert len(raw) == MAX_BYTES + 1


def test_text_of_exactly_the_largest_size_is_accepted_and_one_byte_more_is_not() -> None:
    assert decode_text(b"#" * MAX_BYTES, "a.yaml")[1] == []
    assert decode_text(b"#" * (MAX_BYTES + 1), "a.yaml")[0] is None


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode_text(b"\xef\xbb\xbfas_of: 1", "a.yaml") == ("as_of: 1", [])


def test_letters_of_all_scripts_and_emoji_are_text() -> None:
    assert decode_text("note: Zoë 日本 😀".encode(), "a.yaml") == ("note: Zoë 日本 😀", [])


def test_line_of_a_wrong_byte_is_named() -> None:
    _, problems = decode_text(b"a: 1\nb: 2\nc: \xe9\n", "a.yaml")

    assert [(problem.line, problem.value) for problem in problems] == [(3, "bytes that are not UTF-8")]


@pytest.mark.parametrize("letter", ["\0", "\a", "\b", "\x1b", "\x7f", "\x9b", "\ufffe"])
def test_control_character_is_refused_with_its_line(letter: str) -> None:
    _, problems = decode_text(f"a: 1\nb: {letter}".encode(), "a.yaml")

    assert [problem.line for problem in problems] == [2]
    assert str(problems[0]).isprintable()


@pytest.mark.parametrize("letter", ["\t", "\n", "\r", "\x85", "\xa0"])
def test_white_space_is_no_control_character(letter: str) -> None:
    assert decode_text(f"a: x{letter}".encode(), "a.yaml")[1] == []


# ---- Trees -----------------------------------------------------------------------------------------------------------


def test_scalars_keep_their_text() -> None:
    words = ["no", "on", "012", "1_000", "12:30:45", "2026-11-22", "~", ".nan", "0x1F", "=", "1e3", ""]

    assert tree_of("\n".join(f"- {word}" for word in words)) == words


def test_quoted_word_is_not_plain_and_therefore_never_null() -> None:
    node, _ = parse_tree("a: null\nb: 'null'\nc:\nd: ''\n", "a.yaml")

    assert node is not None
    assert [part.is_null for _, part in node.value.values()] == [True, False, True, False]


def test_every_node_knows_its_line_and_every_key_its_own() -> None:
    node, _ = parse_tree("a:\n  - x\n  -\n    y\nb: {c: 1,\n    d: 2}\n", "a.yaml")

    assert node is not None
    (line_a, items), (line_b, inner) = node.value["a"], node.value["b"]
    assert (line_a, [part.line for part in items.value]) == (1, [2, 4])
    assert (line_b, [line for line, _ in inner.value.values()]) == (5, [5, 6])


def test_carriage_returns_count_as_line_ends_once() -> None:
    node, _ = parse_tree("a: 1\r\nb: 2\r\nc: 3\r\n", "a.yaml")

    assert node is not None
    assert [line for line, _ in node.value.values()] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n", "--- # nothing\n...\n"])
def test_empty_file_is_told_as_such_or_is_null(text: str) -> None:
    node, problems = parse_tree(text, "a.yaml")

    assert (node is None and [problem.value for problem in problems] == ["nothing"]) or (node is not None and node.is_null)


def test_markers_of_one_document_are_allowed_and_a_second_document_is_not() -> None:
    assert tree_of("%YAML 1.2\n---\na: 1\n...\n") == {"a": "1"}
    assert [(problem.line, problem.value) for problem in problems_of("a: 1\n---\nb: 2\n---\nc: 3\n")] == [(2, "a second document")]


def test_duplicate_key_names_both_lines_and_keeps_the_first() -> None:
    node, problems = parse_tree("a: 1\nb: 2\na: 3\n", "a.yaml")

    assert [(problem.line, problem.key, problem.expected) for problem in problems] == [(3, "a", "each key once (first on line 1)")]
    assert plain(node) == {"a": "1", "b": "2"}


def test_quoted_and_plain_spelling_of_a_key_are_the_same_key() -> None:
    assert [problem.key for problem in problems_of("a: 1\n'a': 2\n\"\\x61\": 3\n")] == ["a", "a"]


def test_alias_is_never_followed_and_leaves_an_empty_place() -> None:
    node, problems = parse_tree("a: &x [1, 2]\nb: *x\nc: 3\n", "a.yaml")

    assert [problem.value for problem in problems] == ["the anchor &x", "the alias *x"]
    assert plain(node) == {"a": ["1", "2"], "b": None, "c": "3"}


def test_tag_is_refused_and_the_text_stays_text() -> None:
    node, problems = parse_tree("a: !!int 3\nb: !<!secret> 4\n", "a.yaml")

    assert [problem.value for problem in problems] == ["the tag tag:yaml.org,2002:int", "the tag !secret"]
    assert plain(node) == {"a": "3", "b": "4"}


def test_all_structural_problems_are_told_at_once() -> None:
    found = problems_of("a: &x 1\na: 2\nb: !t 3\n? [c]\n: 4\nd: *x\n")

    assert [problem.line for problem in found] == [1, 2, 3, 4, 6]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_deepest_allowed_file_is_read_and_one_level_more_is_not(opening: str, closing: str) -> None:
    assert problems_of(opening * MAX_DEPTH + "x" + closing * MAX_DEPTH) == []
    assert "nesting" in problems_of(opening * (MAX_DEPTH + 1) + "x" + closing * (MAX_DEPTH + 1))[0].value


def test_reading_stops_when_there_are_too_many_problems() -> None:
    node, problems = parse_tree("a: 1\n" * 10_000, "a.yaml")

    assert node is None
    assert len(problems) == MAX_PROBLEMS


def test_control_character_behind_an_escape_is_refused() -> None:
    found = problems_of('a: "fine\\t\\n"\nb: "\\e[2J"\nc: "\\0"\nd: "\\x9b"\ne: \'\\e\'\n')

    assert [problem.line for problem in found] == [2, 3, 4]
    assert all(str(problem).isprintable() for problem in found)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\n", 2), ("a: 'x\nb: 1\n", 3), ("a: 1\n  b: 2\n", 2), ("a: 1\n}\n", 2), ("a: @x\n", 1), ("a: 1\nb\n", 3), ('a: "\\q"\n', 1), ("a: `x`\n", 1)],
)
def test_broken_syntax_is_told_with_its_line(text: str, line: int) -> None:
    assert [(problem.line, problem.expected) for problem in problems_of(text)] == [(line, "YAML or JSON")]


def test_tab_as_indentation_is_told_as_such() -> None:
    assert problems_of("a:\n\tb: 1\n")[0].remedy == "Indent with spaces, never with tabs."


# ---- JSON ------------------------------------------------------------------------------------------------------------


def test_json_is_read_with_its_lines() -> None:
    node, problems = parse_tree('{\n\t"a": [1, true, null],\n\t"b":"x\\/y"\n}\n', "a.json")

    assert problems == []
    assert plain(node) == {"a": ["1", "true", "null"], "b": "x/y"}
    assert node is not None
    assert [line for line, _ in node.value.values()] == [2, 3]


def test_json_escapes_of_two_halves_are_one_character() -> None:
    assert tree_of('{"a": "\\ud83d\\ude00 \\u00e9 \\\\ud83d\\\\ude00"}', "a.json") == {"a": "😀 é \\ud83d\\ude00"}


def test_json_escape_of_one_half_is_refused() -> None:
    assert [problem.line for problem in problems_of('{"a":\n "\\ud83d"}', "a.json")] == [2]


@pytest.mark.parametrize("text", ['{"a": 1,}', "{a: 1}", '{"a": yes}', "a: 1", '{"a": 1} # end', "{'a': 1}"])
def test_file_named_json_must_be_json(text: str) -> None:
    assert problems_of(text, "a.yaml") == []
    assert [problem.expected for problem in problems_of(text, "a.json")] == ["JSON, as the name of the file says"]


def test_duplicate_key_in_json_is_told() -> None:
    assert [problem.line for problem in problems_of('{"a": 1,\n "a": 2}', "a.json")] == [2]


# ---- Values of our own -----------------------------------------------------------------------------------------------


def test_tree_of_values_is_that_of_the_same_values_written_as_json() -> None:
    values = {
        "no": False, "yes": True, "nothing": None, "number": -3, "small": 1e-7, "text": "no", "digits": "012", "empty": "", "quoted": 'a "b"\n\\ c',
        "more": [{"a": [1, 2.5]}, [], {}, "ä 🙂"],
    }  # fmt: skip

    assert tree_of_values(values, "record") == parse_tree(json.dumps(values, ensure_ascii=False), "record")


@pytest.mark.parametrize("text", ["bell \x07", "nothing \x00", "half \ud83d"])
def test_text_that_no_file_could_hold_is_a_problem_in_values_as_well(text: str) -> None:
    node, problems = tree_of_values({"reason": [text]}, "record")

    assert plain(node) == {"reason": [None]}
    assert [(problem.line, problem.expected) for problem in problems] == [(1, "plain text")]
