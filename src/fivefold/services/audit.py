"""Writing and checking the audit chain. Nothing else in the program reads it.

Each entry carries a keyed hash over what it says and the hash before it: whoever can write to the database but does not
hold the key file cannot make an entry that fits. That the end of a chain was cut off together with its head shows against
an anchor: the number and hash of an earlier head, signed, and kept outside the database.
"""

import hmac
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import AuditEntry, AuditHead, Clinic, DoneOnce

if TYPE_CHECKING:
    from fivefold.services.access import Actor

START = "0" * 64
CONTENT = ("clinic_id", "number", "at", "user_id", "role", "act", "patient_id", "target", "detail", "before_hash")
WAITED = "waited"
# A server's clock is put right by small steps; a step back that is longer than this is told.
STEP_BACK = timedelta(minutes=5)


class PastIsReal(FivefoldError):
    """A wrong call: acts were to be dated to another time in a clinic that is not synthetic. For the developer."""

    def __init__(self) -> None:
        super().__init__("Only the history of a synthetic clinic may be written at another time than now.")


def record(actor: "Actor", act: str, *, patient_id: uuid.UUID | None = None, target: str = "", is_view: bool = False, **detail: Any) -> AuditEntry:
    """Add one entry to the clinic's chain, in the caller's transaction. ``detail`` holds codes and numbers, never texts."""
    with transaction.atomic():
        return _append(actor.clinic, user_id=actor.user.pk, role=actor.role, act=act, patient_id=patient_id, target=target, detail={"view": is_view, **detail})


def record_system(clinic: Clinic, act: str, *, patient_id: uuid.UUID | None = None, **detail: Any) -> AuditEntry:
    """An entry for what the program itself did, in the database the clinic was read from."""
    with transaction.atomic(using=clinic._state.db):
        return _append(clinic, user_id=None, role="system", act=act, patient_id=patient_id, target="", detail=detail)


@dataclass(frozen=True)
class Seen:
    """A view whose entry could not be written when it was seen, with an id of its own: it is taken into the trail once."""

    id: str
    clinic_id: int
    at: datetime
    user_id: int
    role: str
    act: str
    patient_id: uuid.UUID | None


def add_seen(clinic: Clinic, waiting: Iterable[Seen]) -> None:
    """Add entries that had to wait, each with the time at which it was seen and the time at which it was written; those that are there stay."""
    with transaction.atomic():
        _locked_head(clinic)  # from here on nobody else adds the same
        wanted = {seen.id: seen for seen in waiting}
        done = set(DoneOnce.objects.filter(clinic=clinic, act=WAITED, key__in=wanted).values_list("key", flat=True))
        for seen in (seen for key, seen in wanted.items() if key not in done):
            detail = {"view": True, WAITED: seen.id, "written_at": plain(clock.now())}
            _append(clinic, at=seen.at, user_id=seen.user_id, role=seen.role, act=seen.act, patient_id=seen.patient_id, target="", detail=detail)
            DoneOnce.objects.create(clinic=clinic, user_id=seen.user_id, act=WAITED, key=seen.id)


def written_later(entry: AuditEntry) -> datetime | None:
    """When an entry was written that had to wait; None for all others, which were written at the time they tell."""
    return _written_later(entry.detail)


def _written_later(detail: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(detail["written_at"]) if WAITED in detail else None


def _append(clinic: Clinic, *, at: datetime | None = None, **fields: Any) -> AuditEntry:
    if clock.is_moved():
        if not clinic.synthetic:
            raise PastIsReal
        fields["detail"] = {**fields["detail"], "simulated": True}
    head = _locked_head(clinic)
    entry = AuditEntry(clinic=clinic, number=head.number + 1, at=at or clock.now(), before_hash=head.hash, **fields)
    entry.hash = entry_hash(*(getattr(entry, name) for name in CONTENT))
    entry.save(using=clinic._state.db)
    head.number, head.hash = entry.number, entry.hash
    head.save(update_fields=["number", "hash"])
    return entry


def _locked_head(clinic: Clinic) -> AuditHead:
    """The end of a clinic's chain, which nobody else adds to until the transaction ends."""
    return AuditHead.objects.using(clinic._state.db).select_for_update().filter(clinic=clinic).first() or _begin_chain(clinic)


def _begin_chain(clinic: Clinic) -> AuditHead:
    """The end of a chain that has no entry yet; of two first entries at once, the second waits for the first."""
    heads = AuditHead.objects.using(clinic._state.db)
    heads.get_or_create(clinic=clinic)
    return heads.select_for_update().get(clinic=clinic)


def entry_hash(*content: Any) -> str:
    """The keyed hash of an entry over everything it says (``CONTENT``, in that order), the hash before it included."""
    said = [plain(value) for value in content]
    return keyring().chain_hash(json.dumps(said, sort_keys=True, separators=(",", ":")).encode())


def plain(value: Any) -> Any:
    """A value of an entry as JSON holds it: moments in UTC, ids as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value


# ---- Checking ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChainProblem:
    """Where a chain does not hold."""

    clinic_id: int
    number: int
    what: str


@dataclass(frozen=True)
class Anchor:
    """The end of a chain at a moment, signed with the key file; it is kept outside the database."""

    clinic_id: int
    number: int
    hash: str
    at: str
    signature: str


def make_anchor(clinic: Clinic) -> Anchor:
    """An anchor of the chain as it ends now."""
    head = AuditHead.objects.using(clinic._state.db).filter(clinic=clinic).first()
    number, last = (head.number, head.hash) if head else (0, START)
    at = clock.now().astimezone(UTC).isoformat(timespec="seconds")
    return Anchor(clinic.pk, number, last, at, _signature(clinic.pk, number, last, at))


def _signature(clinic_id: int, number: int, last: str, at: str) -> str:
    return keyring().chain_hash(json.dumps(["anchor", clinic_id, number, last, at]).encode())


def verify(clinic: Clinic, anchor: Anchor | None = None) -> Iterator[ChainProblem]:
    """Every place where the clinic's chain was changed, cut or reordered; with an anchor, also whether its end was cut off."""
    expected, before, latest = 1, START, datetime(1970, 1, 1, tzinfo=UTC)
    anchored = anchor is None or anchor.number == 0
    for row in AuditEntry.objects.using(clinic._state.db).filter(clinic=clinic).order_by("number").values_list(*CONTENT, "hash").iterator(chunk_size=2000):
        *content, own = row
        number, at, before_hash = content[1], _written_later(content[-2]) or content[2], content[-1]
        if number != expected:
            yield ChainProblem(clinic.pk, expected, _("entries %(first)s to %(last)s are missing") % {"first": expected, "last": number - 1})
        elif before_hash != before:
            yield ChainProblem(clinic.pk, number, _("it does not follow from the entry before it"))
        if not hmac.compare_digest(entry_hash(*content), own):
            yield ChainProblem(clinic.pk, number, _("its content was changed"))
        if at < latest - STEP_BACK:
            yield ChainProblem(clinic.pk, number, _("its time lies before that of the entry before it"))
        anchored = anchored or (anchor is not None and anchor.number == number and anchor.hash == own)
        expected, before, latest = number + 1, own, max(latest, at)
    yield from _end_problems(clinic, expected - 1, before)
    if anchor is not None:
        yield from _anchor_problems(clinic, anchor, expected - 1, anchored)


def _end_problems(clinic: Clinic, last: int, before: str) -> Iterator[ChainProblem]:
    head = AuditHead.objects.using(clinic._state.db).filter(clinic=clinic).first()
    if head is None and last:
        yield ChainProblem(clinic.pk, last, _("the end of the chain is not recorded"))
    if head is not None and (head.number, head.hash) != (last, before):
        words = _("the end of the chain was changed: it should be entry %(wanted)s, and it is entry %(found)s")
        yield ChainProblem(clinic.pk, min(head.number, last + 1), words % {"wanted": head.number, "found": last})


def _anchor_problems(clinic: Clinic, anchor: Anchor, last: int, anchored: bool) -> Iterator[ChainProblem]:
    if anchor.clinic_id != clinic.pk or not hmac.compare_digest(_signature(anchor.clinic_id, anchor.number, anchor.hash, anchor.at), anchor.signature):
        yield ChainProblem(clinic.pk, anchor.number, _("the anchor is of another clinic or was changed"))
    elif anchor.number > last:
        words = _("entries %(first)s to %(last)s were there at %(moment)s and are missing")
        yield ChainProblem(clinic.pk, last + 1, words % {"first": last + 1, "last": anchor.number, "moment": anchor.at})
    elif not anchored:
        yield ChainProblem(clinic.pk, anchor.number, _("it is another entry than at %(moment)s") % {"moment": anchor.at})
