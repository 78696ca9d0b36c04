"""What is wrong with a knowledge base as a whole: references, cycles, reachability, satisfiability, licences, words.

Each check looks at the assembled base and names the file and line where the author can mend it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fivefold.concepts import criteria as c
from fivefold.concepts.basis import Basis
from fivefold.concepts.errors import Problem, shorten
from fivefold.concepts.instrument import Instrument, Scale, ScoringMethod
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import Severity
from fivefold.concepts.walking import criteria_in, walk
from fivefold.knowledge.decoding import INVALID, nearest

HURTFUL_WORDS = re.compile(
    r"\b(manipulat(?:ive|ing|ion)|attention[- ]seeking behaviou?r|non-?complian(?:t|ce)|only self-harm|low risk|no risk|borderlines|"
    r"a borderline patient|resistant patient|difficult patient|acting out on purpose)\b",
    re.IGNORECASE,
)
# The trait and facet names of published instruments are the field's own and may be quoted as such.
NAMED_TRAITS = re.compile(r"manipulativeness|attention seeking", re.IGNORECASE)


def check_texts(loaded: Iterable[Any]) -> list[Problem]:
    """Words that hurt people or promise safety, in any text of any file."""
    problems = []
    for file in loaded:
        if file.value is INVALID:
            continue
        for path, text in walk(file.value):
            found = HURTFUL_WORDS.search(NAMED_TRAITS.sub("", text)) if isinstance(text, str) else None
            if found and not _quotes_as_forbidden(text, found.group()):
                problems.append(
                    Problem(file.name, file.run.line_of(path), path, repr(found.group()), "words that describe without judging", "Say what happened instead.")
                )
    return problems


def _quotes_as_forbidden(text: str, word: str) -> bool:
    """A sentence may name a word in quotes in order to say that it is not used."""
    return bool(re.search(rf"[\"'“‘]{re.escape(word)}[\"'”’]", text))


class _Lines:
    """Finds file and line for a value of the base."""

    def __init__(self, loaded: Iterable[Any]) -> None:
        self._files = list(loaded)

    def each(self) -> Iterator[tuple[Any, Any]]:
        for file in self._files:
            yield file, file.value

    def problem(self, file: Any, path: str, value: str, expected: str, remedy: str) -> Problem:
        return Problem(file.name, file.run.line_of(path), path, value, expected, remedy)


def check_base(base: KnowledgeBase, loaded: Iterable[Any]) -> list[Problem]:
    """All problems of the base as a whole."""
    lines = _Lines(loaded)
    checks: tuple[Callable[[KnowledgeBase, _Lines], Iterator[Problem]], ...] = (
        _bases,
        _criteria_references,
        _module_references,
        _protocol_references,
        _rule_references,
        _impairment_references,
        _instruments,
        _cycles,
        _reachability,
        _treatment_of_each_impairment,
        _satisfiability,
    )
    return [problem for check in checks for problem in check(base, lines)]


def _unknown(lines: _Lines, file: Any, path: str, kind: str, name: str, known: Iterable[str]) -> Problem:
    names = list(known)
    shown = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return lines.problem(file, path, repr(name), f"a known {kind}: {shown}", "Correct the id." + nearest(name, names))


def _bases(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, value in lines.each():
        for path, part in walk(value):
            if isinstance(part, Basis) and part.source is not None and part.source not in base.sources:
                yield _unknown(lines, file, path, "source", part.source, base.sources)


def _criteria_references(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    codes = {rule.code for rule in base.overrides}
    all_modules = [*base.modules, *base.general_modules]
    for file, value in lines.each():
        for path, node in criteria_in(value):
            impairment = getattr(node, "impairment", None)
            if impairment is not None and impairment not in base.impairments:
                yield _unknown(lines, file, path, "impairment", impairment, base.impairments)
            if isinstance(node, c.ScoreIs | c.ItemIs):
                yield from _score_reference(base, lines, file, path, node)
            if isinstance(node, c.ModuleReached) and node.module is not None and node.module not in base.modules:
                yield _unknown(lines, file, path, "specific module", node.module, base.modules)
            if isinstance(node, c.GeneralAtLeast | c.GeneralIs) and node.module not in base.general_modules:
                yield _unknown(lines, file, path, "general module", node.module, all_modules)
            if isinstance(node, c.OverrideActive) and node.code not in codes:
                yield _unknown(lines, file, path, "risk rule", node.code, sorted(codes))
            if isinstance(node, c.OverrideActive) and "trigger" in path:
                yield lines.problem(file, path, repr(node.code), "no override inside a trigger", "State the trigger itself.")


def _score_reference(base: KnowledgeBase, lines: _Lines, file: Any, path: str, node: c.ScoreIs | c.ItemIs) -> Iterator[Problem]:
    instrument = base.instruments.get(node.instrument)
    if instrument is None:
        yield _unknown(lines, file, path, "instrument", node.instrument, base.instruments)
    elif isinstance(node, c.ScoreIs) and instrument.scale(node.scale) is None:
        yield _unknown(lines, file, path, f"scale of {instrument.id}", node.scale, [scale.id for scale in instrument.scales])
    elif isinstance(node, c.ItemIs) and (instrument.items is None or node.number > instrument.items.count):
        yield lines.problem(file, path, f"item {node.number} of {instrument.id}", "an item the instrument has", "Correct the number.")


def _module_references(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    everything = {*base.modules, *base.general_modules}
    for file, module in lines.each():
        if not isinstance(module, SpecificModule | GeneralModule):
            continue
        for index, measure in enumerate(module.measures):
            if measure.instrument is not None and measure.instrument not in base.instruments:
                yield _unknown(lines, file, f"measures[{index}].instrument", "instrument", measure.instrument, base.instruments)
        for field in ("treats", "also_helps"):
            for index, name in enumerate(getattr(module, field, ())):
                if name not in base.impairments:
                    yield _unknown(lines, file, f"{field}[{index}]", "impairment", name, base.impairments)
        if isinstance(module, SpecificModule):
            for index, need in enumerate(module.prerequisites):
                if need.module not in everything:
                    yield _unknown(lines, file, f"prerequisites[{index}].module", "module", need.module, sorted(everything))


def _protocol_references(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    modules = [*base.general_modules, *base.modules]
    for file, protocol in lines.each():
        if not isinstance(protocol, Protocol):
            continue
        stages = [stage.id for stage in protocol.stages]
        for index, part in enumerate(protocol.components):
            place = f"components[{index}]"
            yield from _each_known(lines, file, f"{place}.modules", "module", part.modules, modules)
            yield from _each_known(lines, file, f"{place}.impairments", "impairment", part.impairments, base.impairments)
            if part.stage and part.stage not in stages:
                yield _unknown(lines, file, f"{place}.stage", "stage of this protocol", part.stage, stages)
        yield from _each_known(lines, file, "instruments", "instrument", protocol.instruments, base.instruments)
        for index, change in enumerate(protocol.expected_change):
            yield from _each_known(lines, file, f"expected_change[{index}].impairments", "impairment", change.impairments, base.impairments)
        if protocol.borrowed_by_imt:
            yield from _each_known(lines, file, "borrowed_by_imt.modules", "module", protocol.borrowed_by_imt.modules, modules)


def _each_known(lines: _Lines, file: Any, path: str, kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    known_names = list(known)
    for index, name in enumerate(names):
        if name not in known_names:
            yield _unknown(lines, file, f"{path}[{index}]", kind, name, known_names)


def _rule_references(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, value in lines.each():
        if file.name == "rules/overrides.yaml":
            for index, rule in enumerate(value.overrides):
                for field in ("blocks", "cautions", "brings"):
                    path = f"overrides[{index}].effects.{field}"
                    yield from _each_known(lines, file, path, "specific module", getattr(rule.effects, field), base.modules)
                yield from _each_known(lines, file, f"overrides[{index}].effects.repairs", "general module", rule.effects.repairs, base.general_modules)
        elif file.name == "rules/gates.yaml":
            for index, gate in enumerate(value.gates):
                needed = [need.module for need in gate.needs] + list(gate.not_red)
                yield from _each_known(lines, file, f"gates[{index}]", "general module", needed, base.general_modules)
        elif file.name == "rules/tailoring.yaml":
            names = [part.instrument for part in value.components if part.instrument]
            yield from _each_known(lines, file, "components", "instrument", names, base.instruments)
        elif file.name == "phases/phases.yaml":
            for index, phase in enumerate(value.phases):
                for part in (*phase.entry, *phase.exit):
                    yield from _each_known(lines, file, f"phases[{index}]", "instrument", part.settle_with, base.instruments)


def _impairment_references(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, value in lines.each():
        for index, impairment in enumerate(getattr(value, "impairments", ()) if file.name.startswith("impairments/") else ()):
            for number, indicator in enumerate(impairment.indicators):
                path = f"impairments[{index}].indicators[{number}]"
                instrument = base.instruments.get(indicator.instrument)
                if instrument is None:
                    yield _unknown(lines, file, path, "instrument", indicator.instrument, base.instruments)
                    continue
                scale = instrument.scale(indicator.scale)
                if scale is None:
                    yield _unknown(lines, file, path, f"scale of {instrument.id}", indicator.scale, [scale.id for scale in instrument.scales])
                elif not (scale.range.min <= indicator.points[0][0] and indicator.points[-1][0] <= scale.range.max):
                    shown = f"{indicator.points[0][0]:g} to {indicator.points[-1][0]:g}"
                    yield lines.problem(file, path, shown, f"points within {scale.range.min:g} to {scale.range.max:g}", "Correct the scores.")


def _instruments(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, value in lines.each():
        if not isinstance(value, Instrument):
            continue
        if value.items is not None:
            yield from _item_definitions(lines, file, value)
        for index, scale in enumerate(value.scales):
            yield from _scale_definition(lines, file, value, f"scales[{index}]", scale)


def _item_definitions(lines: _Lines, file: Any, instrument: Instrument) -> Iterator[Problem]:
    items = instrument.items
    assert items is not None
    letter = instrument.licence.letter
    if items.texts and not letter.items_may_ship:
        yield lines.problem(
            file,
            "items.texts",
            f"items of class {letter.value}",
            "no item texts for class B or C",
            "Remove the texts: without permission only scores are entered.",
        )
    if items.texts and not instrument.licence.attribution:
        yield lines.problem(file, "licence.attribution", "", "an attribution for shipped items", "Name the owner as the licence asks.")
    if items.texts and len(items.texts) != items.count:
        yield lines.problem(file, "items.texts", f"{len(items.texts)} texts", f"{items.count} texts", "Write one text for each item.")
    for risk in instrument.risk_items:
        if not 1 <= risk.item <= items.count:
            yield lines.problem(file, "risk_items", f"item {risk.item}", f"an item from 1 to {items.count}", "Correct the number.")


def _scale_definition(lines: _Lines, file: Any, instrument: Instrument, path: str, scale: Scale) -> Iterator[Problem]:
    if scale.items and instrument.items is None:
        yield lines.problem(file, f"{path}.items", "items", "an instrument with an items part", "Add items: count, minimum, maximum.")
        return
    if scale.items and instrument.items is not None:
        outside = [number for number in scale.items if not 1 <= number <= instrument.items.count]
        if outside:
            yield lines.problem(file, f"{path}.items", f"items {outside}", f"items from 1 to {instrument.items.count}", "Correct the numbers.")
            return
        yield from _possible_range(lines, file, instrument, path, scale)
    for band in scale.bands:
        if not scale.range.min <= band.start <= scale.range.max:
            yield lines.problem(file, f"{path}.bands", f"{band.start:g}", f"band edges from {scale.range.min:g} to {scale.range.max:g}", "Correct the edge.")
    if scale.bands and scale.bands[0].start != scale.range.min:
        yield lines.problem(file, f"{path}.bands", f"{scale.bands[0].start:g}", f"a first band from {scale.range.min:g}", "Begin with the lowest score.")
    for cutoff in scale.cutoffs:
        value = cutoff.at_least if cutoff.at_least is not None else cutoff.at_most
        if value is not None and not scale.range.min <= value <= scale.range.max:
            yield lines.problem(file, f"{path}.cutoffs", f"{value:g}", f"a cut-off within {scale.range.min:g} to {scale.range.max:g}", "Correct it.")


def _possible_range(lines: _Lines, file: Any, instrument: Instrument, path: str, scale: Scale) -> Iterator[Problem]:
    items = instrument.items
    assert items is not None
    if scale.method not in (ScoringMethod.SUM, ScoringMethod.MEAN, ScoringMethod.MEAN_TIMES_TEN) or scale.id in instrument.recode:
        return
    low: float = len(scale.items) * items.minimum
    high: float = sum(items.maximum_of(number) for number in scale.items)
    if scale.method is not ScoringMethod.SUM:
        factor = 10 if scale.method is ScoringMethod.MEAN_TIMES_TEN else 1
        low, high = factor * low / len(scale.items), factor * high / len(scale.items)
    if (low, high) != (scale.range.min, scale.range.max):
        shown = f"{scale.range.min:g} to {scale.range.max:g}"
        yield lines.problem(file, f"{path}.range", shown, f"{low:g} to {high:g}, as the items give", "Correct the range or the items.")


def _cycles(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    needs = {module.id: [need.module for need in module.prerequisites if need.module in base.modules] for module in base.modules.values()}
    settled: set[str] = set()
    for start in needs:
        trail = _find_cycle(start, needs, settled)
        if trail:
            file = next(file for file, value in lines.each() if isinstance(value, SpecificModule) and value.id == start)
            yield lines.problem(file, "prerequisites", " -> ".join(trail), "prerequisites without a circle", "Remove one of these links.")
            return


def _find_cycle(start: str, needs: dict[str, list[str]], settled: set[str]) -> list[str]:
    stack: list[tuple[str, list[str]]] = [(start, [start])]
    while stack:
        name, trail = stack.pop()
        for other in needs.get(name, ()):
            if other == start:
                return [*trail, other]
            if other not in settled and other not in trail:
                stack.append((other, [*trail, other]))
    settled.add(start)
    return []


def _reachability(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, module in lines.each():
        if not isinstance(module, SpecificModule):
            continue
        for index, need in enumerate(module.prerequisites):
            other = base.modules.get(need.module)
            if other is not None and need.when is None and other.phase.order > module.phase.order:
                yield lines.problem(
                    file,
                    f"prerequisites[{index}].module",
                    repr(need.module),
                    f"a prerequisite of phase {module.phase.value} or earlier ({need.module} belongs to {other.phase.value})",
                    "The module could never be reached in its phase: change the phase or the prerequisite.",
                )


def _treatment_of_each_impairment(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    treated = {name for module in base.modules.values() for name in module.treats}
    treated |= {name for module in base.general_modules.values() for name in module.treats}
    for file, value in lines.each():
        for index, impairment in enumerate(getattr(value, "impairments", ()) if file.name.startswith("impairments/") else ()):
            if impairment.id not in treated:
                yield lines.problem(
                    file, f"impairments[{index}].id", repr(impairment.id), "at least one module that treats it", "Add it to `treats` of a module, or remove it."
                )


# ---- Can anything satisfy this criterion? -----------------------------------------------------------------------
# Every quantity a criterion speaks of has a range. Inside an `all`, the parts about one quantity must leave room.


def _satisfiability(base: KnowledgeBase, lines: _Lines) -> Iterator[Problem]:
    for file, value in lines.each():
        for path, node in criteria_in(value):
            if isinstance(node, c.AtLeastOf) and node.count > len(node.of):
                yield lines.problem(file, path, f"{node.count} of {len(node.of)}", "a count the list can reach", "Lower the count.")
                continue
            problem = _impossible(base, node)
            if problem:
                yield lines.problem(file, path, problem, "a criterion that something can satisfy", "Correct the threshold.")


def _impossible(base: KnowledgeBase, node: c.Criterion) -> str:
    parts = node.of if isinstance(node, c.AllOf) else (node,)
    room: dict[str, tuple[float, float]] = {}
    for part in parts:
        bounds = _bounds(base, part)
        if bounds is None:
            continue
        name, low, high = bounds
        old_low, old_high = room.get(name, (float("-inf"), float("inf")))
        room[name] = (max(low, old_low), min(high, old_high))
    for name, (low, high) in room.items():
        if low > high:
            return shorten(f"{name} from {low:g} to {high:g}")
    return ""


_STEP = 1e-9


def _bounds(base: KnowledgeBase, node: c.Criterion) -> tuple[str, float, float] | None:
    if isinstance(node, c.ImpairmentAtLeast):
        return node.impairment, node.level.lower_edge, 4.0
    if isinstance(node, c.ImpairmentBelow):
        return node.impairment, 0.0, (node.level.lower_edge if node.level is not Severity.NONE else 0.0) - _STEP
    if isinstance(node, c.ScoreIs):
        instrument = base.instruments.get(node.instrument)
        scale = instrument.scale(node.scale) if instrument else None
        if scale is None:
            return None
        return _compared(f"{node.instrument} {node.scale}", node.comparison, node.value, scale.range.min, scale.range.max)
    if isinstance(node, c.ItemIs):
        instrument = base.instruments.get(node.instrument)
        if instrument is None or instrument.items is None:
            return None
        top = instrument.items.maximum_of(node.number)
        return _compared(f"{node.instrument} item {node.number}", node.comparison, node.value, instrument.items.minimum, top)
    if isinstance(node, c.NumberIs):
        return _compared(node.name, node.comparison, node.value, 0, 1e9)
    return None


def _compared(name: str, comparison: c.Comparison, value: float, low: float, high: float) -> tuple[str, float, float]:
    if comparison is c.Comparison.AT_LEAST:
        return name, max(low, value), high
    if comparison is c.Comparison.ABOVE:
        return name, max(low, value + _STEP), high
    if comparison is c.Comparison.AT_MOST:
        return name, low, min(high, value)
    return name, low, min(high, value - _STEP)
