"""Acts about what is known: recording facts, correcting them, and reading the profile they make."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import FivefoldError, InputRefused, Problem
from fivefold.concepts.plan import PhasedPlan
from fivefold.engine.planning import PlanOptions
from fivefold.exchange.assessment_file import ADVISORY, CLEARABLE
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, Patient, User
from fivefold.records.models.base import keep_order
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, ReasonMissing, clinical_act, patient_for, reaches
from fivefold.services.deadlines import dated_plan
from fivefold.services.entered_answers import tell_entered
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, checked_reason
from fivefold.services.protocols import MODULAR, PLACE, chosen_protocols, treatment_protocols
from fivefold.services.record_file import NO_DRUG, KnownFact, NewFact, counting_facts, read_facts, read_record, says_no_drug
from fivefold.services.risk_questions import codes_of, standing_answer

SHORTEST_REASON = 10
# Every instrument that would decide something, so that a battery can be made for the minutes there are.
ALL_MEASURES = PlanOptions(with_stability=False, protocols=(), measures=1000)


@dataclass(frozen=True)
class KnownRecord:
    """What is known of a patient today: the assessment and the facts behind it."""

    patient: Patient
    assessment: Assessment
    facts: list[KnownFact]


@clinical_act(Permission.CHANGE_RECORD)
def record_facts(actor: Actor, *, patient_id: uuid.UUID, facts: Sequence[NewFact]) -> list[ClinicalFact]:
    """Add facts; all of them or, with InputRefused and every problem named, none.

    The record is read with the new facts before anything is saved, so that what cannot be true together is refused.
    """
    return add_facts(actor, patient_for(actor, patient_id, Permission.CHANGE_RECORD), facts)


def add_facts(actor: Actor, patient: Patient, facts: Sequence[NewFact]) -> list[ClinicalFact]:
    """Facts as a part of an act that has checked access already; as ``record_facts`` otherwise."""
    today = clock.today()
    _refuse_foreign_corrections(patient, facts)
    _refuse_taking_back(patient, facts)
    _refuse_none_beside_drugs(patient, facts)
    day = max([today, *(fact.true_on for fact in facts)])
    known = read_record(patient, day, facts)
    rows = [_row(actor, patient, new) for new in facts]
    keep_order(rows)
    ClinicalFact.objects.bulk_create(rows)
    tell_entered(patient, rows, known)
    caseload.refresh(patient, assessment=known if day == today else None)
    return rows


def _row(actor: Actor, patient: Patient, new: NewFact) -> ClinicalFact:
    row = ClinicalFact(
        clinic=actor.clinic,
        patient=patient,
        kind=new.kind,
        key=new.key,
        value=new.value,
        true_on=new.true_on,
        author=actor.user,
        corrects_id=new.corrects,
        withdrawn=new.withdrawn,
        source=new.source,
    )
    row.note = new.note
    row.seal_texts()
    return row


def _refuse_foreign_corrections(patient: Patient, facts: Sequence[NewFact]) -> None:
    """A correction names a fact of the same record that nothing has taken the place of, or there is nothing to correct."""
    try:
        named = {uuid.UUID(str(fact.corrects)) for fact in facts if fact.corrects}
    except ValueError:
        raise NoSuchFact from None
    if ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, pk__in=named).count() != len(named):
        raise NoSuchFact
    _refuse_second_corrections(patient, named)


def _refuse_second_corrections(patient: Patient, corrected: set[uuid.UUID]) -> None:
    """An entry is corrected or withdrawn once; what takes its place can be corrected in turn."""
    answers = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, corrects__in=corrected).select_related("author")
    theirs = {"withdrawn" if row.withdrawn else "corrected": _plain(row) for row in answers}
    if theirs:
        raise ChangedMeanwhile(theirs, 0, _("this entry"), answers[0].author.name)


def _refuse_taking_back(patient: Patient, facts: Sequence[NewFact]) -> None:
    """A "yes" to a risk question that stands is not taken back by another answer of the same day or later."""
    answers = [fact for fact in facts if fact.kind == "risk" and not fact.withdrawn and fact.value not in (True, "yes")]
    known = counting_facts(patient) if answers else []
    for answer in answers:
        stands = standing_answer(answer.key, known)
        if stands is not None and str(answer.corrects or "") != stands.id and answer.true_on >= stands.true_on:
            raise ReassessmentNeeded(codes_of(answer.key))


def _refuse_none_beside_drugs(patient: Patient, facts: Sequence[NewFact]) -> None:
    """That no drug is taken cannot stand beside a drug that was not stopped by then."""
    said = [fact.true_on for fact in facts if not fact.withdrawn and says_no_drug(fact.kind, fact.value)]
    if not said:
        return
    gone = {str(fact.corrects) for fact in facts if fact.corrects}
    newest = {fact.key: fact.value for fact in counting_facts(patient) if fact.kind == "medication" and fact.id not in gone}
    newest |= {fact.key: fact.value for fact in facts if fact.kind == "medication" and not fact.withdrawn}
    taken = [drug["class"] for drug in newest.values() if drug["class"] != NO_DRUG and not "" < str(drug.get("stopped") or "") <= max(said).isoformat()]
    if taken:
        names = ", ".join(name.replace("_", " ") for name in taken)
        remedy = f"Give the day on which it was stopped ({names}), or leave it as it is."
        raise InputRefused([Problem("record", 0, "medication", "none taken", "no drug on record that is still taken", remedy)])


class NoSuchFact(FivefoldError):
    """There is no such fact in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such entry in this record. Load the page again and correct the entry that is shown."))


@clinical_act(Permission.CHANGE_RECORD)
def withdraw_fact(actor: Actor, *, patient_id: uuid.UUID, fact_id: uuid.UUID, reason: str) -> ClinicalFact:
    """Say that a fact should not have been recorded; the old one stays readable beside the correction."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    old = ClinicalFact.objects.filter(clinic=actor.clinic, patient=patient, pk=fact_id).first()
    if old is None:
        raise NoSuchFact
    _refuse_second_corrections(patient, {old.pk})
    row = ClinicalFact(
        clinic=actor.clinic,
        patient=patient,
        kind=old.kind,
        key=old.key,
        value=old.value,
        true_on=old.true_on,
        author=actor.user,
        corrects=old,
        withdrawn=True,
    )
    row.note = reason
    row.save()
    caseload.refresh(patient)
    return row


@clinical_act(Permission.SEE_RECORD, view=True)
def see_record(actor: Actor, *, patient_id: uuid.UUID, as_of: date | None = None) -> KnownRecord:
    """The patient with everything known of them on a day (today when none is named)."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    day = as_of or clock.today()
    read = read_facts(patient)
    return KnownRecord(patient, read_record(patient, day, read=read), read.counting())


# ---- The pages of the assessment -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeenAssessment:
    """What is known today with who said it, what it amounts to, and whether this person may add to it."""

    patient: Patient
    today: date
    assessment: Assessment
    plan: PhasedPlan
    facts: tuple[KnownFact, ...]
    authors: dict[int, str]
    may_change: bool

    @property
    def may_not(self) -> bool:
        """Whether this person may only read."""
        return not self.may_change

    def known(self, kind: str, key: str = "") -> KnownFact | None:
        """The newest fact of a kind and key that counts."""
        return next((fact for fact in reversed(self.facts) if fact.kind == kind and fact.key == key), None)

    def all_of(self, *kinds: str) -> list[KnownFact]:
        """Facts of these kinds, the newest first."""
        return [fact for fact in reversed(self.facts) if fact.kind in kinds]

    def by_id(self, fact_id: str) -> KnownFact | None:
        """A fact that counts, by its id."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)


@clinical_act(Permission.SEE_RECORD, view=True)
def see_assessment(actor: Actor, *, patient_id: uuid.UUID) -> SeenAssessment:
    """What is known of a patient and what follows from it today, for the pages on which more is entered."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    today = clock.today()
    read = read_facts(patient)
    assessment = read_record(patient, today, read=read)
    facts = tuple(read.counting())
    return SeenAssessment(
        patient=patient,
        today=today,
        assessment=assessment,
        plan=dated_plan(patient, assessment, ALL_MEASURES, read=read),
        facts=facts,
        authors=_names({fact.author_id for fact in facts}),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _names(author_ids: set[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=author_ids).values_list("pk", "name"))


@clinical_act(Permission.CHANGE_RECORD)
def change_facts(actor: Actor, *, patient_id: uuid.UUID, facts: Sequence[NewFact], seen: Mapping[tuple[str, str], str]) -> list[ClinicalFact]:
    """Add facts by somebody who saw others: ``seen`` names, for each kind and key, the fact that was shown ("" for none).

    Raises ChangedMeanwhile when another fact counts by now, InputRefused when something cannot be true.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    newest = {(fact.kind, fact.key): fact for fact in counting_facts(patient)}
    theirs = {place: newest.get(place) for place, shown in seen.items() if (found.id if (found := newest.get(place)) else "") != shown}
    if theirs:
        words = {f"{kind} {key}".replace("_", " ").strip(): _plain(fact) for (kind, key), fact in theirs.items()}
        raise ChangedMeanwhile(words, 0, _("the assessment"))
    return add_facts(actor, patient, facts)


def _plain(fact: KnownFact | ClinicalFact | None) -> str:
    """A coded value as a line to compare with."""
    if fact is None:
        return "nothing"
    value: Any = fact.value
    if isinstance(value, dict):
        value = ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in value.items())
    return f"{value} ({fact.true_on.isoformat()})"


@clinical_act(Permission.CHANGE_RECORD)
def answer_risk(actor: Actor, *, patient_id: uuid.UUID, answers: Mapping[str, bool | None], on: date) -> list[ClinicalFact]:
    """Record answers to risk questions, each at once and on its own; the same answer on the same day is not recorded again.

    Raises ReassessmentNeeded when a "yes" that stands would be taken back by another answer.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    known = counting_facts(patient)
    newest = {fact.key: fact for fact in known if fact.kind == "risk"}
    fresh = []
    for name, answer in answers.items():
        stands = standing_answer(name, known)
        if stands is not None and answer is not True:
            raise ReassessmentNeeded(codes_of(name))
        last = newest.get(name)
        value = "unknown" if answer is None else answer
        if last is None or (last.value, last.true_on) != (value, on):
            fresh.append(NewFact("risk", name, value, on))
    return add_facts(actor, patient, fresh) if fresh else []


class ReassessmentNeeded(FivefoldError):
    """A positive answer is taken back by a recorded reassessment, never by another answer. For the person at the screen."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        self.codes = codes
        words = _(
            "This question was answered yes, and the yes stands (%(rules)s). Another answer does not take it back: "
            "record a reassessment with its reason, or withdraw the entry if it was a mistake."
        )
        super().__init__(words % {"rules": ", ".join(codes) or _("risk")})


@clinical_act(Permission.CHANGE_RECORD)
def clear_override(actor: Actor, *, patient_id: uuid.UUID, code: str, reason: str) -> ClinicalFact:
    """Clear an active risk rule by a recorded reassessment of today. What comes after it opens the rule again."""
    return _decide(actor, patient_id, "cleared", code, reason, CLEARABLE)


@clinical_act(Permission.CHANGE_RECORD)
def overrule_override(actor: Actor, *, patient_id: uuid.UUID, code: str, reason: str) -> ClinicalFact:
    """Go on although an advisory risk rule is active; hard ones cannot be overruled."""
    return _decide(actor, patient_id, "overruled", code, reason, ADVISORY)


def _decide(actor: Actor, patient_id: uuid.UUID, kind: str, code: str, reason: str, codes: tuple[str, ...]) -> ClinicalFact:
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if code not in codes:
        raise NotAcceptable("Rule", _("one of %(names)s") % {"names": ", ".join(codes)})
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    return add_facts(actor, patient, [NewFact(kind, code, {}, clock.today(), note=reason.strip())])[0]


@clinical_act(Permission.CHANGE_RECORD)
def choose_protocol(actor: Actor, *, patient_id: uuid.UUID, protocol: str, reason: str, seen: str) -> ClinicalFact:
    """Choose another programme, with a reason; it is taken back by choosing again, and every choice stays readable.

    ``seen`` is the choice that was shown as holding ("" for none). Raises ChangedMeanwhile when another holds by now.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    last = next(iter(chosen_protocols(patient)), None)
    if (last.fact_id if last else "") != seen:
        theirs = {"programme": last.name, "reason": last.reason} if last else {"programme": knowledge().protocols[MODULAR].name}
        raise ChangedMeanwhile(theirs, 0, _("the programme"), last.author if last else "")
    if protocol not in treatment_protocols():
        raise NotAcceptable("Programme", _("one of the treatment programmes shown side by side"))
    if protocol == (last.id if last else MODULAR):
        raise NotAcceptable("Programme", _("another programme than the one that holds already"))
    return add_facts(actor, patient, [NewFact(PLACE["kind"], PLACE["key"], protocol, clock.today(), note=checked_reason(reason))])[0]


# ---- One fact ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FactEntry:
    """One line of a fact's history; ``state`` is counts, corrected, withdrawn, or withdrawal (the line that withdrew another)."""

    id: str
    value: Any
    note: str
    true_on: date
    recorded_at: datetime
    author: str
    state: str


@dataclass(frozen=True)
class SeenFact:
    """A fact with its corrections, the newest line first, and what else was recorded under the same name."""

    patient: Patient
    kind: str
    key: str
    entry: FactEntry
    chain: tuple[FactEntry, ...]
    others: tuple[FactEntry, ...]
    may_change: bool


@clinical_act(Permission.SEE_RECORD, view=True)
def see_fact(actor: Actor, *, patient_id: uuid.UUID, fact_id: uuid.UUID) -> SeenFact:
    """One fact with author, times and every correction; nothing that was ever recorded is hidden."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    wanted = ClinicalFact.objects.filter(clinic=actor.clinic, patient=patient, pk=fact_id).first()
    if wanted is None:
        raise NoSuchFact
    rows = list(
        ClinicalFact.objects.filter(clinic=actor.clinic, patient=patient, kind=wanted.kind).select_related("author").order_by("-true_on", "-recorded_at")
    )
    chain_ids = _chain_ids(wanted.pk, {row.pk: row.corrects_id for row in rows})
    answered_by = {row.corrects_id: row for row in rows if row.corrects_id}
    entries = {row.pk: _entry(row, answered_by.get(row.pk)) for row in rows}
    chain = [entries[row.pk] for row in sorted(rows, key=lambda row: row.recorded_at, reverse=True) if row.pk in chain_ids]
    return SeenFact(
        patient=patient,
        kind=wanted.kind,
        key=wanted.key,
        entry=entries[wanted.pk],
        chain=tuple(chain),
        others=tuple(entries[row.pk] for row in rows if row.key == wanted.key and row.pk not in chain_ids),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _chain_ids(start: uuid.UUID, corrects: Mapping[uuid.UUID, uuid.UUID | None]) -> set[uuid.UUID]:
    """Everything linked to a fact by corrections, earlier and later."""
    found, grew = {start}, True
    while grew:
        linked = {row for row, old in corrects.items() if old in found} | {old for row, old in corrects.items() if row in found and old}
        grew = not linked <= found
        found |= linked
    return found


def _entry(row: ClinicalFact, answer: ClinicalFact | None) -> FactEntry:
    state = "withdrawal" if row.withdrawn else "counts" if answer is None else "withdrawn" if answer.withdrawn else "corrected"
    return FactEntry(str(row.pk), row.value, row.note, row.true_on, row.recorded_at, row.author.name, state)
