"""From the facts of a record to the assessment file they amount to, and back.

Facts carry the coded part of the file's sections; the file is put together from the newest fact of each kind and key and
then read like any other, so that one set of checks serves the command line and the app.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.vocabulary import OverrideStatus
from fivefold.engine.planning import understand
from fivefold.exchange.assessment_reader import read_assessment_values
from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.knowledge import knowledge

# Sections in which the newest fact of a key counts, and where it goes in the file.
BY_KEY = {
    "rating": "ratings",
    "criterion": "criteria",
    "risk": "risk",
    "trauma_readiness": "trauma_readiness",
    "context": "context",
    "carers": "carers",
    "dependants": "dependants",
    "general_module": "general_modules",
    "treatment": "treatment",
    "preference": "preferences",
}
# Sections in which every fact is an entry of a list.
LISTS = {
    "diagnosis": "diagnoses",
    "score": "scores",
    "other_result": "other_results",
    "event": "events",
    "upcoming": "upcoming",
    "expected_report": "expected_reports",
    "medication": "medication",
    "history": "history",
    "module": "modules",
}
# Of these lists, too, only the newest fact of a key counts.
NEWEST_OF_LIST = ("diagnosis", "module", "medication")
# The class in a fact that says that no psychotropic drug is taken; the file says it by an empty list.
NO_DRUG = "none"
COLUMNS = ("pk", "kind", "key", "value", "note_sealed", "true_on", "recorded_at", "author_id", "corrects_id", "withdrawn")
ID, KIND, TRUE_ON, RECORDED_AT = (COLUMNS.index(name) for name in ("pk", "kind", "true_on", "recorded_at"))
# What can raise a risk rule anew on the day on which it was cleared.
RAISING = ("risk", "event", "score", "rating")
SINGLE = ("setting", "course", "attendance", "previous")


@dataclass(frozen=True)
class NewFact:
    """A fact as somebody enters it; ``value`` is the coded part in the words of the assessment file.

    ``source`` says whose answer it is: the ``clinician``'s, or the ``patient``'s, whoever asked for it.
    """

    kind: str
    key: str
    value: Any
    true_on: date
    note: str = ""
    corrects: str | None = None
    withdrawn: bool = False
    source: str = "clinician"


@dataclass
class KnownFact:
    """A fact as it counts: its id, author and times beside what it says."""

    id: str
    kind: str
    key: str
    value: Any
    note: str
    true_on: date
    recorded_at: Any
    author_id: int


@dataclass
class RecordFile:
    """The facts that count, and the assessment file they make."""

    written: dict[str, Any]
    facts: list[KnownFact] = field(default_factory=list)


@dataclass(frozen=True)
class ReadFacts:
    """All facts of a record as they were read, the oldest first, so that it can be looked at from many days without reading it again."""

    patient: Patient
    rows: list[tuple[Any, ...]]

    @property
    def last_day(self) -> date | None:
        """The latest day of which something is known, or None; a corrected year of birth, or that a report is expected, tells of no contact."""
        return next((row[TRUE_ON] for row in reversed(self.rows) if row[KIND] not in ("birth_year", "expected_report")), None)

    def counting(self, known_at: datetime | None = None) -> list[KnownFact]:
        """Facts that have been neither corrected nor withdrawn; as they were known at a moment, or now."""
        rows = self.rows if known_at is None else [row for row in self.rows if row[RECORDED_AT] <= known_at]
        superseded = {row[-2] for row in rows if row[-2]}
        return [
            KnownFact(str(pk), kind, key, value, _open_note(self.patient, pk, note), true_on, recorded_at, author_id)
            for pk, kind, key, value, note, true_on, recorded_at, author_id, _, withdrawn in rows
            if pk not in superseded and not withdrawn
        ]


def read_facts(patient: Patient) -> ReadFacts:
    """All facts of a record, in one query."""
    return read_facts_of([patient])[0]


def read_facts_of(patients: Collection[Patient]) -> list[ReadFacts]:
    """All facts of several records of one clinic, in one query; in the order of the patients."""
    rows: dict[uuid.UUID, list[tuple[Any, ...]]] = {patient.pk: [] for patient in patients}
    found = ClinicalFact.objects.filter(clinic_id__in={patient.clinic_id for patient in patients}, patient_id__in=rows)
    for patient_id, *row in found.order_by("true_on", "recorded_at", "id").values_list("patient_id", *COLUMNS):
        rows[patient_id].append(tuple(row))
    return [ReadFacts(patient, rows[patient.pk]) for patient in patients]


def counting_facts(patient: Patient) -> list[KnownFact]:
    """Facts that have been neither corrected nor withdrawn, the oldest first."""
    return read_facts(patient).counting()


def _open_note(patient: Patient, fact_id: uuid.UUID, sealed: bytes) -> str:
    return ClinicalFact(pk=fact_id, patient_id=patient.pk, note_sealed=sealed).note if sealed else ""


def record_file(read: ReadFacts, as_of: date, extra: Iterable[NewFact] = (), known_at: datetime | None = None) -> RecordFile:
    """The assessment file of a record seen from a day; ``extra`` facts count as if they had been recorded.

    ``as_of`` says which day is looked at, with what is known of it now; ``known_at`` leaves out what was recorded later.
    """
    patient = read.patient
    corrected = {str(new.corrects) for new in extra if new.corrects}
    facts = [fact for fact in read.counting(known_at) if fact.id not in corrected and fact.true_on <= as_of]
    added = [KnownFact("", new.kind, new.key, new.value, new.note, new.true_on, None, 0) for new in extra if not new.withdrawn]
    both = sorted(facts + added, key=lambda fact: fact.true_on)
    return RecordFile(_written(patient, as_of, both), both)


def _written(patient: Patient, as_of: date, facts: list[KnownFact]) -> dict[str, Any]:
    written: dict[str, Any] = {"id": str(patient.pk)[:8], "as_of": as_of.isoformat(), "patient": _patient(patient, as_of, facts)}
    newest: dict[tuple[str, str], KnownFact] = {}
    for fact in facts:
        newest[(fact.kind, fact.key)] = fact
    for fact in newest.values():
        if fact.kind in BY_KEY:
            written.setdefault(BY_KEY[fact.kind], {})[fact.key] = _value(fact)
        elif fact.kind in SINGLE:
            written[fact.kind] = fact.value
        elif fact.kind == "resilience":
            _resilience(written, fact)
        elif fact.kind in NEWEST_OF_LIST:
            # That no drug is taken makes the list known and empty, which is not the same as none recorded.
            written.setdefault(LISTS[fact.kind], []).extend([] if says_no_drug(fact.kind, fact.value) else [_value(fact)])
    for fact in facts:
        if fact.kind in LISTS and fact.kind not in NEWEST_OF_LIST and not _is_over(fact, as_of):
            written.setdefault(LISTS[fact.kind], []).append(_value(fact))
        elif fact.kind in ("cleared", "overruled") and not _is_reopened(patient, fact, facts):
            entry = {"code": fact.key, "date": fact.true_on.isoformat(), "by": "clinician", "reason": fact.note or "recorded in the app"}
            written.setdefault("risk", {}).setdefault(fact.kind, []).append(entry)
    return written


def _is_reopened(patient: Patient, decision: KnownFact, facts: list[KnownFact]) -> bool:
    """Whether something recorded after a decision, on its own day, raises its rule by itself.

    The file knows days alone: without this, a reassessment in the morning would answer for a danger seen in the afternoon.
    """
    if decision.recorded_at is None:
        return False
    later = [
        fact
        for fact in facts
        if fact.kind in RAISING and fact.true_on == decision.true_on and (fact.recorded_at is None or fact.recorded_at > decision.recorded_at)
    ]
    if not later:
        return False
    written = _written(patient, decision.true_on, later)
    try:
        raised = understand(read_assessment_values(written, knowledge(), file="record"), knowledge()).overrides
    except InputRefused:
        return False  # the whole record is refused in the same way, with every problem named
    return any(override.code == decision.key and override.status is OverrideStatus.ACTIVE for override in raised)


def _is_over(fact: KnownFact, as_of: date) -> bool:
    """Whether something announced has passed: it says nothing about what lies ahead any more."""
    return fact.kind == "upcoming" and isinstance(fact.value, dict) and "" < str(fact.value.get("date") or "") < as_of.isoformat()


def _patient(patient: Patient, as_of: date, facts: list[KnownFact]) -> dict[str, Any]:
    part: dict[str, Any] = {"language": patient.language}
    if patient.birth_year:
        # The year alone is known: the birthday may or may not have passed.
        part["age_from"] = max(0, as_of.year - patient.birth_year - 1)
        part["age_to"] = as_of.year - patient.birth_year
    adaptations: dict[str, bool] = {fact.key: bool(fact.value) for fact in facts if fact.kind == "adaptation"}
    part["adaptations"] = [name for name, present in adaptations.items() if present]
    return part


def says_no_drug(kind: str, value: Any) -> bool:
    """Whether a fact says that no psychotropic drug is taken."""
    return kind == "medication" and isinstance(value, dict) and value.get("class") == NO_DRUG


def _resilience(written: dict[str, Any], fact: KnownFact) -> None:
    part = written.setdefault("resilience", {})
    if fact.key == "level":
        part["level"] = fact.value
    else:
        part.setdefault("components", {})[fact.key] = fact.value


def _value(fact: KnownFact) -> Any:
    """The coded value with what only the fact knows: its day and its sealed note."""
    value = dict(fact.value) if isinstance(fact.value, dict) else fact.value
    if fact.kind == "rating":
        value = value if isinstance(value, dict) else {"severity": value}
        return {**value, "date": fact.true_on.isoformat(), **({"note": fact.note} if fact.note else {})}
    if fact.kind == "risk":
        return {"value": value, "date": fact.true_on.isoformat(), "by": "clinician"}
    if fact.kind == "diagnosis" and isinstance(value, dict):
        return {**value, **({"text": fact.note} if fact.note else {})}
    if fact.kind == "score" and isinstance(value, dict):
        return {"date": fact.true_on.isoformat(), **value}
    if fact.kind == "other_result" and isinstance(value, dict):
        return {"name": fact.note, **value}
    if fact.kind == "event" and isinstance(value, dict):
        timed = any(name in value for name in ("date", "when", "within_weeks", "weeks_ago", "days_ago"))
        return value if timed else {"date": fact.true_on.isoformat(), **value}
    return value


def read_record(patient: Patient, as_of: date, extra: Iterable[NewFact] = (), changes: tuple[str, ...] = (), *, read: ReadFacts | None = None) -> Assessment:
    """The assessment of a record; raises InputRefused with every problem that ``extra`` or ``changes`` bring in.

    ``read`` spares reading the facts once more.
    """
    written = record_file(read or read_facts(patient), as_of, extra).written
    return read_assessment_values(written, knowledge(), file="record", changes=changes)
