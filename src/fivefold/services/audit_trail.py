"""The audit trail as an auditor reads it. Patients stay ids here; looking at the trail is itself in the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import hexdigits
from uuid import UUID

from django.utils.translation import gettext as _

from fivefold.records.models import AuditEntry, Clinic, PatientAccount, Role, User
from fivefold.services import audit
from fivefold.services.access import Actor, Permission, clinical_act

SHOWN_OF_ID, LENGTH_OF_ID = 8, 32
ON_A_PAGE = 100


@dataclass(frozen=True)
class SeenEntry:
    """One entry: who did what (the act by its name in code), to which patient's record, when; and when it was written, if it had to wait."""

    number: int
    at: datetime
    who: str
    role: str
    act: str
    patient_id: UUID | None
    target: str
    written_at: datetime | None


@dataclass(frozen=True)
class SeenTrail:
    """A page of entries, the newest first; ``before`` is the number from which the next page goes on, or None."""

    entries: tuple[SeenEntry, ...]
    total: int
    acts: tuple[str, ...]
    people: tuple[tuple[int, str], ...]
    before: int | None


@clinical_act(Permission.SEE_AUDIT, view=True)
def see_trail(
    actor: Actor,
    *,
    acts: Sequence[str] = (),
    user_id: int | None = None,
    patient: str = "",
    on: date | None = None,
    before: int | None = None,
) -> SeenTrail:
    """The own clinic's entries, narrowed down as asked; ``patient`` is an id, or its first signs as the entries show them."""
    own = AuditEntry.objects.filter(clinic=actor.clinic)
    wanted = own
    if acts:
        wanted = wanted.filter(act__in=acts)
    if user_id is not None:
        wanted = wanted.filter(user_id=user_id)
    if patient:
        wanted = wanted.filter(patient_id__range=ids) if (ids := _ids_beginning(patient)) else wanted.none()
    if on is not None:
        wanted = wanted.filter(at__date=on)
    total = wanted.count()
    shown = list((wanted.filter(number__lt=before) if before else wanted).order_by("-number")[: ON_A_PAGE + 1])
    rows, more = shown[:ON_A_PAGE], len(shown) > ON_A_PAGE
    names = dict(User.objects.filter(memberships__clinic=actor.clinic).order_by("name").values_list("pk", "name"))
    return SeenTrail(
        entries=tuple(_seen(row, names) for row in rows),
        total=total,
        acts=tuple(own.order_by("act").values_list("act", flat=True).distinct()),
        people=_people(actor.clinic, names),
        before=rows[-1].number if more else None,
    )


def _ids_beginning(typed: str) -> tuple[UUID, UUID] | None:
    """The first and the last id that begins so; None for what begins none, and for less than the entries show."""
    signs = typed.strip().lower().replace("-", "")
    if not SHOWN_OF_ID <= len(signs) <= LENGTH_OF_ID or set(signs) - set(hexdigits):
        return None
    return UUID(signs.ljust(LENGTH_OF_ID, "0")), UUID(signs.ljust(LENGTH_OF_ID, "f"))


def _people(clinic: Clinic, names: dict[int, str]) -> tuple[tuple[int, str], ...]:
    """Everybody who may have acted, by name; a patient's account by the id of the patient, as in the entries."""
    patients = dict(PatientAccount.objects.filter(clinic=clinic).values_list("user_id", "patient_id"))
    return tuple((key, _("patient %(id)s") % {"id": str(patients[key])[:SHOWN_OF_ID]} if key in patients else name) for key, name in names.items())


def _seen(row: AuditEntry, names: dict[int, str]) -> SeenEntry:
    who = names.get(row.user_id) or _("person %(number)s") % {"number": row.user_id} if row.user_id is not None else _("the program")
    role = str(Role(row.role).label) if row.role in Role.values else row.role
    return SeenEntry(row.number, row.at, who, role, row.act, row.patient_id, row.target, audit.written_later(row))


@clinical_act(Permission.SEE_AUDIT, view=True)
def check_trail(actor: Actor) -> list[audit.ChainProblem]:
    """Where the own clinic's trail was changed, cut or reordered; nothing when it holds."""
    return list(audit.verify(actor.clinic))
