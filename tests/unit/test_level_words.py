"""The word for a level: a danger that was not seen is never called none."""

import pytest

from fivefold.concepts.scores import DANGERS, ImpairmentReading
from fivefold.concepts.vocabulary import DomainId
from fivefold.documents.text_names import reading_words


def reading(name: str, level: float | None) -> ImpairmentReading:
    return ImpairmentReading(name, DomainId.D1, level, None if level is None else 0.3, False, ())


@pytest.mark.parametrize("name", DANGERS)
def test_danger_that_was_not_seen_is_not_called_none(name: str) -> None:
    assert reading(name, 0.4).word == "not seen"
    assert "none" not in reading_words(reading(name, 0.0))
    assert "not seen" in reading_words(reading(name, 0.0))
    assert reading(name, 2.0).word == "moderate"


def test_other_levels_keep_their_words_and_unknown_is_said() -> None:
    assert reading("anger", 0.0).word == "none"
    assert reading("suicidality", None).word == "not known"
    assert reading_words(reading("suicidality", None)) == "not known"
