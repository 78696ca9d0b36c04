"""Forms that somebody has begun and not sent: kept while they type, given back to them alone."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import keyring
from fivefold.records.models import DoneOnce, FormDraft
from fivefold.services.access import Actor, Permission, patient_for

DAYS_KEPT = 7
MOST_CHARACTERS = 200_000
MOST_DRAFTS = 50
MOST_WORDS = 120
# An address of the app: it is shown as a link.
PAGE = re.compile(r"/(?!/)[\w/.-]*")
# One writing of a form: the page that was opened, whatever is typed into it, until it is sent or left.
WRITING = re.compile(r"[0-9a-f]{8,32}")
LONGEST_PAGE = 160
PATIENT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Kept(StrEnum):
    """What became of a draft. ``TAKEN``: its form was sent before, and what is typed on goes nowhere unless the page is loaded anew."""

    KEPT = "kept"
    TOO_LONG = "too_long"
    TAKEN = "taken"


@dataclass(frozen=True)
class KeptDraft:
    """The fields of a form as they were typed, when, and in which writing."""

    fields: list[tuple[str, str]]
    kept_at: datetime
    writing: str


def keep_draft(actor: Actor, *, page: str, fields: Sequence[tuple[str, str]], once: str = "", writing: str = "") -> Kept:
    """Keep what was typed on a page in place of what the same ``writing`` had kept before; nothing typed throws that away.

    What another writing has left on this page is not written over: it is set aside, and both are given back. Without a writing
    (no script) it is the one that stands there. With the ``once`` key of the form, a draft that arrives after its form was taken
    is not kept. Raises NoSuchPatient for a page of a record out of reach.
    """
    _reach(actor, page)
    if once and DoneOnce.objects.filter(clinic=actor.clinic, user=actor.user, key=once).exists():
        return Kept.TAKEN
    content = json.dumps(list(fields), ensure_ascii=False)
    if len(content) > MOST_CHARACTERS or len(page) > LONGEST_PAGE:
        return Kept.TOO_LONG
    own = FormDraft.objects.filter(clinic=actor.clinic, user=actor.user)
    is_typed = any(value.strip() for name, value in fields if not name.startswith("_"))
    with transaction.atomic():
        writing = _make_room(own, page, writing if WRITING.fullmatch(writing) else "", is_typed=is_typed)
        own.filter(kept_at__lt=timezone.now() - timedelta(days=DAYS_KEPT)).delete()
        own.exclude(pk__in=own.order_by("-kept_at").values("pk")[: MOST_DRAFTS - 1]).delete()
        if is_typed:
            draft = FormDraft(clinic=actor.clinic, user=actor.user, page=page)
            draft.fields = json.dumps([*fields, ("_writing", writing)], ensure_ascii=False)
            draft.save()
    return Kept.KEPT


def _make_room(own: QuerySet[FormDraft], page: str, writing: str, *, is_typed: bool) -> str:
    """Take away what this writing has kept on the page, and set aside what another one has, if something takes its place."""
    stands = own.filter(page=page).first()
    theirs = _given(stands).writing if stands else ""
    writing = writing or theirs or secrets.token_hex(16)
    own.filter(page=_aside(page, writing)).delete()
    if stands is not None and theirs == writing:
        stands.delete()
    elif stands is not None and is_typed:
        own.filter(page=_aside(page, theirs)).delete()
        own.filter(pk=stands.pk).update(page=_aside(page, theirs))
    return writing


def _aside(page: str, writing: str) -> str:
    """Where a draft waits that another writing has taken the place of."""
    return f"{page}#{writing}"


def _given(row: FormDraft) -> KeptDraft:
    fields = [(name, value) for name, value in json.loads(row.fields)]
    writing = next((value for name, value in fields if name == "_writing"), "")
    return KeptDraft([pair for pair in fields if pair[0] != "_writing"], row.kept_at, writing)


def _reach(actor: Actor, page: str) -> None:
    """Raises NoSuchPatient for a page of a record that this person does not reach (any more)."""
    for patient in PATIENT.findall(page.casefold())[:1]:
        patient_for(actor, patient, Permission.SEE_RECORD)


def see_draft(actor: Actor, *, page: str) -> list[KeptDraft]:
    """What this person had typed on this page and never sent, the latest writing first. Raises NoSuchPatient as the page itself would."""
    _reach(actor, page)
    since = timezone.now() - timedelta(days=DAYS_KEPT)
    rows = FormDraft.objects.filter(Q(page=page) | Q(page__startswith=f"{page}#"), clinic=actor.clinic, user=actor.user, kept_at__gte=since)
    return [_given(row) for row in rows.order_by("-kept_at")]


@dataclass(frozen=True)
class DeviceKey:
    """With what a browser seals the draft of one page on the device (base64), and the name under which it keeps it there (hex)."""

    key: str
    slot: str


def device_key(actor: Actor, *, page: str) -> DeviceKey:
    """The key that is this person's own: whoever is not signed in as them has no use for what lies on the device.

    The name says nothing of the page: it is a keyed hash of it.
    """
    key = keyring().device_key(f"{actor.clinic.pk} {actor.user.pk}")
    return DeviceKey(base64.b64encode(key).decode(), hmac.new(key, page.encode(), hashlib.sha256).hexdigest()[:24])


@dataclass(frozen=True)
class UnsentDraft:
    """A form that was begun and not sent: its page, whose record that is ("" for none), when it was kept, its first words, and its writing.

    Of a process note that was begun no word is given: it is read on its own page alone.
    """

    page: str
    patient_name: str
    kept_at: datetime
    words: str
    writing: str


def see_drafts(actor: Actor) -> list[UnsentDraft]:
    """Everything this person has typed and not sent, the latest first; of records they no longer reach, nothing."""
    since = timezone.now() - timedelta(days=DAYS_KEPT)
    found = []
    for draft in FormDraft.objects.filter(clinic=actor.clinic, user=actor.user, kept_at__gte=since).order_by("-kept_at"):
        page = draft.page.partition("#")[0]
        if not PAGE.fullmatch(page):
            continue
        try:
            name, given = _whose(actor, page), _given(draft)
        except FivefoldError:
            continue
        found.append(UnsentDraft(page, name, draft.kept_at, "" if draft.is_of_process_notes else _first_words(given), given.writing))
    return found


def _first_words(given: KeptDraft) -> str:
    typed = [value.strip() for field, value in given.fields if value.strip() and " " in value.strip() and not field.startswith("_")]
    return typed[0][:MOST_WORDS] if typed else ""


def _whose(actor: Actor, page: str) -> str:
    """The name of the patient whose page it is, "" where it is nobody's; raises NoSuchPatient as the page itself would."""
    wanted = PATIENT.findall(page.casefold())[:1]
    return patient_for(actor, wanted[0], Permission.SEE_RECORD).name if wanted else ""


def drop_draft(actor: Actor, *, page: str, writing: str = "") -> None:
    """Throw the draft of one writing away, for instance because the form has been sent; of others on this page, nothing.

    Without a writing (no script) it is the one that stands there.
    """
    own = FormDraft.objects.filter(clinic=actor.clinic, user=actor.user)
    _make_room(own, page, writing if WRITING.fullmatch(writing) else "", is_typed=False)
