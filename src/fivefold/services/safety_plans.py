"""Acts about the patient's own safety plan. Patient and therapist write the same versions, each with their own act and their name on it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.own_pages import PlanPart
from fivefold.records import clock
from fivefold.records.models import CareRelation, Patient, SafetyPlan, SafetyPlanUse
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.crisis_contacts import LivingPlace, ShownContact, contacts_elsewhere, contacts_for, crisis_words_of, living_place_of
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.safety_plan_content import PlanContent, PlanEntry, checked_plan, read_plan
from fivefold.services.safety_plan_shares import SeenShare, shares_of

LONGEST_WORDS = 1000
MOST_USES = 20


@dataclass(frozen=True)
class SeenPart:
    """One part with its entries, and whether there are enough of them and each is likely to be done."""

    part: PlanPart
    entries: tuple[PlanEntry, ...]
    remake: tuple[PlanEntry, ...]

    @property
    def missing(self) -> int:
        """How many entries more were asked for."""
        return max(0, int(self.part.enough.value) - len(self.entries))


@dataclass(frozen=True)
class SeenUse:
    """A day on which the plan was practised or used."""

    kind: str
    on: date
    words: str
    written_by: str
    author: str


@dataclass(frozen=True)
class SeenVersion:
    """One version: its number, who wrote it when, and what it says."""

    number: int
    written_by: str
    author: str
    at: datetime
    content: PlanContent


@dataclass(frozen=True)
class SeenSafetyPlan:
    """The plan as it counts now, with the clinic's words for a crisis and numbers to call; ``number`` is 0 while nothing is written.

    ``since_left`` is when somebody left the care team after this version was written: names in it may be out of date.
    """

    patient: Patient
    label: str
    nobody_reads: str
    number: int
    written_at: datetime | None
    author: str
    parts: tuple[SeenPart, ...]
    crisis_words: str
    contacts: tuple[ShownContact, ...]
    living: LivingPlace
    elsewhere: tuple[ShownContact, ...]
    uses: tuple[SeenUse, ...]
    shares: tuple[SeenShare, ...]
    versions: tuple[SeenVersion, ...]
    look_again_on: date | None
    practise_by: date | None
    since_left: datetime | None
    today: date
    may_change: bool

    @property
    def is_empty(self) -> bool:
        return not any(one.entries for one in self.parts)

    @property
    def is_due(self) -> bool:
        """Whether it is time to look at the plan together, or to practise it."""
        days = [day for day in (self.look_again_on, self.practise_by) if day is not None]
        return self.since_left is not None or any(day <= self.today for day in days)


# ---- Looking -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_safety_plan(actor: Actor, *, patient_id: uuid.UUID) -> SeenSafetyPlan:
    """The plan with its versions, beside the record."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return _seen(actor, patient, may_change=reaches(actor, patient, Permission.CHANGE_RECORD))


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_safety_plan(actor: Actor, *, patient_id: uuid.UUID) -> SeenSafetyPlan:
    """One's own plan."""
    return _seen(actor, patient_for(actor, patient_id, Permission.OWN_PAGES), may_change=True)


def _seen(actor: Actor, patient: Patient, *, may_change: bool) -> SeenSafetyPlan:
    form, today = knowledge().safety_plan, clock.today()
    rows = list(SafetyPlan.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number"))
    versions = tuple(SeenVersion(row.number, row.written_by, row.author.name, row.recorded_at, read_plan(row.content)) for row in rows)
    now = versions[0] if versions else None
    content = now.content if now else PlanContent()
    uses = _uses(actor, patient)
    return SeenSafetyPlan(
        patient=patient,
        label=content.label or form.label,
        nobody_reads=form.nobody_reads,
        number=now.number if now else 0,
        written_at=now.at if now else None,
        author=now.author if now else "",
        parts=tuple(_part(part, content.parts.get(part.id, ())) for part in form.parts),
        crisis_words=crisis_words_of(patient.clinic),
        contacts=contacts_for(patient, today),
        living=living_place_of(patient),
        elsewhere=contacts_elsewhere(patient, today),
        uses=uses,
        shares=shares_of(patient),
        versions=versions,
        look_again_on=timezone.localdate(now.at) + timedelta(days=form.look_again_after.value) if now else None,
        practise_by=_practise_by(now, uses, form.practise_after.value),
        since_left=_since_left(patient, now.at) if now else None,
        today=today,
        may_change=may_change,
    )


def plan_label(patient: Patient) -> str:
    """What the patient calls the page of their plan."""
    row = SafetyPlan.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    return (read_plan(row.content).label if row else "") or knowledge().safety_plan.label


def _part(part: PlanPart, entries: tuple[PlanEntry, ...]) -> SeenPart:
    least = knowledge().safety_plan.remake_below.value
    return SeenPart(part, entries, tuple(one for one in entries if one.likely is not None and one.likely < least))


def _uses(actor: Actor, patient: Patient) -> tuple[SeenUse, ...]:
    rows = SafetyPlanUse.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-on", "-recorded_at")[:MOST_USES]
    return tuple(SeenUse(row.kind, row.on, row.words, row.written_by, row.author.name) for row in rows)


def _practise_by(now: SeenVersion | None, uses: tuple[SeenUse, ...], days: float) -> date | None:
    if now is None:
        return None
    return max([timezone.localdate(now.at), *(use.on for use in uses)]) + timedelta(days=days)


def _since_left(patient: Patient, written_at: datetime) -> datetime | None:
    left = CareRelation.objects.filter(clinic_id=patient.clinic_id, patient=patient, ended_at__gt=written_at).order_by("-ended_at")
    return left.values_list("ended_at", flat=True).first()


# ---- Writing -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def write_safety_plan(actor: Actor, *, patient_id: uuid.UUID, content: PlanContent, version: int) -> SafetyPlan:
    """Write a version together with the patient; ``version`` is the one that was shown (0 for none). Raises ChangedMeanwhile."""
    return _write(actor, patient_for(actor, patient_id, Permission.CHANGE_RECORD), content, version, "therapist")


@clinical_act(Permission.OWN_ENTRIES)
def write_my_safety_plan(actor: Actor, *, patient_id: uuid.UUID, content: PlanContent, version: int) -> SafetyPlan:
    """Write a version of one's own plan; as ``write_safety_plan``."""
    return _write(actor, patient_for(actor, patient_id, Permission.OWN_ENTRIES), content, version, "patient")


def _write(actor: Actor, patient: Patient, content: PlanContent, version: int, written_by: str) -> SafetyPlan:
    kept = checked_plan(content)
    if kept.is_empty:
        raise NotAcceptable("Safety plan", _("at least one entry; one line is enough to begin"))
    rows = SafetyPlan.objects.filter(clinic=actor.clinic, patient=patient)
    newest = rows.select_related("author").order_by("-number").first()
    if newest is not None and newest.number != version:
        names = {part.id: part.name for part in knowledge().safety_plan.parts}
        theirs = read_plan(newest.content).parts
        shown = {names.get(name, name): "; ".join(one.words for one in entries) for name, entries in theirs.items() if entries}
        raise ChangedMeanwhile(shown, newest.number, _("the safety plan"), newest.author.name)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    row = SafetyPlan(clinic=actor.clinic, patient=patient, number=number, written_by=written_by, author=actor.user)
    row.content = kept.stored()
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def note_practice(actor: Actor, *, patient_id: uuid.UUID, kind: str, on: date, words: str) -> SafetyPlanUse:
    """Note that the plan was practised or used, and what came of it."""
    return _note(actor, patient_for(actor, patient_id, Permission.CHANGE_RECORD), kind, on, words, "therapist")


@clinical_act(Permission.OWN_ENTRIES)
def note_my_practice(actor: Actor, *, patient_id: uuid.UUID, kind: str, on: date, words: str) -> SafetyPlanUse:
    """Note that one has practised or used one's own plan."""
    return _note(actor, patient_for(actor, patient_id, Permission.OWN_ENTRIES), kind, on, words, "patient")


def _note(actor: Actor, patient: Patient, kind: str, on: date, words: str, written_by: str) -> SafetyPlanUse:
    if kind not in ("practised", "used"):
        raise NotAcceptable("Safety plan", _("practised, or used"))
    if on > clock.today():
        raise NotAcceptable("Day", _("today or an earlier day"))
    if len(words) > LONGEST_WORDS:
        raise NotAcceptable("Words", _("at most %(most)s characters") % {"most": LONGEST_WORDS})
    plan = SafetyPlan.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first()
    if plan is None:
        raise NotAcceptable("Safety plan", _("a plan that is written. Write it first"))
    row = SafetyPlanUse(clinic=actor.clinic, patient=patient, plan=plan, kind=kind, on=on, written_by=written_by, author=actor.user)
    row.words = words.strip()
    row.save()
    return row
