"""What only the whole assessment file, the knowledge base and the date can tell: ids, ranges, dates, contradictions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from fivefold.concepts.instrument import Instrument, Items
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import RISK_QUESTIONS
from fivefold.exchange.assessment_file import FORMATS, GENERAL_IDS, AssessmentFile, ScorePart
from fivefold.knowledge.decoding import Run, is_known, nearest

SAME_INSTRUMENT_SAME_DAY = "one result of an instrument for each day"
FIRST_YEAR, LAST_YEAR = 1900, 2200
YEARS_AHEAD = 10
# Answers on lines of ten or more steps may be measured (the SRS in millimetres); all others are whole numbers.
MEASURED_FROM = 10


class AssessmentChecks:
    """What only the whole file, the knowledge base and the date can tell.

    Parts that could not be decoded are INVALID or their default here; their problems are recorded already.
    """

    def __init__(self, run: Run, written: AssessmentFile, knowledge: KnowledgeBase, as_of: date | None) -> None:
        self.run, self.written, self.knowledge = run, written, knowledge
        self.as_of = as_of or written.as_of

    def everything(self) -> None:
        if is_known(self.written.as_of) and self.day_is_possible():
            self.dates()
        self.impairments()
        self.scores()
        self.reports()
        self.modules()
        self.contradictions()
        self.preferences()
        self.protocol()

    def refuse(self, path: str, value: object, expected: str, remedy: str) -> None:
        self.run.at(path, value, expected, remedy)

    def entries(self, path: str) -> Iterator[tuple[str, Any]]:
        """The decoded entries of a list with their paths, until there are too many problems."""
        part: Any = self.written
        for name in path.split("."):
            part = getattr(part, name)
        for index, entry in enumerate(part or ()):
            if self.run.is_full:
                return
            if is_known(entry):
                yield f"{path}[{index}]", entry

    # ---- Dates: nothing recorded lies after the day of the assessment ------------------------------------------

    def day_is_possible(self) -> bool:
        written = self.written.as_of
        if not FIRST_YEAR <= written.year <= LAST_YEAR:
            self.refuse("as_of", written.isoformat(), f"a year from {FIRST_YEAR} to {LAST_YEAR}", "Correct the year.")
            return False
        if self.as_of < written:
            self.refuse("as_of", written.isoformat(), f"a day not after {self.as_of.isoformat()}, the day asked for", "Ask for this day or a later one.")
            return False
        return True

    def dates(self) -> None:
        for path, day in self._past_dates():
            if not isinstance(day, date) or self.run.is_full:
                continue
            if day > self.as_of:
                self.refuse(path, day.isoformat(), f"a day not after {self.as_of.isoformat()}", "Correct the date, or use a later as_of.")
            elif day.year < FIRST_YEAR:
                self.refuse(path, day.isoformat(), f"a day from {FIRST_YEAR} on", "Correct the year.")
        for place, coming in self.entries("upcoming"):
            if coming.date is not None and coming.date < self.as_of:
                remedy = "Move it to events if it has happened."
                self.refuse(f"{place}.date", coming.date.isoformat(), f"a day not before {self.as_of.isoformat()}", remedy)
            self._not_too_far(f"{place}.date", coming.date)
        for place, report in self.entries("expected_reports"):
            self._not_too_far(f"{place}.due", report.due)

    def _not_too_far(self, path: str, day: date | None) -> None:
        if isinstance(day, date) and day.year > self.as_of.year + YEARS_AHEAD:
            self.refuse(path, day.isoformat(), f"a day within {YEARS_AHEAD} years", "Correct the year.")

    def _past_dates(self) -> Iterator[tuple[str, date | None]]:
        written = self.written
        for name, rating in written.ratings.items():
            yield f"ratings.{name}.date", rating.date if is_known(rating) else None
        for part in ("scores", "events", "other_results", "risk.cleared", "risk.overruled"):
            for place, entry in self.entries(part):
                yield f"{place}.date", entry.date
        for name in RISK_QUESTIONS:
            answer = getattr(written.risk, name)
            yield f"risk.{name}.date", answer.date if answer else None
        for place, drug in self.entries("medication"):
            yield f"{place}.since", drug.since
            yield f"{place}.stopped", drug.stopped
        for place, module in self.entries("modules"):
            yield f"{place}.since", module.since
            yield f"{place}.paused.since", module.paused.since if module.paused else None
        yield "previous.since", written.previous.since if written.previous else None

    # ---- Ids ----------------------------------------------------------------------------------------------------

    def impairments(self) -> None:
        for name in self.written.ratings:
            if name not in self.knowledge.impairments and not self.run.is_full:
                self.refuse(f"ratings.{name}", name, "a known impairment", "Use an id of the list." + nearest(name, self.knowledge.impairments))

    def _instrument(self, path: str, name: str) -> Instrument | None:
        found = self.knowledge.instruments.get(name)
        if found is None and is_known(name):
            remedy = "See `fivefold measures` for the ids; a result of another instrument belongs to other_results." + nearest(name, self.knowledge.instruments)
            self.refuse(path, name, "a known instrument", remedy)
        return found

    # ---- Scores -------------------------------------------------------------------------------------------------

    def scores(self) -> None:
        seen: dict[tuple[str, date | None], str] = {}
        for place, entry in self.entries("scores"):
            instrument = self._instrument(f"{place}.instrument", entry.instrument)
            if instrument is None:
                continue
            first = seen.setdefault((entry.instrument, entry.date), place)
            if first != place:
                self.refuse(place, f"{entry.instrument} again", f"{SAME_INSTRUMENT_SAME_DAY} (see {first})", "Remove one, or correct its date.")
            self._score(place, entry, instrument)

    def _score(self, place: str, entry: ScorePart, instrument: Instrument) -> None:
        if entry.value is not None:
            self._scale_value(f"{place}.value", instrument, _main_scale(instrument), entry.value)
        for name, value in entry.scales.items():
            self._scale_value(f"{place}.scales.{name}", instrument, name, value)
        if entry.items is not None:
            self._items(f"{place}.items", entry.items, instrument)
        if entry.band is not None:
            self._band(f"{place}.band", entry.band, instrument)

    def _scale_value(self, path: str, instrument: Instrument, scale_id: str, value: float) -> None:
        scale = instrument.scale(scale_id)
        if scale is None:
            known = ", ".join(scale.id for scale in instrument.scales)
            remedy = "Name the scale." + nearest(scale_id, [scale.id for scale in instrument.scales])
            self.refuse(path, scale_id, f"a scale of {instrument.id}: {known}", remedy)
        elif is_known(value) and not scale.range.min <= value <= scale.range.max:
            expected = f"{scale.range.min:g} to {scale.range.max:g} {scale.range.unit} for {instrument.id} {scale.id}"
            self.refuse(path, f"{value:g}", expected, "Check the value and its unit: sum or mean.")

    def _items(self, path: str, answers: tuple[float | None, ...], instrument: Instrument) -> None:
        if instrument.items is None or not instrument.can_score_items:
            self.refuse(path, f"{len(answers)} answers", f"a total or scale values: {instrument.id} has no item key here", "Enter value or scales.")
            return
        if len(answers) != instrument.items.count:
            remedy = "Give one answer for each item in order; write null for an item without an answer."
            self.refuse(path, f"{len(answers)} answers", f"{instrument.items.count} answers for {instrument.id}", remedy)
            return
        for number, answer in enumerate(answers, start=1):
            if answer is not None and is_known(answer) and not _is_possible(instrument.items, number, answer):
                expected = f"{_possible_answers(instrument.items, number)} for item {number} of {instrument.id}"
                self.refuse(f"{path}[{number - 1}]", f"{answer:g}", expected, "Correct the answer.")

    def _band(self, path: str, name: str, instrument: Instrument) -> None:
        scale = instrument.scale(_main_scale(instrument))
        bands = [band.name for band in scale.bands] if scale else []
        if name not in bands:
            expected = f"a band of {instrument.id}: {', '.join(bands) or 'it has none'}"
            self.refuse(path, name, expected, "Use the published word, or enter the value." + nearest(name, bands))

    def reports(self) -> None:
        for place, report in self.entries("expected_reports"):
            self._instrument(f"{place}.instrument", report.instrument)

    # ---- Modules, contradictions, wishes ------------------------------------------------------------------------

    def modules(self) -> None:
        seen: set[str] = set()
        for place, module in self.entries("modules"):
            if is_known(module.id) and module.id in seen:
                self.refuse(f"{place}.id", module.id, "each module once", "Keep one entry.")
            seen.add(module.id)
            paused = module.paused.since if module.paused else None
            if paused and module.since and paused < module.since:
                expected = f"a day from {module.since.isoformat()} on, when the module began"
                self.refuse(f"{place}.paused.since", paused.isoformat(), expected, "Correct one of the two dates.")

    def contradictions(self) -> None:
        written = self.written
        self._imminent_and_cleared()
        context, carers = written.context, written.carers
        if context.role is False and (context.hours_of_role.value or 0) > 0:
            self.refuse("context.hours_of_role", f"{context.hours_of_role.value:g}", "0 hours while role is no", "Correct one of the two.")
        if carers.available is False and carers.consent is True:
            self.refuse("carers.consent", "yes", "no consent where no carers are available", "Correct one of the two.")
        if written.dependants.present is False and written.dependants.safe is False:
            self.refuse("dependants.safe", "no", "nothing where no dependants are present", "Correct one of the two.")
        age = written.patient.age.value if written.patient.age.value is not None else written.patient.age_from
        if age is not None and age >= 18 and "under_18" in written.patient.adaptations:
            self.refuse("patient.adaptations", "under_18", f"no such word at age {age:g}", "Correct the age or the adaptation.")
        for place, drug in self.entries("medication"):
            if drug.since and drug.stopped and drug.stopped < drug.since:
                self.refuse(f"{place}.stopped", drug.stopped.isoformat(), f"a day from {drug.since.isoformat()} on", "Correct one of the two dates.")

    def _imminent_and_cleared(self) -> None:
        imminent = self.written.risk.imminent
        if imminent is None or imminent.value is not True or imminent.date is not None:
            return
        for _, entry in self.entries("risk.cleared"):
            if entry.code == "R1" and entry.date == self.written.as_of:
                remedy = "Say which holds now: correct imminent, date it, or remove the clearance."
                self.refuse("risk.imminent", "yes", "no while R1 is cleared on the same day", remedy)
                return

    def preferences(self) -> None:
        known = self.knowledge
        for place, name in self.entries("preferences.priorities"):
            if name not in known.impairments and name not in known.modules:
                self.refuse(place, name, "an impairment or module id", "Use an id." + nearest(name, known.impairments))
        for place, name in self.entries("preferences.not_wanted"):
            if name not in known.impairments and name not in known.modules and name not in FORMATS and name not in GENERAL_IDS:
                expected = "a module id, an impairment id or a format"
                self.refuse(place, name, expected, "Use an id of the list." + nearest(name, [*known.modules, *known.impairments, *FORMATS]))
            elif name in self.written.preferences.priorities:
                self.refuse(place, name, "a wish that is not also a priority", "Keep it in one of the two lists.")

    def protocol(self) -> None:
        name, known = self.written.treatment.protocol, self.knowledge.protocols
        if name not in known:
            self.refuse("treatment.protocol", name, "a known protocol: " + ", ".join(known), "Use an id." + nearest(name, known))


def _is_possible(items: Items, number: int, answer: float) -> bool:
    measured = items.maximum_of(number) - items.minimum >= MEASURED_FROM
    return items.allows(number, answer) and (measured or answer.is_integer())


def _possible_answers(items: Items, number: int) -> str:
    choices = items.item_options.get(number)
    return "one of " + ", ".join(map(str, choices)) if choices else f"a whole number from {items.minimum} to {items.maximum_of(number)}"


def _main_scale(instrument: Instrument) -> str:
    """The scale a bare value or band speaks of: ``total`` where there is one, else the first."""
    return "total" if instrument.scale("total") else instrument.scales[0].id
