"""Forms for what is kept as a list: events, what is coming, reports, diagnoses, drugs, earlier treatments."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import isfinite
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.services.record_file import NO_DRUG, NewFact
from fivefold.web.assessment import words

ANSWER = {"yes": True, "no": False, "unknown": "unknown", "": "unknown"}
WORD = {True: "yes", False: "no"}
NONE = (("", "–"),)
DAY = {"invalid": gettext_lazy("Expected a day such as 2026-11-20. Correct it or leave it empty.")}


class Day(forms.DateField):
    """A day with the browser's own calendar."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=DAY, **more)


class EntryForm(forms.Form):
    """One entry of a list. ``kind`` is the kind of fact, ``first`` the field without which nothing is meant."""

    kind: ClassVar[str]
    first: ClassVar[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered: then nothing is recorded, and nothing is wrong."""
        return not str(self.data.get(self.add_prefix(self.first), "")).strip()

    def fact(self, on: date) -> NewFact:
        """The fact that was entered; ``on`` is the day it is told."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        """What a recorded fact looks like in the form."""
        raise NotImplementedError


class EventForm(EntryForm):
    """Something that happened: on a day, so many weeks ago, or nobody knows when."""

    kind, first = "event", "what"
    what = forms.ChoiceField(label=gettext_lazy("What happened"), choices=(*NONE, *words.EVENTS), required=False)
    day = Day(gettext_lazy("On"))
    weeks_ago = forms.FloatField(
        label=gettext_lazy("or weeks ago"), required=False, min_value=0, max_value=520, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    )
    unknown = forms.BooleanField(label=gettext_lazy("or nobody knows when"), required=False)
    count = forms.IntegerField(label=gettext_lazy("How often"), required=False, min_value=1, max_value=1000)
    assessed = forms.ChoiceField(
        label=gettext_lazy("Looked at with the patient"), choices=words.YES_NO, required=False, initial="unknown", widget=forms.RadioSelect,
        help_text=gettext_lazy("Yes when it has been talked through and risk was assessed. What is recent and not yet assessed asks for it."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        times = [given.get("day") is not None, given.get("weeks_ago") is not None, bool(given.get("unknown"))]
        if not self.is_empty and sum(times) > 1:
            self.add_error("day", _("The time is given more than once. Keep one: the day, the weeks, or not known."))
        return given

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        when, note = given["day"], given["note"].strip()
        if when is None and given["weeks_ago"] is not None:
            when = on - timedelta(days=round(7 * given["weeks_ago"]))
            note = note or _("about %(weeks)s weeks before %(day)s") % {"weeks": f"{given['weeks_ago']:g}", "day": on.isoformat()}
        value: dict[str, Any] = {"kind": given["what"], **({"when": "unknown"} if given["unknown"] else {"date": (when or on).isoformat()})}
        if given["count"]:
            value["count"] = given["count"]
        value["assessed"] = ANSWER[given["assessed"]]
        # An event of an unknown day belongs to the day on which it was told.
        return NewFact("event", given["what"], value, min(on, when) if when and not given["unknown"] else on, note=note)

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        unknown = value.get("when") == "unknown"
        timed = "weeks_ago" in value or "days_ago" in value or "within_weeks" in value
        day = None if unknown or timed else value.get("date") or true_on
        return {
            "what": value.get("kind"), "day": day, "weeks_ago": value.get("weeks_ago"), "unknown": unknown, "count": value.get("count"),
            "assessed": WORD.get(value.get("assessed", ""), "unknown"), "note": note,
        }  # fmt: skip


class UpcomingForm(EntryForm):
    """Something that lies ahead."""

    kind, first = "upcoming", "what"
    what = forms.ChoiceField(label=gettext_lazy("What is coming"), choices=(*NONE, *words.UPCOMING), required=False)
    day = Day(gettext_lazy("On"), help_text=gettext_lazy("Leave it empty when the day is not known."))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000)

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        dated = {"date": given["day"].isoformat()} if given["day"] else {}
        return NewFact("upcoming", given["what"], {"kind": given["what"], **dated}, on, note=given["note"].strip())

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {"what": value.get("kind"), "day": value.get("date"), "note": note}


class ReportForm(EntryForm):
    """A self-report that was asked for."""

    kind, first = "expected_report", "instrument"
    instrument = forms.ChoiceField(label=gettext_lazy("Which report"), required=False)
    due = Day(gettext_lazy("Due on"))
    received = forms.ChoiceField(label=gettext_lazy("It has come"), choices=words.YES_NO, required=False, initial="no", widget=forms.RadioSelect)

    def __init__(self, *args: Any, instruments: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].choices = (*NONE, *instruments.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.is_empty and not given.get("due") and "due" not in self.errors:
            self.add_error("due", _("No day was entered. Expected the day on which the report was or is due."))
        return given

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        value = {"instrument": given["instrument"], "due": given["due"].isoformat(), "received": ANSWER[given["received"]]}
        return NewFact("expected_report", given["instrument"], value, on)

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {"instrument": value.get("instrument"), "due": value.get("due"), "received": WORD.get(value.get("received", ""), "unknown")}


class DiagnosisForm(EntryForm):
    """A diagnosis as somebody made it; never from a score."""

    kind, first = "diagnosis", "code"
    code = forms.ChoiceField(label=gettext_lazy("Diagnosis"), choices=(*NONE, *words.DIAGNOSES), required=False)
    status = forms.ChoiceField(label=gettext_lazy("It is"), choices=words.STATUSES, required=False, initial="current", widget=forms.RadioSelect)
    source = forms.ChoiceField(label=gettext_lazy("Known from"), choices=words.SOURCES, required=False, initial="clinician")
    text = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=500, help_text=gettext_lazy("Needed for a diagnosis outside the list."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("code") == "other" and not given.get("text", "").strip():
            self.add_error("text", _("Nothing was entered. Expected the diagnosis in words, because it is not in the list."))
        return given

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        value = {"code": given["code"], "status": given["status"] or "current", "source": given["source"] or "clinician"}
        return NewFact("diagnosis", given["code"], value, on, note=given["text"].strip())

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {"code": value.get("code"), "status": value.get("status", "current"), "source": value.get("source", ""), "text": note or value.get("text", "")}


class MedicationForm(EntryForm):
    """One drug by class."""

    kind, first = "medication", "drug_class"
    drug_class = forms.ChoiceField(
        label=gettext_lazy("Drug, by class"), choices=(*NONE, *words.NO_DRUG, *words.MEDICATION), required=False,
        help_text=gettext_lazy("That none is taken is said as well: nothing entered means not known."),
    )  # fmt: skip
    target = forms.CharField(label=gettext_lazy("What it is for"), required=False, max_length=200)
    since = Day(gettext_lazy("Since"))
    stopped = Day(gettext_lazy("Stopped on"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("drug_class") == NO_DRUG:
            for name in ("target", "since", "stopped"):
                if given.get(name):
                    self.add_error(
                        name, _("Found “%(value)s”, expected nothing where no drug is taken. Empty it, or choose the drug.") % {"value": given[name]}
                    )
        return given

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        value = {"class": given["drug_class"], **({"target": given["target"].strip()} if given["target"].strip() else {})}
        value |= {name: given[name].isoformat() for name in ("since", "stopped") if given[name]}
        return NewFact("medication", given["drug_class"], value, on)

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {"drug_class": value.get("class"), "target": value.get("target"), "since": value.get("since"), "stopped": value.get("stopped")}


class OtherResultForm(EntryForm):
    """A result of something that is not in the list of instruments: kept as a note, never scored."""

    kind, first = "other_result", "name"
    name = forms.CharField(label=gettext_lazy("What was measured or found"), required=False, max_length=120)
    value = forms.CharField(label=gettext_lazy("Result"), required=False, max_length=60, help_text=gettext_lazy("A number or a few words. It is never scored."))
    day = Day(gettext_lazy("On"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.is_empty and not given.get("value", "").strip() and "value" not in self.errors:
            self.add_error("value", _("Nothing was entered. Expected the result, as a number or in a few words."))
        return given

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        day = given["day"] or on
        return NewFact(
            "other_result", "", {"value": _number_or_words(given["value"].strip()), "date": day.isoformat()}, min(on, day), note=given["name"].strip()
        )

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {"name": note, "value": value.get("value"), "day": value.get("date") or true_on}


def _number_or_words(text: str) -> float | str:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return number if isfinite(number) else text


class HistoryForm(EntryForm):
    """An earlier treatment and what came of it."""

    kind, first = "history", "treatment"
    treatment = forms.CharField(label=gettext_lazy("Earlier treatment"), required=False, max_length=200)
    sessions = forms.IntegerField(label=gettext_lazy("Sessions"), required=False, min_value=0, max_value=5000)
    weeks = forms.IntegerField(label=gettext_lazy("Weeks"), required=False, min_value=0, max_value=2600)
    outcome = forms.ChoiceField(label=gettext_lazy("What came of it"), choices=words.OUTCOMES, required=False, initial="unknown", widget=forms.RadioSelect)

    def fact(self, on: date) -> NewFact:
        given = self.cleaned_data
        value: dict[str, Any] = {"treatment": given["treatment"].strip(), "outcome": given["outcome"] or "unknown"}
        value |= {name: given[name] for name in ("sessions", "weeks") if given[name] is not None}
        return NewFact("history", "", value, on)

    @classmethod
    def initial_of(cls, value: Mapping[str, Any], note: str, true_on: date) -> dict[str, Any]:
        return {name: value.get(name) for name in ("treatment", "sessions", "weeks", "outcome")}


FORMS: dict[str, type[EntryForm]] = {
    form.kind: form for form in (EventForm, UpcomingForm, ReportForm, DiagnosisForm, MedicationForm, HistoryForm, OtherResultForm)
}
