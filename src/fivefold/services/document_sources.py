"""Reads from the record what documents are made from. Process notes are not among it, and no table of them is touched here."""

from collections.abc import Sequence
from datetime import date

from fivefold.concepts.vocabulary import DIAGNOSES
from fivefold.documents.clinical.shared_parts import usual
from fivefold.documents.clinical.sources import (
    DocumentSources,
    Hours,
    KnownDiagnosis,
    KnownFormulation,
    KnownGoal,
    Person,
    SignedPlan,
    Supervised,
    Under,
)
from fivefold.documents.language import to_say
from fivefold.engine.progress.overview import read_progress
from fivefold.records import clock
from fivefold.records.models import CareRelation, Consent, DocumentStep, Formulation, Patient, SupervisionDecision, SupervisionQuestion, TreatmentSession, User
from fivefold.services.formulation_content import FormulationContent
from fivefold.services.goals import SeenGoal, goals_of
from fivefold.services.hidden_words import hidden_of
from fivefold.services.knowledge import knowledge
from fivefold.services.plans import newest_signed, what_was_decided, work_out
from fivefold.services.progress import stretches
from fivefold.services.record_file import KnownFact
from fivefold.services.review_day import review_day_of

# Which of them a patient gets follows from the id of the row, so that a case keeps its name from one supervision to the next.
STAND_INS = (
    "Alder", "Ash", "Aspen", "Beech", "Birch", "Bracken", "Briar", "Cedar", "Clover", "Cypress", "Elder", "Elm", "Fern", "Fir", "Hawthorn", "Hazel",
    "Heather", "Hemlock", "Holly", "Hornbeam", "Ivy", "Juniper", "Larch", "Laurel", "Lime", "Linden", "Maple", "Medlar", "Moss", "Myrtle", "Oak", "Olive",
    "Pine", "Plane", "Poplar", "Reed", "Rowan", "Rush", "Sedge", "Sorrel", "Spruce", "Thistle", "Walnut", "Willow", "Yarrow", "Yew",
)  # fmt: skip
DOES = {"treats": to_say("Treats"), "covers": to_say("Covers"), "supervises": to_say("Supervises")}


def sources_of(patient: Patient, *, clinic: str, author: str) -> DocumentSources:
    """Everything that documents draw on, as it is known today; for acts that have checked access already."""
    today = clock.today()
    known = work_out(patient, protocols=())
    facts = known.facts.counting()
    return DocumentSources(
        knowledge=knowledge(),
        on=today,
        clinic=clinic,
        author=author,
        person=_person(patient),
        team=_team(patient),
        consents=consents_of(patient),
        diagnoses=_diagnoses(facts),
        now=known.plan,
        signed=_signed(patient),
        formulation=_formulation(patient),
        goals=tuple(_goal(goal) for goal in goals_of(patient)),
        measures=read_progress(known.record, knowledge()),
        under_way=tuple(Under(one.module, one.since, one.until) for one in stretches(facts)),
        hours=_hours(patient),
        per_week=known.record.treatment.sessions_per_week,
        agreed_on=_agreed_on(patient, facts),
        supervised=_supervised(patient),
        hidden=hidden_of(patient),
    )


def _supervised(patient: Patient) -> Supervised:
    """Open questions, the oldest first, and what meetings have agreed, the latest first."""
    asked = SupervisionQuestion.objects.filter(clinic_id=patient.clinic_id, patient=patient, end__isnull=True).order_by("recorded_at")
    agreed = SupervisionDecision.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("meeting").order_by("-meeting__on", "-recorded_at")
    return Supervised(tuple(row.text for row in asked), tuple((row.meeting.on, row.text) for row in agreed))


def _person(patient: Patient) -> Person:
    stand_in = f"Case {STAND_INS[patient.pk.int % len(STAND_INS)]}"
    return Person(patient.name, patient.reference, patient.birth_year, stand_in, patient.synthetic)


def _team(patient: Patient) -> tuple[tuple[str, str], ...]:
    """Who treats, covers and supervises now, as what each does and the name."""
    rows = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient, ended_at__isnull=True).select_related("user").order_by("started_at", "id")
    return tuple((DOES[row.kind], row.user.name) for row in rows)


def consents_of(patient: Patient) -> dict[str, tuple[bool, date] | None]:
    """For each purpose that somebody asked about the answer that counts and its day."""
    rows = Consent.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("on", "recorded_at").values_list("purpose", "given", "on")
    return {purpose: (given, on) for purpose, given, on in rows}


def _diagnoses(facts: Sequence[KnownFact]) -> tuple[KnownDiagnosis, ...]:
    """The newest entry of each diagnosis, in the order in which they were first made."""
    newest: dict[str, KnownFact] = {}
    for fact in facts:
        if fact.kind == "diagnosis" and isinstance(fact.value, dict):
            newest[fact.key] = fact
    names = dict(User.objects.filter(pk__in={fact.author_id for fact in newest.values()}).values_list("pk", "name"))
    return tuple(
        KnownDiagnosis(
            name=DIAGNOSES.get(code, code.replace("_", " ")),
            status=str(fact.value.get("status", "current")),
            source=str(fact.value.get("source", "")),
            text=fact.note,
            on=fact.true_on,
            by=names.get(fact.author_id, ""),
        )
        for code, fact in newest.items()
    )


def _signed(patient: Patient) -> SignedPlan | None:
    found = newest_signed(patient)
    if found is None:
        return None
    decided = tuple(what_was_decided(found, knowledge()))
    review_on = review_day_of(patient) or found.review_on
    return SignedPlan(
        found.number, found.plan, decided, found.signed_by, found.signed_at.date(), review_on, found.patient_view, found.patient_words
    )  # fmt: skip


def _formulation(patient: Patient) -> KnownFormulation | None:
    row = Formulation.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("-number").first()
    if row is None:
        return None
    content = FormulationContent.read(row.content)
    nodes = tuple((node.kind.value, node.words) for node in content.nodes)
    return KnownFormulation(row.number, tuple(row.lines.splitlines()), nodes, content.sentences(), row.author.name, row.recorded_at.date())


def _goal(goal: SeenGoal) -> KnownGoal:
    rating = goal.reached
    reached = (rating.level, rating.meaning, rating.on) if rating else None
    return KnownGoal(goal.words, goal.levels, knowledge().name_of(goal.row.module) if goal.row.module else "", goal.row.shared, reached)


def _hours(patient: Patient) -> Hours:
    rows = (
        TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("on", "number").values_list("on", "came", "minutes", "next_on")
    )
    listed = list(rows)
    held = [(on, minutes) for on, came, minutes, _next in listed if came == "came"]
    return Hours(
        held=len(held),
        missed=sum(came == "missed" for _on, came, _minutes, _next in listed),
        cancelled=sum(came == "cancelled_by_patient" for _on, came, _minutes, _next in listed),
        minutes=usual([minutes for _on, minutes in held if minutes]),
        first=held[0][0] if held else None,
        last=held[-1][0] if held else None,
        next=listed[-1][3] if listed else None,
    )


def _agreed_on(patient: Patient, facts: Sequence[KnownFact]) -> date | None:
    """The day on which the patient last agreed to a written agreement, or on which one was entered in the record."""
    days = [fact.true_on for fact in facts if fact.kind == "context" and fact.key == "agreement" and fact.value is True]
    steps = DocumentStep.objects.filter(clinic_id=patient.clinic_id, patient=patient, step="agreed", document__kind="agreement")
    return max([*days, *steps.values_list("on", flat=True)], default=None)
