"""The form of an attempt: phase, withholding, safety rules and modules, each with its choices, and the learner's own words."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import Phase
from fivefold.concepts.training import CaseChoice, Raised, TrainingPlace
from fivefold.concepts.vocabulary import PhaseId
from fivefold.services.training import LONGEST_WORDS

Choices = list[tuple[str, str | Promise]]
RAISED: Choices = [
    (Raised.NOT_RAISED.value, gettext_lazy("not raised")),
    (Raised.TO_ASK.value, gettext_lazy("to be asked")),
    (Raised.ACTIVE.value, gettext_lazy("active")),
]
PLACES: Choices = [
    (TrainingPlace.NOW.value, gettext_lazy("now")),
    (TrainingPlace.NEXT.value, gettext_lazy("next")),
    (TrainingPlace.LATER.value, gettext_lazy("later")),
    (TrainingPlace.NOT_NOW.value, gettext_lazy("not now")),
]
WITHHELD: Choices = [("no", gettext_lazy("no, a plan may be proposed")), ("yes", gettext_lazy("yes, hold it back"))]


def rule_name(knowledge: KnowledgeBase, code: str) -> str:
    """A safety rule by its code and name; a code that two rules share has the names of both."""
    return f"{code} {' / '.join(dict.fromkeys(rule.name for rule in knowledge.overrides if rule.code == code))}"


class AttemptForm(forms.Form):
    """What a learner chooses for one case. Rules and modules stand at "not raised" and "not now" until something else is chosen."""

    phase = forms.ChoiceField(
        label=gettext_lazy("In which phase is the work now?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a phase; the feedback compares it. If you waver, take the one you would begin with.")},
    )
    withheld = forms.ChoiceField(
        label=gettext_lazy("Is there a reason to hold an automatic plan back?"),
        choices=WITHHELD,
        initial="no",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("For instance an age or a condition for which the modules were not made: then a person plans, and safety work goes on."),
    )
    words = forms.CharField(
        label=gettext_lazy("Why? In your own words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For yourself, sealed. Nobody else reads it unless you share this attempt."),
    )

    def __init__(self, data: Any, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        super().__init__(data)
        phases = [(key.value, f"{key.value} {phase.name}") for key, phase in knowledge.phases.items()]
        self.fields["phase"].choices = phases  # type: ignore[attr-defined]
        for rule in knowledge.overrides:
            self.fields[f"rule_{rule.code}"] = self._pills(rule_name(knowledge, rule.code), RAISED, Raised.NOT_RAISED.value)
        for module in knowledge.modules.values():
            self.fields[f"place_{module.id}"] = self._pills(f"{module.id} {module.short_name}", PLACES, TrainingPlace.NOT_NOW.value)

    @staticmethod
    def _pills(label: str, choices: Choices, initial: str) -> forms.ChoiceField:
        return forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect)

    @property
    def rules(self) -> list[forms.BoundField]:
        """The safety rules, in their order."""
        return [self[f"rule_{code}"] for code in self._codes()]

    def _codes(self) -> list[str]:
        return list(dict.fromkeys(rule.code for rule in self.knowledge.overrides))

    @property
    def modules(self) -> list[tuple[Phase, list[forms.BoundField]]]:
        """The specific modules by the phase they belong to."""
        every = self.knowledge.modules.values()
        return [(phase, [self[f"place_{one.id}"] for one in every if one.phase is key]) for key, phase in self.knowledge.phases.items()]

    @property
    def choice(self) -> CaseChoice:
        """What was chosen."""
        given = self.cleaned_data
        raised = {code: Raised(given[f"rule_{code}"]) for code in self._codes()}
        places = {name: TrainingPlace(given[f"place_{name}"]) for name in self.knowledge.modules}
        return CaseChoice(
            PhaseId(given["phase"]),
            given["withheld"] == "yes",
            {code: said for code, said in raised.items() if said is not Raised.NOT_RAISED},
            {name: place for name, place in places.items() if place is not TrainingPlace.NOT_NOW},
        )


class ShareForm(forms.Form):
    """With which supervisor an attempt is shared, or no longer is."""

    with_user = forms.TypedChoiceField(label=gettext_lazy("Supervisor"), coerce=int)

    def __init__(self, data: Any, people: tuple[tuple[int, str], ...]) -> None:
        super().__init__(data)
        self.fields["with_user"].choices = [("", _("choose somebody")), *((str(key), name) for key, name in people)]  # type: ignore[attr-defined]
