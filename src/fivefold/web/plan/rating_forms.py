"""Forms for how far goals have come. What was typed stays; each error says what is expected."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.documents.html.formats import day
from fivefold.services.goal_course import LEVELS, SeenRating
from fivefold.services.goal_ratings import LONGEST_NOTE, NewRating
from fivefold.services.goals import ToldGoal

NUMBERS = dict(zip(LEVELS, ("−2", "−1", "0", "+1", "+2"), strict=True))
RATERS = [("together", gettext_lazy("both together")), ("patient", gettext_lazy("the patient")), ("therapist", gettext_lazy("the therapist"))]
NOT_RATED = ("", gettext_lazy("not rated now"))


def level_choices(levels: Sequence[str]) -> list[tuple[str, str]]:
    """The five levels as answers, each with its number and its words."""
    return [(str(level), f"{NUMBERS[level]}  {text}") for level, text in zip(LEVELS, levels, strict=True)]


class _Rated(forms.Form):
    """The day and who rated: what every rating has."""

    on = forms.DateField(label=gettext_lazy("Rated on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    rated_by = forms.ChoiceField(label=gettext_lazy("Rated by"), choices=RATERS, initial="together", widget=forms.RadioSelect)

    def look_at_day(self, on: date | None, first: date, last: date) -> None:
        """Refuse a day before the levels were written down, or one to come."""
        if on is not None and not first <= on <= last:
            span = {"found": day(on), "first": day(first), "last": day(last)}
            self.add_error("on", _("Found %(found)s, expected a day from %(first)s, when the levels were written, to %(last)s. Choose another day.") % span)


class RatingsForm(_Rated):
    """A level for each goal that is rated now; the others are left as they are."""

    def __init__(self, data: Any, *, goals: Sequence[ToldGoal], today: date) -> None:
        super().__init__(data, initial={"on": today, "rated_by": "together"})
        self.goals, self.today = goals, today
        for goal in goals:
            choices = [*level_choices(goal.seen.levels), NOT_RATED]
            self.fields[self._level(goal)] = forms.ChoiceField(label=goal.seen.words, choices=choices, required=False, widget=forms.RadioSelect)
            self.fields[self._note(goal)] = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_NOTE)

    def _level(self, goal: ToldGoal) -> str:
        return f"level_{goal.seen.row.pk.hex}"

    def _note(self, goal: ToldGoal) -> str:
        return f"note_{goal.seen.row.pk.hex}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        rated = [goal for goal in self.goals if given.get(self._level(goal))]
        for goal in rated:
            self.look_at_day(given.get("on") if "on" not in self.errors else None, goal.rated_from, self.today)
        for goal in self.goals:
            if given.get(self._note(goal), "").strip() and goal not in rated:
                self.add_error(self._level(goal), _("A note was written without a level. Choose the level, or empty the note."))
        if not rated and not self.errors:
            self.add_error(None, _("No goal was rated. Expected a level for at least one goal: choose it where it stands."))
        return given

    @property
    def asked(self) -> Iterator[tuple[ToldGoal, forms.BoundField, forms.BoundField]]:
        """Each goal with its two fields."""
        return ((goal, self[self._level(goal)], self[self._note(goal)]) for goal in self.goals)

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        chosen = [goal for goal in self.goals if sent[self._level(goal)]]
        ratings = [NewRating(goal.seen.row.pk, int(sent[self._level(goal)]), sent[self._note(goal)]) for goal in chosen]
        return {"on": sent["on"], "rated_by": sent["rated_by"], "ratings": ratings}


class RatingForm(_Rated):
    """One rating written anew."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE)
    field_order = ("level", "on", "rated_by", "note")

    def __init__(self, data: Any, *, goal: ToldGoal, rating: SeenRating, today: date) -> None:
        was = {"level": str(rating.level), "on": rating.on, "rated_by": rating.rated_by, "note": rating.note}
        super().__init__(data, initial=was)
        self.fields["level"].choices = level_choices(goal.seen.levels)  # type: ignore[attr-defined]
        self.goal, self.today, self.was = goal, today, was

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.look_at_day(given.get("on"), self.goal.rated_from, self.today)
        if not self.errors and all(given.get(name) == value for name, value in self.was.items()):
            self.add_error(None, _("Nothing was changed. Change what was wrong, or withdraw the rating."))
        return given

    def given(self, rating_id: uuid.UUID) -> Mapping[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        return {"rating_id": rating_id, "level": int(sent["level"]), "on": sent["on"], "rated_by": sent["rated_by"], "note": sent["note"]}


class WithdrawForm(forms.Form):
    """Why a rating should not have been written."""

    reason = forms.CharField(
        label=gettext_lazy("Why this should not have been written"),
        min_length=3,
        max_length=LONGEST_NOTE,
        error_messages={
            "required": gettext_lazy("Nothing was written, expected a reason in a few words. It stands beside the rating from then on."),
            "min_length": gettext_lazy("Expected a reason in a few words. It stands beside the rating from then on."),
        },
    )
