"""What a patient sees of their formulation and what they have said of it: for acts that have checked access already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fivefold.records.models import FormulationReply, FormulationShare, Patient


@dataclass(frozen=True)
class SeenReply:
    """What the patient said: of which version, of which of its lines (0 and "" for the whole), whether it fits, and in which words."""

    number: int
    place: int
    line: str
    fits: str
    words: str
    at: datetime


@dataclass(frozen=True)
class SharedFormulation:
    """What the patient sees: the number of the version with its lines, since when, and who has shown it."""

    number: int
    lines: tuple[str, ...]
    since: datetime
    by: str


def shared_of(patient: Patient) -> SharedFormulation | None:
    """What the patient sees now, None when nothing is shown."""
    row = newest_share(patient)
    if row is None or row.formulation is None:
        return None
    return SharedFormulation(row.formulation.number, tuple(row.formulation.lines.splitlines()), row.recorded_at, row.author.name)


def newest_share(patient: Patient) -> FormulationShare | None:
    """The newest decision on what the patient sees, None before the first."""
    rows = FormulationShare.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("formulation", "author")
    return rows.order_by("-recorded_at", "-pk").first()


def replies_of(patient: Patient) -> tuple[SeenReply, ...]:
    """All that the patient said of what was shown, the newest first; what they have said anew of a place is in it as well."""
    rows = FormulationReply.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("formulation").order_by("-recorded_at", "-pk")
    return tuple(_seen(row) for row in rows)


def _seen(row: FormulationReply) -> SeenReply:
    lines = ("", *row.formulation.lines.splitlines())
    return SeenReply(row.formulation.number, row.line, lines[row.line], row.fits, row.words, row.recorded_at)


def newest_of_each(replies: Sequence[SeenReply]) -> tuple[SeenReply, ...]:
    """What counts of these, the newest first: of each line by its words, and of each whole version, the newest."""
    found: dict[tuple[str, int], SeenReply] = {}
    for one in replies:
        found.setdefault((one.line, 0 if one.line else one.number), one)
    return tuple(found.values())
