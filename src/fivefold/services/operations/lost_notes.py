"""When every copy of the keys of process notes is gone: what is lost, and beginning anew with new keys.

Nothing opens such notes again, so this is no repair: it lets people write notes from now on. That each was written, when and
by whom stays; its sealed words go from the record, and stand in the backups that were made before.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import KeyFileMissing, Ring, key_file, key_name, keyring, make_key_file
from fivefold.records.models import Clinic, FormDraft, ProcessNote
from fivefold.records.models.clinic import PROCESS_NOTES_PAGE
from fivefold.services import audit
from fivefold.services.operations.backups import make_backup


class NothingLost(FivefoldError):
    """Every process note opens, or there is none: nothing has to begin anew. For the operator."""

    def __init__(self) -> None:
        super().__init__("No process note is lost: all of them open with the keys at hand, or there are none. Nothing was changed.")


class KeyFileIsThere(FivefoldError):
    """A key file that cannot be used may still hold the keys. For the operator."""

    def __init__(self, why: KeyFileMissing) -> None:
        super().__init__(f"{why} The file is still there and may hold the keys: mend it, or move it away and keep it. Nothing was changed.")


@dataclass(frozen=True)
class Loss:
    """What nobody can read any more in one clinic: notes, in how many records, by how many people, and notes that were begun."""

    clinic: int
    notes: int
    records: int
    authors: int
    begun: int


def find_losses() -> list[Loss]:
    """What is lost in each clinic; empty when nothing is. Raises KeyFileIsThere when a key file lies there that cannot be used."""
    return _losses(_lost_notes(), _lost_drafts())


def begin_anew() -> tuple[Path, list[Loss]]:
    """Give up what is lost and make new keys where there are none; gives the backup that was made before, and what went.

    Interrupted, it goes on when it is called again. Each record that loses notes gets an entry in its clinic's audit trail, and each
    clinic one. Raises NothingLost where there is nothing to give up.
    """
    if not find_losses():
        raise NothingLost
    backup = make_backup()
    if not key_file(Ring.PROCESS_NOTES).exists():
        make_key_file(key_file(Ring.PROCESS_NOTES), Ring.PROCESS_NOTES)
    with transaction.atomic():
        notes, drafts = _lost_notes(), _lost_drafts()
        losses = _losses(notes, drafts)
        clinics = Clinic.objects.in_bulk([loss.clinic for loss in losses])
        for (clinic, patient), count in Counter((row.clinic_id, row.patient_id) for row in notes).items():
            audit.record_system(clinics[clinic], "give_up_process_notes", patient_id=patient, notes=count)
        for loss in losses:
            audit.record_system(clinics[loss.clinic], "begin_process_notes_anew", notes=loss.notes, records=loss.records, begun=loss.begun)
        ProcessNote._base_manager.filter(pk__in=[row.pk for row in notes]).update(text_sealed=b"")
        FormDraft._base_manager.filter(pk__in=[row.pk for row in drafts]).delete()
    return backup.folder, losses


def _losses(notes: list[ProcessNote], drafts: list[FormDraft]) -> list[Loss]:
    return [_loss(clinic, notes, drafts) for clinic in sorted({row.clinic_id for row in (*notes, *drafts)})]


def _loss(clinic: int, notes: list[ProcessNote], drafts: list[FormDraft]) -> Loss:
    here = [row for row in notes if row.clinic_id == clinic]
    begun = sum(row.clinic_id == clinic for row in drafts)
    return Loss(clinic, len(here), len({row.patient_id for row in here}), len({row.author_id for row in here}), begun)


def _lost_notes() -> list[ProcessNote]:
    return _unopened(ProcessNote._base_manager.order_by("clinic_id", "recorded_at"), "text_sealed")


def _lost_drafts() -> list[FormDraft]:
    return _unopened(FormDraft._base_manager.filter(page__contains=PROCESS_NOTES_PAGE), "fields_sealed")


def _unopened(rows: "models.QuerySet[Any]", column: str) -> list[Any]:
    known = _names_of_keys()
    names = ((row, key_name(bytes(getattr(row, column)))) for row in rows.iterator(chunk_size=2000))
    return [row for row, name in names if name.startswith(Ring.PROCESS_NOTES) and name not in known]


def _names_of_keys() -> set[str]:
    if not key_file(Ring.PROCESS_NOTES).exists():
        return set()
    try:
        return set(keyring(Ring.PROCESS_NOTES).keys)
    except KeyFileMissing as why:
        raise KeyFileIsThere(why) from None
