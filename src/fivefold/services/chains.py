"""Acts about chain analyses: how one occurrence of a behaviour came about, link by link, and what could be done at each link.

A chain belongs to a record and, if it was made in a session, to that session's number. It goes into the note of a session as a line
only where the clinician says so when signing. A correction is a new version. Nothing of it goes into the formulation by itself.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.records import clock
from fivefold.records.models import ChainAnalysis, Formulation, Patient, TreatmentSession
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.assessments import add_facts
from fivefold.services.chain_content import ChainContent, ChainLink
from fivefold.services.formulation_content import FormulationContent, Node
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, work_out
from fivefold.services.record_file import KnownFact, NewFact

MOST_LINKS = 25
LONGEST_TEXT, LONGEST_LINK = 2000, 300
HIGHEST = 100  # of a strength
OLDEST_DAYS = 3650
# Behaviours that are events for the safety rules.
BEHAVIOURS = ("self_harm", "suicide_attempt", "suicidal_communication", "overdose", "violence", "crisis")
PLACED = (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.CAUTIONED)


class NoSuchChain(FivefoldError):
    """There is no such chain analysis in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This record has no chain analysis with this number. Choose one from the list."))


@dataclass(frozen=True)
class SeenChain:
    """One version of a chain: its numbers, the day of the behaviour, the session if any, what it says, by whom and when."""

    id: uuid.UUID
    number: int
    version: int
    on: date
    session_number: int | None
    module: str
    content: ChainContent
    author: str
    at: datetime

    @property
    def line(self) -> str:
        """The line for the note of a session."""
        on, behaviour = f"{self.on.day} {self.on:%b} {self.on.year}", " ".join(self.content.behaviour.split()).rstrip(".")
        said = _("Chain analysis of %(on)s: %(behaviour)s.") % {"on": on, "behaviour": behaviour}
        instead = "; ".join(self.content.instead)
        return f"{said} {_('Instead: %(skills)s.') % {'skills': instead}}" if instead else said


@dataclass(frozen=True)
class ChainList:
    """The newest version of every chain of a record, the latest behaviour first."""

    patient: Patient
    chains: tuple[SeenChain, ...]
    may_change: bool


@dataclass(frozen=True)
class ChainSheet:
    """One chain to read or to write on; ``newest`` is None for one that is not written yet.

    ``nodes`` are those of the formulation, offered to be ticked. ``modules`` (id, name) are those of now and next in the plan.
    ``sessions`` are numbers it can belong to, the coming one first, with the days of those that are signed. ``is_recorded`` says
    whether a behaviour that the safety rules look at stands in the record as an event of that day; None where it is no such one.
    """

    patient: Patient
    newest: SeenChain | None
    versions: tuple[SeenChain, ...]
    nodes: tuple[Node, ...]
    modules: tuple[tuple[str, str], ...]
    sessions: tuple[tuple[int, date | None], ...]
    session_id: uuid.UUID | None
    is_recorded: bool | None
    today: date
    may_change: bool

    @property
    def version(self) -> int:
        """The version that the next one is written upon, 0 before the first."""
        return self.newest.version if self.newest else 0


# ---- Reading -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_chains(actor: Actor, *, patient_id: uuid.UUID) -> ChainList:
    """All chain analyses of a record."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    chains = sorted(chains_of(patient), key=lambda one: (one.on, one.number), reverse=True)
    return ChainList(patient, tuple(chains), reaches(actor, patient, Permission.CHANGE_RECORD))


def chains_of(patient: Patient, session_number: int | None = None) -> tuple[SeenChain, ...]:
    """The newest version of every chain, or of those that belong to a session, in the order of their numbers."""
    rows = ChainAnalysis.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("number", "version")
    newest = {row.number: row for row in rows}
    return tuple(_seen(row) for row in newest.values() if session_number is None or row.session_number == session_number)


def _seen(row: ChainAnalysis) -> SeenChain:
    content = ChainContent.read(row.content)
    return SeenChain(row.pk, row.number, row.version, row.on, row.session_number, row.module, content, row.author.name, row.recorded_at)


@clinical_act(Permission.SEE_RECORD, view=True)
def see_chain(actor: Actor, *, patient_id: uuid.UUID, number: int | None = None) -> ChainSheet:
    """One chain with its versions and what is offered around it, or the sheet for a new one; raises NoSuchChain."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    versions = tuple(_seen(row) for row in reversed(_versions(patient, number))) if number is not None else ()
    newest = versions[0] if versions else None
    known = work_out(patient, protocols=())
    planned = known.plan.with_status(*PLACED)
    sessions = _sessions(patient)
    names = dict.fromkeys([*(match.id for match in planned), *([newest.module] if newest and newest.module in knowledge().modules else [])])
    return ChainSheet(
        patient=patient,
        newest=newest,
        versions=versions,
        nodes=_nodes(patient),
        modules=tuple((name, knowledge().modules[name].short_name) for name in names),
        sessions=tuple((session, on) for session, on, _pk in sessions),
        session_id=next((pk for session, _on, pk in sessions if newest and session == newest.session_number), None),
        is_recorded=_is_recorded(newest, known.facts.counting()),
        today=clock.today(),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _versions(patient: Patient, number: int) -> list[ChainAnalysis]:
    # A number that no chain can have would not fit into the database's.
    rows = ChainAnalysis.objects.filter(clinic_id=patient.clinic_id, patient=patient, number=number) if number < 2**31 else ChainAnalysis.objects.none()
    found = list(rows.select_related("author").order_by("version"))
    if not found:
        raise NoSuchChain
    return found


def _nodes(patient: Patient) -> tuple[Node, ...]:
    newest = Formulation.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    return FormulationContent.read(newest.content).nodes if newest else ()


def _sessions(patient: Patient) -> list[tuple[int, date | None, uuid.UUID | None]]:
    """The coming session first, then those that are signed, the latest first."""
    rows = TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number")
    signed: list[tuple[int, date | None, uuid.UUID | None]] = [(row.number, row.on, row.pk) for row in rows]
    return [((signed[0][0] if signed else 0) + 1, None, None), *signed]


def _is_recorded(chain: SeenChain | None, facts: Iterable[KnownFact]) -> bool | None:
    if chain is None or not chain.content.kind:
        return None
    return any(fact.kind == "event" and fact.key == chain.content.kind and fact.true_on == chain.on for fact in facts)


# ---- Writing -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def save_chain(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    content: ChainContent,
    on: date,
    number: int | None = None,
    version: int = 0,
    session_number: int | None = None,
    module: str = "",
    is_event: bool = False,
) -> ChainAnalysis:
    """Write a chain, or with ``number`` its next version; ``version`` is the one it was written upon, 0 for a new chain.

    With ``is_event`` a behaviour that the safety rules look at goes into the record as an event of its day, unless it stands there.
    Raises NotAcceptable, NoSuchChain and ChangedMeanwhile; nothing is saved then.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    checked = _checked(content, {node.id: node.words for node in _nodes(patient)})
    _check_frame(patient, on, session_number, module)
    newest = _versions(patient, number)[-1] if number is not None else None
    if newest is not None and newest.version != version:
        raise ChangedMeanwhile({"chain": newest.content}, newest.version, _("this chain analysis"), newest.author.name)
    row = ChainAnalysis(
        clinic=actor.clinic,
        patient=patient,
        number=newest.number if newest else _next_number(patient),
        version=newest.version + 1 if newest else 1,
        on=on,
        session_number=session_number,
        module=module,
        author=actor.user,
        replaces=newest,
    )
    row.content = checked.stored()
    row.save()
    if is_event and not _is_recorded(_seen(row), work_out(patient, protocols=()).facts.counting()):
        add_facts(actor, patient, [NewFact("event", checked.kind, {"kind": checked.kind, "date": on.isoformat()}, on)])
    return row


def _next_number(patient: Patient) -> int:
    found = ChainAnalysis.objects.filter(clinic_id=patient.clinic_id, patient=patient).aggregate(last=Max("number"))["last"]
    return (found or 0) + 1


def _check_frame(patient: Patient, on: date, session_number: int | None, module: str) -> None:
    today = clock.today()
    if not today - timedelta(days=OLDEST_DAYS) <= on <= today:
        raise NotAcceptable("Day", _("the day on which it happened, which is not ahead, found %(found)s") % {"found": on.isoformat()})
    if session_number is not None and session_number not in {number for number, _on, _pk in _sessions(patient)}:
        raise NotAcceptable("Session", _("the coming session or one that is signed, or none. Load the page again"))
    if module and module not in knowledge().modules:
        raise NotAcceptable("Module", _("one of the modules of this clinic's knowledge release, or none"))


def _checked(content: ChainContent, nodes: dict[str, str]) -> ChainContent:
    """The content with its texts cleaned, and the nodes of the formulation with their words of now."""
    texts = {name: getattr(content, name).strip() for name in ("behaviour", "prompt", "vulnerability", "short_term", "long_term", "repair", "pattern")}
    for name, words in (("Behaviour", texts["behaviour"]), ("What set it off", texts["prompt"])):
        if not words:
            raise NotAcceptable(name, _("words, in a sentence or two; everything else can stay open"))
    longest = max(map(len, texts.values()))
    if longest > LONGEST_TEXT:
        raise NotAcceptable("Words", _("at most %(most)d characters in each field; found %(found)d") % {"most": LONGEST_TEXT, "found": longest})
    if content.kind and content.kind not in BEHAVIOURS:
        raise NotAcceptable("Behaviour", _("one of the kinds shown, or another behaviour"))
    if len(content.links) > MOST_LINKS:
        raise NotAcceptable("Links", _("at most %(most)d links; found %(found)d") % {"most": MOST_LINKS, "found": len(content.links)})
    # A node that the formulation has no longer keeps the words it had.
    shows = tuple(one._replace(words=nodes.get(one.id, one.words)) for one in content.shows if one.id in nodes or one.words)
    return replace(content, links=tuple(map(_link, content.links)), shows=tuple(dict.fromkeys(shows)), **texts)


def _link(link: ChainLink) -> ChainLink:
    words, instead = (" ".join(text.split()) for text in (link.words, link.instead))
    if not 0 < len(words) <= LONGEST_LINK or len(instead) > LONGEST_LINK:
        raise NotAcceptable("Links", _("words in every link, at most %(most)d characters") % {"most": LONGEST_LINK})
    if link.strength is not None and not 0 <= link.strength <= HIGHEST:
        raise NotAcceptable("Strength", _("a number from 0 to %(most)d as the patient says it, found %(found)d") % {"most": HIGHEST, "found": link.strength})
    return replace(link, words=words, instead=instead)
