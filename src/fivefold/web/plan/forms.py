"""Forms of the plan and the goals. What was typed stays; each error says what is expected."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.plan import ModuleMatch
from fivefold.concepts.vocabulary import GeneralState, ResilienceLevel
from fivefold.documents.html.formats import day
from fivefold.services.plan_board import Trial
from fivefold.services.plan_choices import LONGEST_REASON, SHORTEST_REASON, Choice, How
from fivefold.services.plan_questions import LONGEST_ANSWER

Words = str | Promise
AS_IT_IS = ("", gettext_lazy("as it is"))
RESILIENCE: list[tuple[str, Words]] = [
    AS_IT_IS,
    (ResilienceLevel.LOW.value, gettext_lazy("low")),
    (ResilienceLevel.MODERATE.value, gettext_lazy("moderate")),
    (ResilienceLevel.HIGH.value, gettext_lazy("high")),
]
STATES: list[tuple[str, Words]] = [
    ("", gettext_lazy("as it is")),
    (GeneralState.RED.value, gettext_lazy("strained")),
    (GeneralState.NOT_STARTED.value, gettext_lazy("not begun")),
    (GeneralState.STARTED.value, gettext_lazy("begun")),
    (GeneralState.PROVISIONAL.value, gettext_lazy("holds, provisionally")),
    (GeneralState.ATTAINED.value, gettext_lazy("holds")),
]
LEVELS: list[tuple[str, Words]] = [
    ("", gettext_lazy("as it is")),
    ("0", gettext_lazy("0 none")),
    ("1", gettext_lazy("1 mild")),
    ("2", gettext_lazy("2 moderate")),
    ("3", gettext_lazy("3 severe")),
    ("4", gettext_lazy("4 extreme")),
]
VIEWS: list[tuple[str, Words]] = [
    ("agrees", gettext_lazy("agrees")),
    ("partly", gettext_lazy("agrees in part")),
    ("disagrees", gettext_lazy("disagrees")),
    ("not_asked", gettext_lazy("not asked yet")),
]
WEIGHTS = [("1", gettext_lazy("1 usual")), ("2", gettext_lazy("2")), ("3", gettext_lazy("3")), ("4", gettext_lazy("4 most"))]
Choices = Sequence[tuple[str, Any]]


class TrialForm(forms.Form):
    """What if: each field is left as it is on record when it is empty."""

    sessions_per_week = forms.FloatField(
        label=gettext_lazy("Sessions a week"),
        required=False,
        min_value=0.1,
        max_value=14,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    sessions_available = forms.FloatField(
        label=gettext_lazy("Sessions in all"), required=False, min_value=1, max_value=2000, widget=forms.NumberInput(attrs={"step": "1"})
    )
    resilience = forms.ChoiceField(label=gettext_lazy("Resilience"), choices=RESILIENCE, required=False)
    rated = forms.ChoiceField(label=gettext_lazy("One impairment"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("rated"), choices=LEVELS, required=False)
    general_module = forms.ChoiceField(label=gettext_lazy("One general module"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("is"), choices=STATES, required=False)
    wanted_first = forms.ChoiceField(label=gettext_lazy("The patient wants first"), required=False)

    def __init__(self, data: Any, *, impairments: Choices, general: Choices, wishes: Choices) -> None:
        super().__init__(data)
        for name, choices in (("rated", impairments), ("general_module", general), ("wanted_first", wishes)):
            self.fields[name].choices = [AS_IT_IS, *choices]  # type: ignore[attr-defined]

    @property
    def trial(self) -> Trial:
        """What is tried out; what cannot be read is left as it is."""
        given = self.cleaned_data
        return Trial(
            sessions_per_week=given.get("sessions_per_week"),
            sessions_available=given.get("sessions_available"),
            resilience=ResilienceLevel(given["resilience"]) if given.get("resilience") else None,
            rated=given.get("rated", "") if given.get("level") else "",
            level=int(given["level"]) if given.get("rated") and given.get("level") else None,
            general_module=given.get("general_module", "") if given.get("state") else "",
            state=GeneralState(given["state"]) if given.get("general_module") and given.get("state") else None,
            wanted_first=given.get("wanted_first", ""),
        )


class ChoiceForm(forms.Form):
    """One choice about a module or an impairment."""

    target = forms.CharField(max_length=60)
    version = forms.IntegerField(min_value=0)
    how = forms.ChoiceField(choices=[(how.value, how.value) for how in How])
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        reason = str(given.get("reason", "")).strip()
        if given.get("how") != How.UNDO and len(reason) < SHORTEST_REASON and "reason" not in self.errors:
            found = _("Found “%(reason)s”, ") % {"reason": reason} if reason else _("Nothing was written, ")
            self.add_error("reason", found + _("expected a reason in a few words. It is kept with the plan beside the proposal. Write it and choose again."))
        return given

    @property
    def choice(self) -> Choice:
        """The choice that was made."""
        return Choice(self.cleaned_data["target"], How(self.cleaned_data["how"]), self.cleaned_data["reason"])


class ProtocolForm(forms.Form):
    """Another programme for this patient, and why; ``seen`` is the choice that was shown."""

    protocol = forms.CharField(max_length=40)
    seen = forms.CharField(max_length=40, required=False)
    reason = forms.CharField(max_length=LONGEST_REASON, required=False)

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < SHORTEST_REASON:
            found = _("Found “%(reason)s”, ") % {"reason": reason} if reason else _("Nothing was written, ")
            raise forms.ValidationError(
                found + _("expected a reason in a few words. It stands beside the programme on the map and in the plan. Write it and choose again.")
            )
        return reason


class SignForm(forms.Form):
    """The patient's view, and when the plan is looked at again."""

    patient_view = forms.ChoiceField(
        label=gettext_lazy("What the patient thinks of it"),
        choices=VIEWS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Nothing was chosen. Say what the patient thinks of the plan, or that you have not asked yet.")},
    )
    patient_words = forms.CharField(
        label=gettext_lazy("In the patient's own words"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("As they said it. Sealed in the record; it stands beside the plan."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    review_on = forms.DateField(label=gettext_lazy("Look at the plan again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, initial: Mapping[str, Any], first: date, last: date, asked: Sequence[ModuleMatch] = ()) -> None:
        super().__init__(data, initial=dict(initial))
        self.asked = [match.id for match in asked]
        for match in asked:
            self.fields[f"about_{match.id}"] = forms.CharField(
                label=match.short_name, required=False, max_length=LONGEST_ANSWER, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
        self.first, self.last = first, last
        field = self.fields["review_on"]
        field.widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        span = {"first": day(first), "last": day(last)}
        field.help_text = _("From %(first)s to %(last)s: at most 90 days ahead.") % span
        field.error_messages |= {
            "required": _("Nothing was entered, expected a day from %(first)s to %(last)s. Choose one.") % span,
            "invalid": _("Expected a day such as %(last)s. Correct it.") % {"last": last.isoformat()},
        }

    @property
    def signature(self) -> list[forms.BoundField]:
        """The fields of the signature itself."""
        return [self[name] for name in ("patient_view", "patient_words", "review_on")]

    @property
    def about(self) -> list[forms.BoundField]:
        """One field for each module that the formulation asks about."""
        return [self[f"about_{name}"] for name in self.asked]

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by module; from a form that is valid."""
        return {name: self.cleaned_data.get(f"about_{name}", "") for name in self.asked}

    def clean_review_on(self) -> date:
        on: date = self.cleaned_data["review_on"]
        if not self.first <= on <= self.last:
            span = {"found": day(on), "first": day(self.first), "last": day(self.last)}
            raise forms.ValidationError(_("Found %(found)s, expected a day from %(first)s to %(last)s (at most 90 days ahead). Choose another day.") % span)
        return on


def _level(label: Words) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}))  # type: ignore[arg-type]


class GoalForm(forms.Form):
    """A goal in the patient's words with its five levels."""

    words = forms.CharField(
        label=gettext_lazy("The goal in the patient's words"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("As they say it: “get through an evening without cutting”."),
        error_messages={"required": gettext_lazy("Nothing was written, expected the goal as the patient says it. Write it in one or two sentences.")},
    )
    much_less = _level(gettext_lazy("−2 much less than hoped for"))
    less = _level(gettext_lazy("−1 less than hoped for"))
    hoped = _level(gettext_lazy("0 as hoped for"))
    more = _level(gettext_lazy("+1 better"))
    much_more = _level(gettext_lazy("+2 much better"))
    module = forms.ChoiceField(label=gettext_lazy("Belongs to"), required=False)
    weight = forms.ChoiceField(label=gettext_lazy("How much it matters to the patient"), choices=WEIGHTS, initial="1")
    shared = forms.BooleanField(
        label=gettext_lazy("Shown when you look at the map together"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without it the goal is for clinicians only."),
    )

    LEVEL_FIELDS = ("much_less", "less", "hoped", "more", "much_more")

    def __init__(self, data: Any, *, modules: Choices, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["module"].choices = [("", _("no single module")), *modules]  # type: ignore[attr-defined]
        for name in self.LEVEL_FIELDS:
            field = self.fields[name]
            field.error_messages["required"] = _("Nothing was written, expected what one could see at this level. Write it before the work starts.")

    @property
    def level_fields(self) -> list[forms.BoundField]:
        """The five levels, from much less than hoped for to much better."""
        return [self[name] for name in self.LEVEL_FIELDS]

    @property
    def given(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        levels = [data[name] for name in self.LEVEL_FIELDS]
        return {"words": data["words"], "levels": levels, "module": data["module"], "weight": int(data["weight"]), "shared": data["shared"]}
