"""Real acts on a real database, one after another, each with the rows it must leave: all of them or none."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

EPOCH = date(2026, 1, 1)


@dataclass(frozen=True)
class Act:
    """One act that was done: the number of its audit entry, and its rows by table."""

    number: int
    rows: tuple[tuple[str, str], ...]


def start_app(folder: Path, synchronous: str = "FULL", *, checkpoint_pages: int = 0) -> None:
    """Start the app as an installation starts it; only the test may name another durability than the settings do."""
    for name in [name for name in os.environ if name.startswith("FIVEFOLD_") or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ["FIVEFOLD_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.local"
    from django.conf import settings

    options = settings.DATABASES["default"]["OPTIONS"]
    assert "synchronous=FULL" in options["init_command"] and "journal_mode=WAL" in options["init_command"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", f"synchronous={synchronous}")
    if checkpoint_pages:
        options["init_command"] += f" PRAGMA wal_autocheckpoint={checkpoint_pages};"
    import django

    django.setup()


def found_practice(folder: Path) -> Any:
    """Keys, the migrated database, a clinic with a therapist and a patient; gives the actor and the patient's id."""
    from django.conf import settings
    from django.core.management import call_command

    from fivefold.records.crypto import make_key_file
    from fivefold.records.models import Clinic, Membership, User
    from fivefold.services.access import Actor
    from fivefold.services.patients import add_patient

    folder.mkdir(parents=True, exist_ok=True)
    make_key_file(settings.FIVEFOLD_KEY_FILE)
    call_command("migrate", verbosity=0)
    clinic = Clinic.objects.create(name="Practice by the river")
    user = User.objects.create(email="amina@clinic.example", name="Amina", password="!")
    Membership.objects.create(clinic=clinic, user=user, role="therapist")
    actor = Actor(user, clinic, "therapist")
    return actor, add_patient(actor, name="Rosa D.", birth_year=1997).pk


def act_on(actor: Any, patient_id: Any, first: int = 0) -> Iterator[Act]:
    """Do act after act: facts, a goal, a consent, the choices of a plan; gives each when it has been acknowledged."""
    from fivefold.records.models import AuditHead

    number = first
    while True:
        rows = _ACTS[number % len(_ACTS)](actor, patient_id, number)
        yield Act(AuditHead.objects.get(clinic=actor.clinic).number, tuple((row._meta.db_table, row.pk.hex) for row in rows))
        number += 1


def _facts(actor: Any, patient_id: Any, number: int) -> list[Any]:
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = EPOCH - timedelta(days=number)
    told = [
        NewFact("event", "self_harm", {"kind": "self_harm", "assessed": True}, day, note=f"event {number}"),
        NewFact("rating", "anger", {"severity": number % 5}, day, note="x" * 300),
        NewFact("score", "phq9", {"instrument": "phq9", "value": number % 28}, day),
    ]
    return record_facts(actor, patient_id=patient_id, facts=told)


def _goal(actor: Any, patient_id: Any, number: int) -> list[Any]:
    from fivefold.services.goals import set_goal

    return [set_goal(actor, patient_id=patient_id, words=f"goal {number}", levels=["a", "b", "c", "d", "e"])]


def _consent(actor: Any, patient_id: Any, number: int) -> list[Any]:
    from fivefold.services.patients import record_consent

    return [record_consent(actor, patient_id=patient_id, purpose="letters", given=bool(number % 2), on=EPOCH, note=f"consent {number}")]


_ACTS = (_facts, _goal, _facts, _consent)


def what_is_wrong(database: Path, acts: list[Act], acknowledged: int) -> list[str]:
    """What a database lacks of the acknowledged acts, holds of half-done ones, or is damaged by; nothing is right."""
    try:
        # By the plain layer of the system, whatever layer is laid over it in this process.
        with closing(sqlite3.connect(f"{database.as_uri()}?vfs=unix", uri=True)) as found:
            return list(_findings(found, acts, acknowledged))
    except sqlite3.DatabaseError as error:
        return [f"damaged: {error}"]


def _findings(found: sqlite3.Connection, acts: list[Act], acknowledged: int) -> Iterator[str]:
    said = found.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        yield f"damaged: {said}"
        return
    if found.execute("PRAGMA foreign_key_check").fetchone():
        yield "damaged: a row points at nothing"
    tables = {table for act in acts for table, _ in act.rows}
    there = {table: {key for (key,) in found.execute(f'SELECT id FROM "{table}"')} for table in tables}
    entries = {number for (number,) in found.execute("SELECT number FROM records_auditentry")}
    head = found.execute("SELECT number FROM records_audithead").fetchone()[0]
    if head != max(entries) or len(entries) != head:
        yield "half-done: the audit trail and its end differ"
    for place, act in enumerate(acts):
        present = [key in there[table] for table, key in act.rows]
        if any(present) != all(present) or (act.number in entries) != all(present):
            yield f"half-done: act {place}"
        elif place < acknowledged and not all(present):
            yield f"lost: act {place}"
