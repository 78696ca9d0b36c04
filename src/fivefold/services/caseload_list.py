"""The caseload as somebody sees it: the rows in their reach by need, with filters, search and what they must be told."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import BreakGlass, CareRelation, Patient, SignalState
from fivefold.services.access import Actor, Permission, clinical_act, patients_of, require
from fivefold.services.caseload import REVIEW_OVERDUE, REVIEW_THE_PLAN, behind, is_behind, renew
from fivefold.services.passed_hours import catch_up

SIGNALS = ("safety", "watch", "new", "none")
ROWS_ON_A_PAGE = 25
FOUND_WHEN_JUMPING = 8
# From this share of agreeing letters on two names are told as alike; our own proposal: "Rosa D." and "Rosa B." are, "Rosa D." and "Sam K." are not.
ALIKE = 0.8
DAYS_TOLD = 7
# What an overdue review adds to a row that was worked out before its review day had passed.
NEED_OF_OVERDUE = 1_000


@dataclass(frozen=True)
class SeenRow:
    """One patient on the caseload; ``next_page`` is the page on which the next action is done."""

    id: UUID
    name: str
    reference: str
    synthetic: bool
    signal: str
    signal_text: str
    phase: str
    running: tuple[str, ...]
    next_action: str
    next_page: str
    last_entry: date | None
    next_session: date | None
    review_on: date | None
    is_overdue: bool
    spark: tuple[float, ...]
    treated_by: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """A record that somebody opened without a care relation: who, whose, why and until when."""

    patient_id: UUID
    patient_name: str
    who: str
    reason: str
    opened_at: datetime
    until: datetime
    is_own: bool
    is_running: bool


@dataclass(frozen=True)
class SeenCaseload:
    """A page of the caseload. ``counts`` says how many there are of each signal and phase; ``everybody`` how many in all.

    ``behind`` says how many rows in reach are still as they were on an earlier day.
    """

    rows: tuple[SeenRow, ...]
    found: int
    everybody: int
    counts: dict[str, int]
    page: int
    pages: int
    openings: tuple[Opening, ...]
    behind: int


class ClosedRecord(NamedTuple):
    """A record whose care has ended; ``has_danger``: a signal about danger stands open in it."""

    id: UUID
    name: str
    reference: str
    ended_on: date
    has_danger: bool


@dataclass(frozen=True)
class ClosedRecords:
    """A page of the records whose care has ended."""

    rows: tuple[ClosedRecord, ...]
    found: int
    page: int
    pages: int


class NamedAlike(NamedTuple):
    """A record whose name is like one that was typed."""

    id: UUID
    name: str
    birth_year: int | None
    is_closed: bool


@dataclass(frozen=True)
class Lines:
    """A page of lines of the caseload; ``found`` says how many there are, ``behind`` how many of them are still as of an earlier day."""

    rows: tuple[SeenRow, ...]
    found: int
    behind: int
    page: int
    pages: int


def open_caseload(actor: Actor, *, search: str = "", signal: str = "", phase: str = "", page: int = 1) -> SeenCaseload:
    """``see_caseload`` as the first page of the day: what an hour alone has made true, danger before all, is told first."""
    require(actor, Permission.SEE_CASELOAD)
    catch_up(actor.clinic)
    return see_caseload(actor, search=search, signal=signal, phase=phase, page=page)


@clinical_act(Permission.SEE_CASELOAD, view=True)
def see_caseload(actor: Actor, *, search: str = "", signal: str = "", phase: str = "", page: int = 1, count: int = ROWS_ON_A_PAGE) -> SeenCaseload:
    """A page of the rows in reach, by need. The search finds every name or reference that holds what is searched for.

    A page beyond the last gives the last. A signal or phase that does not exist finds nothing. What was worked out on an earlier
    day is worked out anew first, so that what time alone has changed is seen.
    """
    today = clock.today()
    rows = _rows(actor, today)
    parts = _parts(rows, today)
    if any(part.behind for part in parts.values()):
        renew(rows, today)
        parts = _parts(rows, today)
    asked = [part for (one, other), part in parts.items() if signal in ("", one) and phase in ("", other)]
    if signal:
        rows = rows.filter(shown=signal)
    if phase:
        rows = rows.filter(caseload__phase=phase)
    wanted = _searched(rows, search) if search.strip() else None
    found = len(wanted) if wanted is not None else sum(part.many for part in asked)
    number, pages, part = _page(found, page, count)
    shown = _with_therapists(rows.filter(pk__in=wanted[part]) if wanted is not None else rows)
    seen = tuple(_seen(row, today) for row in (shown if wanted is not None else shown[part]))
    everybody, still_behind = sum(part.many for part in parts.values()), sum(part.behind for part in asked)
    return SeenCaseload(seen, found, everybody, _counts(parts), number, pages, _openings(actor), still_behind)


@clinical_act(Permission.SEE_CASELOAD, view=True)
def see_closed(actor: Actor, *, page: int = 1, count: int = ROWS_ON_A_PAGE) -> ClosedRecords:
    """Records in reach whose care has ended, the latest first. Danger that still stands open in one of them is said."""
    rows = patients_of(actor).filter(closed_at__isnull=False).order_by("-closed_at", "pk")
    found = rows.count()
    number, pages, part = _page(found, page, count)
    standing = SignalState.objects.filter(clinic=actor.clinic, patient=OuterRef("pk"), is_open=True, kind="safety")
    shown = rows.annotate(stands=Exists(standing))[part]
    return ClosedRecords(tuple(ClosedRecord(one.pk, one.name, one.reference, localdate(one.closed_at), one.stands) for one in shown), found, number, pages)


@clinical_act(Permission.SEE_CASELOAD, view=True)
def find_patients(actor: Actor, *, search: str) -> list[tuple[UUID, str, str]]:
    """The first patients in reach whose name or reference holds what is searched for: id, name and phase."""
    rows = _rows(actor, clock.today())
    wanted = _searched(rows, search)[:FOUND_WHEN_JUMPING] if search.strip() else []
    return [(row.pk, row.name, row.caseload.phase) for row in rows.filter(pk__in=wanted).select_related("caseload")]


@clinical_act(Permission.ADD_PATIENT, view=True)
def find_alike(actor: Actor, *, name: str) -> list[NamedAlike]:
    """Records in reach, closed ones too, whose name is the same or nearly the same: one of them may be who is about to be added.

    Capitals, accents, full stops and hyphens make no difference; of what is left nearly all letters have to agree, in whatever order the
    names stand.
    """
    wanted = _bare(name)
    if not wanted:
        return []
    reached = patients_of(actor)
    alike = {key: known for key, known, _reference in _opened(reached) if _is_alike(wanted, _bare(known))}
    rows = reached.filter(pk__in=alike).order_by("created_at")[:FOUND_WHEN_JUMPING]
    return [NamedAlike(row.pk, alike[row.pk], row.birth_year, row.closed_at is not None) for row in rows]


def _bare(name: str) -> str:
    """The letters of a name, its parts in the order of the alphabet."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter))
    return " ".join(sorted("".join(letter if letter.isalnum() else " " for letter in plain).split()))


def _is_alike(one: str, other: str) -> bool:
    found = SequenceMatcher(None, one, other, autojunk=False)
    return found.real_quick_ratio() >= ALIKE and found.quick_ratio() >= ALIKE and found.ratio() >= ALIKE


def lines_of(actor: Actor, patients: QuerySet[Patient], *, page: int = 1, count: int = ROWS_ON_A_PAGE) -> Lines:
    """Those of the patients whose care goes on, as the caseload shows them, by need."""
    today = clock.today()
    rows = _open_rows(actor, patients, today)
    renew(rows, today)
    found = rows.count()
    number, pages, part = _page(found, page, count)
    return Lines(tuple(_seen(row, today) for row in _with_therapists(rows)[part]), found, behind(rows, today).count(), number, pages)


def _page(found: int, page: int, count: int) -> tuple[int, int, slice]:
    """The number of the page, how many there are, and its part of the rows; beyond the last stands the last."""
    pages = max(1, -(-found // count))
    number = min(max(1, page), pages)
    return number, pages, slice((number - 1) * count, number * count)


def _rows(actor: Actor, today: date) -> QuerySet[Any]:
    """Open patients in reach with their rows, by need."""
    return _open_rows(actor, patients_of(actor), today)


def _open_rows(actor: Actor, patients: QuerySet[Patient], today: date) -> QuerySet[Any]:
    """Patients whose care goes on with their rows, by need; a review day that has passed since the row was worked out counts as well."""
    overdue = Q(caseload__review_on__lt=today, caseload__signal__in=("none", "new"))
    need = F("caseload__need")
    return (
        patients.filter(closed_at__isnull=True, caseload__clinic=actor.clinic)
        .annotate(
            shown=Case(When(overdue, then=Value("watch")), default=F("caseload__signal"), output_field=CharField()),
            order=Case(When(overdue, then=need + NEED_OF_OVERDUE), default=need, output_field=IntegerField()),
        )
        .order_by("-order", "created_at", "pk")
    )


class _Part(NamedTuple):
    """How many rows there are of one signal and phase, and how many of them are as of an earlier day."""

    many: int
    behind: int


def _parts(rows: QuerySet[Any], today: date) -> dict[tuple[str, str], _Part]:
    """The rows of each signal and phase together. All is counted at once: a lead's caseload is the whole clinic."""
    counts = {"many": Count("pk"), "behind": Count("pk", filter=is_behind(today))}
    found = rows.order_by().values_list("shown", "caseload__phase").annotate(**counts)
    return {(signal, phase): _Part(many, late) for signal, phase, many, late in found}


def _counts(parts: dict[tuple[str, str], _Part]) -> dict[str, int]:
    """How many rows there are of each signal, and of each phase."""
    counts: dict[str, int] = {}
    for names, part in parts.items():
        for name in names:
            counts[name] = counts.get(name, 0) + part.many
    return counts


def _searched(rows: QuerySet[Any], search: str) -> list[UUID]:
    """Names are sealed: a whole name is found by its blind index, a part of one by opening the names in reach."""
    exact = list(rows.filter(name_index=keyring().blind_index(search.strip(), "patient name")).values_list("pk", flat=True))
    if exact:
        return exact
    wanted = search.strip().casefold()
    return [key for key, name, reference in _opened(rows) if wanted in name.casefold() or wanted in reference.casefold()]


def _opened(rows: QuerySet[Any]) -> Iterator[tuple[UUID, str, str]]:
    """Ids, names and references of patients: values and not rows, with ids as the database writes them, for of thousands a few are shown."""
    sealed = rows.values_list(Cast("pk", CharField()), "name_sealed", "reference_sealed")
    return ((UUID(key), name, reference) for key, name, reference in Patient.opened(sealed))


def _with_therapists(rows: QuerySet[Any]) -> QuerySet[Any]:
    treating = CareRelation.objects.filter(kind="treats", ended_at__isnull=True).select_related("user").order_by("started_at")
    return rows.select_related("caseload").prefetch_related(Prefetch("care_team", queryset=treating, to_attr="treating"))


def _seen(patient: Any, today: date) -> SeenRow:
    row = patient.caseload
    is_overdue = row.review_on is not None and row.review_on < today
    became_overdue = is_overdue and row.signal in ("none", "new")
    action, to = (REVIEW_THE_PLAN, "plan") if became_overdue else (row.next_action, row.next_page)
    return SeenRow(
        id=patient.pk,
        name=patient.name,
        reference=patient.reference,
        synthetic=patient.synthetic,
        signal=patient.shown,
        signal_text=REVIEW_OVERDUE if became_overdue else row.signal_text,
        phase=row.phase,
        running=tuple(part["name"] for part in row.running),
        next_action=action,
        next_page=to,
        last_entry=row.last_contact,
        next_session=row.next_contact,
        review_on=row.review_on,
        is_overdue=is_overdue,
        spark=tuple(row.spark),
        treated_by=tuple(relation.user.name for relation in patient.treating),
    )


def _openings(actor: Actor) -> tuple[Opening, ...]:
    """What the care team is told: records in reach that were opened without a relation in the last days, and one's own."""
    since = clock.now() - timedelta(days=DAYS_TOLD)
    found = BreakGlass.objects.filter(clinic=actor.clinic, patient__in=patients_of(actor), recorded_at__gte=since)
    return openings_as_seen(actor, found.select_related("patient", "user").order_by("-recorded_at"))


def openings_as_seen(actor: Actor, found: Sequence[BreakGlass] | QuerySet[Any]) -> tuple[Opening, ...]:
    """Openings with their reasons in words."""
    now = clock.now()
    return tuple(
        Opening(one.patient_id, one.patient.name, one.user.name, one.reason, one.recorded_at, one.until, one.user_id == actor.user.pk, one.until > now)
        for one in found
    )
