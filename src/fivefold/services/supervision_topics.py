"""What to talk about in supervision: what the record of a patient leaves open, the most pressing first. Nothing here changes it."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from fivefold.concepts.vocabulary import WORKING_STAGES, OverrideStatus
from fivefold.records import clock
from fivefold.records.models import (
    CareRelation,
    ClinicalFact,
    Consent,
    Formulation,
    Patient,
    SessionAddition,
    SupervisionDecision,
    SupervisionQuestion,
    TreatmentSession,
)
from fivefold.services.access import Actor
from fivefold.services.caseload import is_danger
from fivefold.services.caseload_list import SeenRow
from fivefold.services.formulation_content import FormulationContent
from fivefold.services.formulation_questions import open_questions
from fivefold.services.knowledge import knowledge
from fivefold.services.plans import work_out

DAYS_OF_A_WEEK = 7
# A module of which the record says one of these does not stand still: somebody has decided that it rests.
AT_REST = ("paused", "declined_by_patient", "declined_by_clinician", "deferred_reason")


@dataclass(frozen=True)
class Topic:
    """One thing to talk about.

    ``kind`` is ``safety``, ``watch``, ``consent``, ``question``, ``review``, ``agreed``, ``cosign``, ``standstill``, ``untreated`` (a
    problem that no module works on) or ``unexplained`` (a module that treats nothing in the formulation), in this order. ``name`` holds
    the words for it (a rule, a module, a problem), ``count`` how many there are, ``on`` since or until when, ``weeks`` how long.
    """

    kind: str
    name: str = ""
    count: int = 1
    on: date | None = None
    weeks: int = 0


ORDER = ("safety", "watch", "consent", "question", "review", "agreed", "cosign", "standstill", "untreated", "unexplained")


def topics_of(actor: Actor, rows: Collection[SeenRow]) -> dict[uuid.UUID, tuple[Topic, ...]]:
    """What to talk about for each row of a caseload, from what can be read for all of them at once."""
    names = [row.id for row in rows]
    found: dict[uuid.UUID, list[Topic]] = {name: list(_of_row(row)) for row in rows for name in (row.id,)}
    for patient_id, topic in _beside_the_plan(actor, names):
        found[patient_id].append(topic)
    return {name: in_order(topics) for name, topics in found.items()}


def topics_of_patient(actor: Actor, patient: Patient, row: SeenRow | None) -> tuple[Topic, ...]:
    """What to talk about for one patient: the same, with every rule that is active and what the formulation leaves open.

    ``row`` is None when care has ended.
    """
    known = work_out(patient, protocols=())
    found = [Topic("safety" if is_danger(one) else "watch", one.name) for one in known.plan.overrides if one.status is OverrideStatus.ACTIVE]
    if row is not None and row.is_overdue:
        found.append(Topic("review", on=row.review_on))
    found += [topic for _name, topic in _beside_the_plan(actor, [patient.pk])]
    newest = Formulation.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first()
    if newest is not None:
        asked = open_questions(known.plan, FormulationContent.read(newest.content))
        found += [Topic("untreated", node.words) for node in asked.problems]
        if asked.modules:
            found.append(Topic("unexplained", ", ".join(match.short_name for match in asked.modules), count=len(asked.modules)))
    return in_order(found)


def in_order(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Safety first."""
    return tuple(sorted(topics, key=lambda topic: ORDER.index(topic.kind)))


def _of_row(row: SeenRow) -> Iterator[Topic]:
    if row.signal in ("safety", "watch") and not (row.is_overdue and row.signal == "watch"):
        yield Topic(row.signal, row.signal_text)
    if row.is_overdue:
        yield Topic("review", on=row.review_on)


def _beside_the_plan(actor: Actor, names: Collection[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Topic]]:
    """What consent, supervision, notes and modules say, in a query each."""
    today = clock.today()
    consents = Consent.objects.filter(clinic=actor.clinic, patient_id__in=names, purpose="supervision").order_by("recorded_at")
    given = dict(consents.values_list("patient_id", "given"))
    yield from ((name, Topic("consent")) for name in names if not given.get(name))
    asked = SupervisionQuestion.objects.filter(clinic=actor.clinic, patient_id__in=names, end__isnull=True)
    for name, count in _counted(asked.values_list("patient_id", flat=True)).items():
        yield name, Topic("question", count=count)
    late = SupervisionDecision.objects.filter(clinic=actor.clinic, patient_id__in=names, end__isnull=True, until__lt=today)
    for name, count in _counted(late.values_list("patient_id", flat=True)).items():
        yield name, Topic("agreed", count=count)
    for name, count in _counted(waiting_notes(actor).filter(patient_id__in=names).values_list("patient_id", flat=True)).items():
        yield name, Topic("cosign", count=count)
    yield from _standing_still(actor, names, today)


def _counted(names: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def waiting_notes(actor: Actor) -> QuerySet[TreatmentSession]:
    """Notes of others that nobody has co-signed, signed since this person supervises the patient."""
    running = CareRelation.objects.filter(clinic=actor.clinic, user=actor.user, kind="supervises", ended_at__isnull=True)
    supervised = running.filter(patient_id=OuterRef("patient_id"), started_at__lte=OuterRef("recorded_at"))
    signed = SessionAddition.objects.filter(session_id=OuterRef("pk"), kind="cosigned")
    notes = TreatmentSession.objects.filter(clinic=actor.clinic, patient__erased_at__isnull=True).exclude(author=actor.user)
    return notes.filter(Exists(supervised)).exclude(Exists(signed))


# ---- Modules that do not move --------------------------------------------------------------------------------------------


def _standing_still(actor: Actor, names: Collection[uuid.UUID], today: date) -> Iterator[tuple[uuid.UUID, Topic]]:
    """Modules at one stage for longer than the whole module usually takes at most, by the dose of the knowledge base."""
    for (patient_id, module), (stage, since) in _stages(actor, names).items():
        known = knowledge().modules.get(module)
        weeks = (today - since).days // DAYS_OF_A_WEEK
        if known is not None and stage in WORKING_STAGES and weeks > known.dose.weeks.max:
            yield patient_id, Topic("standstill", known.short_name, on=since, weeks=weeks)


def _stages(actor: Actor, names: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], tuple[str, date]]:
    """The stage of each module now and the day since which it stands there; one that rests has stage ""."""
    columns = ("pk", "patient_id", "key", "value", "true_on", "corrects_id", "withdrawn")
    rows = list(ClinicalFact.objects.filter(clinic=actor.clinic, patient_id__in=names, kind="module").order_by("true_on", "recorded_at").values_list(*columns))
    superseded = {corrects for *_rest, corrects, _withdrawn in rows if corrects}
    found: dict[tuple[uuid.UUID, str], tuple[str, date]] = {}
    for pk, patient_id, key, value, true_on, _corrects, withdrawn in rows:
        if withdrawn or pk in superseded:
            continue
        stage = _stage(value)
        before = found.get((patient_id, key))
        if before is None or before[0] != stage:
            found[patient_id, key] = (stage, true_on)
    return found


def _stage(value: Mapping[str, Any]) -> str:
    return "" if any(value.get(name) for name in AT_REST) else str(value.get("stage") or "")
