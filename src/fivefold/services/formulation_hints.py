"""What the record could add to a formulation, and what the formulation leaves open. Nothing here writes into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.scores import ImpairmentReading
from fivefold.concepts.vocabulary import EVENT_WORDS, Severity, severity_of
from fivefold.documents.language import say
from fivefold.services.chains import SeenChain
from fivefold.services.diary_patterns import FoundPattern
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.formulation_questions import PLANNED
from fivefold.services.knowledge import knowledge

# Something is worth a place from this level on; below it the profile has it, but it hardly carries a formulation.
LEAST_SEVERITY = Severity.MODERATE
# What happens to somebody and can set things off. What the patient did belongs among the problems.
TRIGGERING = (
    "loss", "separation", "discharge", "leave", "therapist_absence", "team_change", "disclosure", "abuse", "victimisation", "arrest",
    "job_loss", "move", "birth", "other",
)  # fmt: skip
LEAST_POINTS = 1.0  # of 2: below, a component of resilience is no strength
MOST_CHAINS = 3  # the latest; older ones stand in the list of chain analyses
LONGEST_NODE = 300  # letters of a node's words


@dataclass(frozen=True)
class Suggestion:
    """A node that the record could add, if a clinician takes it over; ``key`` names it, the rest says where it comes from.

    For an impairment ``level`` (0-4) and ``evidence`` (the weightiest piece) are told; for an event ``on``, None when its day is
    not known; for a component of resilience ``points`` of 2; for a part of a chain analysis ``on`` and ``is_chain``; for a pattern of the
    diary its counts.
    """

    key: str
    node: Node
    level: float | None = None
    evidence: str = ""
    on: date | None = None
    points: float | None = None
    is_chain: bool = False
    counts: FoundPattern | None = None


def suggestions(
    plan: PhasedPlan, record: Assessment, content: FormulationContent, chains: Sequence[SeenChain] = (), found: Sequence[FoundPattern] = ()
) -> tuple[Suggestion, ...]:
    """What the record knows and the formulation does not have yet: impairments by level, events, strengths, then patterns of chains and of the diary."""
    has = {part for node in content.nodes for part in (node.impairment, node.source, node.words.casefold())} - {""}
    known = (*_impairments(plan), *_events(record), *_strengths(plan), *_patterns(chains), *_counted(found))
    return tuple(one for one in known if has.isdisjoint((one.key, one.node.impairment, one.node.words.casefold())))


def _impairments(plan: PhasedPlan) -> Iterator[Suggestion]:
    planned = plan.with_status(*PLANNED)
    known = [reading for reading in plan.profile.impairments if reading.level is not None and severity_of(reading.level) >= LEAST_SEVERITY]
    for reading in sorted(known, key=lambda one: (-(one.level or 0), one.id)):
        modules = tuple(match.id for match in planned if reading.id in match.treats)
        node = Node("", NodeKind.PROBLEM, knowledge().impairments[reading.id].name, reading.id, modules)
        yield Suggestion(f"impairment.{reading.id}", node, level=reading.level, evidence=_weightiest(reading))


def _weightiest(reading: ImpairmentReading) -> str:
    return max(reading.evidence, key=lambda piece: piece.weight).text if reading.evidence else ""


def _events(record: Assessment) -> Iterator[Suggestion]:
    """Each kind of event once, with the last day of it that is known."""
    ago: dict[str, int | None] = {}
    for event in record.events:
        if event.kind in TRIGGERING:
            days = [known for known in (ago.get(event.kind), event.days_ago_from) if known is not None]
            ago[event.kind] = min(days, default=None)
    for kind, days_ago in ago.items():
        on = record.as_of - timedelta(days=days_ago) if days_ago is not None else None
        yield Suggestion(f"event.{kind}", Node("", NodeKind.TRIGGER, say(EVENT_WORDS[kind])), on=on)


def _strengths(plan: PhasedPlan) -> Iterator[Suggestion]:
    known = plan.profile.resilience.components
    for component in knowledge().tailoring.components:
        points = known.get(component.id)
        if points is not None and points >= LEAST_POINTS:
            yield Suggestion(f"strength.{component.id}", Node("", NodeKind.STRENGTH, component.strength or component.name), points=points)


def _patterns(chains: Sequence[SeenChain]) -> Iterator[Suggestion]:
    """Of the latest chain analyses what set the behaviour off, and the pattern that somebody wrote down as one."""
    for chain in sorted(chains, key=lambda one: (one.on, one.number), reverse=True)[:MOST_CHAINS]:
        said = ((NodeKind.TRIGGER, "prompt", chain.content.prompt), (NodeKind.LOOP, "pattern", chain.content.pattern))
        for kind, part, text in said:
            words = " ".join(text.split())
            if 0 < len(words) <= LONGEST_NODE:
                key = f"chain.{chain.number}-{part}"
                yield Suggestion(key, Node("", kind, words, source=key), on=chain.on, is_chain=True)


def _counted(found: Sequence[FoundPattern]) -> Iterator[Suggestion]:
    """What the diary counts together, as a trigger that may be one; whether it is, is for patient and therapist to say."""
    for one in found:
        said = {"when": _in_a_sentence(one.when.words), "then": _in_a_sentence(one.then.words)}
        words = _("Days with less of it than usual (%(when)s): %(then)s is higher") if one.pattern.side == "lower" else None
        words = words or _("Days with more of it than usual (%(when)s): %(then)s is higher")
        key = f"diary.{one.pattern.id}"
        yield Suggestion(key, Node("", NodeKind.TRIGGER, words % said, source=key), counts=one)


def _in_a_sentence(words: str) -> str:
    return words[:1].lower() + words[1:]
