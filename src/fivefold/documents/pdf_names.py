"""Names and sources behind a printed plan: what its ids are called, how to settle what is unknown, which literature it cites."""

from collections.abc import Iterable, Iterator
from typing import Any

from fivefold.concepts.basis import Basis
from fivefold.concepts.criterion_words import STATED_WORDS
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan, SettlingMeasure
from fivefold.concepts.vocabulary import DIAGNOSES, MatchStatus
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import INPUT_WORDS
from fivefold.documents.language import say, to_say

Content = dict[str, Any]
# How much of a work was read.
SEEN = {
    "full": to_say("full"),
    "partial": to_say("partial"),
    "abstract": to_say("abstract"),
    "summary": to_say("summary"),
    "secondary": to_say("secondary"),
}


class PlanNames:
    """One plan beside the knowledge base it was made from."""

    def __init__(self, plan: PhasedPlan, knowledge: KnowledgeBase) -> None:
        self.plan, self.knowledge = plan, knowledge
        self.now = plan.with_status(MatchStatus.NOW)

    def sources(self) -> list[Content]:
        """The literature this plan leans on, with how much of it was read."""
        cited = sorted(set(_cited(self.plan)), key=_source_order)
        known = [self.knowledge.sources[key] for key in cited if key in self.knowledge.sources]
        return [{"id": one.id, "citation": one.citation, "seen": say(SEEN.get(one.seen, one.seen.replace("_", " "))), "url": one.link} for one in known]

    def name(self, key: str) -> str:
        """A module's id with its readable name beside it."""
        readable = self.knowledge.name_of(key)
        return key if readable == key else f"{key} {readable}"

    def impairment(self, key: str) -> str:
        """The clinical name of an impairment."""
        found = self.knowledge.impairments.get(key)
        return found.name if found else key.replace("_", " ")

    def instrument(self, key: str) -> str:
        """The short name of an instrument."""
        found = self.knowledge.instruments.get(key)
        return found.name if found else key

    def scale(self, instrument: str, scale: str) -> str:
        """An instrument with its scale, unless the scale is the total."""
        found = self.knowledge.instruments.get(instrument)
        part = found.scale(scale) if found else None
        name = part.name if part else scale.replace("_", " ")
        return self.instrument(instrument) if scale == "total" else f"{self.instrument(instrument)}, {name}"

    def minutes(self, instrument: str) -> float:
        """Minutes an instrument takes."""
        found = self.knowledge.instruments.get(instrument)
        return found.minutes.value if found else 0

    def input(self, path: str) -> str:
        """What a rule read, in words: ``impairment.anger`` is Anger, ``carers.available`` what that question asks."""
        kind, _, rest = path.partition(".")
        name = rest.split(".")[0]
        readers = {
            "impairment": self.impairment, "score": self.instrument, "item": self.instrument, "general_modules": self.name, "modules": self.name,
        }  # fmt: skip
        if path not in INPUT_WORDS and name and kind in readers:
            return readers[kind](name)
        if kind == "diagnosis":
            return say("diagnosis of {name}", name=say(DIAGNOSES.get(name, name)))
        return say(INPUT_WORDS.get(path) or STATED_WORDS.get(path) or path.replace("_", " ").replace(".", ": "))

    def settle_words(self, ways: Iterable[SettlingMeasure], question: str) -> str:
        """How to find out what is not known."""
        ways = tuple(ways)
        known = [(self.instrument(way.instrument), words.number(way.minutes)) for way in ways if way.instrument]
        measures = [say("{instrument} ({minutes} min)", instrument=name, minutes=minutes) for name, minutes in known]
        questions = [*(way.question for way in ways if not way.instrument), *([question] if question else [])]
        measure = [say("Measure: {measures}.", measures=words.joined(measures, "or"))] if measures else []
        return " ".join([*measure, *(say("Ask: {question}", question=one) for one in questions)])


def _cited(plan: PhasedPlan) -> Iterator[str]:
    """Ids of every source behind something this document shows."""
    shown = plan.with_status(MatchStatus.NOW)
    for match in shown:
        yield from match.sources
    bases: list[Basis] = [rule.basis for rule in plan.overrides]
    bases += [piece.basis for reading in plan.profile.impairments for piece in reading.evidence]
    bases += [reason.basis for match in shown for reason in match.because]
    bases += [step.basis for match in shown for step in match.interventions]
    bases += [one.basis for one in (*plan.phase.entry, *plan.phase.exit)]
    yield from (basis.source for basis in bases if basis.source)


def _source_order(key: str) -> tuple[int, str]:
    """L9 before L10, L13 before L13a."""
    digits = "".join(letter for letter in key if letter.isdigit())
    return int(digits or 0), key
