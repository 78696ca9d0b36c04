"""Forms about danger, for staff: the conversation about suicide and the team's crisis care plan."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.services.crisis_care import LONGEST_PART as LONGEST_CARE
from fivefold.services.crisis_care import PARTS as CARE_PARTS
from fivefold.services.crisis_care import CareSheet
from fivefold.services.risk_conversations import ASKED_FOR, LONGEST_PART, PARTS, QUESTIONS, NewConversation

CARE_WORDS = {
    "call": (_("Whom to call, in this order"), _("One a line, with name, number and hours. The first who can be reached decides.")),
    "means": (_("Means"), _("What there is, who keeps it, what was agreed about medicines.")),
    "helps": (_("What helps this person in a crisis"), _("What has helped before, in the words of whoever was there.")),
    "worsens": (_("What makes it worse"), _("Such as being left waiting, or many new faces.")),
    "decides": (_("Who decides what"), _("Who may admit, who is told at once, what needs a second opinion.")),
    "afterwards": (_("Afterwards"), _("Who calls when, and what is looked at within 72 hours.")),
}
CONVERSATION_WORDS = {
    "usual": (_("What is usual for this person"), _("Thoughts and urges as they have been for months: how often, how strong, what has kept them from acting.")),
    "now": (
        _("What is different now"),
        _("Loss, discharge, intoxication, sleep, hopelessness, a sudden calm. If nothing is different, write that and how you know."),
    ),
    "drivers": (_("What drives it"), _("What would have to change for it to ease, in their words.")),
    "means": (_("Means, and what was done about them"), _("What is within reach, and who keeps it now. If it was not asked, write that.")),
    "protects": (_("What holds them"), _("People, plans, reasons, their own safety plan. None of it cancels out what speaks of danger.")),
    "reasons": (_("Why this decision"), _("What you weighed against what, so that a colleague can follow it tonight.")),
    "told": (_("Who was told"), _("The patient, family by consent, colleagues, the crisis team.")),
}
QUESTION_WORDS = {
    "imminent": _("Do they mean to act on it now?"),
    "new_plan_or_means": _("Is there a new plan, or are there new means?"),
    "acute_on_chronic": _("Is it beyond what is usual for them?"),
}
DECISION_WORDS = [
    ("as_before", _("treatment goes on as agreed, with contact as below")),
    ("closer", _("closer contact for a while")),
    ("crisis_team", _("crisis team")),
    ("emergency", _("emergency services")),
    ("admission", _("admission")),
]
ANSWERS = {"yes": True, "no": False}


def _text(words: tuple[Any, Any], longest: int, *, required: bool) -> forms.CharField:
    return forms.CharField(label=words[0], help_text=words[1], max_length=longest, required=required, widget=forms.Textarea(attrs={"rows": 3}))


class UnlessCleared(forms.DateTimeInput):
    """A moment that is needed unless a box below is ticked: the browser, which cannot know that, does not insist on it."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def use_required_attribute(self, initial: object) -> bool:
        return False


class CarePlanForm(forms.Form):
    """The team's crisis care plan."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any, sheet: CareSheet) -> None:
        newest = sheet.newest
        review: date = newest.review_on if newest and newest.review_on >= sheet.today else sheet.latest_review
        begun: dict[str, Any] = {"version": newest.number if newest else 0, "review_on": review, **(newest.parts if newest else {})}
        super().__init__(data, initial=begun)
        for name in CARE_PARTS:
            self.fields[name] = _text(CARE_WORDS[name], LONGEST_CARE, required=name == "call")
        self.fields["review_on"] = forms.DateField(label=_("Next review"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        return {"parts": {name: sent[name] for name in CARE_PARTS}, "review_on": sent["review_on"], "version": sent["version"]}


class ConversationForm(forms.Form):
    """A conversation about suicide: three questions, what was found, what was decided, and when there is contact again."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name in QUESTIONS:
            choices = [("yes", _("yes")), ("no", _("no")), ("unknown", _("not known, or not asked"))]
            self.fields[name] = forms.ChoiceField(label=QUESTION_WORDS[name], choices=choices, widget=forms.RadioSelect)
        for name in PARTS:
            self.fields[name] = _text(CONVERSATION_WORDS[name], LONGEST_PART, required=name in ASKED_FOR)
        self.fields["decision"] = forms.ChoiceField(label=_("Decision"), choices=DECISION_WORDS, widget=forms.RadioSelect)
        self.fields["next_contact_at"] = forms.DateTimeField(
            label=_("Next contact, by when"), help_text=_("Needed, unless the reassessment below clears it."), widget=UnlessCleared()
        )
        self.fields["clears"] = forms.BooleanField(label=_("Reassessed: it is cleared, with the reasons above as its reason"), required=False)

    def clean(self) -> dict[str, Any]:
        """Without a next contact only where a reassessment clears it; a moment that was chosen all the same does not count then."""
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        if sent.get("clears"):
            self.errors.pop("next_contact_at", None)
            sent["next_contact_at"] = None
        return sent

    @property
    def given(self) -> NewConversation:
        """What the service takes."""
        sent = self.cleaned_data
        answers = {name: ANSWERS.get(sent[name]) for name in QUESTIONS}
        return NewConversation({name: sent[name] for name in PARTS}, answers, sent["decision"], sent["next_contact_at"], sent["clears"])
