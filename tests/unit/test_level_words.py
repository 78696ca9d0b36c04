"""Words that are the same wherever they are read: of a level, where a danger that was not seen is never called none, and of events."""

import pytest

from fivefold.concepts.scores import DANGERS, ImpairmentReading
from fivefold.concepts.vocabulary import EVENT_KINDS, EVENT_WORDS, UPCOMING_KINDS, DomainId
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


def test_every_event_and_everything_that_is_coming_has_a_word() -> None:
    assert set(EVENT_WORDS) == {*EVENT_KINDS, *UPCOMING_KINDS}
