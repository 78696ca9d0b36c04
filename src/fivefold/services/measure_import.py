"""Results from elsewhere: a table (CSV) or FHIR R4 QuestionnaireResponses, all of it or nothing.

Nothing is guessed: an unknown instrument, column, question or code is refused with its row, its value and what to do. Codes of other
systems (LOINC, SNOMED) are not mapped, because a wrong map puts a score under the wrong questionnaire.
"""

import csv
import io
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fivefold.concepts.errors import InputRefused, Problem
from fivefold.concepts.instrument import Instrument
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.assessments import add_facts
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import NewFact
from fivefold.services.score_preview import preview_score

MOST_ROWS = 500
LONGEST_TEXT = 400_000
# How a QuestionnaireResponse names one of our instruments, and an answer as a number.
CANONICAL = re.compile(r"^(urn:fivefold:questionnaire:|.*/Questionnaire/)([a-z0-9]+)(?:\|(.*))?$")
OURS = "urn:fivefold:questionnaire:"
LINK_ID = re.compile(r"^(?:([a-z0-9]+)[./])?(\d{1,3})$")
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
STATES = ("completed", "amended")


@dataclass(frozen=True)
class Imported:
    """What an import brought: the results by instrument and day, and whether a risk question was answered positively."""

    results: tuple[tuple[str, date], ...]
    signs: int


class _Refusals:
    """Every problem of an import, each with its row."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def say(self, row: int, key: str, value: object, expected: str, remedy: str) -> None:
        self.found.append(Problem("import", row, f"row {row} {key}".strip(), str(value)[:80], expected, remedy))


@clinical_act(Permission.CHANGE_RECORD)
def import_results(actor: Actor, *, patient_id: uuid.UUID, text: str) -> Imported:
    """Record results from a pasted table or from FHIR; raises InputRefused with every problem, and then nothing is recorded."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    refusals = _Refusals()
    if len(text) > LONGEST_TEXT:
        refusals.say(0, "", f"{len(text)} characters", f"at most {LONGEST_TEXT}", "Import it in parts.")
        raise InputRefused(refusals.found)
    entries = list(_fhir(text, patient, refusals) if text.lstrip()[:1] in ("{", "[") else _table(text, patient, refusals))
    signs = sum(_check(row, entry, refusals) for row, entry in entries)
    _refuse_twice(entries, patient, refusals)
    if not entries and not refusals.found:
        refusals.say(0, "", "nothing", "a table with a heading, or a QuestionnaireResponse", "Paste the text of the file.")
    if refusals.found:
        raise InputRefused(refusals.found)
    facts = [NewFact("score", entry["instrument"], {key: part for key, part in entry.items() if key != "date"}, entry["date"]) for _row, entry in entries]
    add_facts(actor, patient, facts)
    return Imported(tuple((entry["instrument"], entry["date"]) for _row, entry in entries), signs)


def _check(row: int, entry: dict[str, Any], refusals: _Refusals) -> int:
    """The checks of score entry, with the row; gives how many risk questions were answered positively."""
    try:
        preview = preview_score({**entry, "date": entry["date"].isoformat()}, max(entry["date"], clock.today()))
    except InputRefused as refused:
        for problem in refused.problems:
            refusals.say(row, re.sub(r"^scores\[\d+\]\.?", "", problem.key), problem.value.strip("'"), problem.expected, problem.remedy)
        return 0
    return len(preview.signs)


def _refuse_twice(entries: list[tuple[int, dict[str, Any]]], patient: Patient, refusals: _Refusals) -> None:
    """A second result of an instrument on one day, in the file or beside one in the record."""
    known = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="score", withdrawn=False, corrected_by__isnull=True)
    standing = set(known.values_list("key", "true_on"))
    seen: dict[tuple[str, date], int] = {}
    for row, entry in entries:
        place = (entry["instrument"], entry["date"])
        first = seen.setdefault(place, row)
        if first != row:
            refusals.say(row, "date", f"{place[0]} of {place[1]} again", f"one result of an instrument on a day (see row {first})", "Remove one of them.")
        elif place in standing:
            remedy = "Remove this row, or correct the result in the record."
            refusals.say(row, "date", f"{place[0]} of {place[1]}", "a day without a result of this instrument in the record", remedy)


def _instrument(row: int, name: str, refusals: _Refusals) -> Instrument | None:
    found = knowledge().instruments.get(name)
    if found is None:
        refusals.say(row, "instrument", name, "the id of an instrument of the library, such as phq9", "Correct the id, or keep it as another result.")
    return found


def _day(row: int, written: str, refusals: _Refusals) -> date | None:
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        refusals.say(row, "date", written, "a day such as 2026-03-31", "Write the day as year-month-day.")
        return None


# ---- A table -----------------------------------------------------------------------------------------------------------------------


def _table(text: str, patient: Patient, refusals: _Refusals) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows of a table with a heading: ``instrument``, ``date``, and ``value``, ``item_1`` ..., or ``scale.NAME``; ``patient`` if at all."""
    lines = text.strip().splitlines()
    if not lines:
        return
    mark = max(",;\t", key=lines[0].count)
    reader = csv.reader(io.StringIO(text.strip()), delimiter=mark)
    heading = [name.strip().casefold() for name in next(reader)]
    for number, name in enumerate(heading):
        if name not in ("instrument", "date", "value", "patient") and not re.fullmatch(r"item_\d{1,3}|scale\.[a-z0-9_]+", name):
            expected = "instrument, date, value, item_1 ..., scale.NAME or patient"
            refusals.say(1, f"column {number + 1}", name, expected, "Rename the column, or remove it.")
        elif heading.index(name) != number:
            refusals.say(1, f"column {number + 1}", name, "each column once", "Remove one of them.")
    for name in ("instrument", "date"):
        if name not in heading:
            refusals.say(1, "", ", ".join(heading)[:60], f"a column {name}", "Add the column.")
    if refusals.found:
        return
    try:
        for row, cells in enumerate(reader, start=2):
            if row > MOST_ROWS + 1:
                refusals.say(row, "", "more rows", f"at most {MOST_ROWS} rows", "Import them in parts.")
                return
            if any(cell.strip() for cell in cells):
                entry = _row(row, dict(zip(heading, [cell.strip() for cell in cells], strict=False)), patient, refusals)
                if entry is not None:
                    yield row, entry
    except csv.Error as error:
        refusals.say(reader.line_num, "", str(error), "a table of fields with a separator", "Save the table as CSV once more.")


def _row(row: int, cells: dict[str, str], patient: Patient, refusals: _Refusals) -> dict[str, Any] | None:
    if not _is_theirs(row, cells.get("patient", ""), patient, refusals):
        return None
    instrument = _instrument(row, cells.get("instrument", ""), refusals)
    on = _day(row, cells.get("date", ""), refusals)
    if instrument is None or on is None:
        return None
    entry: dict[str, Any] = {"instrument": instrument.id, "date": on}
    items = {int(name[5:]): value for name, value in cells.items() if name.startswith("item_") and value not in ("", "-")}
    scales = {name[6:]: value for name, value in cells.items() if name.startswith("scale.") and value}
    if items:
        entry["items"] = _items(row, instrument, {number: _number(row, f"item_{number}", value, refusals) for number, value in items.items()}, refusals)
    if cells.get("value"):
        entry["value"] = _number(row, "value", cells["value"], refusals)
    if scales:
        entry["scales"] = {name: _number(row, f"scale.{name}", value, refusals) for name, value in scales.items()}
    return entry


def _number(row: int, key: str, written: str, refusals: _Refusals) -> float | None:
    try:
        found = float(written.replace(",", "."))
    except ValueError:
        found = float("nan")
    if found != found or abs(found) > 1e6:
        refusals.say(row, key, written, "a number; - where nothing was answered", "Correct the field.")
        return None
    return found


def _items(row: int, instrument: Instrument, answers: dict[int, float | None], refusals: _Refusals) -> list[float | None]:
    count = instrument.items.count if instrument.items else 0
    for number in answers:
        if not 1 <= number <= count:
            refusals.say(
                row, f"item_{number}", number, f"a question from 1 to {count} of {instrument.id}", "Check that it is the right questionnaire and version."
            )
    return [answers.get(number) for number in range(1, count + 1)]


def _is_theirs(row: int, named: str, patient: Patient, refusals: _Refusals) -> bool:
    """Whether a row that names a patient names this one, by the reference of the record."""
    if named and named != patient.reference:
        refusals.say(row, "patient", "another reference", "the reference of this record, or none", "Open the record it belongs to, and import it there.")
        return False
    return True


# ---- FHIR --------------------------------------------------------------------------------------------------------------------------


def _fhir(text: str, patient: Patient, refusals: _Refusals) -> Iterator[tuple[int, dict[str, Any]]]:
    """QuestionnaireResponses: one, a list, or a Bundle of them."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        refusals.say(0, "", text[:30], "JSON", "Paste the whole file as it is.")
        return
    if _is_bundle(read):
        resources = [entry.get("resource") for entry in read["entry"] if isinstance(entry, dict)]
    else:
        resources = read if isinstance(read, list) else [read]
    for row, resource in enumerate(resources[: MOST_ROWS + 1], start=1):
        if row > MOST_ROWS:
            refusals.say(row, "", "more", f"at most {MOST_ROWS} responses", "Import them in parts.")
            return
        entry = _response(row, resource, patient, refusals)
        if entry is not None:
            yield row, entry


def _is_bundle(read: object) -> bool:
    return isinstance(read, dict) and read.get("resourceType") == "Bundle" and isinstance(read.get("entry"), list)


def _response(row: int, resource: Any, patient: Patient, refusals: _Refusals) -> dict[str, Any] | None:
    if not isinstance(resource, dict) or resource.get("resourceType") != "QuestionnaireResponse":
        kind = resource.get("resourceType") if isinstance(resource, dict) else type(resource).__name__
        refusals.say(row, "resourceType", kind, "QuestionnaireResponse", "Leave out what is no answered questionnaire.")
        return None
    if resource.get("status") not in STATES:
        refusals.say(row, "status", resource.get("status"), "completed or amended", "Import it when it is finished.")
        return None
    subject = resource.get("subject")
    identifier = subject.get("identifier") if isinstance(subject, dict) else None
    if not _is_theirs(row, str(identifier.get("value", "")) if isinstance(identifier, dict) else "", patient, refusals):
        return None
    named = CANONICAL.match(str(resource.get("questionnaire", "")))
    if named is None:
        expected = "urn:fivefold:questionnaire:ID, or an address that ends with /Questionnaire/ID"
        refusals.say(
            row, "questionnaire", resource.get("questionnaire"), expected, "Name the instrument by its id in the library; nothing is guessed from codes."
        )
        return None
    instrument, on = _instrument(row, named[2], refusals), _day(row, str(resource.get("authored", "")), refusals)
    if instrument is None or on is None or not _is_our_version(row, named, instrument, refusals):
        return None
    answers: dict[int, float | None] = {}
    for item in _flat(resource.get("item")):
        number = LINK_ID.match(str(item.get("linkId", "")))
        if number is None or number[1] not in (None, instrument.id):
            refusals.say(row, "linkId", item.get("linkId"), "the number of a question, such as 3 or phq9.3", "Number the questions in the order of the form.")
        elif int(number[2]) in answers:
            refusals.say(row, "linkId", item.get("linkId"), "each question once", "Remove one of the answers.")
        else:
            answers[int(number[2])] = _answer(row, item, refusals)
    return {"instrument": instrument.id, "date": on, "items": _items(row, instrument, answers, refusals)}


def _is_our_version(row: int, named: re.Match[str], instrument: Instrument, refusals: _Refusals) -> bool:
    """Whether a response answers the version that is scored here; how another system counts its own versions is not known, so only ours are held to it."""
    if named[1] != OURS or named[3] in (None, str(instrument.version)):
        return True
    remedy = "Look which version was answered: the questions of another one may differ. Import it with the library that has that version."
    refusals.say(row, "questionnaire", named[0], f"version {instrument.version} of {instrument.id}", remedy)
    return False


def _flat(items: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every question with an answer, groups opened."""
    for item in items if isinstance(items, list) and depth < 8 else []:
        if isinstance(item, dict) and item.get("answer") is not None:
            yield item
        elif isinstance(item, dict):
            yield from _flat(item.get("item"), depth + 1)


def _answer(row: int, item: dict[str, Any], refusals: _Refusals) -> float | None:
    given = item["answer"]
    one = given[0] if isinstance(given, list) and len(given) == 1 and isinstance(given[0], dict) else None
    for kind in ("valueInteger", "valueDecimal"):
        if one is not None and isinstance(one.get(kind), int | float) and not isinstance(one.get(kind), bool):
            return float(one[kind])
    coding = one.get("valueCoding") if one is not None else None
    if isinstance(coding, dict):
        for extension in coding.get("extension", []) if isinstance(coding.get("extension"), list) else []:
            if isinstance(extension, dict) and extension.get("url") == ORDINAL and isinstance(extension.get("valueDecimal"), int | float):
                return float(extension["valueDecimal"])
        if re.fullmatch(r"-?\d{1,3}", str(coding.get("code", ""))) and str(coding.get("system", "urn:fivefold:")).startswith("urn:fivefold:"):
            return float(coding["code"])
    said = coding.get("code") if isinstance(coding, dict) else given
    expected = "one number: valueInteger, valueDecimal, a coding with ordinalValue, or a number as its code"
    refusals.say(row, f"question {item.get('linkId')}", said, expected, "A code of another system is not read as a number: send the number with it.")
    return None
