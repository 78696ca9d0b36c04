"""Acts of a patient on their own pages: what they see of their own record, and nothing else."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from fivefold.concepts.vocabulary import PhaseId
from fivefold.records import clock
from fivefold.records.models import BroughtUp, CareRelation, CaseloadRow, Consent, MeasureRequest, Patient, TreatmentSession
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.crisis_contacts import ShownContact, contacts_for, crisis_words_of
from fivefold.services.diary import NoSuchEntry, SeenEntry, brought_up_since_last, card_of, entries_of
from fivefold.services.diary_content import Card
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_answers import NotOpen
from fivefold.services.measure_states import request_states
from fivefold.services.safety_plans import plan_label
from fivefold.services.sessions import OpenHomework, open_homework

DAYS_SHOWN = 14


@dataclass(frozen=True)
class Help:
    """What is shown at once after an answer that speaks of danger: the plan by its name, the clinic's words for a crisis, whom to call."""

    plan_label: str
    nobody_reads: str
    crisis_words: str
    contacts: tuple[ShownContact, ...]


@dataclass(frozen=True)
class MyToday:
    """The first page: the name they are called by, who reads, what is asked, what was written today, what waits for the next session.

    ``card`` is None before the diary is set up; ``phase`` is the patient's word for where they are, "" while nobody knows.
    """

    patient: Patient
    today: date
    now: datetime
    readers: tuple[str, ...]
    plan_label: str
    card: Card | None
    card_number: int
    earliest: date
    written_today: int
    brought: tuple[BroughtUp, ...]
    homework: tuple[OpenHomework, ...]
    questionnaires: tuple["MyQuestionnaire", ...]
    next_session: date | None
    phase: str
    help: Help


@dataclass(frozen=True)
class MyDiary:
    """One's own entries of the last two weeks, the latest first, and how many there are in all."""

    patient: Patient
    today: date
    readers: tuple[str, ...]
    entries: tuple[SeenEntry, ...]
    total: int


@clinical_act(Permission.OWN_PAGES, view=True)
def see_today(actor: Actor, *, patient_id: uuid.UUID) -> MyToday:
    """The first page of one's own pages."""
    return today_of(patient_for(actor, patient_id, Permission.OWN_PAGES))


def today_of(patient: Patient) -> MyToday:
    """The first page, for acts that have checked access already."""
    today, found = clock.today(), card_of(patient)
    label = plan_label(patient)
    return MyToday(
        patient=patient,
        today=today,
        now=clock.now(),
        readers=readers_of(patient),
        plan_label=label,
        card=found[1] if found else None,
        card_number=found[0].number if found else 0,
        earliest=today - timedelta(days=knowledge().diary.late_days.value),
        written_today=sum(entry.about_on == today for entry in entries_of(patient, today)),
        brought=brought_up_since_last(patient),
        homework=open_homework(patient),
        questionnaires=questionnaires_of(patient),
        next_session=next_session_of(patient, today),
        phase=_phase(patient),
        help=Help(label, knowledge().safety_plan.nobody_reads, crisis_words_of(patient.clinic), contacts_for(patient, today)),
    )


@dataclass(frozen=True)
class MyReaders:
    """Who reads what the patient writes."""

    patient: Patient
    readers: tuple[str, ...]


@clinical_act(Permission.OWN_PAGES, view=True)
def see_readers(actor: Actor, *, patient_id: uuid.UUID) -> MyReaders:
    """Who reads what one writes."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyReaders(patient, readers_of(patient))


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_diary(actor: Actor, *, patient_id: uuid.UUID) -> MyDiary:
    """What one has written."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    today, entries = clock.today(), entries_of(patient)
    since = today - timedelta(days=DAYS_SHOWN)
    return MyDiary(patient, today, readers_of(patient), tuple(entry for entry in entries if entry.about_on >= since), len(entries))


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_entry(actor: Actor, *, patient_id: uuid.UUID, client_id: uuid.UUID) -> SeenEntry:
    """One entry that counts, to correct it; raises NoSuchEntry, for a foreign one as for one that does not exist."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    found = next((entry for entry in entries_of(patient) if entry.client_id == client_id), None)
    if found is None:
        raise NoSuchEntry
    return found


def readers_of(patient: Patient) -> tuple[str, ...]:
    """The names of those who treat the patient now."""
    rows = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="treats", ended_at__isnull=True)
    return tuple(rows.order_by("started_at").values_list("user__name", flat=True))


def next_session_of(patient: Patient, today: date) -> date | None:
    """The day of the next session, None when none is known."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, next_on__gte=today)
    return rows.order_by("-on", "-number").values_list("next_on", flat=True).first()


def _phase(patient: Patient) -> str:
    """Where the patient is, in the words of the shared view."""
    phase = CaseloadRow.objects.filter(clinic_id=patient.clinic_id, patient=patient).values_list("phase", flat=True).first()
    return knowledge().phases[PhaseId(phase)].patient.name if phase else ""


def keeps_copy(patient_id: uuid.UUID) -> bool:
    """Whether the patient has agreed that a copy of their pages lies on their own phone."""
    last = Consent.objects.filter(patient_id=patient_id, purpose="offline_copy").order_by("-on", "-recorded_at").values_list("given", flat=True).first()
    return bool(last)


# ---- Questionnaires ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MyQuestionnaire:
    """A questionnaire that waits on one's own pages: its name, how many minutes it takes if known, and whether it was begun."""

    id: uuid.UUID
    name: str
    minutes: float | None
    is_begun: bool


def questionnaires_of(patient: Patient) -> tuple[MyQuestionnaire, ...]:
    """What waits to be answered here, the earliest first."""
    known = knowledge().instruments
    found = []
    for state in request_states(patient):
        if state.is_open and state.row.route == "portal":
            instrument = known.get(state.row.instrument)
            name, minutes = (instrument.name, instrument.minutes.value) if instrument else (_("My own questions"), None)
            found.append(MyQuestionnaire(state.row.pk, name, minutes, state.state == "begun"))
    return tuple(reversed(found))


@clinical_act(Permission.OWN_ENTRIES)
def open_my_questionnaire(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID) -> uuid.UUID:
    """The id of a questionnaire that is one's own and is answered here; raises NotOpen, for a foreign one as for one that does not exist.

    Also of one that has ended: an answer that was given in time is still taken, and one that speaks of danger is told whenever it comes.
    """
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not MeasureRequest.objects.filter(clinic=actor.clinic, patient=patient, pk=request_id, route="portal").exists():
        raise NotOpen
    return request_id
