"""Psychotherapy process notes: keys of their own, and a thousand of them looked for wherever a record is read."""

import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pypdf import PdfReader
from scripts.bench_pages import Side, browser_of, make_side
from tests.integration.test_admin_commands import environment
from tests.support.canaries import MANY, canaries_in, new_canary, plant_canaries
from tests.support.clinic import Cast
from tests.support.routes import address_of, every_route

from fivefold.records.crypto import Ring, SealBroken, key_file, key_name, keyring, make_key_file, read_keyring
from fivefold.records.models import AuditEntry, FormDraft, Goal, Membership, ProcessNote
from fivefold.services import audit, drafts, goals, installation
from fivefold.services.operations import checkup, lost_notes
from fivefold.services.operations.audit_export import export_audit_of
from fivefold.services.operations.backups import make_backup
from fivefold.services.operations.keys import rotate_keys
from fivefold.services.operations.record_export import as_json, export_record, export_record_pdf
from fivefold.services.operations.restoring import restore
from fivefold.services.process_notes import write_process_note
from fivefold.services.simulator import bulk_clinic
from fivefold.web.logs import OneLine

SignIn = Callable[[str], Client]


# ---- Keys of their own ------------------------------------------------------------------------------------------------------


def refused(ring: Ring, sealed: bytes, place: str) -> bool:
    try:
        keyring(ring).open(sealed, place)
    except SealBroken:
        return True
    return False


def test_keys_of_the_record_open_no_process_note_and_those_of_process_notes_nothing_else(cast: Cast) -> None:
    write_process_note(cast.amina, patient_id=cast.rosa.pk, text="it tires me")
    goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="sleep", levels=["a", "b", "c", "d", "e"])
    note, goal = ProcessNote.objects.get(), Goal.objects.get()

    assert key_file(Ring.RECORD) != key_file(Ring.PROCESS_NOTES)
    assert not set(keyring().keys) & set(keyring(Ring.PROCESS_NOTES).keys)
    assert not set(keyring().keys.values()) & set(keyring(Ring.PROCESS_NOTES).keys.values())
    assert (
        refused(Ring.RECORD, note.text_sealed, note.place("text")) and keyring(Ring.PROCESS_NOTES).open(note.text_sealed, note.place("text")) == "it tires me"
    )
    assert refused(Ring.PROCESS_NOTES, goal.words_sealed, goal.place("words")) and keyring().open(goal.words_sealed, goal.place("words")) == "sleep"


def test_key_of_the_record_under_the_name_of_the_other_opens_no_process_note(cast: Cast) -> None:
    from dataclasses import replace

    write_process_note(cast.amina, patient_id=cast.rosa.pk, text="it tires me")
    note, ring = ProcessNote.objects.get(), keyring()
    forged = replace(ring, keys={**ring.keys, key_name(note.text_sealed): ring.keys[ring.current]})

    with pytest.raises(SealBroken):
        forged.open(note.text_sealed, note.place("text"))


def test_draft_of_a_process_note_has_their_keys_and_its_words_are_in_no_list(cast: Cast) -> None:
    page = f"/patients/{cast.rosa.pk}/process-notes"
    drafts.keep_draft(cast.amina, page=page, fields=[("text", "it tires me more than I say")])
    drafts.keep_draft(cast.amina, page=f"/patients/{cast.rosa.pk}/goals", fields=[("words", "to sleep through")])

    kept = {draft.page: key_name(draft.fields_sealed)[0] for draft in FormDraft.objects.all()}
    assert kept == {page: Ring.PROCESS_NOTES, f"/patients/{cast.rosa.pk}/goals": Ring.RECORD}
    assert {draft.page: draft.words for draft in drafts.see_drafts(cast.amina)} == {page: "", f"/patients/{cast.rosa.pk}/goals": "to sleep through"}
    (found,) = drafts.see_draft(cast.amina, page=page)
    assert found.fields == [("text", "it tires me more than I say")]


@pytest.fixture
def without_their_keys(cast: Cast, tmp_path: Path) -> Iterator[Cast]:
    """A process note whose keys are gone, while the rest of the record has its own."""
    write_process_note(cast.amina, patient_id=cast.rosa.pk, text="it tires me")
    away = key_file(Ring.PROCESS_NOTES).rename(key_file(Ring.PROCESS_NOTES).with_suffix(".away"))
    yield cast
    away.rename(key_file(Ring.PROCESS_NOTES))


def test_without_their_keys_the_rest_of_the_record_works_and_no_new_ones_are_made(without_their_keys: Cast, sign_in: SignIn, tmp_path: Path) -> None:
    browser, rosa = sign_in("amina"), without_their_keys.rosa
    assert "Rosa" in browser.get(f"/patients/{rosa.pk}/record").content.decode()
    notes_page = browser.get(f"/patients/{rosa.pk}/process-notes")
    assert notes_page.status_code == 422 and "process-notes.keys" in notes_page.content.decode()

    installation._make_keys_of_process_notes()

    assert not key_file(Ring.PROCESS_NOTES).exists()
    told = [finding.what + finding.remedy for finding in installation.diagnose(tmp_path) if finding.state == "bad"]
    assert any("process-notes.keys" in words and "when the copy of this file is back" in words for words in told)
    assert any("keys that are gone" in words and "key file of process notes" in words for words in told)


@pytest.mark.django_db(transaction=True)
def test_when_every_copy_of_their_keys_is_lost_new_ones_begin_and_the_trail_says_what_went(
    settings: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cast, browsers = request.getfixturevalue("cast"), request.getfixturevalue("sign_in")
    settings.FIVEFOLD_BACKUPS, settings.FIVEFOLD_NOTES_KEY_FILE = tmp_path / "backups", tmp_path / "notes.keys"
    make_key_file(settings.FIVEFOLD_NOTES_KEY_FILE, Ring.PROCESS_NOTES)
    page = f"/patients/{cast.rosa.pk}/process-notes"
    for words in ("it tires me", "again"):
        write_process_note(cast.amina, patient_id=cast.rosa.pk, text=words)
    drafts.keep_draft(cast.amina, page=page, fields=[("text", "begun")])
    with pytest.raises(lost_notes.NothingLost):
        lost_notes.begin_anew()
    settings.FIVEFOLD_NOTES_KEY_FILE.chmod(0o644)
    with pytest.raises(lost_notes.KeyFileIsThere):
        lost_notes.begin_anew()
    kept = settings.FIVEFOLD_NOTES_KEY_FILE.rename(tmp_path / "a copy that turns up later")

    told = lost_notes.find_losses()
    backup, went = lost_notes.begin_anew()

    assert told == went == [lost_notes.Loss(cast.amina.clinic.pk, notes=2, records=1, authors=1, begun=1)]
    write_process_note(cast.amina, patient_id=cast.rosa.pk, text="written afterwards")
    shown = browsers("amina").get(page).content.decode()
    assert "written afterwards" in shown and shown.count("the keys that sealed it were lost") == 2 and "begun" not in shown
    entries = AuditEntry.objects.filter(act__in=("give_up_process_notes", "begin_process_notes_anew")).order_by("number")
    assert [(entry.patient_id, entry.detail["notes"]) for entry in entries] == [(cast.rosa.pk, 2), (None, 2)]
    assert lost_notes.find_losses() == []
    assert [what for _state, what, _remedy in checkup.further_checks() if "keys that are gone" in what] == []
    assert rotate_keys().resumed is False
    assert list(audit.verify(cast.amina.clinic)) == []
    # What was given up still stands, sealed, in the backup that was made before: a copy of the keys that turns up opens it there.
    place = tmp_path / "there.sqlite3"
    if connection.vendor == "sqlite":
        restore(backup, place)
        with sqlite3.connect(place) as there:
            sealed = there.execute("SELECT text_sealed FROM records_processnote").fetchall()
        kept.chmod(0o600)
        assert {key_name(text) for (text,) in sealed} <= set(read_keyring(kept).keys)


def test_where_there_are_no_notes_keys_are_made(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.FIVEFOLD_NOTES_KEY_FILE = tmp_path / "keys" / "new.keys"

    installation._make_keys_of_process_notes()

    assert keyring(Ring.PROCESS_NOTES).current.startswith("n") and key_file(Ring.PROCESS_NOTES).stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_record_is_restored_though_the_keys_of_its_process_notes_are_gone(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the keys are the same on PostgreSQL, which is restored elsewhere")
    settings.FIVEFOLD_BACKUPS = tmp_path / "backups"
    cast = request.getfixturevalue("cast")
    write_process_note(cast.amina, patient_id=cast.rosa.pk, text="it tires me")
    backup = make_backup()
    here = restore(backup.folder, tmp_path / "here.sqlite3")

    settings.FIVEFOLD_NOTES_KEY_FILE = tmp_path / "other.keys"
    make_key_file(settings.FIVEFOLD_NOTES_KEY_FILE, Ring.PROCESS_NOTES)
    there = restore(backup.folder, tmp_path / "there.sqlite3")

    assert there.rows == here.rows > 0
    assert not here.notes_closed and there.notes_closed
    assert "Process notes do not open" in there.words and "Process notes do not open" not in here.words


UP_AND_DOWN = """
from fivefold.bootstrap import start
start()
from django.conf import settings
from django.core.management import call_command
from fivefold.records.crypto import Ring, SealBroken, key_file, keyring, make_key_file
for ring in Ring:
    make_key_file(key_file(ring), ring)
call_command("migrate", "records", "0022", verbosity=0)
from fivefold.records.models import Clinic, FormDraft, Patient, ProcessNote, User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
then = MigrationExecutor(connection).loader.project_state([("records", "0022_expected_courses")]).apps
clinic = Clinic(pk=then.get_model("records", "Clinic").objects.create(name="Practice by the river").pk)
user = User.objects.create(email="amina@clinic.example", name="Amina", password="!")
patient = Patient.objects.create(clinic=clinic)
rows = []
for number in range(3):
    note = ProcessNote(clinic=clinic, patient=patient, author=user)
    note.text_sealed = keyring().seal(f"note {number} \\u00e4", note.place("text"))
    note.save()
    rows.append((note, "text", f"note {number} \\u00e4"))
ProcessNote(clinic=clinic, patient=patient, author=user).save()
for page, words in ((f"/patients/{patient.pk}/process-notes", "begun"), (f"/patients/{patient.pk}/goals", "a goal")):
    draft = FormDraft(clinic=clinic, user=user, page=page)
    draft.fields_sealed = keyring().seal(words, draft.place("fields"))
    draft.save()
    rows.append((draft, "fields", words))
def opened():
    said = []
    for row, name, words in rows:
        sealed = bytes(getattr(type(row)._base_manager.get(pk=row.pk), f"{name}_sealed"))
        for ring in Ring:
            try:
                assert keyring(ring).open(sealed, row.place(name)) == words
                said.append(ring.value)
            except SealBroken:
                pass
    return "".join(said)
found = [opened()]
for step in ("0023", "0022", "0023"):
    call_command("migrate", "records", step, verbosity=0)
    found.append(opened())
print(found, ProcessNote.objects.count())
"""


def test_notes_of_an_earlier_program_get_their_keys_and_lose_nothing_there_and_back(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", UP_AND_DOWN], env=environment(tmp_path / "data"), capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout.strip().splitlines()[-1:] == ["['kkkkk', 'nnnnk', 'kkkkk', 'nnnnk'] 4"], done.stderr[-2000:]


# ---- A thousand of them, looked for everywhere ------------------------------------------------------------------------------


@pytest.fixture
def side(db: None, settings: Any) -> Side:
    """A clinic with somebody of each role and something on every page."""
    settings.FIVEFOLD_SECOND_FACTOR = False
    return make_side(bulk_clinic(5, 50, sessions=10, therapists=1), 2)


def read(answer: Any) -> bytes:
    """What came back, a file as whoever opens it would read it."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"%PDF"):
        return content + " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).encode()
    return bytes(content)


def test_thousand_process_notes_are_on_no_other_page_and_in_no_copy_search_trail_log_or_table(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    """Every route by the first role that it answers; documents of every kind and form: ``test_documents.py``."""
    from fivefold.records.models import Patient

    caplog.set_level(logging.DEBUG)
    amina = side.actors["therapist"]
    patients = [Patient.objects.get(pk=known["patient_id"]) for known in side.patients]
    planted, typed, begun = plant_canaries(amina, patients), new_canary(), new_canary()
    browsers = {role: browser_of(actor) for role, actor in side.actors.items()}
    own_page = f"/patients/{patients[0].pk}/process-notes"
    assert browsers["therapist"].post(own_page, {"text": f"{typed} and {typed}", "once": "n"}).status_code == 302
    drafts.keep_draft(amina, page=own_page, fields=[("text", f"begun {begun}")])
    everything = {*planted, typed, begun}
    found: dict[str, set[str]] = {}
    answered = 0
    for route, _ in every_route():
        for role, browser in browsers.items():
            own = Membership.objects.get(clinic=side.clinic, user=side.actors[role].user)
            addresses = [address_of(route, **known, membership_id=own.pk, copy="clinician") for known in side.patients]
            answers = [browser.get(address) for address in dict.fromkeys(addresses)]
            if all(answer.status_code != 200 for answer in answers):
                continue
            answered += 1
            for answer in answers:
                found.setdefault(route, set()).update(canaries_in(read(answer)))
            break
    sought = next(iter(planted))
    for address, field in (("/caseload", "q"), ("/jump", "q"), ("/library/search", "description")):
        page = read(browsers["therapist"].post(address, {field: sought}))
        found[f"search {address}"] = canaries_in(page) - {sought}
        assert not [patient for patient in patients if f'href="/patients/{patient.pk}'.encode() in page]
    for patient in patients:
        copy = export_record(amina, patient_id=patient.pk)
        found[f"copy for programs {patient.pk}"] = canaries_in(as_json(copy))
        pdf = PdfReader(BytesIO(export_record_pdf(amina, patient_id=patient.pk)))
        found[f"copy to read {patient.pk}"] = canaries_in(" ".join(page.extract_text() for page in pdf.pages))
    found["audit trail"] = canaries_in("".join(export_audit_of(side.clinic.pk)))
    found["log"] = canaries_in(
        "\n".join(OneLine().format(record) + record.getMessage() + json.dumps(record.__dict__, default=str) for record in caplog.records)
    )
    for model in apps.get_models():
        found[f"table {model.__name__}"] = canaries_in(b"\n".join(_raw(row) for row in model._base_manager.values_list()))

    own = found.pop("patients/<uuid:patient_id>/process-notes")
    assert len(planted) == MANY and answered >= 50 and caplog.records
    assert own == {*planted, typed}, "their own page shows them, or nothing is proved"
    assert {where: words for where, words in found.items() if words & everything} == {}


def _raw(row: tuple[Any, ...]) -> bytes:
    return b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row)
