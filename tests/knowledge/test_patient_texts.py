"""What a patient reads: plain, short, kind, and without a label or a promise. Reading age about twelve."""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from tests.support.reading_age import grade, sentences, syllables, words, words_per_sentence
from tests.support.readings import knowledge

from fivefold.documents.clinical import plain_language
from fivefold.documents.clinical.plain_language import BLAME, JARGON, PROMISE, SHOUTING

HARDEST_GRADE = 7.0
WORDS_PER_SENTENCE = 14
LONGEST_SENTENCE = 20
LONGEST_NAME = 30

SPOKEN_TO = re.compile(r"\b(you|your|we|us|our|I)\b", re.IGNORECASE)


@dataclass(frozen=True)
class PatientText:
    """A text and where it stands; names are shorter than sentences."""

    place: str
    text: str
    is_name: bool = False


def patient_texts() -> list[PatientText]:
    """Every text of the base that is written for patients."""
    base = knowledge()
    found = []
    for module in (*base.general_modules.values(), *base.modules.values()):
        found.append(PatientText(f"{module.id} name", module.patient.name, is_name=True))
        found += [PatientText(f"{module.id} {field}", getattr(module.patient, field)) for field in ("why", "what_we_do", "how_long")]
    for part in (part for module in base.general_modules.values() for part in module.agreement):
        found.append(PatientText(f"agreement, {part.title}", part.title, is_name=True))
        found += [PatientText(f"agreement, {part.title}, {number}", point.text) for number, point in enumerate(part.points)]
    for impairment in base.impairments.values():
        found += [PatientText(f"{impairment.id} name", impairment.plain_name, is_name=True), PatientText(impairment.id, impairment.plain_summary)]
    found += [PatientText(f"{domain.id} name", domain.plain_name, is_name=True) for domain in base.domains.values()]
    for phase in base.phases.values():
        found.append(PatientText(f"{phase.id} name", phase.patient.name, is_name=True))
        found += [PatientText(f"{phase.id} where", phase.patient.where_you_are), PatientText(f"{phase.id} helps", phase.patient.what_helps_now)]
    found += own_page_texts()
    return [entry for entry in found if entry.text]


def own_page_texts() -> list[PatientText]:
    """What the files of the patient's own pages say to a patient."""
    base = knowledge()
    plan = base.safety_plan
    found = [PatientText("plan label", plan.label, is_name=True), PatientText("plan nobody reads", plan.nobody_reads)]
    for part in plan.parts:
        found += [PatientText(f"plan {part.id} name", part.name), PatientText(f"plan {part.id} question", part.question)]
        found.append(PatientText(f"plan {part.id} example", part.example))
    found += [PatientText(f"{place.id} {contact.number}", contact.note) for place in base.crisis_contacts.places for contact in place.contacts]
    found += [PatientText(f"diary {item.id}", item.words) for item in base.diary.items if len(words(item.words)) > 3]
    for helper in base.helpers:
        found += [PatientText(f"{helper.id} name", helper.name, is_name=True), PatientText(f"{helper.id} for", helper.what_for)]
        found += [PatientText(f"{helper.id} step {number}", step) for number, step in enumerate(helper.steps)]
    return found


TEXTS = patient_texts()
SENTENCES = [entry for entry in TEXTS if not entry.is_name]
NAMES = [entry for entry in TEXTS if entry.is_name]


@pytest.mark.parametrize("entry", SENTENCES, ids=lambda entry: entry.place)
def test_text_can_be_read_at_twelve(entry: PatientText) -> None:
    assert grade(entry.text) <= HARDEST_GRADE, entry.text
    assert words_per_sentence(entry.text) <= WORDS_PER_SENTENCE, entry.text
    assert max(len(words(sentence)) for sentence in sentences(entry.text)) <= LONGEST_SENTENCE, entry.text


def test_texts_together_are_well_below_the_limit() -> None:
    together = " ".join(entry.text for entry in SENTENCES)

    assert grade(together) <= 4
    assert words_per_sentence(together) <= 10


@pytest.mark.parametrize("entry", NAMES, ids=lambda entry: entry.place)
def test_name_is_short_and_made_of_common_words(entry: PatientText) -> None:
    assert len(entry.text) <= LONGEST_NAME
    assert max(map(syllables, words(entry.text))) <= 4


@pytest.mark.parametrize(("kind", "forbidden"), [("jargon", JARGON), ("blame", BLAME), ("promise", PROMISE), ("shouting", SHOUTING)])
def test_no_text_for_patients_has(kind: str, forbidden: re.Pattern[str]) -> None:
    found = {entry.place: match.group() for entry in TEXTS if (match := forbidden.search(entry.text))}

    assert found == {}, kind


def test_every_text_speaks_to_the_patient_or_of_what_we_do() -> None:
    distant = [entry.place for entry in SENTENCES if entry.place.endswith((" why", " what_we_do")) and not SPOKEN_TO.search(entry.text)]

    assert distant == []


def test_every_module_has_a_patient_name_of_its_own() -> None:
    base = knowledge()
    names = Counter(module.patient.name.lower() for module in (*base.general_modules.values(), *base.modules.values()))

    assert [name for name, times in names.items() if times > 1] == []


def test_every_impairment_has_a_plain_name_of_its_own() -> None:
    names = Counter(impairment.plain_name.lower() for impairment in knowledge().impairments.values())

    assert [name for name, times in names.items() if times > 1] == []


def test_syllables_counted_by_letters_keep_to_those_counted_by_ear() -> None:
    """The program has no dictionary of sounds: over all patient texts its count differs by at most one in a hundred."""
    heard = sum(syllables(word) for entry in TEXTS for word in words(entry.text))
    counted = sum(plain_language.syllables(word) for entry in TEXTS for word in words(entry.text))
    graded = [(level, grade(entry.text)) for entry in SENTENCES if (level := plain_language.grade(entry.text)) is not None]

    assert abs(counted - heard) <= heard / 100
    assert max(abs(by_letters - by_ear) for by_letters, by_ear in graded) <= 1.5


def test_no_text_of_the_base_would_be_told_as_hard_or_unkind() -> None:
    assert plain_language.check((entry.place, entry.text) for entry in TEXTS) == ()
