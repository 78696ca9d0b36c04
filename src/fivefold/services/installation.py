"""The installation as such: setting it up, whether it can work, and what is wrong with it in plain words."""

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.validators import validate_email
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError, KnowledgeRefused
from fivefold.records.crypto import Ring, key_file, keyring, make_key_file
from fivefold.records.models import AuditEntry, Clinic, Membership, Patient, Role, User
from fivefold.services import audit, people, waiting_entries
from fivefold.services.access import Actor
from fivefold.services.knowledge import WITH_PROGRAM, knowledge, why_unreadable
from fivefold.services.operations.audit_export import read_anchor
from fivefold.services.operations.checkup import further_checks
from fivefold.services.operations.sealed import notes_need_their_keys
from fivefold.services.patients import NotAcceptable
from fivefold.services.releases import keep_release, use_release
from fivefold.services.safety_net_sheet import net_sheet

SAMPLE = 50
LEAST_FREE = 500_000_000
BACKUP_DAYS = 8
POSTGRES = 15


# ---- Setting up ----------------------------------------------------------------------------------------------------------


def prepare(folder: Path) -> None:
    """Make the data folder, the keys and the database where they are missing; nothing that is there is touched."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.FIVEFOLD_KEY_FILE.exists():
        if _holds_records():
            raise KeysAreGone(settings.FIVEFOLD_KEY_FILE)
        make_key_file(settings.FIVEFOLD_KEY_FILE)
    upgrade()


def upgrade() -> list[str]:
    """Bring everything that was made by an earlier program up to date; gives the steps the database took."""
    _make_keys_of_process_notes()
    steps = migrate()
    keep_release()
    call_command("collectstatic", interactive=False, verbosity=0)
    waiting_entries.keep_room()
    return steps


def _make_keys_of_process_notes() -> None:
    """Keys for process notes where there are none yet; never new ones beside notes that they would not open."""
    notes = key_file(Ring.PROCESS_NOTES)
    if not notes.exists() and not notes_need_their_keys():
        make_key_file(notes, Ring.PROCESS_NOTES)


class KeysAreGone(FivefoldError):
    """There are records and no keys: making new ones would lock the records for ever. For the operator."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The database holds records, but its key file {path} is missing. Restore it from its own backup; new keys would not open them.")


def _holds_records() -> bool:
    try:
        return User.objects.exists()
    except DatabaseError:
        return False


def migrate() -> list[str]:
    """Bring the database up to date; gives the names of the steps that were taken."""
    executor = MigrationExecutor(connection)
    steps = [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if steps:
        call_command("migrate", interactive=False, verbosity=0)
    return steps


def tidy() -> None:
    """Throw away sessions that have ended and failed sign-ins that no longer count."""
    call_command("clearsessions", verbosity=0)
    people.forget_old_failures()


def is_founded() -> bool:
    """Whether there is a clinic yet."""
    return Clinic.objects.exists()


def found_clinic(*, name: str, lead_name: str, lead_email: str, time_zone: str = "Europe/Berlin") -> str:
    """A clinic with its first lead; gives the token of the link with which the lead chooses a password."""
    address = lead_email.strip().casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise NotAcceptable("E-mail", _("an address such as name@clinic.example")) from None
    if not name.strip() or not lead_name.strip():
        raise NotAcceptable("Name", _("a name for the clinic and one for its lead"))
    with transaction.atomic():
        clinic = Clinic.objects.create(name=name.strip(), time_zone=time_zone)
        lead = User.objects.filter(email__iexact=address).first() or User.objects.create_user(address, None, name=lead_name.strip())
        Membership.objects.create(clinic=clinic, user=lead, role=Role.LEAD)
        use_release(clinic, keep_release())
        audit.record_system(clinic, "found_clinic")
        return people.first_link(Actor(lead, clinic, Role.LEAD))


# ---- Can it work ---------------------------------------------------------------------------------------------------------


def readiness() -> dict[str, bool]:
    """What must work before requests are taken: database, its version, keys, knowledge base."""
    return {"database": _database_answers(), "migrations": _is_migrated(), "keys": _keys_open(), "knowledge": _knowledge_loads()}


def _database_answers() -> bool:
    try:
        return bool(_ask("SELECT 1") == 1)
    except DatabaseError:
        return False


def _ask(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None


def _is_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes()) and not _steps_of_a_newer_program()
    except DatabaseError:
        return False


def _steps_of_a_newer_program() -> list[str]:
    """Steps the database has taken that this program does not know."""
    loader = MigrationExecutor(connection).loader
    return sorted(name for app, name in loader.applied_migrations if app == "records" and (app, name) not in loader.disk_migrations)


def _keys_open() -> bool:
    try:
        ring = keyring()
        return ring.open(ring.seal("ready", "readiness"), "readiness") == "ready"
    except FivefoldError:
        return False


def _knowledge_loads() -> bool:
    try:
        return bool(knowledge().modules)
    except (FivefoldError, OSError):
        return False


# ---- What is wrong with it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``good``, ``watch`` or ``bad``, in words, with what to do."""

    state: str
    what: str
    remedy: str = ""


_WHEN_SILENT = {
    "sqlite": "If the disk is full, make room. Otherwise the file is damaged: stop the app, move the file away, restore the newest backup.",
    "postgresql": "Look at DATABASE_URL, and whether the server runs.",
}


def diagnose(folder: Path) -> Iterator[Finding]:
    """Everything about an installation that can be checked from here, in the order in which it should be mended."""
    yield Finding("good", f"Python {sys.version_info.major}.{sys.version_info.minor}, settings {settings.SETTINGS_MODULE.rsplit('.', 1)[-1]}")
    yield from _folder(folder)
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        yield Finding("bad", "There is no database yet.", "Run `fivefold admin init`.")
        return
    yield from _keys()
    yield from _waiting_entries()
    if not _database_answers():
        yield Finding("bad", "The database does not answer.", _WHEN_SILENT[connection.vendor])
        return
    yield from _sqlite() if connection.vendor == "sqlite" else _postgres()
    if _steps_of_a_newer_program():
        what = "The database is newer than the program."
        yield Finding("bad", what, "Install the newer program again, or restore the backup that was made before the upgrade.")
        return
    if not _is_migrated():
        yield Finding("bad", "The database is older than the program.", "Make a backup, then run `fivefold admin migrate`.")
        return
    yield Finding("good", "The database is up to date.")
    yield from _records()
    yield from _knowledge()
    yield from _clinics()
    yield from _safety_net()
    yield from _backups(folder)
    yield from (Finding(*found) for found in further_checks())


def _folder(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding("bad", f"The data folder {folder} is missing.", "Run `fivefold admin init`.")
        return
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding("watch", f"Others on this machine can look into {folder}.", f"chmod 700 {folder}")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield Finding("bad", f"Only {free // 1_000_000} MB are free where the data lie.", "Make room before anything is written.")
    else:
        yield Finding("good", f"The data folder is there, {free // 1_000_000_000} GB free.")


def _keys() -> Iterator[Finding]:
    try:
        ring = keyring()
    except FivefoldError as error:
        yield Finding("bad", str(error))
        return
    yield Finding("good", f"The key file opens; {len(ring.keys)} key{'s' if len(ring.keys) != 1 else ''}, current {ring.current}.")
    try:
        notes = keyring(Ring.PROCESS_NOTES)
    except FivefoldError as error:
        lost = notes_need_their_keys()
        remedy = (
            "Everything else works. Process notes open again when the copy of this file is back; without any copy see `fivefold admin new-note-keys`."
            if lost
            else "Run `fivefold admin migrate`; it makes one."
        )
        yield Finding("bad", f"{error} No process note can be read or written.", remedy)
        return
    yield Finding("good", f"The key file of process notes opens; {len(notes.keys)} key{'s' if len(notes.keys) != 1 else ''}, current {notes.current}.")


def _waiting_entries() -> Iterator[Finding]:
    """Views whose entry in the audit trail could not be written yet."""
    try:
        waiting = waiting_entries.see_waiting()
    except (OSError, FivefoldError):
        yield Finding("bad", "The file in which entries of the audit trail wait cannot be read.", f"Look at {waiting_entries.waiting_file()}.")
        return
    if waiting.spoilt:
        several = len(waiting.spoilt) != 1
        what = f"{len(waiting.spoilt)} entr{'ies' if several else 'y'} that wait{'' if several else 's'} for the audit trail {'were' if several else 'was'}"
        what += " changed or half written."
        yield Finding("bad", what, "Keep a copy of the file before the next act: " + str(waiting_entries.waiting_file()))
    if waiting.entries:
        oldest = next(iter(waiting.entries.values())).at
        number = len(waiting.entries)
        what = f"{number} view{'s wait' if number != 1 else ' waits'} to be written in the audit trail, the oldest of {oldest:%Y-%m-%d %H:%M} UTC."
        yield Finding("watch", what, "The database was busy or the disk full. They are written with the next act, or by the timer of `signals`.")
    if not waiting_entries.has_room():
        what = "No room is kept for entries of the audit trail on a full disk."
        yield Finding("watch", what, "Make room and start the app again, or run `fivefold admin migrate`.")


def _sqlite() -> Iterator[Finding]:
    mode, durable = _ask("PRAGMA journal_mode"), _ask("PRAGMA synchronous")
    if mode != "wal" or durable < 2:
        what = f"SQLite runs with journal {mode}, synchronous {durable}: a power cut could lose what was saved."
        yield Finding("bad", what, "Remove whatever changes these settings.")
    broken = _ask("PRAGMA quick_check(1)")
    if broken != "ok":
        yield Finding("bad", "The database file is damaged.", "Stop the app and restore the newest backup: `fivefold admin restore`.")
    elif mode == "wal" and durable >= 2:
        yield Finding("good", "The database file is sound and written durably (WAL, synchronous FULL).")


def _postgres() -> Iterator[Finding]:
    version = int(_ask("SHOW server_version_num")) // 10_000
    if version < POSTGRES:
        yield Finding("bad", f"PostgreSQL {version} is too old.", f"Use version {POSTGRES} or newer.")
    if _ask("SHOW fsync") != "on" or _ask("SHOW synchronous_commit") == "off":
        yield Finding("bad", "PostgreSQL may lose what was saved (fsync or synchronous_commit is off).", "Set both to on.")
    else:
        yield Finding("good", f"PostgreSQL {version} answers and writes durably.")


def _records() -> Iterator[Finding]:
    """Whether names open with the keys at hand: the newest and the oldest patients."""
    rows = list(Patient.objects.filter(erased_at__isnull=True).order_by("-created_at")[:SAMPLE])
    rows += list(Patient.objects.filter(erased_at__isnull=True).order_by("created_at")[:SAMPLE])
    closed = 0
    for row in rows:
        try:
            _ = row.name
        except FivefoldError:
            closed += 1
    if closed:
        yield Finding("bad", f"{closed} of {len(rows)} records looked at do not open.", "The key file does not belong to this database: restore the right one.")
    elif rows:
        yield Finding("good", f"Records open ({len(rows)} looked at).")
    latest = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
    if latest is not None and latest > timezone.now() + timedelta(minutes=5):
        what = "The audit trail has entries from the future: this machine's clock was or is wrong."
        yield Finding("bad", what, "Set the clock, then run `fivefold admin verify-audit`.")


def _knowledge() -> Iterator[Finding]:
    try:
        base = knowledge()
    except (KnowledgeRefused, OSError):
        yield Finding("bad", "The knowledge base does not load.", "Run `fivefold knowledge lint`; it names every problem.")
        return
    yield Finding("good", f"Knowledge base {base.release.version} loads: {len(base.modules)} modules, {len(base.instruments)} instruments.")
    yield from releases_left_behind()


def releases_left_behind() -> Iterator[Finding]:
    """Clinics on a knowledge release that this program cannot read: their plans are made with another than their lead has chosen."""
    for clinic in Clinic.objects.order_by("pk"):
        name = str(clinic.settings.get("release", WITH_PROGRAM))
        why = why_unreadable(name)
        if why:
            used = knowledge().release.version
            what = (
                f"Clinic {clinic.pk} has chosen knowledge release {name}, which this program cannot read: {why} Plans are made with release {used} meanwhile."
            )
            remedy = (
                "Tell its lead to look through current plans and to choose the new release under Clinic, Knowledge. "
                "If they must stay as they were, go back to the program before (docs/operation/upgrade.md)."
            )
            yield Finding("bad", what, remedy)


def _clinics() -> Iterator[Finding]:
    clinics = list(Clinic.objects.order_by("pk"))
    if not clinics:
        yield Finding("watch", "There is no clinic yet.", "Run `fivefold admin init`.")
    for clinic in clinics:
        managers = Membership.objects.filter(clinic=clinic, role__in=people.MANAGING_ROLES, ended_at__isnull=True).count()
        if not managers:
            yield Finding("bad", f"Nobody manages clinic {clinic.pk}.", "Run `fivefold admin init` to invite a lead.")
        if clinic.time_zone not in available_timezones():
            yield Finding("bad", f"The time zone of clinic {clinic.pk} is not known on this machine.", "Choose another under Clinic, Settings.")
        if clinic.synthetic and settings.SETTINGS_MODULE.endswith("production"):
            yield Finding("watch", f"Clinic {clinic.pk} is synthetic.", "Remove it with `fivefold admin remove-demo` before real people are treated here.")


def _safety_net() -> Iterator[Finding]:
    """Whether every positive answer stands with somebody, and whether the path of an answer was proved alive within a day."""
    for clinic in Clinic.objects.filter(synthetic=False).order_by("pk"):
        sheet = net_sheet(clinic)
        if not sheet.net.holds:
            kinds = ", ".join(f"{count} {name.value.replace('_', ' ')}" for name, count in sheet.net.by_kind.items())
            yield Finding("bad", f"The safety net of clinic {clinic.pk} does not hold: {kinds}.", "Run `fivefold admin safety-net`; it names each by id.")
        if sheet.beat.is_missed:
            what = f"The path of a risk answer was not proved alive in clinic {clinic.pk} within a day."
            yield Finding("bad", what, "Run `fivefold admin safety-net`; see whether the timers of `signals` run.")
        elif sheet.beat.at is None:
            what = f"The path of a risk answer was never proved alive in clinic {clinic.pk}."
            yield Finding("watch", what, "Set up the timers of `fivefold admin signals`.")


def _backups(folder: Path) -> Iterator[Finding]:
    if not Clinic.objects.filter(synthetic=False).exists():
        return
    made = [path.stat().st_mtime for path in (folder / "backups").glob("*")] if (folder / "backups").is_dir() else []
    age = (timezone.now().timestamp() - max(made)) / 86_400 if made else None
    if age is None:
        yield Finding("watch", "There is no backup in the data folder.", "Run `fivefold admin backup`, and keep a copy elsewhere, apart from the keys.")
    elif age > BACKUP_DAYS:
        yield Finding("watch", f"The newest backup is {age:.0f} days old.", "Run `fivefold admin backup` every day.")
    else:
        yield Finding("good", f"The newest backup is {age:.0f} days old.")


def verify_audit(against: Iterable[Path] = ()) -> Iterator[tuple[int, int, list[audit.ChainProblem]]]:
    """For each clinic: its id, the number of its audit entries, and where its chain does not hold.

    ``against`` are exported trails: each shows whether what was there then is there still.
    """
    waiting_entries.take_in()
    anchors = [read_anchor(path.read_text(encoding="utf-8")) for path in against]
    for clinic in Clinic.objects.order_by("pk"):
        problems = list(audit.verify(clinic))
        for anchor in anchors:
            if anchor.clinic_id == clinic.pk:
                problems.extend(problem for problem in audit.verify(clinic, anchor) if problem not in problems)
        yield clinic.pk, AuditEntry.objects.filter(clinic=clinic).count(), problems
