"""What a synthetic patient's story may say: how they came, how they respond, and what happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class Day:
    """A day counted from today, for use inside coded values: -3 is three days ago."""

    offset: int


@dataclass(frozen=True)
class Told:
    """A fact of a story, in the words of the assessment file; ``Day`` stands for dates."""

    kind: str
    key: str
    value: Any
    note: str = ""


@dataclass(frozen=True)
class Turn:
    """Something that happens on a day before today: facts, a rise of troubles that fades, a change of the ground."""

    days_ago: int
    told: tuple[Told, ...] = ()
    raises: Mapping[str, float] = field(default_factory=dict)
    for_weeks: int = 4
    general: Mapping[str, str] = field(default_factory=dict)
    general_weeks: int = 4
    pauses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One synthetic patient.

    ``levels`` are the true levels 0-4 at intake; ``response`` is the share of each that finished work takes away, ``tempo``
    how fast modules go and ``trust`` how fast the general modules are attained, against the usual. ``not_before`` holds
    modules back until so many days before today; ``last_seen`` is the number of days since the last visit.
    """

    id: str
    shows: tuple[str, ...]
    age: int
    weeks: int
    levels: Mapping[str, float]
    resilience: str = "moderate"
    response: float = 0.65
    tempo: float = 1.0
    trust: float = 1.0
    last_seen: int = 4
    setting: str = "outpatient"
    language: str = "en"
    diagnoses: tuple[str, ...] = ("borderline_pd",)
    criteria: tuple[int, ...] = (1, 5, 6, 7, 8)
    unknown_to_us: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    carers: bool | None = None
    dependants: bool | None = None
    medication: tuple[Mapping[str, Any], ...] = ()
    adaptations: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    declines: Mapping[str, str] = field(default_factory=dict)
    not_before: Mapping[str, int] = field(default_factory=dict)
    earlier: tuple[Mapping[str, Any], ...] = ()
    brings: Mapping[str, str] = field(default_factory=dict)
    sessions_per_week: float = 1
    protocol: str = "imt"
    protocol_because: str = ""
    measures: tuple[str, ...] = ("bsl23", "phq9", "gad7", "ders16", "waisr", "wsas", "pdsicd11", "brs")
    goals: tuple[str, ...] = ("evening", "reply", "week")
    signs: bool = True
    last_review: int | None = None
    patient_view: str = "agrees"
    patient_words: str = ""
    turns: tuple[Turn, ...] = ()
    closed_days_ago: int | None = None


# ---- Short words for the stories -----------------------------------------------------------------------------------------


def event(kind: str, note: str = "", **more: Any) -> Told:
    """An event of the turn's day, looked at with the patient."""
    return Told("event", kind, {"kind": kind, "assessed": True, **more}, note)


def risk(name: str, answer: bool | None) -> Told:
    """An answer to a risk question."""
    return Told("risk", name, answer)


def rated(impairment: str, severity: float | None, note: str = "", *, decides: bool = False) -> Told:
    """A clinician's rating; None for unknown."""
    value: dict[str, Any] = {"severity": severity}
    return Told("rating", impairment, {**value, "decides": True} if decides else value, note)


def settle(value: Any, today: date) -> Any:
    """A coded value with days in place of ``Day``."""
    if isinstance(value, Day):
        return (today + timedelta(days=value.offset)).isoformat()
    if isinstance(value, Mapping):
        return {name: settle(part, today) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [settle(part, today) for part in value]
    return value
