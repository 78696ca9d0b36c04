"""Acts about knowledge releases: keeping them, what a switch would change in current plans, and switching."""

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused, KnowledgeRefused, UnknownThing
from fivefold.concepts.plan import PlanRevision
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
from fivefold.library import impact, load_knowledge
from fivefold.records import clock
from fivefold.records.models import Clinic, Patient
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patients_of
from fivefold.services.knowledge import WITH_PROGRAM, folder_of, knowledge, knowledge_of, release
from fivefold.services.record_file import read_facts_of, read_record

# Each is worked out twice: all of a large clinic would take minutes and keep everybody else waiting.
RECORDS_AT_ONCE = 5
# So many records are looked at anew while a switch is waited for; the others when their rows are opened, and all by the nightly run.
ANEW_AT_ONCE = 200


@dataclass(frozen=True)
class KnownRelease:
    """A release that a clinic could use; ``name`` is empty for the one that comes with the program."""

    name: str
    version: str
    hash: str
    modules: int
    instruments: int
    in_use: bool
    problem: str = ""


@dataclass(frozen=True)
class ChangedPlan:
    """A patient whose plan would differ, and how."""

    patient_id: UUID
    patient_name: str
    revision: PlanRevision


@dataclass(frozen=True)
class Effect:
    """What a switch would change in some of the records: how many were looked at, plans that would differ, records that cannot be read.

    ``page`` of ``pages`` says which of them; ``everybody`` how many there are in all.
    """

    release: KnownRelease
    looked_at: int
    changed: tuple[ChangedPlan, ...]
    unreadable: int
    page: int
    pages: int
    everybody: int


def keep_release() -> str:
    """Keep a copy of the release that comes with the program, so that clinics can stay on it; gives its name."""
    source = Path(settings.FIVEFOLD_KNOWLEDGE_FOLDER or KNOWLEDGE_FOLDER)
    known = release(WITH_PROGRAM).release
    name = f"{known.version}-{known.content_hash[:8]}"
    target = folder_of(name)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
        shutil.copytree(source, part, dirs_exist_ok=True)
        part.rename(target)
    return name


def use_release(clinic: Clinic, name: str) -> None:
    """Write down which release a clinic uses; the caller saves nothing else of the clinic."""
    known = release(name).release
    clinic.settings = {**clinic.settings, "release": name}
    clinic.knowledge_version, clinic.knowledge_hash = known.version, known.content_hash
    clinic.save(update_fields=["settings", "knowledge_version", "knowledge_hash"])


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_releases(actor: Actor) -> list[KnownRelease]:
    """The releases there are: that of the program first, then the kept ones, the newest first."""
    used = str(actor.clinic.settings.get("release", WITH_PROGRAM))
    root = Path(settings.FIVEFOLD_RELEASES)
    kept = sorted((path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")), reverse=True) if root.is_dir() else []
    shipped = _known(WITH_PROGRAM, used)
    # The program's own release is kept, too: it is shown once.
    return [shipped, *(found for found in (_known(name, used) for name in kept) if found.in_use or found.hash != shipped.hash)]


def _known(name: str, used: str) -> KnownRelease:
    try:
        base = load_knowledge(folder_of(name)) if name else release(WITH_PROGRAM)
    except (KnowledgeRefused, OSError):
        problem = _("This program can no longer read it; plans are made with the release that comes with the program.")
        return KnownRelease(name, name, "", 0, 0, name == used, problem)
    return KnownRelease(name, base.release.version, base.release.content_hash, len(base.modules), len(base.instruments), name == used)


def _wanted(name: str, used: str) -> KnownRelease:
    known = _known(name, used)
    if known.problem:
        raise UnknownThing("usable knowledge release", name, ["the one that comes with the program"])
    return known


@clinical_act(Permission.CHOOSE_KNOWLEDGE, view=True)
def see_effect(actor: Actor, *, name: str, page: int = 1) -> Effect:
    """Current plans of the clinic worked out under another release, so many at once, and the decisions that would change.

    A page beyond the last gives the last.
    """
    new = _wanted(name, str(actor.clinic.settings.get("release", WITH_PROGRAM)))
    everybody = patients_of(actor).filter(closed_at__isnull=True).order_by("created_at", "pk")
    count = everybody.count()
    pages = max(1, -(-count // RECORDS_AT_ONCE))
    number = min(max(1, page), pages)
    patients = {str(patient.pk): patient for patient in everybody[(number - 1) * RECORDS_AT_ONCE : number * RECORDS_AT_ONCE]}
    assessments, unreadable = _read_all(patients)
    found = impact(assessments, knowledge(), release(name))
    changed = [ChangedPlan(patients[key].pk, patients[key].name, revision) for key, revision in found.changed.items()]
    return Effect(new, found.assessments, tuple(changed), unreadable, number, pages, count)


def _read_all(patients: dict[str, Patient]) -> tuple[list[Assessment], int]:
    """The records as assessments named by the patient's whole id, and how many do not read."""
    today = timezone.localdate()
    read, unreadable = [], 0
    for facts in read_facts_of(patients.values()):
        try:
            read.append(replace(read_record(facts.patient, today, read=facts), id=str(facts.patient.pk)))
        except InputRefused:
            unreadable += 1
    return read, unreadable


@clinical_act(Permission.CHOOSE_KNOWLEDGE)
def switch_release(actor: Actor, *, name: str) -> tuple[int, int]:
    """Use another release from now on; signed plans stay as they were signed.

    Gives how many records were looked at anew at once, those in most need first, and how many are still as of the release before.
    """
    _wanted(name, "")
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    use_release(clinic, name)
    current = patients_of(actor).filter(closed_at__isnull=True)
    caseload.leave_behind(current)
    with knowledge_of(clinic):
        caseload.renew(current, clock.today(), ANEW_AT_ONCE)
    left = caseload.behind(current, clock.today()).count()
    return current.count() - left, left
