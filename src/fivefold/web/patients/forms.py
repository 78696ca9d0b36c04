"""Forms about the care team of a patient, and about what the person agreed to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fivefold.web.ui.templatetags.ui import day

KINDS = [("treats", _("treats")), ("covers", _("covers for a colleague")), ("supervises", _("supervises: reads, changes nothing"))]


class MemberForm(forms.Form):
    """Who joins the care team, and how."""

    person = forms.ChoiceField(label=_("Person"), error_messages={"invalid_choice": _("Choose one of the people who work in this clinic.")})
    kind = forms.ChoiceField(label=_("Relation"), choices=KINDS, initial="treats", widget=forms.RadioSelect)

    def __init__(self, data: object, candidates: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        self.fields["person"].choices = [("", _("Choose")), *((str(user), name) for user, name in candidates)]  # type: ignore[attr-defined]


PURPOSES = [
    ("treatment", _("treatment and its record")),
    ("carers", _("involving carers")),
    ("supervision", _("supervision")),
    ("letters", _("letters to other professionals")),
    ("research", _("de-identified research")),
    ("messages", _("messages and reminders")),
    ("own_pages", _("own pages, read by the care team")),
    ("offline_copy", _("a copy of their pages on the patient's phone")),
]
ANSWERS = [("yes", _("agrees")), ("no", _("does not agree, or no longer"))]


class ConsentForm(forms.Form):
    """What the person agreed to or withdrew, for one purpose, and on which day."""

    purpose = forms.ChoiceField(label=_("What for"), choices=[("", _("Choose")), *PURPOSES])
    given = forms.ChoiceField(label=_("The person"), choices=ANSWERS, widget=forms.RadioSelect)
    on = forms.DateField(label=_("Said on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: object, today: date) -> None:
        super().__init__(data, initial={"on": today})  # type: ignore[arg-type]  # a QueryDict or None
        self.today = today

    def clean_on(self) -> date:
        """A day on which it can have been said."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day is still to come. Enter the day on which the person said so."))
        return on

    @property
    def given_values(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        return {"purpose": sent["purpose"], "given": sent["given"] == "yes", "on": sent["on"], "note": sent["note"]}


class BirthYearForm(forms.Form):
    """Another year of birth; ``seen`` is the one that was shown, empty when it was not known."""

    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        help_text=_("Four digits. Empty it when the year turns out not to be known."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 6, "maxlength": 6}),
        error_messages={"invalid": _("Expected a year in four digits, for instance 1997. Correct it or empty the field.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: object, seen: int | None) -> None:
        super().__init__(data, initial={"birth_year": seen, "seen": seen})  # type: ignore[arg-type]  # a QueryDict or None


END_REASONS = [
    ("completed", _("completed as planned")),
    ("agreed", _("ended early by agreement")),
    ("stopped", _("stopped coming")),
    ("moved", _("moved, or treatment goes on elsewhere")),
    ("died", _("died")),
    ("other", _("another reason, in words")),
]


class EndForm(forms.Form):
    """When care ended, and why."""

    on = forms.DateField(label=_("Ended on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.ChoiceField(label=_("Why"), choices=END_REASONS, widget=forms.RadioSelect)
    note = forms.CharField(label=_("In words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: object, today: date, began: date) -> None:
        super().__init__(data, prefix="end", initial={"on": today})  # type: ignore[arg-type]  # a QueryDict or None
        self.today, self.began = today, began

    def clean_on(self) -> date:
        """A day on which care can have ended."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day is still to come. Care is ended on the day itself or later."))
        if on < self.began:
            raise ValidationError(_("Care began here on %(day)s. Enter that day or a later one."), params={"day": day(self.began)})
        return on

    def clean(self) -> dict[str, Any]:
        """A reason that is none of the list needs words."""
        sent = super().clean() or self.cleaned_data
        if sent.get("reason") == "other" and not sent.get("note", "").strip():
            self.add_error("note", _("Write the reason in a few words, because it is none of the list."))
        return sent


STEP_WORDS = {
    "asked": _("the person asked for it"),
    "refused": _("refused, with the reason the person was given"),
    "withdrawn": _("the person took the request back"),
    "decided": _("decided: the record is to be erased"),
    "kept": _("decision taken back: the record stays"),
    "hold": _("legal hold set: nothing is erased while it lasts"),
    "free": _("legal hold lifted"),
    "erased": _("erased"),
}
TABLE_WORDS = {
    "ClinicalFact": _("answers, ratings, scores and events"),
    "PlanVersion": _("signed plans"),
    "PlanDraft": _("plans not signed"),
    "Goal": _("goals"),
    "GoalRating": _("ratings of goals"),
    "MeasureSchedule": _("planned measures"),
    "MeasureRequest": _("questionnaires given out"),
    "MeasureStep": _("steps of questionnaires"),
    "MeasureAnswer": _("answers to questionnaires"),
    "OwnItem": _("questions in the patient's words"),
    "Formulation": _("versions of the formulation"),
    "DeclinedSuggestion": _("suggestions that were declined"),
    "FormulationComment": _("comments on the formulation"),
    "FormulationShare": _("decisions on whether the patient sees the formulation"),
    "FormulationReply": _("what the patient said of the formulation"),
    "ClinicalDocument": _("documents"),
    "DocumentStep": _("signatures and withdrawals of documents"),
    "HiddenWords": _("lists of words to hide in case packs"),
    "ChainAnalysis": _("versions of chain analyses"),
    "TreatmentSession": _("signed sessions"),
    "SessionAddition": _("additions to sessions"),
    "SessionDeviation": _("departures from plan in sessions"),
    "SampledSession": _("sessions drawn to be rated"),
    "FidelityRating": _("ratings of sessions"),
    "SupervisionQuestion": _("questions brought to supervision"),
    "SupervisionDecision": _("agreements of supervision"),
    "SupervisionStep": _("answers and ends of supervision"),
    "Homework": _("homework"),
    "HomeworkLook": _("looks at homework"),
    "Contact": _("contacts between sessions"),
    "PlanReview": _("reviews of the plan"),
    "LookBack": _("look-backs"),
    "CurveRelease": _("decisions on which curves the patient sees"),
    "FeedbackRelease": _("decisions on what the patient is told of the course"),
    "Signal": _("signals"),
    "SignalEvent": _("what was done with signals"),
    "SignalNotice": _("messages that a signal waits"),
    "RefusedAnswer": _("answers about danger that could not be kept where they belong"),
    "SignalState": _("notes of where a signal stands"),
    "CareStep": _("ends of care and new beginnings"),
    "Consent": _("consents"),
    "CareRelation": _("care relations"),
    "BreakGlass": _("openings without a relation"),
    "ErasureStep": _("steps of erasure"),
    "DiaryCard": _("versions of the diary card"),
    "DiaryEntry": _("diary entries"),
    "PastScores": _("courses of scores that others are compared with"),
    "OwnGoal": _("goals in the patient's own pages"),
    "OwnGoalRating": _("ratings of these goals"),
    "UsualUrge": _("levels called usual"),
    "BroughtUp": _("things to bring up"),
    "SafetyPlan": _("versions of the safety plan"),
    "SafetyPlanShare": _("people who were given the safety plan"),
    "CrisisCarePlan": _("versions of the team's crisis care plan"),
    "RiskConversation": _("conversations about suicide"),
    "SafetyPlanUse": _("times the safety plan was practised or used"),
    "OwnLook": _("name and picture of the own pages"),
    "OwnReminder": _("what the patient wants to be reminded of"),
    "PatientPlace": _("where the patient lives, for the numbers to call"),
    "ReminderWish": _("how the patient wants to be reminded"),
    "Reminder": _("reminders"),
    "FeedbackLook": _("notes that the course was looked at"),
    "PatientAccount": _("sign-ins of the patient"),
    "PatientInvitation": _("links to the patient's own pages"),
    "CaseloadRow": _("rows on the caseload"),
}
STEPS = [(name, words) for name, words in STEP_WORDS.items() if name != "erased"]
WHY = {
    "min_length": _("You wrote %(show_value)d characters. Write the reason in a sentence (at least 10)."),
    "required": _("Write the reason in a sentence."),
}


class ErasureStepForm(forms.Form):
    """The next step on the way to an erasure, or what stops it. Shown are those that fit; another one is refused by the act."""

    step = forms.ChoiceField(label=_("What happened"), choices=STEPS, widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("Request received on"), required=False, help_text=_("Only for a request."), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    review_on = forms.DateField(
        label=_("Look at the hold again on"),
        required=False,
        help_text=_("Only for a legal hold, if a day is known. It does not end by itself."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("How and why"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages=WHY)

    def __init__(self, data: object, fitting: Sequence[str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        chosen = self.data.get("step")
        # One that no longer fits is still understood: a form that is sent twice is answered like the first time.
        self.fields["step"].widget.choices = [one for one in STEPS if one[0] in fitting or one[0] == chosen]
        if not self.is_bound and "asked" not in fitting:
            del self.fields["on"]

    def clean(self) -> dict[str, Any]:
        """Each day belongs to one step; what was entered is never left out unsaid."""
        sent = super().clean() or self.cleaned_data
        step = sent.get("step")
        if step == "asked" and not sent.get("on") and "on" not in self.errors:
            self.add_error("on", _("Enter the day on which the request was received: the time to answer it counts from there."))
        if step and step != "asked" and sent.get("on"):
            self.add_error("on", _("This day belongs to a request. Leave it empty for another step."))
        if step and step != "hold" and sent.get("review_on"):
            self.add_error("review_on", _("This day belongs to a legal hold. Leave it empty for another step."))
        return sent


class EraseForm(forms.Form):
    """The last word before a record is gone."""

    reason = forms.CharField(label=_("Why it is erased now"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages=WHY)
    sure = forms.BooleanField(
        label=_("I know that nobody can bring it back; restoring a backup erases it again."),
        error_messages={"required": _("Tick this to erase the record for good.")},
    )

    def __init__(self, data: object) -> None:
        super().__init__(data, prefix="last")  # type: ignore[arg-type]  # a QueryDict or None
