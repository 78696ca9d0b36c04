"""Forms of supervision. What they check is form; what is allowed is for the services to say."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.services.supervision import LONGEST_AGREED, LONGEST_ANSWER, LONGEST_QUESTION
from fivefold.services.supervision_pages import SeenQuestion
from fivefold.web.ui.templatetags.ui import day

PLACES: list[tuple[str, str | Promise]] = [
    ("session", gettext_lazy("in the next session")),
    ("assessment_safety", gettext_lazy("on the safety questions")),
    ("assessment", gettext_lazy("in the assessment")),
    ("formulation", gettext_lazy("in the formulation")),
    ("plan", gettext_lazy("in the plan")),
    ("goals", gettext_lazy("in the goals")),
    ("patient_team", gettext_lazy("in the care team")),
    ("elsewhere", gettext_lazy("outside the app")),
]


def day_field(label: str | Promise, *, required: bool = True, help_text: str | Promise = "") -> forms.DateField:
    """A day as browsers ask for it."""
    found = forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=required,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    found.error_messages["invalid"] = gettext_lazy("Expected a day such as 2026-11-26. Correct it.")
    return found


class MeetingForm(forms.Form):
    """When a meeting was, and who was there."""

    on = day_field(gettext_lazy("Day"))
    present = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who was there"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick who was there.")},
    )

    def __init__(self, data: Any, people: Sequence[tuple[int, str]], today: date) -> None:
        super().__init__(data, initial={"on": today, "present": [people[0][0]] if len(people) == 1 else []})
        self.fields["present"].choices = people  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What a meeting agreed about one patient."""

    question_id = forms.TypedChoiceField(
        label=gettext_lazy("Answers the question"), required=False, coerce=uuid.UUID, empty_value=None, help_text=gettext_lazy("It is then closed as answered.")
    )
    text = forms.CharField(
        label=gettext_lazy("What was agreed"),
        max_length=LONGEST_AGREED,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What somebody will do, and why. It goes into the patient's record."),
    )
    by = forms.TypedChoiceField(label=gettext_lazy("Who does it"), coerce=int)
    until = day_field(gettext_lazy("Until"), required=False)
    where = forms.ChoiceField(
        label=gettext_lazy("Where it is done"),
        choices=PLACES,
        help_text=gettext_lazy("Minutes change nothing by themselves: whoever does it does it there."),
    )

    def __init__(self, data: Any, people: Sequence[tuple[int, str]], questions: Sequence[SeenQuestion]) -> None:
        super().__init__(data)
        self.fields["by"].choices = people  # type: ignore[attr-defined]
        asked = [(str(one.id), _shortened(one.text)) for one in questions if one.state == "open"]
        self.fields["question_id"].choices = [("", _("none of the open ones")), *asked]  # type: ignore[attr-defined]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else f"{line[:69]}…"


class QuestionForm(forms.Form):
    """A question for supervision."""

    text = forms.CharField(
        label=gettext_lazy("What you want to talk about"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One question. It goes into the patient's record, and into a copy the patient may ask for."),
    )
    session_id = forms.TypedChoiceField(label=gettext_lazy("Came up in"), required=False, coerce=uuid.UUID, empty_value=None)

    def __init__(self, data: Any, sessions: Sequence[tuple[uuid.UUID, int, date]], chosen: str = "") -> None:
        super().__init__(data, initial={"session_id": chosen})
        known = [(str(key), _("session %(n)d, %(on)s") % {"n": number, "on": day(on)}) for key, number, on in sessions]
        self.fields["session_id"].choices = [("", _("no single session")), *known]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What supervision says to a question."""

    words = forms.CharField(label=gettext_lazy("Answer"), max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3}))


class EndForm(forms.Form):
    """What became of something agreed."""

    step = forms.ChoiceField(choices=[("done", "done"), ("dropped", "dropped")])
    words = forms.CharField(
        label=gettext_lazy("How it went, or why it is dropped"), required=False, max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 2})
    )
