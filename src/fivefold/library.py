"""Fivefold as a library: the same words as the command line.

>>> from fivefold import load_knowledge, plan, read_assessment
>>> knowledge = load_knowledge()
>>> proposal = plan(read_assessment("case.yaml", knowledge), knowledge)
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import PhaseReading
from fivefold.concepts.plan import Alternative, ModuleMatch, Override, PhasedPlan, PlanRevision, Profile
from fivefold.concepts.scores import ScaleScore
from fivefold.engine.planning import PlanOptions, make_plan, understand
from fivefold.engine.progress.event_counts import EventCount, count_events
from fivefold.engine.progress.overview import ScaleProgress, read_progress
from fivefold.engine.replanning import ReleaseImpact, WhatIf, propose_revision, release_impact
from fivefold.engine.scoring import score_assessment
from fivefold.engine.tailoring import read_severity
from fivefold.exchange.assessment_reader import read_assessment, read_assessment_bytes
from fivefold.knowledge.cache import load_cached
from fivefold.knowledge.loader import KNOWLEDGE_FOLDER, load_base

WITHOUT_DRAWS = PlanOptions(with_stability=False)


def load_knowledge(folder: str | Path | None = None, *, cached: bool = True) -> KnowledgeBase:
    """The knowledge base of a folder, or the one that comes with Fivefold.

    ``cached`` uses a compiled copy that is rebuilt when a file changes. Raises KnowledgeRefused with all problems.
    """
    chosen = Path(folder) if folder is not None else KNOWLEDGE_FOLDER
    return load_cached(chosen) if cached else load_base(chosen)


def plan(assessment: Assessment, knowledge: KnowledgeBase, *, draws: int | None = None, protocols: Sequence[str] = ("gpm",)) -> PhasedPlan:
    """The phased plan of an assessment with its reasons; ``draws=0`` leaves out stability."""
    return make_plan(assessment, knowledge, PlanOptions(with_stability=draws != 0, draws=draws, protocols=tuple(protocols)))


def score(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[ScaleScore, ...]:
    """Every scale score of an assessment, the unscored ones with their missing items."""
    return score_assessment(assessment, knowledge)


def progress(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[ScaleProgress, ...]:
    """What the dated scores of an assessment say of change, or why they say nothing; one entry for each scale."""
    return read_progress(assessment, knowledge)


def events(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[EventCount, ...]:
    """How often each countable event on record happened, by week or month; a time of which nobody asked stays a gap."""
    return count_events(assessment.events, assessment.as_of, knowledge.progress)


def safety(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[Override, ...]:
    """The risk rules that are active, wait to be asked, or have been cleared or overruled."""
    return understand(assessment, knowledge).overrides


def profile(assessment: Assessment, knowledge: KnowledgeBase) -> Profile:
    """The impairment profile with the evidence behind each level."""
    known = understand(assessment, knowledge)
    band, source = read_severity(known.scores, assessment)
    return Profile(band, source, known.resilience, known.readings)


def phase(assessment: Assessment, knowledge: KnowledgeBase) -> PhaseReading:
    """Where the person is now, and what opens the next phase."""
    return understand(assessment, knowledge).phase


def match(assessment: Assessment, knowledge: KnowledgeBase) -> tuple[ModuleMatch, ...]:
    """Every specific module once, with its status and reasons."""
    return make_plan(assessment, knowledge, WITHOUT_DRAWS).modules


def explain(assessment: Assessment, knowledge: KnowledgeBase, module: str) -> ModuleMatch:
    """One module with everything that explains its place; raises UnknownThing."""
    if module not in knowledge.modules:
        raise UnknownThing("specific module", module, list(knowledge.modules))
    return plan(assessment, knowledge).match(module)


def what_if(path: str | Path, knowledge: KnowledgeBase, changes: Sequence[str], *, as_of: date | None = None) -> WhatIf:
    """The plan of a file with changes such as ``ratings.anger=3``, and its difference from the plan as it stands."""
    before = make_plan(read_assessment(path, knowledge, as_of), knowledge, WITHOUT_DRAWS)
    after = make_plan(read_assessment(path, knowledge, as_of, changes), knowledge, WITHOUT_DRAWS)
    return WhatIf(after, propose_revision(before, after))


def compare(assessment: Assessment, knowledge: KnowledgeBase, protocols: Sequence[str]) -> tuple[Alternative, ...]:
    """Programmes laid side by side for this patient: information, never a ranking. Raises UnknownThing."""
    for name in protocols:
        if name not in knowledge.protocols:
            raise UnknownThing("protocol", name, list(knowledge.protocols))
    return make_plan(assessment, knowledge, PlanOptions(with_stability=False, protocols=tuple(protocols))).alternatives


def revise(before: Assessment, after: Assessment, knowledge: KnowledgeBase) -> PlanRevision:
    """The proposed difference between the plans of two assessments of one patient; "no change" included."""
    return propose_revision(make_plan(before, knowledge, WITHOUT_DRAWS), make_plan(after, knowledge, WITHOUT_DRAWS))


def measures(knowledge: KnowledgeBase) -> tuple[Instrument, ...]:
    """All instruments, in the order of their ids."""
    return tuple(knowledge.instruments.values())


def impact(assessments: Iterable[Assessment], old: KnowledgeBase, new: KnowledgeBase) -> ReleaseImpact:
    """Which plans would change under a new knowledge release."""
    return release_impact(assessments, old, new)


__all__ = [
    "compare",
    "explain",
    "impact",
    "load_knowledge",
    "match",
    "measures",
    "phase",
    "plan",
    "profile",
    "progress",
    "read_assessment",
    "read_assessment_bytes",
    "revise",
    "safety",
    "score",
    "what_if",
]
