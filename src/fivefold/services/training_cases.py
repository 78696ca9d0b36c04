"""The cases that can be practised: the worked cases that come with the program, with their keyings, read once in a process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.training import Keying
from fivefold.concepts.vocabulary import PhaseId, Severity
from fivefold.engine.agreement import Agreement, agreement_of, demand_on_module, demand_on_rule
from fivefold.exchange.cases import WorkedCase, worked_cases
from fivefold.exchange.keyings import read_keyings
from fivefold.library import plan as make_plan
from fivefold.library import read_assessment

THEME_FROM = Severity.SEVERE


@dataclass(frozen=True)
class TrainingCase:
    """A case as it can be practised. ``themes`` are the impairments that are at least severe in it, by id."""

    id: str
    title: str
    is_fictional: bool
    source: str
    story: str
    left_open: str
    assessment: Assessment
    keyings: tuple[Keying, ...]
    themes: tuple[str, ...]

    @property
    def phase(self) -> PhaseId:
        """The phase that the first keying gives it."""
        return self.keyings[0].phases[0]

    @property
    def counts_in_agreement(self) -> bool:
        """Whether A and B keyed it, each from its texts alone: later second keyings stand beside these figures, not in them."""
        return [keying.keyer for keying in self.keyings] == ["A", "B"]


class KeyersAgreement(NamedTuple):
    """How far the two keyings agree, over the cases that A and B keyed: on the phase, on each module, on each safety rule."""

    cases: int
    phase: Agreement
    modules: Agreement
    rules: Agreement


@dataclass(frozen=True)
class CaseBook:
    """All cases with the knowledge they are read with."""

    knowledge: KnowledgeBase
    cases: tuple[TrainingCase, ...]
    agreement: KeyersAgreement

    def case(self, name: str) -> TrainingCase:
        """The case with this id; raises UnknownThing."""
        for one in self.cases:
            if one.id == name:
                return one
        raise UnknownThing("case", name, [one.id for one in self.cases])

    def about(self, module: str) -> tuple[TrainingCase, ...]:
        """The cases of which a keying speaks of a specific module, for or against it."""
        return tuple(one for one in self.cases if any(module in keying.modules for keying in one.keyings))

    def plan(self, case: TrainingCase) -> PhasedPlan:
        """What the engine proposes for a case."""
        return make_plan(case.assessment, self.knowledge, draws=0, protocols=())


@dataclass(frozen=True)
class _Release:
    """A knowledge base that is known again by what it contains."""

    content_hash: str
    knowledge: KnowledgeBase = field(compare=False)


def case_book(knowledge: KnowledgeBase) -> CaseBook:
    """The cases that come with the program, read with a knowledge release. Those without a key are left out."""
    return _read(_Release(knowledge.release.content_hash, knowledge))


@lru_cache(maxsize=4)
def _read(release: _Release) -> CaseBook:
    cases = tuple(_case(one, release.knowledge, keyings) for one in worked_cases() if (keyings := read_keyings(one)))
    return CaseBook(release.knowledge, cases, keyers_agreement(cases, release.knowledge))


def _case(one: WorkedCase, knowledge: KnowledgeBase, keyings: tuple[Keying, ...]) -> TrainingCase:
    assessment = read_assessment(one.assessment, knowledge)
    themes = tuple(name for name, rating in assessment.ratings.items() if rating.severity is not None and rating.severity >= THEME_FROM)
    return TrainingCase(one.id, one.title, one.kind == "fictional", one.source, one.story, one.left_open, assessment, keyings, themes)


def keyers_agreement(cases: Sequence[TrainingCase], knowledge: KnowledgeBase) -> KeyersAgreement:
    """Cohen's kappa of the keyings of A and B over the cases that they keyed."""
    both = [(case.keyings[0], case.keyings[1]) for case in cases if case.counts_in_agreement]
    codes = list(dict.fromkeys(rule.code for rule in knowledge.overrides))
    return KeyersAgreement(
        len(both),
        agreement_of((a.phases[0].value, b.phases[0].value) for a, b in both),
        agreement_of((demand_on_module(a, name), demand_on_module(b, name)) for a, b in both for name in knowledge.modules),
        agreement_of((demand_on_rule(a, code), demand_on_rule(b, code)) for a, b in both for code in codes),
    )
