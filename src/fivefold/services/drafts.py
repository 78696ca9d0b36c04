"""Forms that somebody has begun and not sent: kept while they type, given back to them alone."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
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
PATIENT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class KeptDraft:
    """The fields of a form as they were typed, and when."""

    fields: list[tuple[str, str]]
    kept_at: datetime


def keep_draft(actor: Actor, *, page: str, fields: Sequence[tuple[str, str]], once: str = "") -> bool:
    """Keep what was typed on a page in place of what was kept before; nothing typed throws the draft away.

    With the ``once`` key of the form, a draft that arrives after its form was taken is not kept: it is no draft any more.
    False when it is too long to be kept. Raises NoSuchPatient for a page of a record out of reach.
    """
    _reach(actor, page)
    if once and DoneOnce.objects.filter(clinic=actor.clinic, user=actor.user, key=once).exists():
        return True
    content = json.dumps(list(fields), ensure_ascii=False)
    if len(content) > MOST_CHARACTERS or len(page) > 200:
        return False
    own = FormDraft.objects.filter(clinic=actor.clinic, user=actor.user)
    with transaction.atomic():
        own.filter(page=page).delete()
        own.filter(kept_at__lt=timezone.now() - timedelta(days=DAYS_KEPT)).delete()
        own.exclude(pk__in=own.order_by("-kept_at").values("pk")[: MOST_DRAFTS - 1]).delete()
        if any(value.strip() for name, value in fields if not name.startswith("_")):
            draft = FormDraft(clinic=actor.clinic, user=actor.user, page=page)
            draft.fields = content
            draft.save()
    return True


def _reach(actor: Actor, page: str) -> None:
    """Raises NoSuchPatient for a page of a record that this person does not reach (any more)."""
    for patient in PATIENT.findall(page.casefold())[:1]:
        patient_for(actor, patient, Permission.SEE_RECORD)


def see_draft(actor: Actor, *, page: str) -> KeptDraft | None:
    """What this person had typed on this page, if it was never sent. Raises NoSuchPatient as the page itself would."""
    _reach(actor, page)
    since = timezone.now() - timedelta(days=DAYS_KEPT)
    draft = FormDraft.objects.filter(clinic=actor.clinic, user=actor.user, page=page, kept_at__gte=since).first()
    return KeptDraft([(name, value) for name, value in json.loads(draft.fields)], draft.kept_at) if draft else None


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
    """A form that was begun and not sent: its page, whose record that is ("" for none), when it was kept, and its first words."""

    page: str
    patient_name: str
    kept_at: datetime
    words: str


def see_drafts(actor: Actor) -> list[UnsentDraft]:
    """Everything this person has typed and not sent, the latest first; of records they no longer reach, nothing."""
    since = timezone.now() - timedelta(days=DAYS_KEPT)
    found = []
    for draft in FormDraft.objects.filter(clinic=actor.clinic, user=actor.user, kept_at__gte=since).order_by("-kept_at"):
        if not PAGE.fullmatch(draft.page):
            continue
        try:
            name = _whose(actor, draft.page)
        except FivefoldError:
            continue
        typed = [value.strip() for field, value in json.loads(draft.fields) if value.strip() and " " in value.strip() and not field.startswith("_")]
        found.append(UnsentDraft(draft.page, name, draft.kept_at, typed[0][:MOST_WORDS] if typed else ""))
    return found


def _whose(actor: Actor, page: str) -> str:
    """The name of the patient whose page it is, "" where it is nobody's; raises NoSuchPatient as the page itself would."""
    wanted = PATIENT.findall(page.casefold())[:1]
    return patient_for(actor, wanted[0], Permission.SEE_RECORD).name if wanted else ""


def drop_draft(actor: Actor, *, page: str) -> None:
    """Throw a draft away, for instance because the form has been sent."""
    FormDraft.objects.filter(clinic=actor.clinic, user=actor.user, page=page).delete()
