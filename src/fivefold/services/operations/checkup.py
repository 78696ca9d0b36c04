"""What ``fivefold admin doctor`` looks at beyond whether the app can run: the audit trail, the keys, the backups, open doors."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from fivefold.concepts.errors import FivefoldError
from fivefold.records.crypto import Ring, keyring
from fivefold.records.models import AuditEntry, Clinic
from fivefold.services import audit
from fivefold.services.operations.backups import list_backups
from fivefold.services.operations.sealed import keys_at_hand, keys_in_use, rings_at_hand

# State (good, watch, bad), what was found, and what to do.
Found = tuple[str, str, str]
MOST_ENTRIES = 100_000
LEAST_SECRET = 40
OLD_AFTER_DAYS = 8


def further_checks() -> Iterator[Found]:
    """Everything below, in the order in which it should be mended; without keys that open, only what needs none."""
    yield from _open_doors()
    try:
        keyring()
    except FivefoldError:
        return  # the key file itself has been looked at before
    yield from _audit_trails()
    yield from _older_keys()
    yield from _unfit_backups()


def _open_doors() -> Iterator[Found]:
    if settings.DEBUG:
        yield "bad", "Developer's error pages are on: they show records to whoever meets an error.", "Remove FIVEFOLD_DEBUG."
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        yield "bad", "The secret that signs cookies is short.", f"Set FIVEFOLD_SECRET_KEY to at least {LEAST_SECRET} random characters."
    if connection.vendor == "postgresql" and not connection.settings_dict["PASSWORD"] and not str(connection.settings_dict["HOST"]).startswith("/"):
        yield "watch", "The database is reached without a password.", "Give the database role a password, or let only the app's own account in."


def _audit_trails() -> Iterator[Found]:
    for clinic in Clinic.objects.order_by("pk"):
        entries = AuditEntry.objects.filter(clinic=clinic).count()
        if entries > MOST_ENTRIES:
            yield "watch", f"The audit trail of clinic {clinic.pk} is long ({entries:,} entries) and was not looked at.", "Run `fivefold admin verify-audit`."
            continue
        first = next(audit.verify(clinic), None)
        if first is not None:
            remedy = "Run `fivefold admin verify-audit` for every place, keep this machine as it is, and tell whoever is responsible for data protection."
            yield "bad", f"The audit trail of clinic {clinic.pk} does not hold: entry {first.number}: {first.what}.", remedy
        elif entries:
            yield "good", f"The audit trail of clinic {clinic.pk} holds ({entries:,} entr{'ies' if entries != 1 else 'y'}).", ""


def _older_keys() -> Iterator[Found]:
    used, rings = keys_in_use(), rings_at_hand()
    for kind, file in ((Ring.RECORD, "key file"), (Ring.PROCESS_NOTES, "key file of process notes")):
        missing = sorted(name for name in used if name.startswith(kind) and name not in keys_at_hand())
        if missing:
            yield "bad", f"Texts are sealed with keys that are gone ({', '.join(missing)}).", f"Restore the {file} from its own backup."
    older = sorted(keys_at_hand() - {ring.current for ring in rings.values()})
    if older:
        count = sum(used[name] for name in older)
        words = f"{len(older)} older key{'s' if len(older) != 1 else ''}; {count:,} texts are still sealed with {'them' if len(older) != 1 else 'it'}"
        yield "watch", f"There {'are' if len(older) != 1 else 'is'} {words}.", "Run `fivefold admin rotate-keys --finish`."


def _unfit_backups() -> Iterator[Found]:
    made = list_backups()
    if not made or not Clinic.objects.filter(synthetic=False).exists():
        return  # that there is none has been told before
    lost = [backup.folder.name for backup in made if not set(backup.keys) <= keys_at_hand()]
    if lost:
        yield (
            "watch",
            f"{len(lost)} backups need keys that the key files no longer hold.",
            "Keep the older copies of the key files, apart from them, or remove them.",
        )
    age = (datetime.now(UTC) - made[0].made_at).days
    if age > OLD_AFTER_DAYS:
        yield "watch", f"The newest complete backup is {age} days old.", "Run `fivefold admin backup`; it proves at once that it restores."
