"""Names that point elsewhere in the base: each must be known where it points."""

from collections.abc import Callable, Iterator

from fivefold.concepts import criteria as c
from fivefold.concepts.basis import Basis
from fivefold.concepts.errors import Problem
from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.impairment import DomainFile, Indicator
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.measure_plan import BatteryFile
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.rules import GateFile, OverrideFile, TailoringRule
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import ADAPTATIONS, Direction
from fivefold.knowledge.lint_files import CheckedFile, Files, problem


def check_references(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Every name in every file that is not the name of anything."""
    checks: tuple[Callable[[KnowledgeBase, Files], Iterator[Problem]], ...] = (
        _sources,
        _criteria,
        _modules,
        _protocols,
        _overrides,
        _gates,
        _tailoring,
        _phases,
        _indicators,
        _batteries,
        _fidelity,
    )
    for check in checks:
        yield from check(base, files)


def _sources(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, path, basis in files.parts(Basis):
        if basis.source is not None and basis.source not in base.sources:
            yield from files.unknown(file, path, "source", basis.source, base.sources)


def _criteria(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    codes = sorted({rule.code for rule in base.overrides})
    for file, path, node in files.criteria():
        match node:
            case c.ImpairmentAtLeast() | c.ImpairmentBelow() | c.ImpairmentUnknown() | c.HasPriority():
                yield from files.unknown(file, path, "impairment", node.impairment, base.impairments)
            case c.ScoreIs() | c.ItemIs():
                yield from _score(base, files, file, path, node)
            case c.ModuleReached() if node.module is not None:
                yield from files.unknown(file, path, "specific module", node.module, base.modules)
            case c.GeneralAtLeast() | c.GeneralIs():
                yield from files.unknown(file, path, "general module", node.module, base.general_modules)
            case c.OverrideActive():
                yield from files.unknown(file, path, "risk rule", node.code, codes)
                if "trigger" in path:
                    yield problem(file, path, repr(node.code), "no override inside a trigger", "State the trigger itself.")


def _score(base: KnowledgeBase, files: Files, file: CheckedFile, path: str, node: c.ScoreIs | c.ItemIs) -> Iterator[Problem]:
    instrument = base.instruments.get(node.instrument)
    if instrument is None:
        yield from files.unknown(file, path, "instrument", node.instrument, base.instruments)
    elif isinstance(node, c.ScoreIs):
        yield from files.unknown(file, path, f"scale of {instrument.id}", node.scale, [scale.id for scale in instrument.scales])
    elif instrument.items is None or node.number > instrument.items.count:
        yield problem(file, path, f"item {node.number} of {instrument.id}", "an item the instrument has", "Correct the number.")


def _modules(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    everything = [*base.general_modules, *base.modules]
    modules: list[tuple[CheckedFile, GeneralModule | SpecificModule]] = [*files.of(GeneralModule), *files.of(SpecificModule)]
    for file, module in modules:
        for index, measure in enumerate(module.measures):
            if measure.instrument is not None:
                yield from files.unknown(file, f"measures[{index}].instrument", "instrument", measure.instrument, base.instruments)
        yield from files.each_unknown(file, "treats", "impairment", module.treats, base.impairments)
    for file, specific in files.of(SpecificModule):
        yield from files.each_unknown(file, "also_helps", "impairment", specific.also_helps, base.impairments)
        for index, need in enumerate(specific.prerequisites):
            yield from files.unknown(file, f"prerequisites[{index}].module", "module", need.module, everything)


def _protocols(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    modules = [*base.general_modules, *base.modules]
    for file, protocol in files.of(Protocol):
        stages = [stage.id for stage in protocol.stages]
        for index, part in enumerate(protocol.components):
            place = f"components[{index}]"
            yield from files.each_unknown(file, f"{place}.modules", "module", part.modules, modules)
            yield from files.each_unknown(file, f"{place}.impairments", "impairment", part.impairments, base.impairments)
            if part.stage:
                yield from files.unknown(file, f"{place}.stage", "stage of this protocol", part.stage, stages)
        yield from files.each_unknown(file, "instruments", "instrument", protocol.instruments, base.instruments)
        for index, change in enumerate(protocol.expected_change):
            yield from files.each_unknown(file, f"expected_change[{index}].impairments", "impairment", change.impairments, base.impairments)
        if protocol.borrowed_by_imt:
            yield from files.each_unknown(file, "borrowed_by_imt.modules", "module", protocol.borrowed_by_imt.modules, modules)


def _fidelity(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, rules in files.of(FidelityFile):
        for index, item in enumerate(rules.stance):
            yield from files.unknown(file, f"stance[{index}].general", "general module", item.general, base.general_modules)


def _batteries(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, rules in files.of(BatteryFile):
        for index, battery in enumerate(rules.batteries):
            place = f"batteries[{index}]"
            yield from files.each_unknown(file, f"{place}.protocols", "programme", battery.protocols, base.protocols)
            yield from files.each_unknown(file, f"{place}.modules", "specific module", battery.modules, base.modules)
            for number, measure in enumerate(battery.measures):
                yield from files.unknown(file, f"{place}.measures[{number}].instrument", "instrument", measure.instrument, base.instruments)


def _overrides(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, rules in files.of(OverrideFile):
        for index, rule in enumerate(rules.overrides):
            path = f"overrides[{index}].effects"
            for field in ("blocks", "cautions", "brings"):
                yield from files.each_unknown(file, f"{path}.{field}", "specific module", getattr(rule.effects, field), base.modules)
            yield from files.each_unknown(file, f"{path}.repairs", "general module", rule.effects.repairs, base.general_modules)
        for index, adaptation in enumerate(rules.adaptations):
            yield from files.unknown(file, f"adaptations[{index}].id", "adaptation", adaptation.id, ADAPTATIONS)


def _gates(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, gates in files.of(GateFile):
        for index, gate in enumerate(gates.gates):
            needed = [need.module for need in gate.needs]
            for number, name in enumerate(needed):
                yield from files.unknown(file, f"gates[{index}].needs[{number}].module", "general module", name, base.general_modules)
            yield from files.each_unknown(file, f"gates[{index}].not_red", "general module", gate.not_red, base.general_modules)
        for name in gates.questions:
            yield from files.unknown(file, f"questions.{name}", "general module", name, base.general_modules)


def _tailoring(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, rule in files.of(TailoringRule):
        for index, part in enumerate(rule.components):
            if part.instrument is not None:
                path = f"components[{index}]"
                yield from files.unknown(file, f"{path}.instrument", "instrument", part.instrument, base.instruments)
                instrument = base.instruments.get(part.instrument)
                if instrument is not None:
                    scales = [scale.id for scale in instrument.scales]
                    yield from files.unknown(file, f"{path}.scale", f"scale of {instrument.id}", part.scale, scales)


def _phases(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file in files.valid:
        for index, phase in enumerate(getattr(file.value, "phases", ())):
            for field in ("entry", "exit"):
                for number, part in enumerate(getattr(phase, field)):
                    path = f"phases[{index}].{field}[{number}].settle_with"
                    yield from files.each_unknown(file, path, "instrument", part.settle_with, base.instruments)


def _indicators(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, domain in files.of(DomainFile):
        for index, impairment in enumerate(domain.impairments):
            for number, indicator in enumerate(impairment.indicators):
                yield from _indicator(base, files, file, f"impairments[{index}].indicators[{number}]", indicator)


def _indicator(base: KnowledgeBase, files: Files, file: CheckedFile, path: str, indicator: Indicator) -> Iterator[Problem]:
    instrument = base.instruments.get(indicator.instrument)
    if instrument is None:
        yield from files.unknown(file, f"{path}.instrument", "instrument", indicator.instrument, base.instruments)
        return
    scale = instrument.scale(indicator.scale)
    if scale is None:
        yield from files.unknown(file, f"{path}.scale", f"scale of {instrument.id}", indicator.scale, [scale.id for scale in instrument.scales])
        return
    if not (scale.range.min <= indicator.points[0][0] and indicator.points[-1][0] <= scale.range.max):
        shown = f"{indicator.points[0][0]:g} to {indicator.points[-1][0]:g}"
        yield problem(file, f"{path}.points", shown, f"points within {scale.range.min:g} to {scale.range.max:g}", "Correct the scores.")
    if indicator.unit != scale.range.unit:
        yield problem(file, f"{path}.unit", repr(indicator.unit), f"{scale.range.unit!r}, the unit of {instrument.id} {scale.id}", "Use the scale's unit.")
    rises = indicator.points[0][1] < indicator.points[-1][1]
    if scale.direction is not Direction.NEITHER and rises is not (scale.direction is Direction.HIGHER_IS_WORSE):
        shown = "levels that rise" if rises else "levels that fall"
        remedy = "Turn the levels round, or correct the direction of the scale."
        yield problem(file, f"{path}.points", shown, f"levels that follow the scale: {scale.direction.value}", remedy)
