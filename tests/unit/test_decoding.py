"""From nodes to typed values: the readings of words and numbers, and what happens to wrong ones."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest

from fivefold.concepts.vocabulary import Answer
from fivefold.knowledge.decoding import INVALID, MAX_TEXT, Between, Length, OneOf, Pattern, Run, decode, is_known, nearest
from fivefold.knowledge.strict_yaml import MAX_PROBLEMS, parse_tree


class Colour(StrEnum):
    """A word list."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Span:
    """Two numbers in order."""

    low: int
    high: int
    note: str = ""

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")


@dataclass(frozen=True)
class Shelf:
    """Something with parts."""

    spans: tuple[Span, ...] = ()
    colours: dict[str, Colour] = field(default_factory=dict)
    kind: str = field(default="plain", metadata={"key": "class"})
    when: date | None = None


def run_of(text: str, type_: Any, *, keep_going: bool = False) -> tuple[Any, Run]:
    run = Run("a.yaml", keep_going=keep_going)
    node, problems = parse_tree(f"x: {text}", "a.yaml")
    assert problems == []
    assert node is not None
    return decode(run, node.value["x"][1], type_, "x"), run


def value_of(text: str, type_: Any) -> Any:
    value, run = run_of(text, type_)
    assert run.problems == []
    return value


def refused(text: str, type_: Any, *, keep_going: bool = False) -> list[tuple[str, str]]:
    """Key and message of every problem."""
    _, run = run_of(text, type_, keep_going=keep_going)
    return [(problem.key, str(problem)) for problem in run.problems]


def is_refused(text: str, type_: Any) -> bool:
    value, run = run_of(text, type_)
    assert (value is INVALID) == bool(run.problems)
    return value is INVALID


# ---- Words and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["yes", "Yes", "true", "True", '"yes"'])
def test_yes_is_yes(word: str) -> None:
    assert value_of(word, bool) is True
    assert value_of(word, Answer) is True


@pytest.mark.parametrize("word", ["no", "No", "false", "False"])
def test_no_is_no(word: str) -> None:
    assert value_of(word, bool) is False
    assert value_of(word, Answer) is False


@pytest.mark.parametrize("word", ["unknown", "Unknown", "null", "~", ""])
def test_unknown_answer_is_none_and_never_no(word: str) -> None:
    assert value_of(word, Answer) is None


@pytest.mark.parametrize("word", ["on", "off", "y", "n", "Y", "N", "YES", "1", "0", "[]", "{}", '""', "maybe"])
def test_other_words_are_no_answer(word: str) -> None:
    assert is_refused(word, Answer)
    assert is_refused(word, bool)


@pytest.mark.parametrize(("word", "number"), [("0", 0), ("7", 7), ("-3", -3), ("999999999999999", 999_999_999_999_999)])
def test_whole_number_is_read(word: str, number: int) -> None:
    assert value_of(word, int) == number
    assert value_of(word, float) == number


@pytest.mark.parametrize(("word", "number"), [("2.41", 2.41), ("-0.5", -0.5), ("1e3", 1000.0), ("1.5E-2", 0.015)])
def test_decimal_number_is_read(word: str, number: float) -> None:
    assert value_of(word, float) == number
    assert is_refused(word, int)


@pytest.mark.parametrize(
    "word",
    ["012", "0o12", "0x1F", "0b11", "1_000", "1,000", "12:30:45", "+5", ".5", "5.", ".inf", "-.inf", ".nan", "inf", "nan", "1e999", "\u0663", "\uff13", "1/2",
     "9" * 400, '"3"', "yes", "~", "", "3 points", "[3]", "{a: 3}", "--3"],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_refused(word: str) -> None:
    assert is_refused(word, int)
    assert is_refused(word, float)


@pytest.mark.parametrize("word", ["2026-11-22", '"2026-11-22"'])
def test_date_is_read_bare_or_quoted(word: str) -> None:
    assert value_of(word, date) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "word", ["2026-02-30", "2026-13-01", "2026-1-1", "20261122", "22.11.2026", "2026-11-22T10:00:00", "2026-W47-7", "0000-01-01", "today", "", "٢٠٢٦-11-22"]
)
def test_other_dates_are_refused(word: str) -> None:
    assert is_refused(word, date)


def test_leap_day_exists_in_leap_years_only() -> None:
    assert value_of("2028-02-29", date) == date(2028, 2, 29)
    assert is_refused("2027-02-29", date)


@pytest.mark.parametrize("word", ["no", "on", "012", "2026-11-22", "1e3", "12:30", "=", "'null'", "''"])
def test_text_stays_as_it_is_written(word: str) -> None:
    assert value_of(word, str) == word.strip("'")


@pytest.mark.parametrize("word", ["", "null", "~", "[a]", "{a: b}"])
def test_nothing_and_structures_are_no_text(word: str) -> None:
    assert is_refused(word, str)


def test_longest_text_is_read_and_one_letter_more_is_not() -> None:
    assert len(value_of("x" * MAX_TEXT, str)) == MAX_TEXT
    assert refused("x" * (MAX_TEXT + 1), str) == [("x", "a.yaml:1: x: found 10,001 characters, expected at most 10,000 characters. Shorten the text.")]


def test_number_or_text_prefers_the_number_only_when_it_is_written_as_one() -> None:
    assert value_of("12", float | str) == 12.0
    assert value_of("'12'", float | str) == "12"
    assert value_of("012", float | str) == "012"


# ---- Limits ----------------------------------------------------------------------------------------------------------


def test_both_ends_of_a_limit_belong_to_it() -> None:
    limited = Annotated[float, Between(0, 4)]

    assert [value_of(word, limited) for word in ("0", "4")] == [0, 4]
    assert is_refused("-0.01", limited)
    assert is_refused("4.01", limited)


def test_word_outside_its_list_is_told_with_the_list_and_a_hint() -> None:
    found = refused("hospitl", Annotated[str, OneOf(("home", "hospital"))])

    assert found == [("x", "a.yaml:1: x: found 'hospitl', expected one of home, hospital. Use a word of the list. Did you mean hospital?")]


def test_length_and_pattern_limit_a_text() -> None:
    assert is_refused('""', Annotated[str, Length(1, 3)])
    assert is_refused("abcd", Annotated[str, Length(1, 3)])
    assert value_of("abc", Annotated[str, Length(1, 3)]) == "abc"
    assert refused("english", Annotated[str, Pattern("[a-z]{2}", "two letters")])[0][1].startswith("a.yaml:1: x: found 'english', expected two letters.")


@pytest.mark.parametrize(
    ("word", "hint"),
    [("selfharm", "self_harm"), ("Self-Harm", "self_harm"), ("BSL-23", "bsl23"), ("self_hram", "self_harm"), ("zzz", ""), ("", ""), ("x" * 100_000, "")],
)
def test_hint_finds_the_near_miss_whatever_its_case_and_punctuation(word: str, hint: str) -> None:
    assert nearest(word, ["self_harm", "bsl23", "ders16"]) == (f" Did you mean {hint}?" if hint else "")


# ---- Structures ------------------------------------------------------------------------------------------------------


def test_parts_are_read_with_defaults_renamed_keys_and_lines() -> None:
    value, run = run_of("\n  spans:\n    - {low: 1, high: 2}\n  colours: {a: red}\n  class: tall\n", Shelf)

    assert value == Shelf(spans=(Span(1, 2),), colours={"a": Colour.RED}, kind="tall")
    assert [run.line_of(path) for path in ("x.spans[0].low", "x.colours.a", "x.class", "x.spans[0].absent", "nowhere")] == [3, 4, 5, 3, 1]


def test_unknown_key_is_told_with_a_hint_and_hides_no_other_problem() -> None:
    found = refused("{low: 1, hihg: 2, note: [x]}", Span)

    assert [key for key, _ in found] == ["x.hihg", "x.note", "x.high"]
    assert found[0][1].endswith("Did you mean high?")


def test_own_check_of_a_type_is_told_at_its_line() -> None:
    assert refused("{low: 3, high: 2}", Span) == [
        ("x", "a.yaml:1: x: found a mapping with low, high, expected values that fit together: low 3 is above high 2. Correct the values named.")
    ]


def test_own_check_of_a_type_is_not_run_on_parts_that_are_wrong_anyway() -> None:
    assert [key for key, _ in refused("{low: 3, high: two}", Span, keep_going=True)] == ["x.high"]


def test_all_problems_of_a_list_are_told_with_their_places() -> None:
    found = refused("[{low: a, high: 2}, {low: 1}, 5, {low: 1, high: 2}]", tuple[Span, ...])

    assert [key for key, _ in found] == ["x[0].low", "x[1].high", "x[2]"]


def test_wrong_value_makes_the_whole_invalid_unless_told_to_keep_going() -> None:
    text = "{spans: [{low: 1, high: x}, {low: 1, high: 2}], colours: {a: green, b: red}, class: [tall], when: 2026-11-22}"

    assert run_of(text, Shelf)[0] is INVALID
    kept, run = run_of(text, Shelf, keep_going=True)

    assert len(run.problems) == 3
    assert (kept.spans[0].low, is_known(kept.spans[0].high), kept.spans[1]) == (1, False, Span(1, 2))
    assert (kept.colours["b"], is_known(kept.colours["a"]), kept.kind, kept.when) == (Colour.RED, False, "plain", date(2026, 11, 22))


def test_place_whose_problem_is_recorded_already_is_not_told_again() -> None:
    node, _ = parse_tree("low: &a 1\nhigh: *a\n", "a.yaml")
    run = Run("a.yaml", keep_going=True)

    assert node is not None
    decode(run, node, Span)

    assert run.problems == []


def test_decoding_stops_when_there_are_too_many_problems() -> None:
    assert len(refused("[" + "a, " * 5_000 + "]", tuple[int, ...])) == MAX_PROBLEMS


def test_invisible_letters_of_a_key_are_shown_as_escapes() -> None:
    [(key, message)] = refused('{low: 1, high: 2, "no\u202ete": x}', Span)

    assert key == "x.no\\u202ete"
    assert message.isprintable()
