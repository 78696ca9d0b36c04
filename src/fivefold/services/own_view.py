"""Acts of a patient about what their team has agreed with them: the map, the skills, and what is kept about them."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import Helper
from fivefold.concepts.phase import Phase
from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.exchange.plan_json import plan_from_json
from fivefold.records import clock
from fivefold.records.models import AuditEntry, BroughtUp, Consent, Patient, PatientInvitation, PlanVersion, Role, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.diary import SeenEntry, entries_of
from fivefold.services.formulation_replies import SeenReply, replies_of, shared_of
from fivefold.services.goals import SeenGoal, goals_of
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_states import request_states
from fivefold.services.operations.record_export import SECTIONS
from fivefold.services.own_course import has_course
from fivefold.services.own_goal_course import SeenOwnGoal, all_goals
from fivefold.services.own_goals import AgreedGoal, agreed_of
from fivefold.services.patients import NotAcceptable
from fivefold.services.review_day import with_review_day
from fivefold.services.sessions import OpenHomework, open_homework

# What a patient takes along at once: what they wrote or answered, what was agreed with them, and who cares. The rest is the team's to hand over.
TAKEN_ALONG = (
    "care_team", "care", "consents", "goals", "goal_ratings", "homework", "questionnaires", "questionnaire_answers", "own_questions",
    "safety_plans", "safety_plan_shares", "safety_plan_uses", "diary_cards", "diary", "brought_up", "own_goals", "own_goal_ratings",
    "formulation_replies", "own_accounts", "reminder_wish", "reminders", "own_reminders", "own_looks", "living_places",
)  # fmt: skip
MOST_LINKS = 3
MINE_TO_SAY = ("offline_copy", "messages")
ONLY_SHARED: Mapping[str, Mapping[str, bool]] = {"goals": {"shared": True}, "goal_ratings": {"goal__shared": True}}


@dataclass(frozen=True)
class MyPart:
    """One module in the patient's words: its name, why it may help, what is done, how long."""

    id: str
    name: str
    why: str
    what_we_do: str
    how_long: str


@dataclass(frozen=True)
class MyMap:
    """The signed plan in the patient's words: the phases with the present one, the work of now and next, and the goals; none before a plan.

    ``has_course`` tells whether the team has released anything of how it went, ``has_formulation`` whether it shows how it understands it.
    """

    patient: Patient
    phases: tuple[tuple[Phase, bool], ...]
    here: Phase | None
    now: tuple[MyPart, ...]
    next: tuple[MyPart, ...]
    goals: tuple[SeenGoal, ...]
    agreed_on: date | None
    review_on: date | None
    is_review_due: bool
    has_course: bool
    has_formulation: bool


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_map(actor: Actor, *, patient_id: uuid.UUID) -> MyMap:
    """Where one is, and why; only what a clinician has signed, never a proposal."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return map_of(patient, agreed_plan(patient))


@dataclass(frozen=True)
class AgreedPlan:
    """The plan that was signed last, and on which days it was signed and is looked at again."""

    plan: PhasedPlan
    on: date
    review_on: date


def agreed_plan(patient: Patient) -> AgreedPlan | None:
    """What a clinician has signed last, None before the first plan; for acts that have checked access already."""
    signed = with_review_day(PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient)).order_by("-number").first()
    return AgreedPlan(plan_from_json(signed.proposal), signed.signed_at.date(), signed.review_day) if signed is not None else None


def map_of(patient: Patient, agreed: AgreedPlan | None) -> MyMap:
    """The map, for acts that have checked access already."""
    plan = agreed.plan if agreed is not None else None
    here = knowledge().phases.get(plan.phase.overall) if plan is not None else None
    shared = tuple(goal for goal in goals_of(patient) if goal.row.shared)
    return MyMap(
        patient=patient,
        phases=tuple((phase, phase is here) for phase in knowledge().phases.values()),
        here=here,
        now=tuple(_part(match) for match in plan.with_status(MatchStatus.NOW)) if plan is not None else (),
        next=tuple(_part(match) for match in plan.with_status(MatchStatus.NEXT)) if plan is not None else (),
        goals=shared,
        agreed_on=agreed.on if agreed is not None else None,
        review_on=agreed.review_on if agreed is not None else None,
        is_review_due=agreed is not None and agreed.review_on <= clock.today(),
        has_course=has_course(patient),
        has_formulation=shared_of(patient) is not None,
    )


def _part(match: ModuleMatch) -> MyPart:
    words = knowledge().modules[match.id].patient
    return MyPart(match.id, match.patient_name, words.why, words.what_we_do, words.how_long)


@dataclass(frozen=True)
class MySkills:
    """Small helps for the moment, and what is being learnt now with the homework that belongs to it."""

    helpers: tuple[Helper, ...]
    now: tuple[tuple[MyPart, tuple[OpenHomework, ...]], ...]


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_skills(actor: Actor, *, patient_id: uuid.UUID) -> MySkills:
    """What can be done in the moment, and what is practised now."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return skills_of(patient, agreed_plan(patient))


def skills_of(patient: Patient, agreed: AgreedPlan | None) -> MySkills:
    """The skills, for acts that have checked access already."""
    tasks = open_homework(patient)
    running = agreed.plan.with_status(MatchStatus.NOW) if agreed is not None else []
    learnt = tuple((_part(match), tuple(task for task in tasks if task.module == match.id)) for match in running)
    return MySkills(knowledge().helpers, learnt)


# ---- What is kept about me -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WhoLooked:
    """Somebody who has opened the record: their name and role, how often, and when last."""

    name: str
    role: str
    times: int
    last: datetime


@dataclass(frozen=True)
class MyConsent:
    """A purpose with what was said of it last; None when nobody has asked. ``is_mine`` where it is said here."""

    purpose: str
    given: bool | None
    on: date | None
    is_mine: bool


@dataclass(frozen=True)
class SignInLink:
    """A link that signs in once: by whom and when it was made, and when it was used (None: not yet, or never)."""

    by: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class MyData:
    """Who has looked, what was agreed to, and the newest links with which somebody could sign in here."""

    patient: Patient
    looked: tuple[WhoLooked, ...]
    consents: tuple[MyConsent, ...]
    links: tuple[SignInLink, ...]


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_data(actor: Actor, *, patient_id: uuid.UUID) -> MyData:
    """Who has looked at one's record, and what one has agreed to."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyData(patient, _who_looked(patient), _consents(patient), _links(patient))


def _links(patient: Patient) -> tuple[SignInLink, ...]:
    rows = PatientInvitation.objects.filter(clinic_id=patient.clinic_id, patient=patient, signs_in=True).select_related("invited_by")
    return tuple(SignInLink(row.invited_by.name, row.created_at, row.used_at) for row in rows.order_by("-created_at")[:MOST_LINKS])


def _who_looked(patient: Patient) -> tuple[WhoLooked, ...]:
    entries = AuditEntry.objects.filter(clinic_id=patient.clinic_id, patient_id=patient.pk, user_id__isnull=False).exclude(role=Role.PATIENT)
    rows = entries.order_by().values("user_id", "role").annotate(times=Count("pk"), last=Max("at")).order_by("-last")
    names = dict(User.objects.filter(pk__in={row["user_id"] for row in rows}).values_list("pk", "name"))
    words = dict(Role.choices)
    return tuple(WhoLooked(names.get(row["user_id"] or 0, ""), str(words.get(row["role"], row["role"])), row["times"], row["last"]) for row in rows)


def _consents(patient: Patient) -> tuple[MyConsent, ...]:
    said: dict[str, Consent] = {}
    for row in Consent.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("on", "recorded_at"):
        said[row.purpose] = row
    purposes = [str(purpose) for purpose, _words in Consent._meta.get_field("purpose").choices or ()]
    return tuple(
        MyConsent(purpose, said[purpose].given if purpose in said else None, said[purpose].on if purpose in said else None, purpose in MINE_TO_SAY)
        for purpose in purposes
    )


@clinical_act(Permission.OWN_ENTRIES)
def say_my_consent(actor: Actor, *, patient_id: uuid.UUID, purpose: str, given: bool) -> Consent:
    """Agree or no longer agree to what one decides on one's own pages; the rest is talked about with the team."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if purpose not in MINE_TO_SAY:
        raise NotAcceptable("Purpose", _("one of those you decide on here"))
    row = Consent(clinic=actor.clinic, patient=patient, purpose=purpose, given=given, on=clock.today(), author=actor.user)
    row.save()
    return row


@clinical_act(Permission.OWN_PAGES, view=True)
def take_my_data(actor: Actor, *, patient_id: uuid.UUID) -> Mapping[str, Any]:
    """Everything one wrote, answered and agreed to, as plain values, at once and without asking anybody."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    people = dict(User.objects.filter(memberships__clinic=actor.clinic).values_list("pk", "name"))
    taken: dict[str, Any] = {"format": "fivefold.mine/1", "made_on": clock.today().isoformat(), "name": patient.name}
    for model, (name, read) in SECTIONS.items():
        if name in TAKEN_ALONG:
            rows = model._base_manager.filter(patient=patient).order_by("pk")
            # A goal that the team has kept to itself is not on one's pages, and not in what is taken from them.
            rows = rows.filter(**ONLY_SHARED[name]) if name in ONLY_SHARED else rows
            taken[name] = [read(row, people) for row in rows]
    return taken


@dataclass(frozen=True)
class MyWords:
    """What one wrote, to read or print: diary, goals, what was brought up or said of the formulation, and which questionnaires were filled in when."""

    patient: Patient
    today: date
    entries: tuple[SeenEntry, ...]
    goals: tuple[SeenOwnGoal, ...]
    agreed: tuple[AgreedGoal, ...]
    brought: tuple[BroughtUp, ...]
    replies: tuple[SeenReply, ...]
    questionnaires: tuple[tuple[str, date], ...]


@clinical_act(Permission.OWN_PAGES, view=True)
def read_my_words(actor: Actor, *, patient_id: uuid.UUID) -> MyWords:
    """All that one wrote, in words; what ``take_my_data`` gives is for programs."""
    patient = patient_for(actor, patient_id, Permission.OWN_PAGES)
    return MyWords(
        patient=patient,
        today=clock.today(),
        entries=tuple(entries_of(patient)),
        goals=all_goals(patient, with_private=True),
        agreed=agreed_of(patient),
        brought=tuple(BroughtUp.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-recorded_at")),
        replies=replies_of(patient),
        questionnaires=tuple(_finished(patient)),
    )


def _finished(patient: Patient) -> Iterator[tuple[str, date]]:
    known = knowledge().instruments
    for state in request_states(patient):
        if state.state == "finished" and state.ended_at is not None:
            name = known[state.row.instrument].name if state.row.instrument in known else _("My own questions")
            yield name, timezone.localdate(state.ended_at)
