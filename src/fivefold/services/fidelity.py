"""Acts of fidelity: drawing sessions by chance, rating them, and reading what came of it.

A rating of oneself is kept apart from an observer's and never stands for one. An observer sees no other rating of a session before
giving their own. Pages show one therapist to that therapist and to whoever supervises them; nothing compares therapists.
"""

import secrets
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import TypeVar

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.fidelity import Agreement, ChecklistItem, FidelityScore
from fivefold.concepts.vocabulary import StageId
from fivefold.engine.fidelity import checklist, score
from fivefold.engine.intraclass import intraclass
from fivefold.records import clock
from fivefold.records.models import (
    SEEN_BY,
    ClinicalFact,
    FidelityRating,
    FidelitySample,
    Patient,
    SampledSession,
    SessionDeviation,
    TreatmentSession,
    User,
)
from fivefold.services.access import AccessDenied, Actor, NoSuchPatient, Permission, clinical_act, patient_for, patients_of, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.protocols import MODULAR, chosen_protocols
from fivefold.services.session_note import SessionContent, read_content
from fivefold.services.sessions import NoSuchSession
from fivefold.services.supervision import supervisees_of

MOST_DRAWN, LONGEST_REMARK = 20, 1000
DAYS_OF_A_SAMPLE = 90  # unless somebody says otherwise
LONGEST_TIME = timedelta(days=3650)
SESSIONS_SHOWN, DEVIATIONS_SHOWN = 40, 40
SEED_BITS = 48
R = TypeVar("R", FidelityRating, SampledSession, SessionDeviation)


class AlreadyRated(FivefoldError):
    """Somebody has rated this session before. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("You have rated this session. A rating is given once, so that no other rating can change it."))


class NotDrawn(FivefoldError):
    """A session was to be rated by an observer that chance has not chosen. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Observers rate sessions that were drawn by chance. Draw a sample on the page of fidelity first."))


@dataclass(frozen=True)
class RatingSheet:
    """A session as somebody rates it: its items, and their own rating once it is given."""

    patient: Patient
    session: TreatmentSession
    therapist: str
    is_self: bool
    items: tuple[ChecklistItem, ...]
    given: "SeenRating | None"


@dataclass(frozen=True)
class SeenRating:
    """One rating: by whom (``is_self`` for the therapist's own), what was seen, its score, and each item in words with its point."""

    author: str
    is_self: bool
    seen_by: str
    score: FidelityScore
    answers: tuple[tuple[str, int | None], ...]
    remark: str
    at: datetime


@dataclass(frozen=True)
class RatedSession:
    """A session that was rated or drawn; ``is_blind`` while this person has still to rate it as an observer.

    Until then an observer is shown no rating of it, drawn or not: chance may yet draw it, and ``holds_back`` says that there is one.
    """

    patient_id: uuid.UUID
    patient_name: str
    session_id: uuid.UUID
    number: int
    on: date
    is_drawn: bool
    is_blind: bool
    holds_back: bool
    ratings: tuple[SeenRating, ...]


@dataclass(frozen=True)
class SeenDeviation:
    """Where a session differed, why, and the session."""

    patient_id: uuid.UUID
    patient_name: str
    session_id: uuid.UUID
    number: int
    on: date
    kind: str
    reason: str


@dataclass(frozen=True)
class SeenSample:
    """A drawn sample: when and by whom, from how many sessions of which days, how many, and the seed."""

    at: datetime
    author: str
    since: date
    until: date
    pool: int
    drawn: int
    seed: int


@dataclass(frozen=True)
class FidelitySheet:
    """One therapist's page. ``doubly`` counts sessions that the same two observers rated; ``agreement`` is None below the least number."""

    person: User
    is_own: bool
    sessions: tuple[RatedSession, ...]
    deviations: tuple[SeenDeviation, ...]
    samples: tuple[SeenSample, ...]
    doubly: int
    agreement: Agreement | None
    today: date

    @property
    def to_rate(self) -> tuple[RatedSession, ...]:
        """Sessions that this person has still to rate as an observer."""
        return tuple(one for one in self.sessions if one.is_blind)


# ---- Drawing -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_SUPERVISION)
def draw_sample(actor: Actor, *, user_id: int, since: date, until: date, count: int) -> FidelitySample:
    """Let chance choose sessions of somebody whose patients you supervise; the seed is kept. Raises NoSuchPatient or NotAcceptable."""
    person = _supervisee(actor, user_id)
    if not since <= until <= clock.today() or until - since > LONGEST_TIME:
        raise NotAcceptable("Days", _("a first day not after the last, and none ahead"))
    if not 1 <= count <= MOST_DRAWN:
        raise NotAcceptable("How many", _("a number from 1 to %(most)d, found %(found)d") % {"most": MOST_DRAWN, "found": count})
    pool = _sessions(actor, person).filter(came="came", on__gte=since, on__lte=until, sampled__isnull=True)
    rows = {row.pk: row for row in pool}
    if not rows:
        raise NotAcceptable("Days", _("days with a signed session that took place and was not drawn before"))
    seed = secrets.randbits(SEED_BITS)
    sample = FidelitySample(clinic=actor.clinic, therapist=person, since=since, until=until, pool=len(rows), seed=seed, author=actor.user)
    sample.save()
    for key in drawn(rows.keys(), seed, count):
        SampledSession(clinic=actor.clinic, patient_id=rows[key].patient_id, sample=sample, session=rows[key]).save()
    return sample


def drawn(keys: Iterable[uuid.UUID], seed: int, count: int) -> list[uuid.UUID]:
    """So many of the keys, all when there are fewer; the same keys and seed give the same, in whatever order the keys come."""
    known = sorted(keys)
    chosen = np.random.default_rng(seed).choice(len(known), size=min(count, len(known)), replace=False)
    return [known[place] for place in sorted(chosen)]


def _supervisee(actor: Actor, user_id: int) -> User:
    person = next((one for one in supervisees_of(actor) if one.pk == user_id), None)
    if person is None:
        raise NoSuchPatient
    return person


def _sessions(actor: Actor, person: User) -> QuerySet[TreatmentSession]:
    """Sessions of somebody with patients this person reaches for it."""
    return TreatmentSession.objects.filter(clinic=actor.clinic, author=person, patient__in=_reached(actor, person))


def _reached(actor: Actor, person: User) -> QuerySet[Patient]:
    """One's own patients, or those whose treatment by somebody else one supervises."""
    return patients_of(actor, Permission.CHANGE_RECORD if person.pk == actor.user.pk else Permission.SUPERVISE)


def _beside_sessions(rows: QuerySet[R], actor: Actor, person: User) -> QuerySet[R]:
    """Those of the rows that belong to such sessions: there are few rows beside very many sessions, so that those are not listed first."""
    return rows.filter(clinic=actor.clinic, session__author=person, patient__in=_reached(actor, person))


# ---- Rating --------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_rating(actor: Actor, *, patient_id: uuid.UUID, session_id: uuid.UUID) -> RatingSheet:
    """The checklist of a session for its therapist, or for an observer once it was drawn; raises NoSuchSession, AccessDenied or NotDrawn."""
    patient, session = _ratable(actor, patient_id, session_id)
    given = FidelityRating.objects.filter(session=session, author=actor.user).select_related("author").first()
    is_self = session.author_id == actor.user.pk
    return RatingSheet(patient, session, session.author.name, is_self, _items(session), _seen(given) if given else None)


def _ratable(actor: Actor, patient_id: uuid.UUID, session_id: uuid.UUID) -> tuple[Patient, TreatmentSession]:
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    session = TreatmentSession.objects.filter(clinic=actor.clinic, patient=patient, pk=session_id, came="came").select_related("author").first()
    if session is None:
        raise NoSuchSession
    if session.author_id == actor.user.pk:
        if not reaches(actor, patient, Permission.CHANGE_RECORD):
            raise AccessDenied(Permission.CHANGE_RECORD)
    elif not reaches(actor, patient, Permission.SUPERVISE):
        raise AccessDenied(Permission.SUPERVISE)
    elif not SampledSession.objects.filter(session=session).exists():
        raise NotDrawn
    return patient, session


def _items(session: TreatmentSession) -> tuple[ChecklistItem, ...]:
    """The items of a session; a module or programme that this release does not know any more has none."""
    content = read_content(session.content)
    known = [work.module for work in content.work if work.module in knowledge().modules]
    chosen = next((one.id for one in chosen_protocols(session.patient) if one.on <= session.on), MODULAR)
    programme = knowledge().protocols.get(chosen) if chosen != MODULAR else None
    return checklist(knowledge().fidelity, [(knowledge().modules[name], _stage(session, content, name)) for name in known], programme)


def _stage(session: TreatmentSession, content: SessionContent, module: str) -> StageId | None:
    """The change stage a module was worked on at: where the record had it before the session, or what the session itself says."""
    facts = ClinicalFact.objects.filter(clinic_id=session.clinic_id, patient_id=session.patient_id, kind="module", key=module)
    before = facts.filter(true_on__lt=session.on, withdrawn=False, corrected_by__isnull=True).order_by("-true_on", "-recorded_at").first()
    told = before.value.get("stage") if before is not None else None
    said = next((work.stage for work in content.work if work.module == module), None)
    return StageId(told) if told else said or StageId.RECOGNITION


@clinical_act(Permission.SEE_RECORD)
def rate_session(
    actor: Actor, *, patient_id: uuid.UUID, session_id: uuid.UUID, answers: Mapping[str, int | None], seen_by: str = "", remark: str = ""
) -> FidelityRating:
    """Rate a session once: one's own as its therapist, or as an observer one that was drawn, by what was seen of it.

    ``answers`` has a point or None (did not apply) for each item. Raises NoSuchSession, AccessDenied, NotDrawn, AlreadyRated or
    NotAcceptable.
    """
    patient, session = _ratable(actor, patient_id, session_id)
    is_self = session.author_id == actor.user.pk
    items = _items(session)
    if set(answers) != {item.id for item in items}:
        raise NotAcceptable("Items", _("an answer to every item of this page. Load it again: the record may have changed"))
    if not is_self and seen_by not in SEEN_BY:
        raise NotAcceptable("What you saw", _("a recording, the session itself, or a role play; a note alone is not enough"))
    if len(remark) > LONGEST_REMARK:
        raise NotAcceptable("Remark", _("at most %(most)d characters") % {"most": LONGEST_REMARK})
    try:
        found = score(knowledge().fidelity, answers)
    except ValueError:
        raise NotAcceptable("Items", _("one of the points shown, or that it did not apply")) from None
    if found.mean is None:
        raise NotAcceptable("Items", _("at least one item that applied"))
    if FidelityRating.objects.filter(session=session, author=actor.user).exists():
        raise AlreadyRated
    row = FidelityRating(
        clinic=actor.clinic,
        patient=patient,
        session=session,
        rated_by="self" if is_self else "observer",
        seen_by="" if is_self else seen_by,
        answers=[{"item": item.id, "text": item.text, "value": answers[item.id]} for item in items],
        author=actor.user,
    )
    row.remark = remark.strip()
    row.save()
    return row


def _seen(row: FidelityRating) -> SeenRating:
    found = score(knowledge().fidelity, {one["item"]: one["value"] for one in row.answers})
    answers = tuple((one["text"], one["value"]) for one in row.answers)
    return SeenRating(row.author.name, row.rated_by == "self", row.seen_by, found, answers, row.remark, row.recorded_at)


# ---- One therapist's page ------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_SUPERVISION, view=True)
def see_fidelity(actor: Actor, *, user_id: int) -> FidelitySheet:
    """Fidelity of one therapist: oneself, or somebody whose patients one supervises; raises NoSuchPatient for anybody else."""
    person, is_own = _person(actor, user_id), user_id == actor.user.pk
    deviations = _beside_sessions(SessionDeviation.objects.all(), actor, person).select_related("patient", "session").order_by("-session__on", "-recorded_at")
    samples = FidelitySample.objects.filter(clinic=actor.clinic, therapist=person).select_related("author").order_by("-recorded_at")
    doubly, agreement = _agreement(actor, person if is_own else None)
    return FidelitySheet(
        person=person,
        is_own=is_own,
        sessions=_rated(actor, person),
        deviations=tuple(
            SeenDeviation(row.patient_id, row.patient.name, row.session_id, row.session.number, row.session.on, row.kind, row.reason)
            for row in deviations[:DEVIATIONS_SHOWN]
        ),
        samples=tuple(
            SeenSample(row.recorded_at, row.author.name, row.since, row.until, row.pool, len(row.sessions.all()), row.seed)
            for row in samples.prefetch_related("sessions")[:DEVIATIONS_SHOWN]
        ),
        doubly=doubly,
        agreement=agreement,
        today=clock.today(),
    )


def rated_sessions(actor: Actor, user_id: int) -> tuple[User, tuple[RatedSession, ...]]:
    """Somebody's sessions as ``see_fidelity`` shows them; for acts that declare its permission. Raises NoSuchPatient."""
    person = _person(actor, user_id)
    return person, _rated(actor, person)


def _person(actor: Actor, user_id: int) -> User:
    """Oneself as a therapist, or somebody whose patients one supervises; raises NoSuchPatient."""
    if user_id != actor.user.pk:
        return _supervisee(actor, user_id)
    if not actor.may(Permission.CHANGE_RECORD):
        raise NoSuchPatient
    return actor.user


def _rated(actor: Actor, person: User) -> tuple[RatedSession, ...]:
    """Somebody's sessions with a rating or drawn, the latest first; to an observer who has not rated one, without any rating of it."""
    ratings: dict[uuid.UUID, list[FidelityRating]] = {}
    for rating in _beside_sessions(FidelityRating.objects.all(), actor, person).select_related("author").order_by("recorded_at", "pk"):
        ratings.setdefault(rating.session_id, []).append(rating)
    drawn_ones = set(_beside_sessions(SampledSession.objects.all(), actor, person).values_list("session_id", flat=True))
    rows = _sessions(actor, person).filter(pk__in=[*ratings, *drawn_ones]).select_related("patient").order_by("-on", "-number")[:SESSIONS_SHOWN]
    found = []
    for row in rows:
        given = ratings.get(row.pk, [])
        is_drawn = row.pk in drawn_ones
        is_unseen = row.author_id != actor.user.pk and all(one.author_id != actor.user.pk for one in given)
        seen = () if is_unseen else tuple(_seen(one) for one in given)
        holds_back = is_unseen and bool(given)
        found.append(RatedSession(row.patient_id, row.patient.name, row.pk, row.number, row.on, is_drawn, is_unseen and is_drawn, holds_back, seen))
    return tuple(found)


def _agreement(actor: Actor, person: User | None) -> tuple[int, Agreement | None]:
    """Agreement of the two observers who have rated most sessions together: of one's own sessions, or of all one supervises together."""
    observed = FidelityRating.objects.filter(clinic=actor.clinic, rated_by="observer")
    rows = observed.filter(patient__in=patients_of(actor, Permission.SUPERVISE)) if person is None else _beside_sessions(observed, actor, person)
    by_session: dict[uuid.UUID, dict[int, float]] = {}
    for row in rows.only("session_id", "author_id", "answers"):
        mean = score(knowledge().fidelity, {one["item"]: one["value"] for one in row.answers}).mean
        if mean is not None:
            by_session.setdefault(row.session_id, {})[row.author_id] = mean
    pairs = Counter(pair for given in by_session.values() for pair in combinations(sorted(given), 2))
    if not pairs:
        return 0, None
    (first, second), many = min(pairs.items(), key=lambda entry: (-entry[1], entry[0]))
    rules = knowledge().fidelity
    if many < rules.least_sessions.value:
        return many, None
    table = [(given[first], given[second]) for given in by_session.values() if first in given and second in given]
    return many, intraclass(table, rules.interval.value)
