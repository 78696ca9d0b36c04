"""Forms for what is done with a signal, for a review, a look-back, a step between phases, and the clinic's hours."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from fivefold.concepts.signals import ReviewStep
from fivefold.services.clinic_hours import LONGEST, ClinicHours
from fivefold.services.reviews import LONGEST_WORDS, StepAnswer
from fivefold.services.signal_acts import LONGEST_NOTE, SAID_OUTCOMES
from fivefold.services.signal_list import SeenSignal
from fivefold.web.signals.words import ANSWER_WORDS, DECISION_WORDS, FOLLOWED_WORDS, OUTCOME_WORDS, WEEKDAYS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS = forms.Textarea(attrs={"rows": 2})


class _Versioned(forms.Form):
    """A form about something that was shown; ``version`` tells whether somebody changed it meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class ActForm(_Versioned):
    """What was done."""

    note = forms.CharField(
        label=lazy("What did you do?"), max_length=LONGEST_NOTE, widget=WORDS, help_text=lazy("A sentence is enough. It stays with the signal.")
    )


class PutOffForm(_Versioned):
    """Until when, and why."""

    until = forms.DateField(label=lazy("Until"), widget=DAY)
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_NOTE, widget=WORDS)


class CloseForm(_Versioned):
    """What came of it."""

    outcome = forms.ChoiceField(label=lazy("What came of it?"), choices=[(name, OUTCOME_WORDS[name]) for name in SAID_OUTCOMES], widget=forms.RadioSelect)
    note = forms.CharField(label=lazy("Words"), required=False, max_length=LONGEST_NOTE, widget=WORDS)


class HandForm(_Versioned):
    """To whom."""

    to = forms.TypedChoiceField(label=lazy("Hand to"), coerce=int)
    note = forms.CharField(label=lazy("Why"), required=False, max_length=LONGEST_NOTE)

    def __init__(self, data: Any = None, *, people: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


class ReleaseForm(_Versioned):
    """Whether this patient may read about the course, and why."""

    given = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda said: said == "yes", widget=forms.HiddenInput)
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_NOTE, widget=WORDS)


class ReviewForm(_Versioned):
    """The steps of a review, the decision with its reason, and when to look back at what."""

    decision = forms.ChoiceField(label=lazy("What happens to the plan"), choices=list(DECISION_WORDS.items()), widget=forms.RadioSelect)
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_WORDS, widget=WORDS)
    measure = forms.ChoiceField(label=lazy("Measure to look back at"), required=False)
    look_back_on = forms.DateField(label=lazy("Look back on"), required=False, widget=DAY)
    review_on = forms.DateField(label=lazy("If the plan is kept: look at it again on"), required=False, widget=DAY)
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, steps: Sequence[ReviewStep], measures: Sequence[tuple[str, str]], today: date, usual: float, again: date | None, **more: Any
    ) -> None:
        initial = {"review_on": again, "look_back_on": today + timedelta(days=usual), "measure": measures[0][0] if measures else "", **more.pop("initial", {})}
        super().__init__(data, initial=initial, **more)
        self.steps = steps
        if again is None:
            del self.fields["review_on"]
        self.fields["measure"].choices = [*measures, ("", _("none"))]  # type: ignore[attr-defined]
        for step in steps:
            self.fields[f"answer_{step.id}"] = forms.ChoiceField(
                label=step.question, choices=list(ANSWER_WORDS.items()), required=False, widget=forms.RadioSelect
            )
            self.fields[f"words_{step.id}"] = forms.CharField(label=_("What you found"), required=False, max_length=LONGEST_WORDS)

    @property
    def asked(self) -> Iterator[tuple[ReviewStep, forms.BoundField, forms.BoundField]]:
        """Each step with its two fields."""
        return ((step, self[f"answer_{step.id}"], self[f"words_{step.id}"]) for step in self.steps)

    @property
    def given(self) -> dict[str, Any]:
        """What the act takes; a step without an answer is not known."""
        sent = self.cleaned_data
        answers = [StepAnswer(step.id, sent[f"answer_{step.id}"] or "not_known", sent[f"words_{step.id}"]) for step in self.steps]
        named = ("decision", "reason", "measure", "look_back_on", "version")
        return {"answers": answers, "seen": self._seen(), "review_on": sent.get("review_on"), **{name: sent[name] for name in named}}

    @staticmethod
    def shown(signals: Sequence[SeenSignal]) -> str:
        """Which signals the page shows, each with its version, as the hidden field carries them."""
        return " ".join(f"{one.id}:{one.version}" for one in signals)

    def _seen(self) -> dict[uuid.UUID, int]:
        """What the hidden field carries; what cannot be read names no signal, so that nothing is closed by mistake."""
        found = {}
        for part in self.cleaned_data["seen"].split():
            name, _colon, version = part.partition(":")
            with suppress(ValueError):
                found[uuid.UUID(name)] = min(int(version), 2**31 - 1)
        return found


class LookBackForm(forms.Form):
    """Whether the plan was followed."""

    followed = forms.ChoiceField(label=lazy("Was the plan followed?"), choices=list(FOLLOWED_WORDS.items()), widget=forms.RadioSelect)
    note = forms.CharField(label=lazy("What you make of it"), required=False, max_length=LONGEST_WORDS, widget=WORDS)


class PhaseForm(forms.Form):
    """The step between phases that is confirmed."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    phase = forms.ChoiceField(label=lazy("Phase"), widget=forms.RadioSelect)
    reason = forms.CharField(label=lazy("Reason"), max_length=LONGEST_WORDS, widget=WORDS)

    def __init__(self, data: Any = None, *, phases: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["phase"].choices = phases  # type: ignore[attr-defined]


class DetourForm(forms.Form):
    """The module that rests for a while, and what has to be seen to first."""

    module = forms.ChoiceField(label=lazy("Module"), widget=forms.RadioSelect)
    words = forms.CharField(label=lazy("What has to be seen to first"), max_length=LONGEST_WORDS, widget=WORDS)

    def __init__(self, data: Any = None, *, modules: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["module"].choices = modules  # type: ignore[attr-defined]


class HoursForm(_Versioned):
    """When somebody works, and what happens outside these hours."""

    days = forms.TypedMultipleChoiceField(label=lazy("Open on"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple)
    opens = forms.TimeField(label=lazy("Opens"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(label=lazy("Closes"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closed_on = forms.CharField(
        label=lazy("Closed on these days"), required=False, max_length=2000, widget=WORDS, help_text=lazy("One day on each line, such as 2026-12-25.")
    )
    out_of_hours = forms.CharField(
        label=lazy("What happens outside these hours"),
        required=False,
        max_length=LONGEST,
        widget=WORDS,
        help_text=lazy("Shown wherever signals are read. Say who looks, when, and whom to call meanwhile."),
    )
    by_mail = forms.BooleanField(
        label=lazy("Write an e-mail to whoever is told of danger"),
        required=False,
        help_text=lazy(
            "It says that something waits and where, and nothing about anybody. One that the mail "
            "server refuses is told to the next person; one that it takes and sends back later, nobody here sees."
        ),
    )
    duty = forms.EmailField(
        label=lazy("Outside these hours also to"),
        required=False,
        max_length=200,
        help_text=lazy("The address of whoever is on duty then. Leave it empty where nobody is: the patients are told that nobody reads at night."),
    )

    @classmethod
    def of(cls, hours: ClinicHours) -> dict[str, Any]:
        """What the form begins with."""
        lines = "\n".join(day.isoformat() for day in hours.closed_on)
        return {**vars(hours), "days": [str(day) for day in hours.days], "closed_on": lines}

    def clean_closed_on(self) -> tuple[date, ...]:
        found = []
        for line in self.cleaned_data["closed_on"].split():
            try:
                found.append(date.fromisoformat(line))
            except ValueError:
                raise forms.ValidationError(_("Found “%(found)s”, expected a day such as 2026-12-25.") % {"found": line[:40]}) from None
        return tuple(found)

    @property
    def given(self) -> dict[str, Any]:
        """What the act takes."""
        return {**self.cleaned_data, "days": tuple(self.cleaned_data["days"])}
