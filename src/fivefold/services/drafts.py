"""Forms that somebody has begun and not sent: kept while they type, given back to them alone."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fivefold.records.models import FormDraft
from fivefold.services.access import Actor, Permission, patient_for

DAYS_KEPT = 7
MOST_CHARACTERS = 200_000
MOST_DRAFTS = 50
PATIENT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class KeptDraft:
    """The fields of a form as they were typed, and when."""

    fields: list[tuple[str, str]]
    kept_at: datetime


def keep_draft(actor: Actor, *, page: str, fields: Sequence[tuple[str, str]]) -> bool:
    """Keep what was typed on a page in place of what was kept before; nothing typed throws the draft away.

    False when it is too long to be kept. Raises NoSuchPatient for a page of a record out of reach.
    """
    _reach(actor, page)
    content = json.dumps(list(fields), ensure_ascii=False)
    if len(content) > MOST_CHARACTERS or len(page) > 200:
        return False
    own = FormDraft.objects.filter(clinic=actor.clinic, user=actor.user)
    with transaction.atomic():
        own.filter(page=page).delete()
        own.filter(kept_at__lt=timezone.now() - timedelta(days=DAYS_KEPT)).delete()
        own.exclude(pk__in=own.order_by("-kept_at").values("pk")[: MOST_DRAFTS - 1]).delete()
        if any(value.strip() for _, value in fields):
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


def drop_draft(actor: Actor, *, page: str) -> None:
    """Throw a draft away, for instance because the form has been sent."""
    FormDraft.objects.filter(clinic=actor.clinic, user=actor.user, page=page).delete()
