"""The whole knowledge base as one frozen value."""

from dataclasses import dataclass

from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.impairment import Impairment, ImpairmentDomain
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.measure_plan import BatteryFile
from fivefold.concepts.own_pages import CrisisFile, DiaryFile, Helper, SafetyPlanForm
from fivefold.concepts.phase import Phase
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.rules import (
    AdaptationRule,
    GateFile,
    OverrideRule,
    PhaseReadingRules,
    PolicyFile,
    PrincipleFile,
    ProgressFile,
    SelectionRule,
    TailoringRule,
)
from fivefold.concepts.signals import SignalFile
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import DomainId, PhaseId


@dataclass(frozen=True)
class KnownSource:
    """One entry of the literature list; ``seen`` says how much of it was read."""

    id: str
    citation: str
    seen: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class KnowledgeRelease:
    """Identity of a loaded knowledge base: version, content hash, and the number of files behind it."""

    version: str
    content_hash: str
    files: int


@dataclass(frozen=True)
class KnowledgeBase:
    """All clinical knowledge, validated. Mappings keep the order of the files, which is the order of reading."""

    release: KnowledgeRelease
    sources: dict[str, KnownSource]
    domains: dict[DomainId, ImpairmentDomain]
    impairments: dict[str, Impairment]
    domain_of: dict[str, DomainId]
    phases: dict[PhaseId, Phase]
    general_modules: dict[str, GeneralModule]
    modules: dict[str, SpecificModule]
    instruments: dict[str, Instrument]
    protocols: dict[str, Protocol]
    overrides: tuple[OverrideRule, ...]
    adaptations: dict[str, AdaptationRule]
    gates: GateFile
    selection: SelectionRule
    tailoring: TailoringRule
    phase_reading: PhaseReadingRules
    policy: PolicyFile
    progress: ProgressFile
    batteries: BatteryFile
    signals: SignalFile
    fidelity: FidelityFile
    principles: PrincipleFile
    safety_plan: SafetyPlanForm
    crisis_contacts: CrisisFile
    diary: DiaryFile
    helpers: tuple[Helper, ...]

    def module(self, module_id: str) -> SpecificModule:
        """The specific module with this id; raises UnknownThing."""
        if module_id not in self.modules:
            raise UnknownThing("specific module", module_id, list(self.modules))
        return self.modules[module_id]

    def instrument(self, instrument_id: str) -> Instrument:
        """The instrument with this id; raises UnknownThing."""
        if instrument_id not in self.instruments:
            raise UnknownThing("instrument", instrument_id, list(self.instruments))
        return self.instruments[instrument_id]

    def name_of(self, module_id: str) -> str:
        """Readable name of a general or specific module, the id itself when unknown."""
        if module_id in self.modules:
            return self.modules[module_id].name
        if module_id in self.general_modules:
            return self.general_modules[module_id].name
        return module_id
