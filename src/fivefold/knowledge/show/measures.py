"""Instruments as text: what they measure, how they are scored, what may be shipped of them."""

from fivefold.concepts.instrument import Boundary, Instrument, Scale
from fivefold.knowledge.show.page import Page

LICENCE_WORDS = {
    "A": "items may be shown",
    "A*": "items may be shown under conditions",
    "B": "scores only, until there is written permission",
    "C": "scores only; bought from the owner",
}


def show_instrument(page: Page, instrument: Instrument) -> None:
    """An instrument with its scales; item texts only where the licence lets them stand in the base."""
    page.title(f"{instrument.name}: {instrument.full_name}", f"Instrument ({instrument.id}), {instrument.respondent}. {_edition(instrument)}")
    page.fact("Measures", instrument.measures)
    page.fact("Speaks of", instrument.recall_text)
    page.fact("Takes", page.quantity(instrument.minutes))
    page.fact("Given", instrument.every.text, instrument.every.basis)
    licence = instrument.licence
    page.fact(f"Licence {licence.letter} ({LICENCE_WORDS[licence.letter]})", licence.text, licence.basis)
    page.fact("Attribution", licence.attribution)
    for scale in instrument.scales:
        _scale(page, instrument, scale)
    _items(page, instrument)
    page.lines("Always a risk sign", [f"Item {risk.item} from {risk.at_least:g}: {risk.text}{page.mark(risk.basis)}" for risk in instrument.risk_items])
    page.claims("Notes", instrument.notes)
    page.lines("Speaks for", _impairments(page, instrument))
    page.section("Scoring key read by")
    page.text(f"First: {instrument.checked.first}. Second: {instrument.checked.second}.")


def _edition(instrument: Instrument) -> str:
    return f"Version {instrument.version}, {instrument.status}."


def _scale(page: Page, instrument: Instrument, scale: Scale) -> None:
    page.section(f"Scale {scale.id}: {scale.name}")
    low, high = scale.range.min, scale.range.max
    page.text(f"{low:g} to {high:g} {scale.range.unit}, {scale.direction.value.replace('_', ' ')}{page.mark(scale.range.basis)}")
    if scale.items:
        reversed_items = f"; reversed: {_numbers(scale.reversed)}" if scale.reversed else ""
        recoded = "; answers are recoded" if scale.id in instrument.recode else ""
        page.fact("Items", f"{_numbers(scale.items)}{reversed_items}{recoded}; {scale.method.value.replace('_', ' ')}")
    else:
        page.text("Only the score is entered: the key is not public or not shipped.")
    if scale.rule is not None:
        page.fact("Rule", scale.rule.text, scale.rule.basis)
    if scale.missing is not None:
        page.fact("Missing answers", scale.missing.text, scale.missing.basis)
    if scale.bands:
        edge = "; a score on an edge belongs to the lower band" if scale.boundary is Boundary.LOWER else ""
        page.fact("Bands", ", ".join(f"{band.name} from {band.start:g}" for band in scale.bands) + edge, scale.bands_basis)
    for cutoff in scale.cutoffs:
        value = f"at least {cutoff.at_least:g}" if cutoff.at_least is not None else f"at most {cutoff.at_most:g}"
        group = f" ({cutoff.group})" if cutoff.group else ""
        page.fact(f"{'Clinical cut-off' if cutoff.clinical else 'Cut-off'} {value}{group}", cutoff.means, cutoff.basis)
    for reliability in scale.reliability:
        remark = f", {reliability.text}" if reliability.text else ""
        page.fact(f"Reliability ({reliability.kind})", f"{reliability.value:g}{remark}", reliability.basis)
    for label, quantity in (("Standard deviation", scale.sd), ("Reliable change", scale.reliable_change)):
        page.fact(label, page.quantity(quantity) if quantity is not None else "")
    for norm in scale.norms:
        numbers = [f"mean {norm.mean:g}" if norm.mean is not None else "", f"SD {norm.sd:g}" if norm.sd is not None else ""]
        page.fact("Norm", ", ".join([norm.text, *filter(None, numbers)]), norm.basis)
    if scale.text:
        page.text(scale.text)


def _numbers(numbers: tuple[int, ...]) -> str:
    """Item numbers, neighbours joined: 1-4, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _items(page: Page, instrument: Instrument) -> None:
    items = instrument.items
    if items is None:
        return
    page.section("Items")
    page.text(f"{items.count} items, each {items.minimum} to {items.maximum}.")
    for number, option in enumerate(items.options, items.minimum):
        page.bullet(option, mark=f"{number} =" if len(items.options) == items.maximum - items.minimum + 1 else "-")
    for number, text in enumerate(items.texts, 1):
        page.bullet(text, mark=f"{number}.")
    if items.text_source:
        page.fact("Wording", items.text_source)


def _impairments(page: Page, instrument: Instrument) -> list[str]:
    return [
        f"{impairment.name} ({impairment.id}), by {indicator.scale}{page.mark(indicator.basis)}"
        for impairment in page.knowledge.impairments.values()
        for indicator in impairment.indicators
        if indicator.instrument == instrument.id
    ]
