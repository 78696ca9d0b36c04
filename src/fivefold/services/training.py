"""Practising on worked cases: what somebody chose, what the keyings and the engine say to it, and what they have read of the library.

This is about a learner, never about a patient. It is seen by the learner alone, and an attempt by a supervisor of the clinic only if
the learner shares it. There are no grades, and nothing here compares people.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError, UnknownThing
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.training import CaseChoice, Raised, TrainingPlace
from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.book_pages import PagedBook, Place
from fivefold.engine.training import Feedback, Practice, Practised, give_feedback, next_case, practised_modules, practised_phases, practised_rules
from fivefold.records.models import Membership, ReadingMark, Role, TrainingAttempt, TrainingShare
from fivefold.services.access import Actor, Permission, clinical_act, require
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.library import open_book
from fivefold.services.patients import NotAcceptable
from fivefold.services.training_cases import CaseBook, TrainingCase, case_book

LONGEST_WORDS = 4000
# Chapters of the library in the order in which a new therapist reads them; its indexes and its literature are for looking up.
READING_PATH = (
    "reading", "principles", "phases", "safety-rules", "general-modules", "rules", "impairments", "specific-modules", "progress", "protocols", "instruments",
)  # fmt: skip


class NoSuchAttempt(FivefoldError):
    """There is no such attempt for this person: unknown, or another's who has not shared it. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such attempt among yours or those shared with you. Go back to Training and choose one from the list."))


@dataclass(frozen=True)
class SeenAttempt:
    """One attempt: which case, what was chosen, the learner's own words, when, with which release, and by whom."""

    id: uuid.UUID
    case: str
    choice: CaseChoice
    words: str
    at: datetime
    knowledge_version: str
    learner: str
    is_own: bool


@dataclass(frozen=True)
class ReviewedAttempt:
    """An attempt beside every opinion. ``shared_with`` and ``supervisors`` (id and name) are for the learner alone."""

    attempt: SeenAttempt
    case: TrainingCase
    book: CaseBook
    plan: PhasedPlan
    feedback: Feedback
    shared_with: tuple[tuple[int, str], ...]
    supervisors: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class TrainingDesk:
    """What a learner finds: the cases, their own attempts (newest first), what was practised, what to take next, what was shared with them.

    ``next_is_again``: the next case was tried before, and not everybody agreed.
    """

    book: CaseBook
    attempts: tuple[SeenAttempt, ...]
    rules: Practised
    phases: tuple[Practised, ...]
    modules: tuple[Practised, ...]
    next: TrainingCase | None
    next_is_again: bool
    shared: tuple[SeenAttempt, ...]


# ---- Practising ----------------------------------------------------------------------------------------------------------


def see_desk(actor: Actor) -> TrainingDesk:
    """Everything about one's own practice. Like reading the library it leaves no entry in the trail."""
    book = _book(actor)
    rows = TrainingAttempt.objects.filter(clinic=actor.clinic, user=actor.user).select_related("user").order_by("recorded_at", "id")
    keyed = {case.id: case.keyings for case in book.cases}
    own = [_seen(row, actor) for row in rows]
    counted = [Practice(one.choice, keyed[one.case], timezone.localtime(one.at).date()) for one in own if one.case in keyed]
    following = next_case(list(keyed.items()), [(one.case, one.choice) for one in own])
    return TrainingDesk(
        book=book,
        attempts=tuple(reversed(own)),
        rules=practised_rules(counted),
        phases=practised_phases(counted),
        modules=practised_modules(counted),
        next=book.case(following) if following else None,
        next_is_again=any(one.case == following for one in own),
        shared=_shared_with(actor),
    )


def open_case(actor: Actor, *, case: str) -> tuple[CaseBook, TrainingCase]:
    """One case to read and to choose for; raises UnknownThing."""
    book = _book(actor)
    return book, book.case(case)


def cases_about(actor: Actor, *, module: str) -> tuple[TrainingCase, ...]:
    """The cases on which a specific module can be practised; none for a module that no keying speaks of."""
    return _book(actor).about(module)


@clinical_act(Permission.SEE_LIBRARY)
def record_attempt(actor: Actor, *, case: str, choice: CaseChoice, words: str = "") -> str:
    """Keep what somebody chose for a case; gives the attempt's id. Raises UnknownThing and NotAcceptable."""
    book = _book(actor)
    found = book.case(case)
    _check(choice, words, book)
    row = TrainingAttempt(clinic=actor.clinic, user=actor.user, case=found.id, knowledge_version=book.knowledge.release.version)
    row.content = json.dumps(_stored(choice) | {"words": words.strip()}, ensure_ascii=False)
    row.save()
    return str(row.pk)


def _check(choice: CaseChoice, words: str, book: CaseBook) -> None:
    codes = {rule.code for rule in book.knowledge.overrides}
    if not codes >= choice.raised.keys() or not book.knowledge.modules.keys() >= choice.places.keys():
        raise NotAcceptable("Choice", _("safety rules and modules of this clinic's knowledge release. Load the page again"))
    if len(words) > LONGEST_WORDS:
        raise NotAcceptable("Words", _("at most %(most)d characters; these are %(found)d") % {"most": LONGEST_WORDS, "found": len(words)})


def see_attempt(actor: Actor, *, attempt_id: uuid.UUID) -> ReviewedAttempt:
    """An attempt of one's own, or one that was shared with oneself, beside every opinion; raises NoSuchAttempt."""
    row = _attempt(actor, attempt_id)
    seen = _seen(row, actor)
    if not seen.is_own and row.pk not in _shared_ids(actor):
        raise NoSuchAttempt
    book = _book(actor)
    try:
        case = book.case(row.case)
    except UnknownThing:
        raise NoSuchAttempt from None
    plan = book.plan(case)
    feedback = give_feedback(seen.choice, case.keyings, plan)
    return ReviewedAttempt(seen, case, book, plan, feedback, _shares_of(row) if seen.is_own else (), _supervisors(actor) if seen.is_own else ())


def _book(actor: Actor) -> CaseBook:
    require(actor, Permission.SEE_LIBRARY)
    with knowledge_of(actor.clinic):
        return case_book(knowledge())


def _attempt(actor: Actor, attempt_id: uuid.UUID) -> TrainingAttempt:
    require(actor, Permission.SEE_LIBRARY)
    row = TrainingAttempt.objects.filter(clinic=actor.clinic, pk=attempt_id).select_related("user").first()
    if row is None:
        raise NoSuchAttempt
    return row


def _seen(row: TrainingAttempt, actor: Actor) -> SeenAttempt:
    kept = json.loads(row.content)
    own = row.user_id == actor.user.pk
    return SeenAttempt(row.pk, row.case, _read(kept), kept.get("words", ""), row.recorded_at, row.knowledge_version, row.user.name, own)


def _stored(choice: CaseChoice) -> dict[str, Any]:
    return {
        "phase": choice.phase.value,
        "withheld": choice.withheld,
        "raised": {code: said.value for code, said in choice.raised.items()},
        "places": {name: place.value for name, place in choice.places.items()},
    }


def _read(kept: dict[str, Any]) -> CaseChoice:
    raised = {code: Raised(said) for code, said in kept["raised"].items()}
    return CaseChoice(PhaseId(kept["phase"]), kept["withheld"], raised, {name: TrainingPlace(place) for name, place in kept["places"].items()})


# ---- Sharing -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_LIBRARY)
def share_attempt(actor: Actor, *, attempt_id: uuid.UUID, with_user: int, given: bool = True) -> None:
    """Share an attempt of one's own with a supervisor of the clinic, or no longer; raises NoSuchAttempt and NotAcceptable."""
    row = _attempt(actor, attempt_id)
    if row.user_id != actor.user.pk:
        raise NoSuchAttempt
    known = dict(_supervisors(actor)) if given else dict(_shares_of(row))
    if with_user not in known:
        raise NotAcceptable("Share with", _("a supervisor of this clinic, or somebody it is shared with"))
    TrainingShare(clinic=actor.clinic, attempt=row, with_user_id=with_user, given=given).save()


def _supervisors(actor: Actor) -> tuple[tuple[int, str], ...]:
    """Other supervisors who work in the clinic now."""
    running = Membership.objects.filter(clinic=actor.clinic, role=Role.SUPERVISOR, user__is_active=True)
    running = running.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=timezone.now())).exclude(user=actor.user)
    return tuple(running.order_by("user__name").values_list("user_id", "user__name"))


def _shares_of(row: TrainingAttempt) -> tuple[tuple[int, str], ...]:
    newest: dict[int, tuple[str, bool]] = {}
    for share in TrainingShare.objects.filter(clinic_id=row.clinic_id, attempt=row).select_related("with_user").order_by("recorded_at"):
        newest[share.with_user_id] = (share.with_user.name, share.given)
    return tuple((user, name) for user, (name, given) in newest.items() if given)


def _shared_ids(actor: Actor) -> list[uuid.UUID]:
    """Attempts that others share with somebody, the one shared last first; only for as long as they are a supervisor."""
    if actor.role != Role.SUPERVISOR:
        return []
    newest: dict[uuid.UUID, bool] = {}
    rows = TrainingShare.objects.filter(clinic=actor.clinic, with_user=actor.user).order_by("recorded_at")
    for attempt, given in rows.values_list("attempt_id", "given"):
        newest.pop(attempt, None)
        newest[attempt] = given
    return [attempt for attempt, given in reversed(newest.items()) if given]


def _shared_with(actor: Actor) -> tuple[SeenAttempt, ...]:
    order = _shared_ids(actor)
    rows = {row.pk: row for row in TrainingAttempt.objects.filter(clinic=actor.clinic, pk__in=order).select_related("user")}
    return tuple(_seen(rows[pk], actor) for pk in order)


# ---- Reading -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadingStep:
    """One page on the way through the library, and when it was marked as read; None when it was not."""

    place: Place
    title: str
    read_at: datetime | None


@dataclass(frozen=True)
class ReadingChapter:
    """A chapter on the way, with the pages that are read in it: its entries, or the chapter itself where it has none."""

    name: str
    title: str
    steps: tuple[ReadingStep, ...]

    @property
    def read(self) -> int:
        """How many of its pages are marked as read."""
        return sum(step.read_at is not None for step in self.steps)


@dataclass(frozen=True)
class ReadingPath:
    """The way through the library, and the first page that is not marked as read; None when all are."""

    chapters: tuple[ReadingChapter, ...]
    next: ReadingStep | None

    @property
    def steps(self) -> tuple[ReadingStep, ...]:
        """All pages in order."""
        return tuple(step for chapter in self.chapters for step in chapter.steps)

    @property
    def read(self) -> int:
        """How many pages are marked as read."""
        return sum(chapter.read for chapter in self.chapters)


def see_reading_path(actor: Actor) -> ReadingPath:
    """The way through the whole book with one's own marks."""
    book = open_book(actor)
    marks: dict[Place, datetime] = {}
    for mark in ReadingMark.objects.filter(clinic=actor.clinic, user=actor.user).order_by("recorded_at"):
        place = Place(mark.chapter, mark.name)
        marks.pop(place, None)
        if mark.read:
            marks[place] = mark.recorded_at
    chapters = []
    for chapter in READING_PATH:
        entries = [place for place in book.pages if place.chapter == chapter and place.name] or [Place(chapter)]
        steps = tuple(ReadingStep(place, book.pages[place].section.title, marks.get(place)) for place in entries if place in book.pages)
        if steps:
            chapters.append(ReadingChapter(chapter, book.pages[steps[0].place].chapter_title, steps))
    following = next((step for chapter in chapters for step in chapter.steps if step.read_at is None), None)
    return ReadingPath(tuple(chapters), following)


def is_on_path(book: PagedBook, place: Place) -> bool:
    """Whether a page is read on the way: an entry of a chapter on it, or such a chapter that has no entries."""
    return place.chapter in READING_PATH and (bool(place.name) or not any(one.chapter == place.chapter and one.name for one in book.pages))


def read_mark(actor: Actor, *, place: Place) -> datetime | None:
    """When somebody marked a page as read, None when it is not marked."""
    require(actor, Permission.SEE_LIBRARY)
    marks = ReadingMark.objects.filter(clinic=actor.clinic, user=actor.user, chapter=place.chapter, name=place.name)
    newest = marks.order_by("-recorded_at").first()
    return newest.recorded_at if newest is not None and newest.read else None


def mark_read(actor: Actor, *, place: Place, read: bool) -> None:
    """Say that one has read a page, or every page of a chapter, or take that back; raises UnknownThing.

    One's own mark, like a draft without an entry in the trail.
    """
    steps = see_reading_path(actor).steps
    meant = [step for step in steps if step.place == place] or [step for step in steps if not place.name and step.place.chapter == place.chapter]
    if not meant:
        raise UnknownThing("page of the reading path", f"{place.chapter}/{place.name}", list(READING_PATH))
    for step in meant:
        if (step.read_at is not None) is not read:
            ReadingMark(clinic=actor.clinic, user=actor.user, chapter=step.place.chapter, name=step.place.name, read=read).save()
