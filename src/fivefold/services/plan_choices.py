"""What a clinician chooses on top of a proposal, each departure with its reason."""

import json
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.vocabulary import StageId

SHORTEST_REASON, LONGEST_REASON = 3, 500


class How(StrEnum):
    """What a clinician may choose about one module, or about an impairment that nothing answers."""

    FIRST = "first"
    BEGIN = "begin"
    DEFER = "defer"
    DECLINE = "decline"
    LEAVE_OPEN = "leave_open"
    UNDO = "undo"


CHOICE_WORDS: dict[How, str | Promise] = {
    How.FIRST: gettext_lazy("put first"),
    How.BEGIN: gettext_lazy("begun by choice"),
    How.DEFER: gettext_lazy("put off"),
    How.DECLINE: gettext_lazy("not wanted by the patient"),
    How.LEAVE_OPEN: gettext_lazy("left open"),
}


@dataclass(frozen=True)
class Choice:
    """One choice with its reason; ``target`` is a module, or an impairment when it is left open."""

    target: str
    how: How
    reason: str = ""


@dataclass(frozen=True)
class PlanChoices:
    """What a clinician chose on top of the proposal; every departure has its reason.

    ``first`` puts a module before the others of its kind, ``begun`` starts one although a general module it waits for is not
    far enough, ``deferred`` and ``declined`` (by the patient) leave it for later, ``left_open`` says why an impairment has no
    module for now.
    """

    declined: dict[str, str] = field(default_factory=dict)
    deferred: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    left_open: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> "PlanChoices":
        """Choices as a draft or a signed plan keeps them."""
        return cls(**{part.name: dict(stored.get(part.name, {})) for part in fields(cls)})

    def stored(self) -> dict[str, Any]:
        return {part.name: getattr(self, part.name) for part in fields(self)}

    @property
    def is_empty(self) -> bool:
        """Whether the plan is the proposal as it stands."""
        return self == PlanChoices()

    def about(self, target: str) -> Choice | None:
        """What was chosen about a module or an impairment."""
        for how, chosen in self._by_how().items():
            if target in chosen:
                return Choice(target, how, chosen[target])
        return None

    def all(self) -> tuple[Choice, ...]:
        """Every choice, one after the other."""
        return tuple(Choice(target, how, reason) for how, chosen in self._by_how().items() for target, reason in chosen.items())

    def _by_how(self) -> dict[How, dict[str, str]]:
        return {How.FIRST: self.first, How.BEGIN: self.begun, How.DEFER: self.deferred, How.DECLINE: self.declined, How.LEAVE_OPEN: self.left_open}

    def with_choice(self, choice: Choice) -> "PlanChoices":
        """These choices with one more; what was chosen about the same thing before gives way."""
        parts = {how: {name: why for name, why in chosen.items() if name != choice.target} for how, chosen in self._by_how().items()}
        if choice.how is not How.UNDO:
            parts[choice.how][choice.target] = choice.reason
        return replace(
            self,
            first=parts[How.FIRST],
            begun=parts[How.BEGIN],
            deferred=parts[How.DEFER],
            declined=parts[How.DECLINE],
            left_open=parts[How.LEAVE_OPEN],
        )

    def as_changes(self, record: Assessment) -> tuple[str, ...]:
        """The choices as changes of the assessment file ``record``: wishes on record come after those put first, and a module
        that is begun by choice gives way to what the record says of it.
        """
        found = [f"{path}={value}" for path, value in self.changes.items() if value]
        for module, reason in {**self.declined, **self.deferred}.items():
            who = "declined_by_patient" if module in self.declined else "declined_by_clinician"
            found.append(f"modules+={{id: {module}, {who}: yes, deferred_reason: {json.dumps(reason, ensure_ascii=False)}}}")
        # What runs no longer waits for general modules; hard rules, cautions and phases still come before it in the engine.
        found += [f"modules+={{id: {module}, stage: {StageId.RECOGNITION.value}}}" for module in self.begun if module not in record.modules]
        if self.first:
            found.append(f"preferences.priorities=[{', '.join(dict.fromkeys([*self.first, *record.priorities]))}]")
        return tuple(found)
