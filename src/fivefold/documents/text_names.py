"""Names and sentences shared by the texts: every id with its readable name beside it, numbers and dates as people write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import Flip, ModuleMatch, Reason, SettlingMeasure, Spread
from fivefold.concepts.scores import ImpairmentReading, level_word
from fivefold.concepts.vocabulary import DIAGNOSES, PhaseId
from fivefold.documents.html.words import MATCH_WORDS

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True)
class Names:
    """Readable names from one knowledge base; an unknown id stands for itself."""

    knowledge: KnowledgeBase

    def module(self, module_id: str) -> str:
        """``S04 Self-harm: chain analysis``; also for general modules."""
        known = self.knowledge.modules.get(module_id) or self.knowledge.general_modules.get(module_id)
        return f"{module_id} {known.short_name}" if known else module_id

    def impairment(self, impairment_id: str) -> str:
        known = self.knowledge.impairments.get(impairment_id)
        return known.name if known else impairment_id

    def instrument(self, instrument_id: str) -> str:
        known = self.knowledge.instruments.get(instrument_id)
        return known.name if known else instrument_id

    def phase(self, phase: PhaseId) -> str:
        return f"{phase.value} {self.knowledge.phases[phase].name}"

    def rule(self, code: str) -> str:
        """``R6 Self-harm within two months``."""
        found = next((rule.name for rule in self.knowledge.overrides if rule.code == code), "")
        return f"{code} {found}".strip()

    def waiting(self, text: str) -> str:
        """What a module waits for: a module, a phase, a rule, or words that stand as they are."""
        if text in PhaseId.__members__:
            return f"phase {self.phase(PhaseId(text))}"
        if text in self.knowledge.modules or text in self.knowledge.general_modules:
            return self.module(text)
        return self.rule(text) if any(rule.code == text for rule in self.knowledge.overrides) else text

    def waits(self, match: ModuleMatch) -> str:
        return "; ".join(map(self.waiting, match.waits_for))

    def settling(self, measure: SettlingMeasure) -> str:
        """``PCL-5 (pcl5), 5 min``, or the question itself."""
        if not measure.instrument:
            return measure.question
        return f"{self.instrument(measure.instrument)} ({measure.instrument}), {number(measure.minutes)} min"

    def input(self, path: str) -> str:
        """What a rule read, in words."""
        kind, _, rest = path.partition(".")
        name = rest.split(".")[0]
        if kind == "impairment":
            return self.impairment(name)
        if kind == "score":
            return f"score of {self.instrument(name)}"
        if kind == "item":
            return f"{self.instrument(name)}, item {rest.rpartition('.')[2]}"
        if kind in ("general_modules", "general", "modules", "module"):
            return self.module(name)
        if kind == "diagnosis":
            return f"diagnosis: {DIAGNOSES.get(name, name)}"
        return path.replace(".", ": ").replace("_", " ")

    def flip(self, flip: Flip) -> str:
        """``Anger: from 2.0 (moderate) to mild (below 1.5) makes it not indicated``."""
        return f"{self.input(flip.input)}: from {flip.start} to {flip.to} makes it {MATCH_WORDS[flip.becomes]}."


def main_reason(match: ModuleMatch, *, supports: bool = True) -> Reason | None:
    """The first reason for, or against; a diagnosis says least about one person, so it comes last."""
    reasons = [reason for reason in match.because if reason.supports is supports]
    return min(reasons, key=lambda reason: any(name.startswith("diagnosis") for name in reason.inputs), default=None)


def number(value: float) -> str:
    """A number with at most two decimals, none that say nothing."""
    return f"{round(value, 2):g}"


def day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def span(value: Spread, unit: str) -> str:
    """A range with its usual value: ``12 to 24 sessions, usually 16``."""
    least, usual, most = (number(round(part)) for part in (value.min, value.usual, value.max))
    if least == most:
        return f"{usual} {unit if usual != '1' else unit.removesuffix('s')}"
    return f"{least} to {most} {unit}" + (f", usually {usual}" if usual not in (least, most) else "")


def level_words(level: float | None, error: float | None = None, *, of: str = "") -> str:
    """``3.2 severe +-0.4``, or ``not known``; ``of`` is the impairment whose level it is."""
    if level is None:
        return "not known"
    return f"{level:.1f} {level_word(of, level)}" + (f" ±{error:.1f}" if error is not None else "")


def reading_words(reading: ImpairmentReading) -> str:
    """As ``level_words``, of an impairment: a danger that was not seen is not called none."""
    return level_words(reading.level, reading.standard_error, of=reading.id)


def counted(amount: int, thing: str, things: str = "") -> str:
    """A number with its noun."""
    return f"{amount} {thing}" if amount == 1 else f"{amount} {things or thing + 's'}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """A list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
