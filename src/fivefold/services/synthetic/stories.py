"""All forty stories, in an order in which the first few already show much."""

from itertools import chain, zip_longest

from fivefold.services.synthetic import stories_later, stories_regulation, stories_safety
from fivefold.services.synthetic.story import Story


def _in_turn() -> tuple[Story, ...]:
    """One of each kind after another, so that a clinic of ten patients is no clinic of ten crises."""
    rows = zip_longest(stories_regulation.STORIES, stories_safety.STORIES, stories_later.STORIES)
    return tuple(story for story in chain.from_iterable(rows) if story is not None)


STORIES = _in_turn()
