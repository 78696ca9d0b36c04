"""One instrument as a form: what was typed, what it comes to, and what is wrong with it, item by item."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.scores import ScaleScore
from fivefold.services.assessments import SeenAssessment
from fivefold.services.knowledge import knowledge
from fivefold.services.score_preview import ScorePreview, preview_score
from fivefold.web.assessment.rows import Choice
from fivefold.web.ui.terms import LICENCES

GAPS = ("-", "–", ".", "x", "X", "na", "NA", "n/a", "null", "?", "_")
PLACE = re.compile(r"^scores\[\d+\]\.?")
ITEM = re.compile(r"items\[(\d+)\]")


@dataclass(frozen=True)
class Item:
    """One item: its number, its text where it may be shown, what was answered, and what may be."""

    number: int
    text: str
    value: str
    choices: tuple[Choice, ...]
    low: int
    high: int
    error: str

    @property
    def name(self) -> str:
        return f"item{self.number}"


@dataclass(frozen=True)
class ScaleField:
    """One scale value to enter."""

    name: str
    label: str
    low: float
    high: float
    unit: str
    value: str
    error: str


@dataclass(frozen=True)
class ShownScore:
    """One scale of a result, in words."""

    name: str
    value: str
    span: str
    band: str
    error: str
    missing: str
    rule: str
    share: float | None


def parse_row(text: str, count: int) -> list[float | str | None]:
    """A pasted row of answers: separated, or as one word of digits; a gap is None, what is no number stays as it was typed."""
    stripped = text.strip()
    if len(stripped) == count > 1 and all(sign.isdigit() or sign in "-x._" for sign in stripped):
        return [float(sign) if sign.isdigit() else None for sign in stripped]
    between = r"[\t;]|\r?\n" if re.search(r"[\t;]", stripped) else r"\s*,\s*" if "," in stripped else r"\s+"
    parts = re.split(between, stripped)
    return [_answer(part.strip()) for part in parts]


def _answer(part: str) -> float | str | None:
    if part in GAPS or not part:
        return None
    try:
        return float(part.replace(",", "."))
    except ValueError:
        return part[:40]


def entry_of(instrument: Instrument, typed: Mapping[str, Any], on: date) -> dict[str, Any] | None:
    """The result that was typed, as an assessment file states it; None when nothing was typed."""
    answers = typed_answers(instrument, typed)
    entry: dict[str, Any] = {"instrument": instrument.id, "date": on.isoformat()}
    if any(answer is not None for answer in answers):
        entry["items"] = answers
    if str(typed.get("total", "")).strip():
        entry["value"] = _answer(str(typed["total"]).strip())
    scales = {scale.id: _answer(value) for scale in instrument.scales if (value := str(typed.get(f"scale.{scale.id}", "")).strip())}
    if scales:
        entry["scales"] = scales
    if typed.get("band"):
        entry["band"] = str(typed["band"])
    return entry if len(entry) > 2 else None


def typed_answers(instrument: Instrument, typed: Mapping[str, Any]) -> list[float | str | None]:
    """The answers to items, from the pasted row where there is one, else one by one."""
    if instrument.items is None:
        return []
    row = str(typed.get("row", "")).strip()
    if row:
        return parse_row(row, instrument.items.count)
    return [_answer(str(typed.get(f"item{number}", "")).strip()) for number in range(1, instrument.items.count + 1)]


def typed_of(value: Mapping[str, Any]) -> dict[str, str]:
    """What a recorded result looks like in the form, for a correction."""
    typed = {f"item{number}": "" if answer is None else f"{answer:g}" for number, answer in enumerate(value.get("items") or (), start=1)}
    typed |= {f"scale.{name}": f"{number:g}" for name, number in (value.get("scales") or {}).items()}
    if value.get("value") is not None:
        typed["total"] = f"{value['value']:g}"
    if value.get("band"):
        typed["band"] = str(value["band"])
    return typed


# ---- The form ------------------------------------------------------------------------------------------------------------------


def items(instrument: Instrument, texts: tuple[str, ...], typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[Item]:
    """The items with what was answered; radios where the answers have words."""
    known = instrument.items
    if known is None or not instrument.can_score_items:
        return []
    given = typed_answers(instrument, typed)
    written = ["" if answer is None else f"{answer:g}" if isinstance(answer, float) else str(answer) for answer in given]
    written += [""] * (known.count - len(written))
    return [
        _item(instrument, number, texts[number - 1] if texts else "", written[number - 1], errors.get(f"item{number}", ""))
        for number in range(1, known.count + 1)
    ]


def _item(instrument: Instrument, number: int, text: str, value: str, error: str) -> Item:
    known = instrument.items
    assert known is not None  # called for instruments with items alone
    high = known.maximum_of(number)
    allowed = known.item_options.get(number) or tuple(range(known.minimum, high + 1))
    few = len(allowed) <= 11
    labels = known.options if len(known.options) == len(allowed) else ()
    choices = tuple(Choice(str(answer), labels[place] if labels else str(answer), value == str(answer)) for place, answer in enumerate(allowed)) if few else ()
    return Item(number, text, value, choices, known.minimum, high, error)


def scale_fields(instrument: Instrument, typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[ScaleField]:
    """A field for each scale."""
    found = []
    for scale in instrument.scales:
        name, span = f"scale.{scale.id}", scale.range
        found.append(ScaleField(name, scale.name, span.min, span.max, span.unit, str(typed.get(name, "")), errors.get(name, "")))
    return found


def band_choices(instrument: Instrument, typed: Mapping[str, Any]) -> list[Choice]:
    """The published bands of the main scale."""
    scale = instrument.scale("total") or instrument.scales[0]
    return [Choice(band.name, band.name, typed.get("band") == band.name) for band in scale.bands]


# ---- The result ----------------------------------------------------------------------------------------------------------------


def shown(preview: ScorePreview) -> list[ShownScore]:
    """Every scale of a result with its range, band, error and missing answers."""
    return [_shown(score) for score in preview.scores]


def _shown(score: ScaleScore) -> ShownScore:
    instrument = knowledge().instruments[score.instrument]
    scale = instrument.scale(score.scale)
    missing = spans(score.missing)
    return ShownScore(
        name=scale.name if scale else score.scale,
        value="" if score.value is None else f"{score.value:g}",
        span=_("of %(low)g to %(high)g %(unit)s") % {"low": score.minimum, "high": score.maximum, "unit": score.unit},
        band=score.band or "",
        error=f"{score.standard_error:.2g}" if score.standard_error is not None else "",
        missing=(_("pro-rated; items %s missing") if score.prorated else _("not scored: items %s missing")) % missing if missing else "",
        rule=score.missing_rule,
        share=None if score.value is None else (score.value - score.minimum) / (score.maximum - score.minimum),
    )


def spans(numbers: Sequence[int]) -> str:
    """Numbers with runs drawn together: 3, 12–23."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def look(entry: Mapping[str, Any] | None, today: date) -> tuple[ScorePreview | None, tuple[Problem, ...]]:
    """What an entry comes to, or what is wrong with it."""
    if entry is None:
        return None, ()
    try:
        return preview_score(entry, today), ()
    except InputRefused as refused:
        return None, refused.problems


def problem_words(problems: tuple[Problem, ...]) -> tuple[dict[str, str], list[str]]:
    """Problems by form field, and as sentences that name item, value and range."""
    fields: dict[str, str] = {}
    sentences = []
    for problem in problems:
        key = PLACE.sub("", problem.key)
        item = ITEM.fullmatch(key)
        name = f"item{int(item[1]) + 1}" if item else "total" if key == "value" else key.replace("scales.", "scale.")
        if key == "":
            sentence = _("it was entered in more than one way. Expected one of: answers, a total, scale values, a band. Empty the others.")
            fields.setdefault(name, sentence)
            sentences.append(_("The result: %s") % sentence)
            continue
        value = problem.value.strip("'")
        found = _("found %s, ") % value if value else ""
        remedy = _("Give one answer for each item in order; write - for an item without an answer.") if key == "items" else _(problem.remedy)
        sentence = _("%(found)sexpected %(expected)s. %(remedy)s") % {"found": found, "expected": problem.expected, "remedy": remedy}
        fields.setdefault(name, sentence)
        plain = key.replace("scales.", "").replace("_", " ")
        where = _("Item %d") % (int(item[1]) + 1) if item else {"value": _("Total"), "items": _("Answers")}.get(key, plain)
        sentences.append(f"{where}: {sentence}")
    return fields, sentences


# ---- The list --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """One instrument in the list: its licence in words, its minutes, and the last result."""

    id: str
    name: str
    full_name: str
    measures: str
    minutes: float
    letter: str
    licence: str
    last: str
    last_on: date | None
    decides: int


def listed(seen: SeenAssessment, search: str) -> list[Listed]:
    """Instruments whose name or subject holds what was typed: those with results first, then those that decide most."""
    wanted = search.casefold().split()
    decides = {measure.instrument: len(measure.decides) for measure in seen.plan.next_best_measures}
    found = [
        _listed(instrument, seen, decides.get(instrument.id, 0))
        for instrument in knowledge().instruments.values()
        if all(word in f"{instrument.id} {instrument.name} {instrument.full_name} {instrument.measures}".casefold() for word in wanted)
    ]
    return sorted(found, key=lambda one: (one.last_on is None, -one.decides / max(1.0, one.minutes), one.name.casefold()))


def _listed(instrument: Instrument, seen: SeenAssessment, decides: int) -> Listed:
    results = sorted((score for score in seen.plan.scores if score.instrument == instrument.id), key=lambda score: score.on or seen.today)
    newest = [score for score in results if score.on == results[-1].on][:1] if results else []
    last = newest[0] if newest else None
    value = "" if last is None else (f"{last.value:g}" if last.value is not None else last.band or _("not scored"))
    letter = instrument.licence.letter.value
    return Listed(
        instrument.id, instrument.name, instrument.full_name, instrument.measures, instrument.minutes.value, letter, str(LICENCES[letter]),
        value, last.on if last else None, decides,
    )  # fmt: skip
