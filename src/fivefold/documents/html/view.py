"""What every section of the page needs: the plan, the knowledge behind it, names, dates and the basis of a number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from fivefold.concepts.basis import Basis
from fivefold.concepts.criterion_words import STATED_WORDS
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import Phase
from fivefold.concepts.plan import GeneralReading, ModuleMatch, PhasedPlan, SettlingMeasure
from fivefold.concepts.vocabulary import DIAGNOSES, EVENT_WORDS, NUMBER_FACTS, MatchStatus, PhaseId, StageId
from fivefold.documents.html.formats import basis_words, days_in_words, listing, minutes_words
from fivefold.documents.html.icons import MATCH_ICONS
from fivefold.documents.html.markup import Html, fill, join
from fivefold.documents.html.words import (
    GENERAL_WORDS,
    GENERAL_WORDS_TOGETHER,
    INPUT_WORDS,
    LISTED_WORDS,
    MATCH_WORDS,
    MATCH_WORDS_TOGETHER,
    STAGE_WORDS,
    STAGE_WORDS_TOGETHER,
)
from fivefold.documents.language import say, say_number, to_say

_MODULE_ID = re.compile(r"\b[GS]\d{1,2}\b")
_IDS_ONLY = re.compile(r"(opens )?[GS]\d{1,2}(, [GS]\d{1,2})*")


@dataclass(frozen=True)
class View:
    """One page being written. ``cited`` collects the sources that the page points to, for its list of sources."""

    plan: PhasedPlan
    knowledge: KnowledgeBase
    cited: set[str] = field(default_factory=set)

    def basis(self, basis: Basis) -> Html:
        """The ground of a value in small letters; a source leads to its citation."""
        if basis.source is None:
            return fill('<small class="basis">{}</small>', basis_words(basis))
        return fill('<small class="basis">{}{}</small>', self.source(basis.source), f" ({basis.locator})" if basis.locator else None)

    def source(self, source_id: str) -> Html:
        """A source as a link into the list of sources, with its citation as title."""
        self.cited.add(source_id)
        known = self.knowledge.sources.get(source_id)
        return fill('<a href="#src-{}" title="{}">{}</a>', source_id, known.citation if known else source_id, say("source {id}", id=source_id))

    def phase(self, phase_id: PhaseId) -> Phase:
        return self.knowledge.phases[phase_id]

    def module_name(self, module_id: str) -> str:
        """Short name of a general or specific module, the id itself when unknown."""
        module = self.knowledge.modules.get(module_id) or self.knowledge.general_modules.get(module_id)
        return module.short_name if module else module_id

    def plain_module_name(self, module_id: str) -> str | None:
        """Patient's name of a module, None when unknown."""
        module = self.knowledge.modules.get(module_id) or self.knowledge.general_modules.get(module_id)
        return module.patient.name if module else None

    def impairment_name(self, impairment_id: str) -> str:
        impairment = self.knowledge.impairments.get(impairment_id)
        return impairment.name if impairment else impairment_id

    def plain_impairment_name(self, impairment_id: str) -> str | None:
        impairment = self.knowledge.impairments.get(impairment_id)
        return impairment.plain_name if impairment else None

    def plain_module_names(self, module_ids: Iterable[str]) -> list[str]:
        """Patient's names of those modules that have one, each once."""
        names = map(self.plain_module_name, dict.fromkeys(module_ids))
        return [name for name in names if name]

    def plain_impairment_names(self, impairment_ids: Iterable[str]) -> list[str]:
        """Patient's names of those impairments that have one."""
        names = map(self.plain_impairment_name, impairment_ids)
        return [name for name in names if name]

    def instrument_name(self, instrument_id: str) -> str:
        instrument = self.knowledge.instruments.get(instrument_id)
        return instrument.name if instrument else instrument_id

    def protocol_name(self) -> str:
        protocol = self.knowledge.protocols.get(self.plan.protocol)
        return protocol.name if protocol else self.plan.protocol

    def settle_words(self, measure: SettlingMeasure) -> str:
        """A way to settle something, for instance ``PCL-5, 5 min``, or the question itself."""
        if not measure.instrument:
            return measure.question
        return say("{name}, {minutes}", name=self.instrument_name(measure.instrument), minutes=minutes_words(measure.minutes))

    @cached_property
    def rule_names(self) -> dict[str, str]:
        """Names of the risk rules by code, those of this plan first."""
        names = {rule.code: rule.name for rule in reversed(self.knowledge.overrides)}
        return names | {item.code: item.name for item in self.plan.overrides}

    def spell(self, text: str) -> str:
        """An id as words (``S08``, ``R6``, ``P4``, ``opens S08, S09``) and dates in words; any other text as it is."""
        if text in self.rule_names:
            return f"{self.rule_names[text]} ({text})"
        if text == self.knowledge.phase_reading.containment.id:
            text = PhaseId.P2.value
        if text in PhaseId.__members__:
            return say("the phase {name}", name=self.phase(PhaseId(text)).name.lower())
        if _IDS_ONLY.fullmatch(text):
            return _MODULE_ID.sub(lambda found: self.module_name(found[0]), text)
        return days_in_words(text)

    def input_name(self, path: str) -> str:
        """What a rule read, in words: ``impairment.anger`` is Anger, ``score.pcl5.total`` is PCL-5."""
        if path in INPUT_WORDS:
            return say(INPUT_WORDS[path])
        kind, _, rest = path.partition(".")
        name = rest.split(".")[0]
        readers = {
            "impairment": self.impairment_name, "score": self.instrument_name, "item": self.instrument_name,
            "general_modules": self.module_name, "modules": self.module_name, "override": self.spell,
        }  # fmt: skip
        if name and kind in readers:
            return readers[kind](name)
        if kind == "diagnosis":
            return say("diagnosis of {name}", name=say(DIAGNOSES.get(name, name)))
        if kind == "criteria":
            return say("DSM-5 criterion {number}", number=rest)
        if kind in LISTED_WORDS and rest:
            return say(LISTED_WORDS[kind], names=listing(say(EVENT_WORDS.get(part, part.replace("_", " "))) for part in rest.split("+")))
        words = STATED_WORDS.get(path) or NUMBER_FACTS.get(rest if kind == "number" else "")
        return say(words) if words else self.spell(path).replace("_", " ").replace(".", ": ")

    def comes_first(self, match: ModuleMatch) -> tuple[str, ...]:
        """Patient's names of the modules that what a module waits for speaks of; words without a module are left out."""
        ids = [found for text in match.waits_for for found in _MODULE_ID.findall(text)]
        return tuple(self.plain_module_names(found for found in ids if found != match.id))

    @cached_property
    def told(self) -> frozenset[str]:
        """Modules that have a place of their own on the page."""
        return frozenset(match.id for match in self.plan.modules) | {item.id for item in self.plan.general_modules}

    def module_address(self, module_id: str) -> str:
        """Where a module of the map is told about: further down the same page."""
        return f"#m-{module_id}"

    def module_link(self, module_id: str) -> Html:
        """A module's name that leads to where the page tells about it, or the plain name when it tells nothing."""
        name = self.module_name(module_id)
        return fill('<a href="{}">{}</a>', self.module_address(module_id), name) if module_id in self.told else fill("{}", name)

    # The words of the map. The view for reading together overrides exactly these, so that both see one layout.

    title = to_say("The map: five phases, and where we are")
    here = to_say("you are here")
    ground_title = to_say("The ground under every phase")
    empty_words = to_say("nothing planned here")
    quiet_words: ClassVar = {
        MatchStatus.UNCLEAR: to_say("{count} not decided yet"),
        MatchStatus.SUSPENDED: to_say("{count} resting"),
        MatchStatus.LATER: to_say("{count} for later"),
    }

    def parts(self, count: int) -> str:
        """How many parts a phase has."""
        return say_number("{count} module", "{count} modules", count)

    def outside(self, count: int) -> str:
        """How many parts stand outside the plan."""
        return say_number("{count} module not indicated, and why", "{count} modules not indicated, and why", count)

    def phase_name(self, phase_id: PhaseId) -> str:
        return self.phase(phase_id).name

    def phase_place(self, phase_id: PhaseId) -> str:
        """Where a phase lies as seen from now."""
        reading = self.plan.phase
        if phase_id is reading.overall:
            met = sum(criterion.met is True for criterion in reading.exit)
            return say("{met} of {all} exit criteria met", met=met, all=len(reading.exit)) if reading.exit else say("now")
        return say("earlier") if phase_id.order < reading.overall.order else say("ahead")

    def match_name(self, match: ModuleMatch) -> str:
        return match.short_name

    def match_icon(self, status: MatchStatus) -> Html:
        return MATCH_ICONS[status]

    def stage_word(self, stage: StageId) -> str:
        return say(STAGE_WORDS[stage])

    def status_word(self, match: ModuleMatch) -> str:
        """The status in words; what runs says its change stage instead."""
        if match.status is MatchStatus.NOW:
            if match.running and match.change_stage:
                return self.stage_word(match.change_stage)
            return say("information only") if self.plan.is_information(match) else say("can begin now")
        return say(MATCH_WORDS[match.status])

    def tile_note(self, match: ModuleMatch) -> str:
        """What a tile says besides its status: what the module waits for, or what settles it."""
        if match.declined:
            return say("declined by the patient")
        if match.status is MatchStatus.UNCLEAR:
            measure = next(iter(match.settle_with), None)
            return "" if measure is None else say("settle with {what}", what=self.settle_words(measure)) if measure.instrument else measure.question
        if match.status is MatchStatus.NEXT and match.waits_for:
            first, rest = self.spell(match.waits_for[0]), len(match.waits_for) - 1
            return say("waits for {what} and {rest} more", what=first, rest=rest) if rest else say("waits for {what}", what=first)
        if match.status in (MatchStatus.CAUTIONED, MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.NEXT):
            rules = [self.spell(code) for code in match.waits_for if code in self.rule_names]
            against = [self._rule_behind(reason.text) for reason in match.because if not reason.supports]
            return next(iter(rules + against), "")
        return ""

    def _rule_behind(self, text: str) -> str:
        """The name of the rule of a reason such as ``R1: Care moves to safety``; on a tile there is no room for what the rule asks."""
        code, colon, _effect = text.partition(": ")
        return self.spell(code) if colon and code in self.rule_names else text

    def general_name(self, reading: GeneralReading) -> str:
        return self.module_name(reading.id)

    def general_word(self, reading: GeneralReading) -> str:
        return say(GENERAL_WORDS[reading.state]) + (" · " + say("in focus") if reading.emphasis else "")

    def not_planned(self) -> Html:
        """Modules outside the plan, with their reasons."""
        shape = '<li id="m-{}"><b>{}</b> {}</li>'
        return join(
            fill(shape, match.id, match.short_name, join((fill("{} {}", reason.text, self.basis(reason.basis)) for reason in match.because), " "))
            for match in self.plan.with_status(MatchStatus.NOT_INDICATED)
        )


class TogetherView(View):
    """The same page for therapist and patient to look at together: the patient's words, no codes, no predictions."""

    title = to_say("Our map: five places on the way, and where we are")
    here = to_say("we are here")
    ground_title = to_say("What carries us all the way")
    empty_words = to_say("nothing here at present")
    quiet_words: ClassVar = {
        MatchStatus.UNCLEAR: to_say("{count} we do not know yet"),
        MatchStatus.SUSPENDED: to_say("{count} rest for now"),
        MatchStatus.LATER: to_say("{count} for later"),
    }

    def parts(self, count: int) -> str:
        return say_number("{count} part", "{count} parts", count)

    def outside(self, count: int) -> str:
        return say_number("{count} part that you do not seem to need now", "{count} parts that you do not seem to need now", count)

    def phase_name(self, phase_id: PhaseId) -> str:
        return self.phase(phase_id).patient.name

    def phase_place(self, phase_id: PhaseId) -> str:
        if phase_id is self.plan.phase.overall:
            return say("this is the work now")
        return say("we have been here") if phase_id.order < self.plan.phase.overall.order else say("when we are ready")

    def match_name(self, match: ModuleMatch) -> str:
        return match.patient_name

    def match_icon(self, status: MatchStatus) -> Html:
        """What waits, waits: no warning signs and no locks."""
        return MATCH_ICONS[MatchStatus.SUSPENDED if status in (MatchStatus.CAUTIONED, MatchStatus.BLOCKED) else status]

    def stage_word(self, stage: StageId) -> str:
        return say(STAGE_WORDS_TOGETHER[stage])

    def status_word(self, match: ModuleMatch) -> str:
        if match.status is MatchStatus.NOW and match.running and match.change_stage:
            return self.stage_word(match.change_stage)
        return say(MATCH_WORDS_TOGETHER[match.status])

    def tile_note(self, match: ModuleMatch) -> str:
        if match.declined:
            return say("you chose not to, for now")
        first = self.comes_first(match) if match.status in (MatchStatus.NEXT, MatchStatus.SUSPENDED) else ()
        return say("first: {what}", what=listing(first[:2])) if first else ""

    def general_name(self, reading: GeneralReading) -> str:
        return reading.patient_name

    def general_word(self, reading: GeneralReading) -> str:
        return say(GENERAL_WORDS_TOGETHER[reading.state])

    def not_planned(self) -> Html:
        return join(fill('<li id="m-{}">{}</li>', match.id, match.patient_name) for match in self.plan.with_status(MatchStatus.NOT_INDICATED))
