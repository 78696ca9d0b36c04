"""Backups restore and prove it, keys change without losing anything, records leave whole and are erased for good."""

import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from tests.support.clinic import Cast, add_lead, open_own_pages
from tests.support.pdf_ua import pdf_ua_problems

from fivefold.concepts.training import CaseChoice
from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.clinical.sources import Hidden
from fivefold.documents.pdf_record import _day, _moment
from fivefold.records import clock
from fivefold.records.crypto import Ring, SealBroken, add_key, key_file, key_name, keyring, make_key_file
from fivefold.records.models import (
    AuditEntry,
    BreakGlass,
    CareRelation,
    CaseloadRow,
    ClinicalFact,
    ErasureStep,
    FeedbackLook,
    FormDraft,
    Membership,
    PastScores,
    Patient,
    PlanDraft,
    ProcessNote,
    Reminder,
)
from fivefold.services import (
    access,
    assessments,
    audit,
    chains,
    crisis_care,
    diary,
    documents,
    feedback,
    fidelity,
    formulation,
    goal_ratings,
    goals,
    look_backs,
    measure_answers,
    measures,
    own_formulation,
    own_goals,
    patients,
    plans,
    reminders,
    reviews,
    risk_conversations,
    safety_plan_shares,
    safety_plans,
    sessions,
    sign_in_links,
    signal_acts,
    signals,
    supervision,
    training,
)
from fivefold.services.access import AccessDenied, Actor, NoSuchPatient, ReasonMissing
from fivefold.services.chain_content import ChainContent
from fivefold.services.diary import NewEntry
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.knowledge import knowledge
from fivefold.services.operations import backups, keys
from fivefold.services.operations.backups import BackupUnusable, NoRoom, list_backups, make_backup, read_backup
from fivefold.services.operations.databases import PlaceIsTaken, opened, settings_of
from fivefold.services.operations.erased import read_erased
from fivefold.services.operations.erasure import (
    ALONE_DAYS,
    CannotErase,
    StepDoesNotFit,
    ask_for_erasure,
    check_erasure,
    decide_erasure,
    erase_record,
    keep_record,
    refuse_erasure,
    set_legal_hold,
    withdraw_erasure,
)
from fivefold.services.operations.rebuild import rebuild_caseload
from fivefold.services.operations.record_export import LEFT_OUT, SECTIONS, as_json, export_record, export_record_pdf
from fivefold.services.operations.record_export_own import at_of
from fivefold.services.operations.restoring import drill, restore
from fivefold.services.operations.retention import keep_until, retention_rows, see_retention
from fivefold.services.operations.rows import count_rows_of, models_about_patients
from fivefold.services.operations.sealed import keys_in_use, sealed_models
from fivefold.services.plan_choices import PlanChoices
from fivefold.services.record_file import NewFact
from fivefold.services.safety_plan_content import PlanContent, PlanEntry
from fivefold.services.session_note import Departure, HomeworkReview, NewHomework, Safety, SessionReport

CANARY = "canary-7319"


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """A folder of the test's own for backups, with key files of its own."""
    settings.FIVEFOLD_BACKUPS = tmp_path / "backups"
    settings.FIVEFOLD_KEY_FILE = tmp_path / "keys" / "record.keys"
    for ring in Ring:
        make_key_file(key_file(ring), ring)
    return tmp_path


@pytest.fixture
def filled(place: Path, cast: Cast) -> Cast:
    """A record with a row in every table that can hold one, sealed with the test's own keys."""
    return fill(cast)


def fill(cast: Cast) -> Cast:
    today, rosa = timezone.localdate(), cast.rosa
    rosa.name, rosa.reference = f"Rosa {CANARY}", f"reference {CANARY}"
    rosa.save()
    told = [NewFact("rating", name, {"severity": 3}, today - timedelta(days=3), note=f"{name} {CANARY}") for name in ("anger", "self_harm", "suicidality")]
    told += [NewFact("diagnosis", "borderline_pd", {"code": "borderline_pd", "status": "current"}, today)]
    told += [NewFact("risk", name, False, today) for name in ("imminent", "new_plan_or_means", "acute_on_chronic")]
    facts = assessments.record_facts(cast.amina, patient_id=rosa.pk, facts=told)
    assessments.withdraw_fact(cast.amina, patient_id=rosa.pk, fact_id=facts[0].pk, reason=f"wrong record {CANARY}")
    goal = goals.set_goal(cast.amina, patient_id=rosa.pk, words=f"sleep {CANARY}", levels=["a", "b", "c", "d", "e"])
    rated = goal_ratings.NewRating(goal.pk, 1, f"better {CANARY}")
    goal_ratings.rate_goals(cast.amina, patient_id=rosa.pk, on=today, rated_by="together", ratings=[rated])
    patients.record_consent(cast.amina, patient_id=rosa.pk, purpose="letters", given=True, on=today, note=CANARY)
    content = FormulationContent((Node("0a0b0c0d", NodeKind.PROBLEM, f"cuts {CANARY}", "self_harm"),))
    formulation.save_formulation(cast.amina, patient_id=rosa.pk, content=content, lines=f"too loud {CANARY}", version=0)
    formulation.decline_suggestion(cast.amina, patient_id=rosa.pk, key="impairment.suicidality", reason=f"it is about {CANARY}")
    formulation.comment_formulation(cast.bruno, patient_id=rosa.pk, number=1, node="0a0b0c0d", text=f"since when {CANARY}")
    raised = signals.raise_risk_answers(rosa, [signals.RiskAnswer("phq9", 9, f"thoughts {CANARY}")], on=today, mark="response")
    assert raised is not None
    signal_acts.act_on_signal(cast.amina, patient_id=rosa.pk, signal_id=raised.pk, note=f"spoke with her {CANARY}", version=1)
    written = PlanContent({"alone": (PlanEntry(f"walk {CANARY}", 8),)})
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa.pk, content=written, version=0)
    safety_plans.note_practice(cast.amina, patient_id=rosa.pk, kind="practised", on=today, words=f"went well {CANARY}")
    own = open_own_pages(cast)
    safety_plan_shares.share_my_plan(own, patient_id=rosa.pk, person=f"my sister {CANARY}", how="card")
    crisis_care.write_crisis_care_plan(cast.amina, patient_id=rosa.pk, parts={"call": f"Dr Weiss {CANARY}"}, review_on=today, version=0)
    parts = {name: f"{name} {CANARY}" for name in risk_conversations.PARTS}
    spoken = risk_conversations.NewConversation(parts, {}, "closer", timezone.now() + timedelta(hours=5))
    risk_conversations.record_risk_conversation(cast.amina, patient_id=rosa.pk, new=spoken)
    diary.set_card(cast.amina, patient_id=rosa.pk, items=["sadness", "urge_die"], own=[("skill", f"sang {CANARY}")], is_for_crisis=False, version=0)
    made = NewEntry(uuid.uuid4(), 1, today, today, timezone.now(), {"sadness": "2"}, note=f"loud {CANARY}")
    diary.record_entry(own, patient_id=rosa.pk, entry=made)
    diary.set_usual(cast.amina, patient_id=rosa.pk, item="urge_die", level=2, until=today, reason=f"assessed {CANARY}")
    diary.bring_up(own, patient_id=rosa.pk, words=f"my mother {CANARY}")
    wanted = own_goals.write_my_goal(own, patient_id=rosa.pk, words=f"sing {CANARY}", private=False)
    own_formulation.share_formulation(cast.amina, patient_id=rosa.pk, number=1)
    own_formulation.say_of_my_formulation(own, patient_id=rosa.pk, number=1, place=1, fits="not", words=f"not so {CANARY}")
    own_goals.rate_my_goal(own, patient_id=rosa.pk, goal_id=wanted.pk, level=3, words=f"a start {CANARY}")
    found = [reviews.StepAnswer("dose", "to_work_on", f"missed two {CANARY}")]
    reviews.record_review(
        cast.amina, patient_id=rosa.pk, answers=found, decision="keep", reason=f"the holidays {CANARY}", measure="", look_back_on=None, version=0
    )
    look_backs.answer_look_back(cast.amina, patient_id=rosa.pk, number=1, followed="yes", note=f"went well {CANARY}")
    feedback.release_feedback(cast.amina, patient_id=rosa.pk, given=True, reason=f"she asked for it {CANARY}", version=0)
    measures.plan_measure(cast.amina, patient_id=rosa.pk, instrument="phq9", rhythm="every", every_days=14, route="link")
    given = measures.give_out(cast.amina, patient_id=rosa.pk, instrument="phq9", route="link")
    measure_answers.save_item(given.pk, item=1, value=2, form_hash=given.form_hash, client_id="tap")
    measures.cancel_request(cast.amina, patient_id=rosa.pk, request_id=given.pk, reason=f"on paper instead {CANARY}")
    assert measure_answers.tell_what_was_refused(given.pk, item=9, value=2, client_id="late", why="ended")
    choices = PlanChoices(declined={"S16": f"later {CANARY}"})
    version = plans.save_choices(cast.amina, patient_id=rosa.pk, choices=choices, version=0)
    plans.sign_plan(cast.amina, patient_id=rosa.pk, version=version, patient_view="agrees", patient_words=f"mine {CANARY}")
    letter = documents.make_document(cast.amina, patient_id=rosa.pk, kind="letter", typed={"addressee": f"Dr Weiss {CANARY}"})
    documents.sign_document(cast.amina, patient_id=rosa.pk, document_id=letter.pk)
    documents.withdraw_document(cast.amina, patient_id=rosa.pk, document_id=letter.pk, reason=f"the address was wrong {CANARY}")
    documents.make_document(cast.amina, patient_id=rosa.pk, kind="case_pack", hidden=Hidden((f"Rosie {CANARY}",), (f"River Mill {CANARY}",)))
    access.break_glass(cast.teo, patient_id=rosa.pk, reason=f"on call tonight {CANARY}")
    report = SessionReport(on=today, meeting="in_person", came="came", safety=Safety.NOTHING_NEW, brought=f"told {CANARY}")
    kind = knowledge().fidelity.deviations[0].id
    hour = sessions.sign_session(
        cast.amina, patient_id=rosa.pk, report=replace(report, homework=(NewHomework(f"try {CANARY}"),), departure=Departure(kind, f"she needed it {CANARY}"))
    )
    task = sessions.see_workspace(cast.amina, patient_id=rosa.pk).homework[0]
    sessions.sign_session(cast.amina, patient_id=rosa.pk, report=replace(report, reviews=(HomeworkReview(str(task.id), "done", f"went {CANARY}"),)))
    sessions.amend_session(cast.amina, patient_id=rosa.pk, session_id=hour.pk, text=f"beside {CANARY}", reason=f"I had forgotten it {CANARY}")
    sessions.record_contact(cast.amina, patient_id=rosa.pk, on=today, how="call", began_by="us", words=f"called {CANARY}")
    measures.set_own_item(cast.amina, patient_id=rosa.pk, words=f"numb {CANARY}", low=f"here {CANARY}", high=f"gone {CANARY}", better="low")
    supervision.ask_question(cast.amina, patient_id=rosa.pk, text=f"what now {CANARY}")
    patients.record_consent(cast.amina, patient_id=rosa.pk, purpose="messages", given=True, on=today, note=CANARY)
    wish = reminders.Wish(wanted=True, address=f"{CANARY}@mail.example")
    reminders.keep_wish(rosa, wish, author=cast.amina.user)
    Reminder.objects.create(clinic=cast.amina.clinic, patient=rosa, request=given, occasion="given", next_try_at=timezone.now())
    asked = supervision.ask_question(cast.amina, patient_id=rosa.pk, text=f"and then {CANARY}")
    supervision.answer_question(cast.bruno, patient_id=rosa.pk, question_id=asked.pk, words=f"wait {CANARY}")
    meeting = supervision.begin_meeting(cast.bruno, on=today, present=[cast.amina.user.pk])
    agreed = {"text": f"look again {CANARY}", "by": cast.amina.user.pk, "until": today, "where": "session"}
    supervision.record_decision(cast.bruno, patient_id=rosa.pk, meeting_id=meeting.pk, **agreed)
    sheet = fidelity.see_rating(cast.amina, patient_id=rosa.pk, session_id=hour.pk)
    fidelity.rate_session(cast.amina, patient_id=rosa.pk, session_id=hour.pk, answers={item.id: 1 for item in sheet.items}, remark=f"in a hurry {CANARY}")
    chain = ChainContent(f"cut {CANARY}", f"no answer {CANARY}")
    chains.save_chain(cast.amina, patient_id=rosa.pk, content=chain, on=today)
    training.record_attempt(cast.amina, case="v05-pregnant", choice=CaseChoice(PhaseId.P3), words="of the learner, about no patient")
    FeedbackLook.objects.create(clinic=cast.amina.clinic, patient=rosa, user=cast.amina.user, page="progress", on=today)
    PastScores.objects.create(clinic=cast.amina.clinic, patient=rosa, instrument="phq9", scale="total", scores=[[1, 20], [2, 18]])
    note = ProcessNote(clinic=cast.amina.clinic, patient=rosa, author=cast.amina.user)
    note.text = f"process {CANARY}"
    note.save()
    membership = Membership.objects.get(user=cast.amina.user, clinic=cast.amina.clinic)
    sign_in_links.reset_second_factor(cast.lea, membership_id=membership.pk, reason="lost the phone, came to see me")
    draft = FormDraft(clinic=cast.amina.clinic, user=cast.amina.user, page=f"/patients/{rosa.pk}/assessment")
    draft.fields = f"draft {CANARY}"
    draft.save()
    return cast


@pytest.fixture
def stored(transactional_db: None, place: Path, request: pytest.FixtureRequest) -> Cast:
    """The same, really written to the database, so that another connection sees it."""
    return fill(request.getfixturevalue("cast"))


# ---- Backup and restore --------------------------------------------------------------------------------------------------


def target(place: Path, name: str = "restored") -> Any:
    """An empty place of the kind of database the tests run on; of each test process its own, as they run side by side."""
    if connection.vendor == "sqlite":
        return place / name / "record.sqlite3"
    made = f"{connection.settings_dict['NAME']}_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{made}"')
        cursor.execute(f'CREATE DATABASE "{made}" TEMPLATE template0')
    parts = connection.settings_dict
    return f"postgresql://{parts['USER']}@/{made}?host={parts['HOST']}"


def test_backup_of_a_running_clinic_restores_and_the_drill_proves_it(stored: Cast) -> None:
    backup = make_backup()

    done = drill(backup.folder)

    assert [(check.what, check.holds) for check in done.checks] == [
        *[("file", True)], *([("integrity", True)] if connection.vendor == "sqlite" else []),
        ("rows", True), ("content", True), ("version", True), ("audit trail", True), ("keys", True),
    ]  # fmt: skip
    assert done.holds and backup.tables["records_clinicalfact"].rows == ClinicalFact.objects.count()


def test_restored_record_is_the_same_row_for_row(stored: Cast, place: Path) -> None:
    backup, into = make_backup(), target(place)

    restore(backup.folder, into)

    with opened(settings_of(into)) as alias:
        for model in models_about_patients():
            here = sorted(map(repr, model._base_manager.values_list()))
            assert sorted(map(repr, model._base_manager.using(alias).values_list())) == here
        assert Patient.objects.using(alias).get(pk=stored.rosa.pk).name == f"Rosa {CANARY}"


def test_backup_is_one_moment_while_people_write(stored: Cast) -> None:
    """What is written between the marks and the copy is in neither, so that the drill holds."""
    import threading

    stop, errors = threading.Event(), []

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                told = NewFact("event", "self_harm", {"kind": "self_harm"}, timezone.localdate() - timedelta(days=number % 300))
                assessments.record_facts(stored.amina, patient_id=stored.rosa.pk, facts=[told])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [make_backup() for _ in range(4)]
    finally:
        stop.set()
        writer.join()

    assert errors == []
    assert all(drill(backup.folder).holds for backup in made)
    assert made[0].tables["records_clinicalfact"].rows < ClinicalFact.objects.count()


def test_restore_never_writes_over_anything(stored: Cast, place: Path) -> None:
    backup, into = make_backup(), target(place)
    restore(backup.folder, into)

    with pytest.raises(PlaceIsTaken):
        restore(backup.folder, into)
    with pytest.raises(PlaceIsTaken):
        restore(backup.folder)


def test_restore_is_the_next_entry_of_the_trail_and_says_what_is_missing(stored: Cast, place: Path) -> None:
    backup, into = make_backup(), target(place)

    done = restore(backup.folder, into)

    assert "Whatever was recorded later is missing" in done.words
    with opened(settings_of(into)) as alias:
        clinic = type(stored.amina.clinic).objects.using(alias).get(pk=stored.amina.clinic.pk)
        last = AuditEntry.objects.using(alias).filter(clinic=clinic).latest("number")
        assert last.act == "restore_backup" and list(audit.verify(clinic, backup.anchors[0])) == []


def test_changed_backup_is_refused_and_the_drill_names_it(stored: Cast, place: Path) -> None:
    backup = make_backup()
    raw = bytearray(backup.dump.read_bytes())
    raw[len(raw) // 2] ^= 1
    backup.dump.write_bytes(raw)

    assert [check.what for check in drill(backup.folder).checks if not check.holds] == ["file"]
    with pytest.raises(BackupUnusable):
        restore(backup.folder, target(place))


def rewrite(backup: backups.Backup, statement: str) -> None:
    """Change the content of a SQLite backup as somebody would who also sets the checksum right."""
    with sqlite3.connect(backup.dump) as copy:
        copy.execute(statement)
    copy.close()
    manifest = json.loads((backup.folder / backups.MANIFEST).read_text())
    manifest["sha256"] = backups.checksum(backup.dump)
    (backup.folder / backups.MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("DELETE FROM records_goal", {"rows", "content"}),
        ("UPDATE records_clinicalfact SET value = '{\"severity\": 0}' WHERE kind = 'rating'", {"content"}),
        ("UPDATE records_auditentry SET act = 'harmless' WHERE number = 2", {"content", "audit trail"}),
        ("UPDATE records_patient SET name_sealed = reference_sealed", {"content", "keys"}),
        ("DROP TABLE records_consent", {"rows", "content", "restore"}),
    ],
)
def test_drill_finds_what_is_wrong_in_a_forged_backup(stored: Cast, statement: str, broken: set[str]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a PostgreSQL dump is changed by its checksum alone")
    backup = make_backup()

    rewrite(backup, statement)

    assert {check.what for check in drill(backup.folder).checks if not check.holds} == broken


def test_drill_without_the_right_keys_fails(stored: Cast, place: Path, settings: Any) -> None:
    backup = make_backup()
    settings.FIVEFOLD_KEY_FILE = place / "other.keys"
    make_key_file(settings.FIVEFOLD_KEY_FILE)

    broken = {check.what for check in drill(backup.folder).checks if not check.holds}

    assert broken == {"keys", "audit trail"}


def test_backup_of_a_newer_program_is_told(stored: Cast) -> None:
    backup = make_backup()
    manifest = json.loads((backup.folder / backups.MANIFEST).read_text())
    manifest["migrations"].append("records.9999_from_the_future")
    (backup.folder / backups.MANIFEST).write_text(json.dumps(manifest))

    assert {check.what for check in drill(backup.folder).checks if not check.holds} == {"version"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "made_at": "yesterday"}'])
def test_folder_that_is_no_backup_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / backups.MANIFEST).write_text(content)

    with pytest.raises(BackupUnusable):
        read_backup(tmp_path)


def test_old_backups_go_when_a_number_is_named(stored: Cast) -> None:
    made = [make_backup(keep=2) for _ in range(4)]

    assert [backup.folder for backup in list_backups()] == [made[3].folder, made[2].folder]


def test_backup_without_room_leaves_nothing_behind(stored: Cast, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the size of a PostgreSQL database is not known beforehand")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))

    with pytest.raises(NoRoom):
        make_backup()

    assert list((place / "backups").iterdir()) == []


def test_backup_holds_no_key_and_is_its_owners_alone(stored: Cast, place: Path) -> None:
    backup = make_backup()
    secrets = [secret for path in (place / "keys").iterdir() for secret in json.loads(path.read_text())["keys"].values()]
    assert len(secrets) == 2

    files = [path for path in backup.folder.rglob("*") if path.is_file()]

    assert all(path.stat().st_mode & 0o077 == 0 or path.name == backups.MANIFEST for path in files)
    assert backup.folder.stat().st_mode & 0o077 == 0
    assert not any(secret.encode() in path.read_bytes() or CANARY.encode() in path.read_bytes() for path in files for secret in secrets)


# ---- Keys ----------------------------------------------------------------------------------------------------------------


def texts() -> dict[Any, str]:
    """Every sealed text, opened."""
    found = {}
    for model, names in sealed_models():
        for row in model._base_manager.all():
            found.update({(model.__name__, str(row.pk), name): getattr(row, name) for name in names if getattr(row, f"{name}_sealed")})
    return found


def test_rotation_seals_everything_anew_and_loses_nothing(filled: Cast) -> None:
    before, old, old_of_notes = texts(), keyring().current, keyring(Ring.PROCESS_NOTES).current

    done = keys.rotate_keys(batch=3, rest=timedelta(0))

    assert texts() == before and len(before) >= 14
    assert done.current != old and done.notes != old_of_notes and done.retired == [old, old_of_notes] and done.sealed_anew == len(before)
    assert set(keys_in_use()) == {done.current, done.notes}
    assert set(keyring().keys) == {done.current} and set(keyring(Ring.PROCESS_NOTES).keys) == {done.notes}


def test_every_kind_of_sealed_text_was_there_to_be_rotated(filled: Cast) -> None:
    with_texts = {name for name, _, _ in texts()}

    assert with_texts == {model.__name__ for model, _ in sealed_models()} - {"ErasureStep", "CareStep"}


def test_interrupted_rotation_goes_on_with_the_same_key(filled: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before, old = texts(), keyring().current
    real = keys._store_anew
    calls = []

    def store_some(*arguments: Any) -> int:
        calls.append(arguments)
        if len(calls) > 5:
            raise RuntimeError("the lights went out")
        return real(*arguments)

    monkeypatch.setattr(keys, "_store_anew", store_some)
    with pytest.raises(RuntimeError):
        keys.rotate_keys(batch=2, rest=timedelta(0))
    begun = keyring().current
    assert set(keyring().keys) == {old, begun} and texts() == before
    monkeypatch.undo()

    done = keys.rotate_keys(batch=2, rest=timedelta(0))

    assert done.resumed and done.current == begun and old in done.retired
    assert texts() == before


def test_old_key_stays_while_it_may_still_be_in_a_process(filled: Cast) -> None:
    old = keyring().current

    done = keys.rotate_keys()
    later = keys.rotate_keys(new_key=False, rest=timedelta(0))

    assert old in done.kept and done.retired == []
    assert old in later.retired and len(later.retired) == 2 and later.current == done.current and later.sealed_anew == 0


def test_old_key_stays_while_a_value_needs_it(filled: Cast) -> None:
    old = keyring().current
    sealed = bytes(ClinicalFact.objects.filter(note_sealed__gt=b"").first().note_sealed)
    add_key(_key_file())
    keys.rotate_keys(rest=timedelta(0))
    assert old not in keyring().keys

    assert key_name(sealed) == old
    with pytest.raises(SealBroken):
        keyring().open(sealed, "anywhere")


def _key_file() -> Path:
    from fivefold.records.crypto import key_file

    return key_file()


def test_old_key_stays_while_a_backup_needs_it(stored: Cast) -> None:
    old = keyring().current
    backup = make_backup()

    first = keys.rotate_keys(rest=timedelta(0))
    assert "a backup needs it" in first.kept[old] and drill(backup.folder).holds

    shutil.rmtree(backup.folder)
    assert old in keys.rotate_keys(new_key=False, rest=timedelta(0)).retired


def test_text_that_does_not_open_stops_the_rotation_and_is_kept(filled: Cast) -> None:
    fact = ClinicalFact.objects.filter(note_sealed__gt=b"").first()
    ClinicalFact._base_manager.filter(pk=fact.pk).update(note_sealed=bytes(fact.note_sealed)[:-1] + b"x")
    old = keyring().current

    with pytest.raises(SealBroken):
        keys.rotate_keys(rest=timedelta(0))

    assert old in keyring().keys
    assert bytes(ClinicalFact.objects.get(pk=fact.pk).note_sealed).endswith(b"x")


def test_second_factor_is_sealed_anew_with_the_rest(filled: Cast) -> None:
    from allauth.mfa.models import Authenticator

    from fivefold.services.sealing import open_secret, seal_secret

    data = {"secret": seal_secret("JBSWY3DP", "second factor"), "plain": "kept", "number": 6}
    row = Authenticator.objects.create(user=filled.amina.user, type="totp", data=data)
    old = keyring().current

    done = keys.rotate_keys(rest=timedelta(0))

    row.refresh_from_db()
    assert open_secret(row.data["secret"], "second factor") == "JBSWY3DP"
    assert (row.data["plain"], row.data["number"]) == ("kept", 6)
    assert old in done.retired


def test_writers_beside_a_rotation_lose_nothing(stored: Cast) -> None:
    import threading

    errors: list[Exception] = []

    def write() -> None:
        try:
            for number in range(25):
                told = NewFact("rating", "sleep", {"severity": 2}, timezone.localdate() - timedelta(days=number), note=f"night {number}")
                assessments.record_facts(stored.amina, patient_id=stored.rosa.pk, facts=[told])
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        keys.rotate_keys(batch=2)
    writer.join()

    assert errors == []
    assert sorted(text for text in texts().values() if text.startswith("night")) == sorted(f"night {number}" for number in range(25))


# ---- Export --------------------------------------------------------------------------------------------------------------


def test_every_table_about_a_patient_is_exported_or_left_out_with_a_reason() -> None:
    assert {*SECTIONS, *LEFT_OUT} == set(models_about_patients())


def test_export_holds_every_text_of_the_record_but_no_process_note(filled: Cast) -> None:
    text = as_json(export_record(filled.amina, patient_id=filled.rosa.pk))
    not_of_the_record = ("ProcessNote", "FormDraft", "Invitation", "TrainingAttempt", "FidelityRating")
    known = {text for (model, _, _), text in texts().items() if model not in not_of_the_record}

    written = json.dumps(json.loads(text), ensure_ascii=False)
    leaves = set(_leaves(json.loads(text)))

    assert f"process {CANARY}" not in written
    assert [one for one in known if one not in leaves and not _is_json_within(one, json.loads(text))] == []
    assert written.count(CANARY) >= 9


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield str(value)


def _is_json_within(text: str, record: dict[str, Any]) -> bool:
    try:
        wanted = json.loads(text)
    except ValueError:
        return False
    held = [row[name] for section in record.values() if isinstance(section, list) for row in section if isinstance(row, dict) for name in row]
    return wanted in held


def test_export_says_who_wrote_what_and_when_corrections_included(filled: Cast) -> None:
    record = export_record(filled.amina, patient_id=filled.rosa.pk)

    assert record["patient"]["name"] == f"Rosa {CANARY}"
    assert {fact["author"] for fact in record["facts"]} == {"Amina Okafor"}
    taken_back = [fact["kind"] for fact in record["facts"] if fact["withdrawn"]]
    assert len(taken_back) == 2 and "expected_report" in taken_back  # a questionnaire that was taken back is expected no more
    assert [row["person"] for row in record["opened_in_need"]] == ["Teo Brandt"]
    assert record["plans"][0]["plan"]["assessment"]["as_of"] == record["plans"][0]["as_of"]


def test_readable_export_is_a_tagged_document_with_the_same_texts(filled: Cast) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    made = export_record_pdf(filled.amina, patient_id=filled.rosa.pk)
    document = PdfReader(BytesIO(made))
    words = " ".join(page.extract_text() for page in document.pages)

    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"] and pdf_ua_problems(made) == []
    assert words.replace("-\n", "-").count("canary") >= 8 and f"process {CANARY}" not in words


@pytest.mark.parametrize("who", ["teo", "bruno", "lea", "adrian", "olga", "chidi", "vera"])
def test_nobody_else_exports_the_record(filled: Cast, who: str) -> None:
    with pytest.raises((AccessDenied, NoSuchPatient)):
        export_record(filled.people[who], patient_id=filled.rosa.pk)


def test_export_is_audited(filled: Cast) -> None:
    export_record(filled.amina, patient_id=filled.rosa.pk)

    assert AuditEntry.objects.filter(patient_id=filled.rosa.pk).latest("number").act == "export_record"


# ---- Erasure -------------------------------------------------------------------------------------------------------------


def end_care(cast: Cast, *, years_ago: int = 11) -> None:
    patients.end_care(cast.amina, patient_id=cast.rosa.pk, on=timezone.localdate(), reason="completed")
    Patient.objects.filter(pk=cast.rosa.pk).update(closed_at=timezone.now() - timedelta(days=366 * years_ago))


def decide(cast: Cast, reason: str = "the duty to keep it is over") -> Actor:
    """Lea decides that the record is to be erased; gives who may carry it out."""
    decide_erasure(cast.lea, patient_id=cast.rosa.pk, reason=reason)
    return add_lead(cast)


def codes(cast: Cast, who: str = "lea") -> list[str]:
    return [one.code for one in check_erasure(cast.people[who], patient_id=cast.rosa.pk).hindrances]


def test_record_that_may_not_go_is_refused_with_every_reason(filled: Cast) -> None:
    set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=True, reason="court asks for the record")

    check = check_erasure(filled.lea, patient_id=filled.rosa.pk)
    with pytest.raises(CannotErase):
        erase_record(filled.lea, patient_id=filled.rosa.pk, reason="the patient wants it gone")

    assert [one.code for one in check.hindrances] == ["held", "open", "undecided"]
    assert (check.hindrances[0].who, check.hindrances[0].why) == ("Lea Winter", "court asks for the record")
    # Ten that were recorded, the three questions of the conversation about suicide, and the questionnaire expected and taken back.
    assert check.rows["ClinicalFact"] == 15 and ClinicalFact.objects.count() == 15


def test_duty_to_keep_outlasts_a_request(filled: Cast) -> None:
    end_care(filled, years_ago=3)
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=timezone.localdate(), reason="letter of the patient")

    check = check_erasure(filled.lea, patient_id=filled.rosa.pk)

    assert check.asked_on == timezone.localdate() and codes(filled) == ["kept", "undecided"]
    with pytest.raises(CannotErase):
        decide_erasure(filled.lea, patient_id=filled.rosa.pk, reason="the patient wants it gone")


def test_legal_hold_outlasts_everything(filled: Cast) -> None:
    end_care(filled)
    set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=True, reason="court asks for the record")
    with pytest.raises(CannotErase):
        decide_erasure(filled.lea, patient_id=filled.rosa.pk, reason="duty to keep is over")

    set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=False, reason="the court has closed the case")

    assert codes(filled) == ["undecided"]


def test_hold_ends_a_decision_made_before_it(filled: Cast) -> None:
    end_care(filled)
    noor = decide(filled)
    set_legal_hold(noor, patient_id=filled.rosa.pk, held=True, reason="court asks for the record")

    with pytest.raises(CannotErase) as refused:
        erase_record(noor, patient_id=filled.rosa.pk, reason="duty to keep is over")

    assert [one.code for one in refused.value.hindrances] == ["held", "undecided"]
    set_legal_hold(noor, patient_id=filled.rosa.pk, held=False, reason="the court has closed the case")
    assert codes(filled, "noor") == ["undecided"]


def test_hold_that_was_never_set_is_not_lifted(filled: Cast) -> None:
    with pytest.raises(StepDoesNotFit) as refused:
        set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=False, reason="the court has closed the case")

    assert refused.value.code == "not_held" and not ErasureStep.objects.exists()


@pytest.mark.parametrize(("held", "days", "fits"), [(True, 1, True), (True, 0, False), (True, -1, False), (True, None, True), (False, 1, False)])
def test_hold_is_looked_at_again_on_a_day_to_come_or_none(filled: Cast, held: bool, days: int | None, fits: bool) -> None:
    set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=True, reason="court asks for the record")
    review_on = None if days is None else timezone.localdate() + timedelta(days=days)

    with nullcontext() if fits else pytest.raises(StepDoesNotFit):
        set_legal_hold(filled.lea, patient_id=filled.rosa.pk, held=held, reason="the case goes on", review_on=review_on)

    hold = check_erasure(filled.lea, patient_id=filled.rosa.pk).hold
    assert hold is not None and hold.review_on == (review_on if fits else None)


# ---- Two people ----------------------------------------------------------------------------------------------------------


def test_whoever_decided_does_not_erase_and_another_lead_does(filled: Cast) -> None:
    end_care(filled)
    noor = decide(filled)

    with pytest.raises(CannotErase):
        erase_record(filled.lea, patient_id=filled.rosa.pk, reason="duty to keep is over")

    assert codes(filled) == ["same_person"] and codes(filled, "noor") == []
    erase_record(noor, patient_id=filled.rosa.pk, reason="duty to keep is over")
    assert not AuditEntry.objects.filter(act="erase_record_alone").exists()


def test_request_alone_or_a_duty_that_is_over_erases_nothing(filled: Cast) -> None:
    end_care(filled)
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=timezone.localdate(), reason="letter of the patient")
    noor = add_lead(filled)

    with pytest.raises(CannotErase):
        erase_record(noor, patient_id=filled.rosa.pk, reason="duty to keep is over")

    assert codes(filled, "noor") == ["undecided"]


@pytest.mark.parametrize(("days", "found"), [(ALONE_DAYS - 1, ["wait"]), (ALONE_DAYS, [])])
def test_sole_lead_waits_and_the_trail_says_that_nobody_else_looked(filled: Cast, monkeypatch: pytest.MonkeyPatch, days: int, found: list[str]) -> None:
    end_care(filled)
    decide_erasure(filled.lea, patient_id=filled.rosa.pk, reason="the duty to keep it is over")
    assert codes(filled) == ["wait"]
    later = timezone.localdate() + timedelta(days=days)
    monkeypatch.setattr(clock, "today", lambda: later)

    assert codes(filled) == found
    with pytest.raises(CannotErase) if found else nullcontext():
        erase_record(filled.lea, patient_id=filled.rosa.pk, reason="duty to keep is over")
    assert AuditEntry.objects.filter(act="erase_record_alone").count() == (0 if found else 1)


def test_ending_the_other_lead_is_no_way_around(filled: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    end_care(filled)
    noor = decide(filled)
    Membership.objects.filter(user=noor.user).update(ended_at=timezone.now())
    later = timezone.localdate() + timedelta(days=ALONE_DAYS)
    monkeypatch.setattr(clock, "today", lambda: later)

    assert codes(filled) == ["same_person"]


def test_care_taken_up_again_ends_a_decision(filled: Cast) -> None:
    end_care(filled)
    decide(filled)

    patients.take_up_care_again(filled.amina, patient_id=filled.rosa.pk)
    end_care(filled)

    assert codes(filled, "noor") == ["undecided"]


def test_decision_is_taken_back_once(filled: Cast) -> None:
    end_care(filled)
    decide(filled)
    with pytest.raises(StepDoesNotFit):
        decide_erasure(filled.lea, patient_id=filled.rosa.pk, reason="the duty to keep it is over")

    keep_record(filled.lea, patient_id=filled.rosa.pk, reason="wanted for the family after all")

    assert codes(filled, "noor") == ["undecided"]
    with pytest.raises(StepDoesNotFit):
        keep_record(filled.lea, patient_id=filled.rosa.pk, reason="wanted for the family after all")


# ---- Requests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "by"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 30), date(2024, 2, 29)),
        (date(2025, 12, 5), date(2026, 1, 5)),
        (date(2026, 4, 30), date(2026, 5, 30)),
    ],
)
def test_request_is_answered_within_a_month_of_its_receipt(filled: Cast, received: date, by: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: by)
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=received, reason="letter of the patient")

    check = check_erasure(filled.lea, patient_id=filled.rosa.pk)

    assert check.answer_by == by and not check.is_late
    monkeypatch.setattr(clock, "today", lambda: by + timedelta(days=1))
    assert check.is_late


def test_request_comes_from_no_day_to_come_and_not_twice(filled: Cast) -> None:
    today = timezone.localdate()
    with pytest.raises(StepDoesNotFit):
        ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=today + timedelta(days=1), reason="letter of the patient")
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=today - timedelta(days=20), reason="letter of the patient")

    with pytest.raises(StepDoesNotFit):
        ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=today, reason="letter of the patient")

    assert check_erasure(filled.lea, patient_id=filled.rosa.pk).asked_on == today - timedelta(days=20)


@pytest.mark.parametrize("end", [refuse_erasure, withdraw_erasure])
def test_request_that_is_not_there_is_not_ended(filled: Cast, end: Any) -> None:
    with pytest.raises(StepDoesNotFit):
        end(filled.lea, patient_id=filled.rosa.pk, reason="spoken about on the telephone")


def test_check_says_nothing_about_process_notes(filled: Cast) -> None:
    assert count_rows_of(filled.rosa.pk)["ProcessNote"] == 1

    assert "ProcessNote" not in check_erasure(filled.lea, patient_id=filled.rosa.pk).rows


@pytest.mark.parametrize("end", [refuse_erasure, withdraw_erasure])
def test_request_that_was_refused_or_withdrawn_no_longer_counts(filled: Cast, end: Any) -> None:
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=timezone.localdate(), reason="letter of the patient")

    end(filled.lea, patient_id=filled.rosa.pk, reason="spoken about on the telephone")

    assert check_erasure(filled.lea, patient_id=filled.rosa.pk).asked_on is None


def test_erasure_takes_every_text_and_fact_and_leaves_the_trail(filled: Cast, django_capture_on_commit_callbacks: Any) -> None:
    end_care(filled)
    ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=timezone.localdate(), reason=f"letter of the patient {CANARY}")
    noor = decide(filled)
    entries = AuditEntry.objects.filter(patient_id=filled.rosa.pk).count()

    removed = erase_record(noor, patient_id=filled.rosa.pk, reason=f"duty to keep is over {CANARY}")

    left = {name: count for name, count in count_rows_of(filled.rosa.pk).items() if count}
    assert removed >= 14 and set(left) == {"CareRelation", "ErasureStep"}
    assert not FormDraft.objects.exists() and not PlanDraft.objects.exists() and not BreakGlass.objects.exists()
    assert CANARY not in "".join(texts().values())
    rosa = Patient.objects.get(pk=filled.rosa.pk)
    assert (rosa.name, rosa.reference, rosa.name_index, rosa.birth_year) == ("", "", "", None) and rosa.erased_at
    assert [step.step for step in ErasureStep.objects.order_by("recorded_at")] == ["asked", "decided", "erased"]
    assert AuditEntry.objects.filter(patient_id=filled.rosa.pk).count() == entries + 1
    assert list(audit.verify(filled.amina.clinic)) == []


def test_erased_record_is_reached_by_nobody(filled: Cast) -> None:
    end_care(filled)
    erase_record(decide(filled), patient_id=filled.rosa.pk, reason="duty to keep is over")

    for who in ("amina", "bruno", "lea"):
        with pytest.raises((NoSuchPatient, AccessDenied)):
            assessments.see_record(filled.people[who], patient_id=filled.rosa.pk)


def test_another_record_stays_as_it_was(filled: Cast) -> None:
    other = patients.add_patient(filled.amina, name="Ines K.", birth_year=1990)
    assessments.record_facts(filled.amina, patient_id=other.pk, facts=[NewFact("rating", "anger", {"severity": 1}, timezone.localdate(), note="kept")])
    before = count_rows_of(other.pk)
    end_care(filled)

    erase_record(decide(filled), patient_id=filled.rosa.pk, reason="duty to keep is over")

    assert count_rows_of(other.pk) == before and Patient.objects.get(pk=other.pk).name == "Ines K."


def test_steps_need_a_reason_and_the_right_role(filled: Cast) -> None:
    with pytest.raises(ReasonMissing):
        ask_for_erasure(filled.lea, patient_id=filled.rosa.pk, on=timezone.localdate(), reason="so")
    for who in ("amina", "bruno", "adrian", "olga", "vera"):
        with pytest.raises((AccessDenied, NoSuchPatient)):
            ask_for_erasure(filled.people[who], patient_id=filled.rosa.pk, on=timezone.localdate(), reason="letter of the patient")


def test_erased_texts_are_in_no_file_of_the_database_and_stay_away_after_a_restore(stored: Cast, place: Path) -> None:
    backup = make_backup()
    sealed = [bytes(row.note_sealed) for row in ClinicalFact.objects.filter(patient=stored.rosa) if row.note_sealed]
    end_care(stored)

    erase_record(decide(stored), patient_id=stored.rosa.pk, reason="duty to keep is over")

    assert [one.patient_id for one in read_erased()] == [stored.rosa.pk]
    if connection.vendor == "sqlite":
        files = [Path(f"{connection.settings_dict['NAME']}{end}") for end in ("", "-wal")]
        raw = b"".join(path.read_bytes() for path in files if path.exists())
        assert len(sealed) >= 3 and not any(text in raw for text in sealed)
    into = target(place)
    assert restore(backup.folder, into).erased_again == 1
    with opened(settings_of(into)) as alias:
        assert not ClinicalFact.objects.using(alias).filter(patient_id=stored.rosa.pk).exists()
        assert Patient.objects.using(alias).get(pk=stored.rosa.pk).name == ""


# ---- Retention, rebuild --------------------------------------------------------------------------------------------------


def test_retention_report_sorts_what_may_go_from_what_is_kept(filled: Cast) -> None:
    clinic = filled.amina.clinic
    days = {"over": 3700, "soon": 3600, "kept": 100, "held": 3700}
    for state, ago in days.items():
        patient = patients.add_patient(filled.amina, name=state, birth_year=1990)
        Patient.objects.filter(pk=patient.pk).update(closed_at=timezone.now() - timedelta(days=ago), legal_hold=state == "held")

    rows = retention_rows(clinic)

    assert {Patient.objects.get(pk=row.patient_id).name: row.state for row in rows} == {state: state for state in days}
    assert see_retention(filled.lea) == rows
    with pytest.raises(AccessDenied):
        see_retention(filled.amina)


@pytest.mark.parametrize(("years", "until"), [(10, date(2034, 3, 1)), (4, date(2028, 2, 29)), (0, date(2024, 2, 29)), ("many", date(2034, 3, 1))])
def test_duty_to_keep_is_counted_in_years_of_the_clinic(cast: Cast, years: Any, until: date) -> None:
    from datetime import UTC, datetime

    cast.amina.clinic.settings = {"retention_years": years}
    cast.rosa.clinic, cast.rosa.closed_at = cast.amina.clinic, datetime(2024, 2, 29, 12, tzinfo=UTC)

    assert keep_until(cast.rosa) == until
    cast.rosa.closed_at = None
    assert keep_until(cast.rosa) is None


def test_caseload_is_made_anew_from_the_records(filled: Cast) -> None:
    fields = [field.attname for field in CaseloadRow._meta.concrete_fields if field.attname != "updated_at"]
    before = list(CaseloadRow.objects.order_by("pk").values(*fields))
    CaseloadRow.objects.all().delete()

    done = rebuild_caseload()

    assert done.rows == 1 and done.failed == ()
    assert list(CaseloadRow.objects.order_by("pk").values(*fields)) == before


def test_every_model_about_a_patient_is_asked_for_by_its_schema() -> None:
    found = set(models_about_patients())
    expected = {model for model in apps.get_app_config("records").get_models() if any(field.name == "patient" for field in model._meta.fields)}

    assert found == expected and {ClinicalFact, ProcessNote, CareRelation, CaseloadRow} <= found


# ---- The commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(stored: Cast, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command of ``fivefold admin`` against the tests' database."""
    from click.testing import CliRunner

    from fivefold.bootstrap import config
    from fivefold.cli import operations

    monkeypatch.setattr(operations, "start_app", lambda: replace(config(), key_file=_key_file()))
    return lambda name, *arguments: CliRunner().invoke(getattr(operations, name), [str(part) for part in arguments])


def test_backup_command_proves_at_once_that_it_restores(command: Any) -> None:
    done = command("backup", "--keep", 3)

    assert done.exit_code == 0, done.output
    assert "restores" in done.output and "MEND" not in done.output and CANARY not in done.output
    assert command("drill", "--all").exit_code == 0


def test_drill_command_ends_with_one_where_a_backup_does_not_restore(command: Any) -> None:
    command("backup")
    backup = list_backups()[0]
    backup.dump.write_bytes(b"")

    done = command("drill")

    assert done.exit_code == 1 and "DOES NOT RESTORE" in done.output


def test_restore_command_says_what_is_missing(command: Any, place: Path) -> None:
    command("backup", "--no-drill")

    done = command("restore", list_backups()[0].folder, "--into", target(place, "again"))

    assert done.exit_code == 0, done.output
    assert "Whatever was recorded later is missing" in done.output


def test_other_commands_say_what_they_did(command: Any, stored: Cast, place: Path) -> None:
    rotated = command("rotate_keys")
    assert rotated.exit_code == 0 and "sealed anew" in rotated.output and "stays" in rotated.output
    assert "1 caseload rows made anew" in command("rebuild").output
    assert "There is no synthetic clinic here" in command("remove_demo").output
    assert f"Clinic {stored.amina.clinic.pk}: 0 closed records" in command("retention").output
    done = command("export_audit", "--clinic", stored.amina.clinic.pk, "--into", place / "trail.jsonl")
    assert done.exit_code == 0, done.output
    assert CANARY not in (place / "trail.jsonl").read_text()


def test_exported_trail_shows_a_cut_end_when_it_is_held_against_the_chain(command: Any, stored: Cast, place: Path) -> None:
    from fivefold.records.models import AuditHead
    from fivefold.services.installation import verify_audit

    clinic = stored.amina.clinic
    command("export_audit", "--clinic", clinic.pk, "--into", place / "trail.jsonl")
    last = AuditEntry.objects.filter(clinic=clinic).latest("number").number - 4
    AuditEntry._base_manager.filter(clinic=clinic, number__gt=last)._raw_delete("default")
    AuditHead.objects.filter(clinic=clinic).update(number=last, hash=AuditEntry.objects.get(clinic=clinic, number=last).hash)

    assert {number: problems for number, _, problems in verify_audit()}[clinic.pk] == []
    found = {number: problems for number, _, problems in verify_audit([place / "trail.jsonl"])}[clinic.pk]

    assert [problem.number for problem in found] == [last + 1]


# ---- The doctor ----------------------------------------------------------------------------------------------------------


def found_wrong() -> list[str]:
    from fivefold.services.operations.checkup import further_checks

    return [what for state, what, _ in further_checks() if state != "good"]


def test_doctor_finds_nothing_wrong_with_a_sound_installation(filled: Cast) -> None:
    assert found_wrong() == []


def test_doctor_tells_a_changed_audit_trail_with_its_place(filled: Cast) -> None:
    AuditEntry._base_manager.filter(clinic=filled.amina.clinic, number=3).update(act="harmless")

    assert any("does not hold: entry 3" in what for what in found_wrong())


def test_doctor_tells_keys_that_are_left_over_and_keys_that_are_gone(filled: Cast) -> None:
    old = add_key(_key_file()) and [name for name in keyring().keys if name != keyring().current]
    assert any("1 older key; " in what and "still sealed" in what for what in found_wrong())

    from fivefold.records.crypto import retire_keys

    retire_keys(_key_file(), old)

    assert any("keys that are gone" in what for what in found_wrong())


def test_doctor_tells_open_doors(filled: Cast, settings: Any) -> None:
    settings.DEBUG, settings.SECRET_KEY = True, "short"

    assert len(found_wrong()) == 2


def test_doctor_tells_an_old_backup_and_one_without_its_key(stored: Cast) -> None:
    backup = make_backup()
    manifest = json.loads((backup.folder / backups.MANIFEST).read_text())
    manifest |= {"made_at": "2024-01-01T00:00:00+00:00", "keys": ["kgone"]}
    (backup.folder / backups.MANIFEST).write_text(json.dumps(manifest))

    assert len([what for what in found_wrong() if "backup" in what]) == 2


def test_days_of_a_printed_record_are_those_of_the_clinic_also_around_midnight(cast: Cast) -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # half past midnight in Berlin

    assert at_of(late) == "2026-11-27T00:30:00+01:00"
    assert _day(at_of(late)) == "2026-11-27" and _moment(at_of(late)) == "2026-11-27 00:30 UTC+01:00"
