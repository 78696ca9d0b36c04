"""The five phases, and the reading of where a person is now."""

from dataclasses import dataclass
from typing import NamedTuple

from fivefold.concepts.basis import Basis, Claim
from fivefold.concepts.criteria import Criterion
from fivefold.concepts.vocabulary import Answer, DomainId, PhaseId


@dataclass(frozen=True)
class PhaseCriterion:
    """One entry or exit criterion; ``settle_with`` names instruments, ``question`` is asked when it is unknown."""

    id: str
    text: str
    when: Criterion
    basis: Basis
    settle_with: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True)
class PatientPhase:
    """The phase in plain words that never rank a person."""

    name: str
    where_you_are: str
    what_helps_now: str


@dataclass(frozen=True)
class Phase:
    """One phase of treatment."""

    id: PhaseId
    name: str
    short_name: str
    summary: str
    goals: tuple[Claim, ...]
    belongs: tuple[Claim, ...]
    duration: Claim
    entry: tuple[PhaseCriterion, ...]
    exit: tuple[PhaseCriterion, ...]
    avoid: tuple[Claim, ...]
    patient: PatientPhase
    notes: tuple[Claim, ...] = ()


class CriterionReading(NamedTuple):
    """One phase criterion held against what is known: met True, not met False, not known None."""

    id: str
    text: str
    met: Answer
    because: str
    settle_with: tuple[str, ...]
    question: str
    basis: Basis


@dataclass(frozen=True)
class PhaseReading:
    """Where the person is now, overall and by domain; the lowest sets the priority of sessions.

    ``resume`` names the modules to go back to after a crisis, with the first thing to do.
    """

    overall: PhaseId
    by_domain: dict[DomainId, PhaseId]
    because: tuple[str, ...]
    rules: tuple[str, ...]
    entry: tuple[CriterionReading, ...]
    exit: tuple[CriterionReading, ...]
    resume: tuple[str, ...]
    resume_text: str
