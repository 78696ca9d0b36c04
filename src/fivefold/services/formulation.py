"""Acts about the case formulation: how a patient's difficulties hang together, written by clinicians in versions.

The record offers what it knows and puts nothing in by itself. What is saved is a new version; the earlier ones stay readable.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.models import CareRelation, DeclinedSuggestion, Formulation, FormulationComment, Patient, Role
from fivefold.services.access import AccessDenied, Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.chains import chains_of
from fivefold.services.diary import entries_of
from fivefold.services.diary_patterns import FoundPattern, find_patterns
from fivefold.services.formulation_content import FormulationContent, FormulationDifference, Link, Node, difference
from fivefold.services.formulation_hints import Suggestion, suggestions
from fivefold.services.formulation_questions import PLANNED, OpenQuestions, open_questions
from fivefold.services.formulation_replies import SeenReply, SharedFormulation, newest_of_each, replies_of, shared_of
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, ProposedPlan, checked_reason, work_out

MOST_NODES, MOST_LINKS, MOST_LINES = 40, 80, 5
LONGEST_WORDS, LONGEST_LINK, LONGEST_LINE, LONGEST_COMMENT = 300, 60, 200, 2000
NODE_ID = re.compile(r"[0-9a-f]{8}")
NODE_SOURCE = re.compile(r"diary\.[a-z0-9_]{1,60}|chain\.[0-9]{1,6}-(prompt|pattern)|")


@dataclass(frozen=True)
class SeenComment:
    """What a colleague said, about which version and which node; ``node`` is empty for the whole, ``words`` are those of the node then."""

    number: int
    node: str
    words: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True)
class SeenFormulation:
    """One version: its number from 1, what it says, the patient's lines, by whom and when."""

    number: int
    content: FormulationContent
    lines: str
    author: str
    at: datetime

    @property
    def before(self) -> int:
        """The number of the version before this one, 0 for the first."""
        return self.number - 1


@dataclass(frozen=True)
class SeenDeclined:
    """What was offered and declined: its words then, why, by whom and when."""

    key: str
    words: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True)
class FormulationSheet:
    """The formulation as it counts, None before the first; versions and comments newest first; what is offered and what is open.

    ``modules`` are those a node can point at: of now and next in the plan, and those that a node names already. ``found`` are the
    patterns that the diary bears out today, with which a node that comes from one is read on. ``shared`` is what the patient sees of it
    (None: nothing), ``replies`` what they said of that, the newest first.
    """

    patient: Patient
    newest: SeenFormulation | None
    versions: tuple[SeenFormulation, ...]
    comments: tuple[SeenComment, ...]
    suggestions: tuple[Suggestion, ...]
    declined: tuple[SeenDeclined, ...]
    questions: OpenQuestions
    modules: tuple[tuple[str, str], ...]
    found: tuple[FoundPattern, ...]
    shared: SharedFormulation | None
    replies: tuple[SeenReply, ...]
    may_change: bool
    may_comment: bool

    @property
    def version(self) -> int:
        """The number that the next version is written upon, 0 before the first."""
        return self.newest.number if self.newest else 0

    @property
    def lines(self) -> tuple[tuple[str, SeenReply | None], ...]:
        """The patient's lines of the newest version, each with what they said of these very words last."""
        said = {one.line: one for one in newest_of_each(self.replies) if one.line}
        return tuple((line, said.get(line)) for line in (self.newest.lines.splitlines() if self.newest else ()))

    @property
    def shows_other_lines(self) -> bool:
        """Whether the patient sees lines that are not those of the newest version."""
        return self.shared is not None and self.newest is not None and self.shared.lines != tuple(self.newest.lines.splitlines())


@dataclass(frozen=True)
class ComparedFormulations:
    """Two versions of one patient's formulation and what differs."""

    patient: Patient
    earlier: SeenFormulation
    later: SeenFormulation
    difference: FormulationDifference


class NoSuchFormulation(FivefoldError):
    """There is no version with this number. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This patient's formulation has no version with this number. Choose one from the list of versions."))


# ---- Reading -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_formulation(actor: Actor, *, patient_id: uuid.UUID) -> FormulationSheet:
    """The newest version with everything around it."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = list(Formulation.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number"))
    versions = tuple(_seen(row) for row in rows)
    newest = versions[0] if versions else None
    content = newest.content if newest else FormulationContent()
    known = work_out(patient, protocols=())
    planned = known.plan.with_status(*PLANNED)
    declined = _declined(patient)
    found = find_patterns(knowledge().diary, entries_of(patient), clock.today())
    offered = suggestions(known.plan, known.record, content, chains_of(patient), found)
    names = dict.fromkeys([*(match.id for match in planned), *sorted(content.treated_by & knowledge().modules.keys())])
    return FormulationSheet(
        patient=patient,
        newest=newest,
        versions=versions,
        comments=_comments(patient, versions),
        suggestions=tuple(one for one in offered if one.key not in {row.key for row in declined}),
        declined=declined,
        questions=open_questions(known.plan, content),
        modules=tuple((name, knowledge().modules[name].short_name) for name in names),
        found=found,
        shared=shared_of(patient),
        replies=replies_of(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
        may_comment=_may_comment(actor, patient),
    )


def _offered(patient: Patient, known: ProposedPlan, content: FormulationContent) -> tuple[Suggestion, ...]:
    found = find_patterns(knowledge().diary, entries_of(patient), clock.today())
    return suggestions(known.plan, known.record, content, chains_of(patient), found)


def _declined(patient: Patient) -> tuple[SeenDeclined, ...]:
    """What was declined and not offered again, the newest first."""
    rows = DeclinedSuggestion.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "pk")
    last = {row.key: row for row in rows}
    found = [SeenDeclined(row.key, row.words, row.reason, row.author.name, row.recorded_at) for row in last.values() if not row.offered_again]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _seen(row: Formulation) -> SeenFormulation:
    return SeenFormulation(row.number, FormulationContent.read(row.content), row.lines, row.author.name, row.recorded_at)


def _comments(patient: Patient, versions: Sequence[SeenFormulation]) -> tuple[SeenComment, ...]:
    """All comments, the newest first, each with the words that its node had when it was written."""
    said = {version.number: {node.id: node.words for node in version.content.nodes} for version in versions}
    rows = FormulationComment.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author", "formulation").order_by("-recorded_at")
    return tuple(
        SeenComment(row.formulation.number, row.node, said[row.formulation.number].get(row.node, ""), row.text, row.author.name, row.recorded_at)
        for row in rows
    )


def _may_comment(actor: Actor, patient: Patient) -> bool:
    """Supervisors who see the record, and whoever is in a care relation with the patient."""
    if actor.role == Role.SUPERVISOR:
        return True
    running = CareRelation.objects.filter(clinic=actor.clinic, patient=patient, user=actor.user)
    return actor.role == Role.THERAPIST and running.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=timezone.now())).exists()


@clinical_act(Permission.SEE_RECORD, view=True)
def see_formulation_version(actor: Actor, *, patient_id: uuid.UUID, number: int) -> tuple[Patient, SeenFormulation]:
    """One version as it was written; raises NoSuchFormulation."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return patient, _seen(_version(patient, number))


def _version(patient: Patient, number: int) -> Formulation:
    rows = Formulation.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author")
    # A number that no version can have would not fit into the database's.
    found = rows.filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise NoSuchFormulation
    return found


@clinical_act(Permission.SEE_RECORD, view=True)
def compare_formulations(actor: Actor, *, patient_id: uuid.UUID, earlier: int, later: int) -> ComparedFormulations:
    """What differs between two versions; raises NoSuchFormulation."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    old, new = _seen(_version(patient, earlier)), _seen(_version(patient, later))
    return ComparedFormulations(patient, old, new, difference(old.content, new.content, (old.lines, new.lines)))


# ---- Writing -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def save_formulation(actor: Actor, *, patient_id: uuid.UUID, content: FormulationContent, lines: str, version: int) -> Formulation:
    """Write the next version; ``version`` is the number it was written upon, 0 for the first.

    Raises NotAcceptable for what cannot be used, and ChangedMeanwhile when another version stands by now; nothing is saved then.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    checked, said = _checked(content), _checked_lines(lines)
    newest = Formulation.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number").first()
    number = newest.number if newest else 0
    if number != version:
        theirs = {"formulation": newest.content, "lines": newest.lines} if newest else {}
        raise ChangedMeanwhile(theirs, number, _("this formulation"), newest.author.name if newest else "")
    row = Formulation(clinic=actor.clinic, patient=patient, number=number + 1, author=actor.user, replaces=newest)
    row.content, row.lines = checked.stored(), said
    row.save()
    return row


def _checked(content: FormulationContent) -> FormulationContent:
    """The content with its texts on one line each."""
    if not content.nodes:
        raise NotAcceptable("Formulation", _("at least one row with words: a problem, a cause, a trigger, a loop or a strength"))
    if len(content.nodes) > MOST_NODES or len(content.links) > MOST_LINKS:
        raise NotAcceptable("Formulation", _("at most %(nodes)d rows and %(links)d links") % {"nodes": MOST_NODES, "links": MOST_LINKS})
    names = [node.id for node in content.nodes]
    if len(set(names)) != len(names) or not all(NODE_ID.fullmatch(name) for name in names):
        raise NotAcceptable("Formulation", _("rows of this page, each once. Load it again"))
    return FormulationContent(tuple(_node(node) for node in content.nodes), tuple(dict.fromkeys(_link(link, set(names)) for link in content.links)))


def _node(node: Node) -> Node:
    words = " ".join(node.words.split())
    if not 0 < len(words) <= LONGEST_WORDS:
        raise NotAcceptable("Words", _("words in every row, at most %(most)d characters; found %(found)d") % {"most": LONGEST_WORDS, "found": len(words)})
    if node.impairment and node.impairment not in knowledge().impairments:
        raise NotAcceptable("Stands for", _("a part of the profile, or none"))
    if not knowledge().modules.keys() >= set(node.modules):
        raise NotAcceptable("Module", _("modules of this clinic's knowledge release"))
    if not NODE_SOURCE.fullmatch(node.source):
        raise NotAcceptable("Formulation", _("rows of this page, each once. Load it again"))
    return replace(node, words=words, modules=tuple(dict.fromkeys(node.modules)))


def _link(link: Link, names: set[str]) -> Link:
    words = " ".join(link.words.split())
    if link.start not in names or link.end not in names or link.start == link.end:
        raise NotAcceptable("Links", _("two different rows that have words, from the one to the other"))
    if not 0 < len(words) <= LONGEST_LINK:
        raise NotAcceptable("Links", _("what the one does to the other, in at most %(most)d characters") % {"most": LONGEST_LINK})
    return replace(link, words=words)


def _checked_lines(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        expected = _("at most %(most)d lines of at most %(longest)d characters; found %(found)d lines, the longest of %(length)d")
        longest = max(map(len, lines))
        raise NotAcceptable("Five lines", expected % {"most": MOST_LINES, "longest": LONGEST_LINE, "found": len(lines), "length": longest})
    return "\n".join(lines)


@clinical_act(Permission.CHANGE_RECORD)
def decline_suggestion(actor: Actor, *, patient_id: uuid.UUID, key: str, reason: str) -> DeclinedSuggestion:
    """Say that something the record offers does not belong here, and why; it is not offered any more. Raises NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    newest = Formulation.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first()
    content = FormulationContent.read(newest.content) if newest else FormulationContent()
    declined = {one.key for one in _declined(patient)}
    offered = next((one for one in _offered(patient, work_out(patient, protocols=()), content) if one.key == key and key not in declined), None)
    if offered is None:
        raise NotAcceptable("Offered", _("something the record offers now. Load the page again"))
    row = DeclinedSuggestion(clinic=actor.clinic, patient=patient, key=key, author=actor.user)
    row.words, row.reason = offered.node.words, checked_reason(reason)
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def offer_again(actor: Actor, *, patient_id: uuid.UUID, key: str) -> DeclinedSuggestion:
    """Take back that something was declined: it is offered again, as long as the record bears it out."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    old = next((one for one in _declined(patient) if one.key == key), None)
    if old is None:
        raise NotAcceptable("Declined", _("something that is declined now. Load the page again"))
    row = DeclinedSuggestion(clinic=actor.clinic, patient=patient, key=key, offered_again=True, author=actor.user)
    row.words = old.words
    row.save()
    return row


@clinical_act(Permission.SEE_RECORD)
def comment_formulation(actor: Actor, *, patient_id: uuid.UUID, number: int, text: str, node: str = "") -> FormulationComment:
    """Say something about a node of a version, or about the whole; raises AccessDenied, NoSuchFormulation or NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    if not _may_comment(actor, patient):
        raise AccessDenied(Permission.COSIGN)
    version = _version(patient, number)
    if node and FormulationContent.read(version.content).node(node) is None:
        raise NotAcceptable("About", _("the whole formulation, or one of its rows"))
    words = text.strip()
    if not 0 < len(words) <= LONGEST_COMMENT:
        raise NotAcceptable("Comment", _("what you want to say, at most %(most)d characters; found %(found)d") % {"most": LONGEST_COMMENT, "found": len(words)})
    row = FormulationComment(clinic=actor.clinic, patient=patient, formulation=version, node=node, author=actor.user)
    row.text = words
    row.save()
    return row
