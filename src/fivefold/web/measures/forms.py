"""Forms of the page of measures. What they check is form; what is allowed is for the services to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fivefold.concepts.measure_plan import Rhythm
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_forms import OWN
from fivefold.services.measures import LONGEST_RHYTHM, LONGEST_WORDS

ROUTES = {
    "room": _("in the room, on this screen"),
    "kiosk": _("on a tablet, with a code"),
    "link": _("by a link or QR code"),
    "paper": _("on paper"),
    "portal": _("in the patient's own app"),
    "score": _("as a score, entered here"),
}
# What can be done with everybody; behind a sign-in of their own only with whoever has one.
GIVEN_BY = ("room", "kiosk", "link", "paper")


def ways_for(*, has_own_pages: bool) -> tuple[str, ...]:
    """The ways in which a questionnaire can be given to this patient now."""
    return ("portal", *GIVEN_BY) if has_own_pages else GIVEN_BY


RHYTHMS = [
    (Rhythm.EVERY_SESSION.value, _("every session")),
    (Rhythm.EVERY.value, _("every so many days")),
    (Rhythm.AT_REVIEW.value, _("before each review of the plan")),
    (Rhythm.ONCE.value, _("once")),
]
BETTER = [("low", _("0 is the better end")), ("high", _("10 is the better end"))]
# What the services call a field, and what the form does.
FIELDS = {
    "How often": "rhythm", "Days": "every_days", "How it is given": "route", "Until": "until", "Measure": "instrument",
    "Question": "words", "0 means": "low", "10 means": "high", "Better is": "better",
}  # fmt: skip


class PlanForm(forms.Form):
    """One measure as it is to be planned."""

    instrument = forms.ChoiceField(label=_("Measure"))
    rhythm = forms.ChoiceField(label=_("How often"), choices=RHYTHMS)
    every_days = forms.IntegerField(label=_("Days between"), required=False, min_value=1, max_value=LONGEST_RHYTHM, help_text=_("7 is every week."))
    route = forms.ChoiceField(label=_("How it is given"), choices=list(ROUTES.items()))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        named = sorted(((one.id, one.name) for one in knowledge().instruments.values()), key=lambda pair: pair[1].casefold())
        self.fields["instrument"].choices = [(OWN, _now("Own questions")), *named]  # type: ignore[attr-defined]


class OwnForm(forms.Form):
    """A question in the patient's own words."""

    words = forms.CharField(label=_("The question, as the patient says it"), max_length=LONGEST_WORDS)
    low = forms.CharField(label=_("0 means"), max_length=LONGEST_WORDS)
    high = forms.CharField(label=_("10 means"), max_length=LONGEST_WORDS)
    better = forms.ChoiceField(label=_("Which end is better"), choices=BETTER, widget=forms.RadioSelect)


class ReminderForm(forms.Form):
    """How a patient wants to be reminded."""

    wanted = forms.BooleanField(label=_("The patient wants reminders by e-mail"), required=False)
    address = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Kept sealed, and only while reminders are wanted."))
    quiet_from = forms.TimeField(label=_("Nothing from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(label=_("until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    paused_until = forms.DateField(
        label=_("Pause up to and on"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Such as for a holiday.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    """The code with which a therapist comes back."""

    code = forms.RegexField(
        r"^\d{4,8}$",
        label=_("A return code, 4 to 8 digits"),
        help_text=_("You choose it now and type it to come back. Your password works, too."),
        error_messages={"invalid": _("Expected 4 to 8 digits, such as a number that only you think of now.")},
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
