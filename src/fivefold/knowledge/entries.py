"""Everything in a knowledge base that has an id of its own and can be looked up, searched, shown and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.knowledge_base import KnowledgeBase


@dataclass(frozen=True)
class Entry:
    """One thing of the base: its kind in words, its id, the name it is called by, and the value itself."""

    kind: str
    id: str
    name: str
    value: Any

    @property
    def label(self) -> str:
        """Id and name, as a reader meets them."""
        return self.name if self.name.lower() == self.id.lower() else f"{self.id} {self.name}"


def entries(knowledge: KnowledgeBase) -> Iterator[Entry]:
    """Every entry of the base in the order of reading: phases, modules, domains, rules, instruments, protocols, sources."""
    for phase in knowledge.phases.values():
        yield Entry("phase", phase.id.value, phase.name, phase)
    for general in knowledge.general_modules.values():
        yield Entry("general module", general.id, general.name, general)
    for module in knowledge.modules.values():
        yield Entry("specific module", module.id, module.name, module)
    for domain in knowledge.domains.values():
        yield Entry("domain of impairment", domain.id.value, domain.name, domain)
    for impairment in knowledge.impairments.values():
        yield Entry("impairment", impairment.id, impairment.name, impairment)
    yield from _rules(knowledge)
    for instrument in knowledge.instruments.values():
        yield Entry("instrument", instrument.id, instrument.name, instrument)
    for protocol in knowledge.protocols.values():
        yield Entry("protocol", protocol.id, protocol.name, protocol)
    for source in knowledge.sources.values():
        yield Entry("source", source.id, source.citation, source)


def _rules(knowledge: KnowledgeBase) -> Iterator[Entry]:
    for code in dict.fromkeys(rule.code for rule in knowledge.overrides):
        rules = tuple(rule for rule in knowledge.overrides if rule.code == code)
        yield Entry("risk rule", code, "; ".join(rule.name for rule in rules), rules)
    for adaptation in knowledge.adaptations.values():
        yield Entry("adaptation", adaptation.id, adaptation.name, adaptation)
    for gate in knowledge.gates.gates:
        yield Entry("gate", gate.id, f"Gate of {gate.phase.value}", gate)
    yield Entry("rule", "rule.gates", "Gates by phase", knowledge.gates)
    yield Entry("rule", knowledge.selection.id, "Order of modules that may start", knowledge.selection)
    yield Entry("rule", knowledge.tailoring.id, "Dose and style by resilience", knowledge.tailoring)
    reading = knowledge.phase_reading
    for rule in (reading.containment, reading.back_to_regulation, reading.exploration, reading.integration):
        yield Entry("rule", rule.id, "Reading of the phase: " + rule.id.rpartition(".")[2].replace("_", " "), rule)
    yield Entry("rule", "rule.phase", "Reading of the phase", reading)
    yield Entry("rule", "rule.policy", "Numbers of profile and plan", knowledge.policy)
    for progress in knowledge.progress.rules:
        yield Entry("rule", progress.id, progress.name, progress)
    yield Entry("rule", "rule.progress", "Measured change", knowledge.progress)
    for battery in knowledge.batteries.batteries:
        yield Entry("battery of measures", battery.id, battery.name, battery)
    yield Entry("rule", "rule.batteries", "What is measured when", knowledge.batteries)
    yield Entry("rule", "rule.fidelity", "What is rated of a session", knowledge.fidelity)
    yield Entry("rule", "rule.principles", "Principles and honest limits", knowledge.principles)


def find_entry(knowledge: KnowledgeBase, name: str) -> Entry:
    """The entry with this id, in any case; raises UnknownThing with the nearest ids.

    A risk rule is known by its code (R6) and by its id (rule.override.R6).
    """
    wanted = name.strip().lower()
    found = {entry.id.lower(): entry for entry in entries(knowledge)}
    found |= {rule.id.lower(): found[rule.code.lower()] for rule in knowledge.overrides}
    found |= {f"rule.override.{rule.code}".lower(): found[rule.code.lower()] for rule in knowledge.overrides}
    if wanted in found:
        return found[wanted]
    near = get_close_matches(wanted, list(found), n=6, cutoff=0.5)
    known = [found[other].id for other in near] or ["S04", "G2", "R6", "P3", "D2", "phq9", "self_harm", "gpm", "L54", "rule.gate.P4"]
    raise UnknownThing("entry", name, list(dict.fromkeys(known)))
