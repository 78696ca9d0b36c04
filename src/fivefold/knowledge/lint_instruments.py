"""Whether each instrument can be scored as it says, and ships no more of itself than its licence allows."""

from collections.abc import Iterator

from fivefold.concepts.errors import Problem
from fivefold.concepts.instrument import Instrument, Items, Scale, ScoringMethod
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.knowledge.decoding import nearest
from fivefold.knowledge.lint_files import CheckedFile, Files, problem

RELIABILITY_KINDS = ("alpha", "retest", "interrater", "icc")
TRIAGE_ITEMS = tuple(range(1, 8))


def check_instruments(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Items, keys, ranges, bands and licence of every instrument."""
    for file, instrument in files.of(Instrument):
        if instrument.items is not None:
            yield from _items(file, instrument, instrument.items)
        elif instrument.risk_items:
            yield problem(
                file, "risk_items", f"{len(instrument.risk_items)} risk items", "an instrument with an items part", "Add items: count, minimum, maximum."
            )
        yield from _recode(file, instrument)
        for index, scale in enumerate(instrument.scales):
            yield from _key(file, instrument, f"scales[{index}]", scale)
            yield from _values(file, f"scales[{index}]", scale)


def _items(file: CheckedFile, instrument: Instrument, items: Items) -> Iterator[Problem]:
    letter = instrument.licence.letter
    if items.texts and not letter.items_may_ship:
        remedy = "Remove the texts: without permission only scores are entered."
        yield problem(file, "items.texts", f"items of class {letter.value}", "no item texts for class B or C", remedy)
    if items.texts and not instrument.licence.attribution:
        yield problem(file, "licence.attribution", "nothing", "an attribution for shipped items", "Name the owner as the licence asks.")
    if items.texts and len(items.texts) != items.count:
        yield problem(file, "items.texts", f"{len(items.texts)} texts", f"{items.count} texts", "Write one text for each item.")
    if items.minimum >= items.maximum:
        yield problem(file, "items.maximum", f"{items.maximum}", f"more than the minimum {items.minimum}", "Correct the answers that are possible.")
    for number in [*items.item_maximum, *items.item_options]:
        if not 1 <= number <= items.count:
            field = "item_maximum" if number in items.item_maximum else "item_options"
            yield problem(file, f"items.{field}.{number}", f"item {number}", f"an item from 1 to {items.count}", "Correct the number.")
    for index, risk in enumerate(instrument.risk_items):
        if not 1 <= risk.item <= items.count:
            yield problem(file, f"risk_items[{index}].item", f"item {risk.item}", f"an item from 1 to {items.count}", "Correct the number.")
        elif not items.minimum < risk.at_least <= items.maximum_of(risk.item):
            expected = f"an answer above {items.minimum} and up to {items.maximum_of(risk.item)}"
            yield problem(file, f"risk_items[{index}].at_least", f"{risk.at_least:g}", expected, "Correct the answer from which it counts.")


def _recode(file: CheckedFile, instrument: Instrument) -> Iterator[Problem]:
    """A recoded item must be of its scale, and every answer it allows must have a value."""
    for scale_id, recoded in instrument.recode.items():
        scale = instrument.scale(scale_id)
        if scale is None or instrument.items is None:
            known = ", ".join(scale.id for scale in instrument.scales)
            yield problem(file, f"recode.{scale_id}", repr(scale_id), f"a scale of this instrument: {known}", "Correct the id.")
            continue
        for number, values in recoded.items():
            path = f"recode.{scale_id}.{number}"
            if number not in scale.items:
                yield problem(file, path, f"item {number}", f"an item of scale {scale_id}", "Correct the number.")
                continue
            answers = [answer for answer in range(instrument.items.minimum, instrument.items.maximum_of(number) + 1) if instrument.items.allows(number, answer)]
            if sorted(values) != answers:
                expected = "a value for each of " + ", ".join(map(str, answers))
                yield problem(file, path, "values for " + ", ".join(map(str, sorted(values))), expected, "Write one value for each possible answer.")


def _key(file: CheckedFile, instrument: Instrument, path: str, scale: Scale) -> Iterator[Problem]:
    if not scale.items:
        return
    items = instrument.items
    if items is None:
        yield problem(file, f"{path}.items", "items", "an instrument with an items part", "Add items: count, minimum, maximum.")
        return
    outside = [number for number in scale.items if not 1 <= number <= items.count]
    if outside:
        shown = "items " + ", ".join(map(str, outside))
        yield problem(file, f"{path}.items", shown, f"items from 1 to {items.count}", "Correct the numbers.")
        return
    if scale.method is ScoringMethod.WEIGHTED and len(scale.weights) != len(scale.items):
        yield problem(file, f"{path}.weights", f"{len(scale.weights)} weights", f"{len(scale.items)} weights", "Write one weight for each item.")
    if scale.method is ScoringMethod.TRIAGE and scale.items != TRIAGE_ITEMS:
        yield problem(file, f"{path}.items", f"{len(scale.items)} items", "items 1 to 7, as the triage counts them", "Correct the items or the method.")
    if scale.missing is not None and scale.missing.max >= len(scale.items):
        yield problem(file, f"{path}.missing.max", f"{scale.missing.max}", f"fewer than the {len(scale.items)} items", "Correct the number.")
    yield from _possible_range(file, instrument, items, path, scale)


def _possible_range(file: CheckedFile, instrument: Instrument, items: Items, path: str, scale: Scale) -> Iterator[Problem]:
    """The stated range must be what the lowest and the highest answers give."""
    if scale.method not in (ScoringMethod.SUM, ScoringMethod.MEAN, ScoringMethod.MEAN_TIMES_TEN):
        return
    recoded = instrument.recode.get(scale.id, {})
    low: float = sum(min(recoded[number].values(), default=0) if number in recoded else items.minimum for number in scale.items)
    high: float = sum(max(recoded[number].values(), default=0) if number in recoded else items.maximum_of(number) for number in scale.items)
    if scale.method is not ScoringMethod.SUM:
        factor = 10 if scale.method is ScoringMethod.MEAN_TIMES_TEN else 1
        low, high = factor * low / len(scale.items), factor * high / len(scale.items)
    if (low, high) != (scale.range.min, scale.range.max):
        shown = f"{scale.range.min:g} to {scale.range.max:g}"
        yield problem(file, f"{path}.range", shown, f"{low:g} to {high:g}, as the items give", "Correct the range or the items.")


def _values(file: CheckedFile, path: str, scale: Scale) -> Iterator[Problem]:
    low, high = scale.range.min, scale.range.max
    for index, band in enumerate(scale.bands):
        if not low <= band.start <= high:
            yield problem(file, f"{path}.bands[{index}].from", f"{band.start:g}", f"band edges from {low:g} to {high:g}", "Correct the edge.")
        if band.severity is not None and not 0 <= band.severity <= 4:
            yield problem(file, f"{path}.bands[{index}].severity", f"{band.severity}", "0 none to 4 extreme, or no severity", "Correct the level.")
    if scale.bands and scale.bands[0].start != low:
        yield problem(file, f"{path}.bands[0].from", f"{scale.bands[0].start:g}", f"a first band from {low:g}", "Begin with the lowest score.")
    for index, cutoff in enumerate(scale.cutoffs):
        value = cutoff.at_least if cutoff.at_least is not None else cutoff.at_most
        if value is not None and not low <= value <= high:
            yield problem(file, f"{path}.cutoffs[{index}]", f"{value:g}", f"a cut-off within {low:g} to {high:g}", "Correct it.")
    if sum(cutoff.clinical for cutoff in scale.cutoffs) > 1:
        yield problem(file, f"{path}.cutoffs", "more than one clinical: true", "at most one clinical cut-off", "Mark the one that tells recovery.")
    for index, reliability in enumerate(scale.reliability):
        if not 0 <= reliability.value <= 1:
            yield problem(file, f"{path}.reliability[{index}].value", f"{reliability.value:g}", "a coefficient from 0 to 1", "Correct the value.")
        if reliability.kind not in RELIABILITY_KINDS:
            remedy = "Use a word of the list." + nearest(reliability.kind, RELIABILITY_KINDS)
            yield problem(file, f"{path}.reliability[{index}].kind", repr(reliability.kind), "one of " + ", ".join(RELIABILITY_KINDS), remedy)
    for field in ("sd", "reliable_change"):
        quantity = getattr(scale, field)
        if quantity is not None and not 0 < quantity.value <= high - low:
            yield problem(file, f"{path}.{field}.value", f"{quantity.value:g}", f"a number above 0 and up to {high - low:g}", "Correct the value.")
