"""Any entry of the knowledge base as readable text: plain, 80 columns, every claim with its basis."""

from collections.abc import Callable
from typing import Any

from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.impairment import Impairment, ImpairmentDomain
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase, KnownSource
from fivefold.concepts.measure_plan import BatteryFile, MeasureBattery
from fivefold.concepts.phase import Phase
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.rules import (
    AdaptationRule,
    GateFile,
    GateRule,
    PhaseReadingRules,
    PolicyFile,
    PrincipleFile,
    ProgressFile,
    ProgressRule,
    ReadingRule,
    SelectionRule,
    TailoringRule,
)
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.knowledge.entries import find_entry
from fivefold.knowledge.show import field, measures, modules, rules
from fivefold.knowledge.show.page import Page, Piece

Show = Callable[[Page, Any], None]
SHOW: dict[type, Show] = {
    SpecificModule: modules.show_specific_module,
    GeneralModule: modules.show_general_module,
    Phase: field.show_phase,
    ImpairmentDomain: field.show_domain,
    Impairment: field.show_impairment,
    Instrument: measures.show_instrument,
    Protocol: field.show_protocol,
    KnownSource: field.show_source,
    tuple: rules.show_override,
    AdaptationRule: rules.show_adaptation,
    GateRule: rules.show_gate,
    GateFile: rules.show_gates,
    SelectionRule: rules.show_selection,
    TailoringRule: rules.show_tailoring,
    ReadingRule: rules.show_reading_rule,
    PhaseReadingRules: rules.show_phase_reading,
    PolicyFile: rules.show_policy,
    ProgressRule: rules.show_progress_rule,
    ProgressFile: rules.show_progress,
    MeasureBattery: rules.show_battery,
    BatteryFile: rules.show_batteries,
    FidelityFile: rules.show_fidelity,
    PrincipleFile: rules.show_principles,
}


def show_entry(knowledge: KnowledgeBase, name: str) -> str:
    """An entry as text, by its id in any case: S04, G2, R6, P3, D2, phq9, self_harm, gpm, L54, rule.gate.P4.

    Raises UnknownThing with the nearest ids.
    """
    return _page(knowledge, name).finish()


def entry_pieces(knowledge: KnowledgeBase, name: str) -> tuple[Piece, ...]:
    """The same entry as pieces, for a page or a document. Raises UnknownThing with the nearest ids."""
    page = _page(knowledge, name)
    page.finish()
    return page.pieces


def _page(knowledge: KnowledgeBase, name: str) -> Page:
    entry = find_entry(knowledge, name)
    page = Page(knowledge)
    SHOW[type(entry.value)](page, entry.value)
    return page
