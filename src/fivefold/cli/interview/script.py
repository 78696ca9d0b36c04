"""The questions in their order, safety first: what is asked, where the answer goes, and when it need not be asked."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date

from fivefold.cli.interview import answers
from fivefold.cli.interview.document import AssessmentDocument, Path_
from fivefold.cli.interview.words import (
    COMPONENT_WORDS,
    CONTEXT_WORDS,
    CRITERIA_WORDS,
    DEPENDANT_WORDS,
    EVENT_WORDS,
    GENERAL_LABELS,
    MORE_RISK_QUESTIONS,
    READINESS_WORDS,
    RESILIENCE_HELP,
    RISK_WORDS,
    SAFETY_QUESTIONS,
    WHEN_HELP,
)
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import (
    ADAPTATIONS,
    COURSES,
    DIAGNOSES,
    DIAGNOSIS_STATUSES,
    EVENT_KINDS,
    MEDICATION_CLASSES,
    SETTINGS,
    UPCOMING_KINDS,
    PhaseId,
    ResilienceLevel,
    Severity,
    StageId,
)
from fivefold.exchange.assessment_file import FORMATS
from fivefold.knowledge.decoding import UNKNOWN_WORDS, YES_NO

Condition = Callable[[AssessmentDocument], bool]
SAFETY, PATIENT, DIAGNOSIS, EVENTS, MORE_RISK = "Safety first", "The patient", "Diagnosis", "What happened", "More on risk"
SCORES, RESILIENCE, FRAME, GENERAL, WISHES = "Questionnaires", "Resilience", "Frame and daily life", "How treatment holds", "Wishes and what is possible"
YES_WORDS = tuple(word for word, meaning in YES_NO.items() if meaning)
LEVELS = " ".join(f"{level.value} {level.word}" for level in Severity)


@dataclass(frozen=True)
class Question:
    """One question.

    ``on_enter`` is what the file says when nobody knows: the word unknown where the file has a place for it; otherwise
    None, and a note in the file remembers that it was asked. ``entry`` answers go to the end of a list; ``repeats`` asks
    again until Enter. ``also`` names other places that answer the same.
    """

    key: str
    section: str
    text: str
    path: Path_
    read: answers.Read
    help: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    hint: str = ""
    on_enter: str | None = answers.UNKNOWN
    entry: bool = False
    repeats: bool = False
    when: Condition = lambda document: True
    also: tuple[Path_, ...] = ()

    def is_answered(self, document: AssessmentDocument) -> bool:
        """Whether the file says it already, in whatever form, or notes that it was asked."""
        if self.key in (document.asked or ()):
            return True
        if self.entry:
            return self._is_listed(document)
        if any(document.value(path) is not None for path in self.also):
            return True
        return any(_settles(document.value(self.path[: depth + 1]), depth + 1 == len(self.path)) for depth in range(len(self.path)))

    def _is_listed(self, document: AssessmentDocument) -> bool:
        """Whether a list holds the one entry that is asked for, or was written by hand and is taken as it is."""
        name = self.key.partition(".")[2]
        if name:
            return any(name in (entry.get("kind"), entry.get("code")) for entry in document.entries(self.path[0]))
        return document.asked is None and document.value(self.path) is not None

    def answer(self, document: AssessmentDocument, written: str) -> AssessmentDocument:
        """The document with the answer in its place."""
        if self.key == "patient.age" and "-" in written:
            low, _, high = written.partition("-")
            return document.with_value(("patient", "age_from"), low).with_value(("patient", "age_to"), high)
        if self.entry:
            return document.with_entry(self.path[0], written)
        return document.with_value(self.path, written)


def _settles(value: object, is_last: bool) -> bool:
    """Whether a value on the way answers the question: the answer itself, or a word or list where keys were expected."""
    return value is not None and (is_last or not isinstance(value, dict))


def questions(knowledge: KnowledgeBase, as_of: date) -> tuple[Question, ...]:
    """Every question in order."""
    return (
        *_safety(), *_patient(), *_diagnosis(), *_ratings(knowledge), *_events(as_of), *_more_risk(), *_scores(knowledge, as_of),
        *_resilience(), *_frame(), *_general(knowledge), *_wishes(knowledge),
    )  # fmt: skip


def _yes_no(key: str, section: str, words: tuple[str, str], path: Path_, when: Condition = lambda document: True) -> Question:
    text, help_text = words
    return Question(key, section, text, path, answers.read_yes_no, (help_text,), hint="yes / no", when=when)


def _choice(key: str, section: str, text: str, path: Path_, words: tuple[str, ...], labels: tuple[str, ...] = (), **more: object) -> Question:
    shown = labels or tuple(word.replace("_", " ") for word in words)
    return Question(key, section, text, path, answers.read_choice(words, shown), choices=shown, **more)  # type: ignore[arg-type]


def _says(path: Path_, words: Container[str]) -> Condition:
    return lambda document: isinstance(value := document.value(path), str) and value in words


def _safety() -> Iterator[Question]:
    for name in SAFETY_QUESTIONS:
        yield _yes_no(f"risk.{name}", SAFETY, RISK_WORDS[name], ("risk", name))
    yield _yes_no("dependants.present", SAFETY, DEPENDANT_WORDS["present"], ("dependants", "present"))
    yield _yes_no("dependants.safe", SAFETY, DEPENDANT_WORDS["safe"], ("dependants", "safe"), _says(("dependants", "present"), YES_WORDS))


def _patient() -> Iterator[Question]:
    yield Question(
        "id", PATIENT, "A label for this assessment", ("id",), answers.quoted, ("It stands on the plan. Use a number or a made-up word, never a real name.",),
        hint="never a real name", on_enter=None,
    )  # fmt: skip
    yield Question(
        "patient.age",
        PATIENT,
        "How old is the patient?",
        ("patient", "age"),
        answers.read_age,
        ("Years, or a range such as 25-30.",),
        also=(("patient", "age_from"),),
    )
    yield Question(
        "patient.adaptations", PATIENT, "Does one of these apply?", ("patient", "adaptations"), _read_words(ADAPTATIONS),
        ("The first seven call for an adapted service: no automatic plan is made then, and it is said which service is needed.",),
        choices=tuple(word.replace("_", " ") for word in ADAPTATIONS), hint="numbers or words, with commas", on_enter=None,
    )  # fmt: skip
    yield _choice("setting", PATIENT, "Where is the patient seen?", ("setting",), SETTINGS)


def _read_words(words: tuple[str, ...]) -> answers.Read:
    """Several words of a list, with commas between them."""
    labels = tuple(word.replace("_", " ") for word in words)

    def read(typed: str) -> str:
        chosen = [answers.pick(part.strip(), words, labels) for part in typed.split(",") if part.strip()]
        return f"[{', '.join(dict.fromkeys(chosen))}]"

    return read


def _diagnosis() -> Iterator[Question]:
    statuses = tuple(f"{{code: borderline_pd, status: {word}, source: clinician}}" for word in DIAGNOSIS_STATUSES)
    yield Question(
        "diagnoses.borderline_pd", DIAGNOSIS, "Borderline personality disorder is, by a clinician's diagnosis:", ("diagnoses",),
        lambda typed: statuses[DIAGNOSIS_STATUSES.index(answers.pick(typed, DIAGNOSIS_STATUSES, DIAGNOSIS_STATUSES))],
        ("Only what a clinician has diagnosed or suspects; never from a score.",), choices=tuple(word.replace("_", " ") for word in DIAGNOSIS_STATUSES),
        on_enter=None, entry=True,
    )  # fmt: skip
    codes = [code for code in DIAGNOSES if code not in ("borderline_pd", "other")]
    yield Question(
        "diagnoses", DIAGNOSIS, "Another current diagnosis", ("diagnoses",),
        answers.read_coded(codes, [DIAGNOSES[code] for code in codes], "{{code: {}, status: current, source: clinician}}"),
        tuple(f"{code}: {DIAGNOSES[code]}" for code in codes), hint="any part of its name; Enter when there is no other", on_enter=None,
        entry=True, repeats=True,
    )  # fmt: skip
    for number, text in CRITERIA_WORDS.items():
        yield Question(
            f"criteria.{number}", DIAGNOSIS, f"DSM-5 criterion {number}: {text}", ("criteria", str(number)), answers.read_yes_no,
            ("As you judge it, in our own short words; the manual has the full text.",), hint="yes / no",
        )  # fmt: skip


def _ratings(knowledge: KnowledgeBase) -> Iterator[Question]:
    """Every impairment, by domain; what the levels mean is shown when it is asked for."""
    for impairment in knowledge.impairments.values():
        domain = knowledge.domains[knowledge.domain_of[impairment.id]]
        anchors = tuple(f"{level}: {text}" for level, text in sorted(impairment.anchors.items()))
        yield Question(
            f"ratings.{impairment.id}", f"Ratings: {domain.name}", impairment.name, ("ratings", impairment.id), answers.read_severity,
            (impairment.summary, *anchors, "A note may follow the number: 3 weekly cutting since August"), hint=LEVELS,
        )  # fmt: skip


def _events(as_of: date) -> Iterator[Question]:
    for kind, text in EVENT_WORDS.items():
        yield Question(
            f"events.{kind}", EVENTS, text, ("events",), answers.read_event(kind, as_of), WHEN_HELP, hint="a date, 3 weeks, unknown; Enter for none",
            on_enter=None, entry=True,
        )  # fmt: skip
    yield Question(
        "events", EVENTS, "Anything else that happened", ("events",), answers.read_any_event(EVENT_KINDS, as_of),
        (f"What, and when: crisis 3 weeks. What: {', '.join(EVENT_KINDS)}.", *WHEN_HELP), hint="for instance job_loss 2 months; Enter goes on",
        on_enter=None, entry=True, repeats=True,
    )  # fmt: skip
    yield Question(
        "upcoming", EVENTS, "Is something coming that may be hard?", ("upcoming",), answers.read_upcoming(UPCOMING_KINDS, as_of),
        (f"What, and the day if it is known: discharge 2026-12-05. What: {', '.join(UPCOMING_KINDS)}.",),
        hint="for instance discharge 2026-12-05; Enter goes on", on_enter=None, entry=True, repeats=True,
    )  # fmt: skip


def _more_risk() -> Iterator[Question]:
    for name in MORE_RISK_QUESTIONS:
        yield _yes_no(f"risk.{name}", MORE_RISK, RISK_WORDS[name], ("risk", name))
    for name, words in READINESS_WORDS.items():
        yield _yes_no(f"trauma_readiness.{name}", MORE_RISK, words, ("trauma_readiness", name), _has_trauma)


def _has_trauma(document: AssessmentDocument) -> bool:
    """Whether post-traumatic stress is rated as a problem or diagnosed; otherwise readiness for trauma work is no question."""
    rating = document.value(("ratings", "ptsd"))
    rated = rating if isinstance(rating, str) else document.value(("ratings", "ptsd", "severity"))
    known = isinstance(rated, str) and rated != answers.UNKNOWN and float(rated) >= 1
    return known or any(entry.get("code") in ("ptsd", "complex_ptsd") for entry in document.entries("diagnoses"))


def _scores(knowledge: KnowledgeBase, as_of: date) -> Iterator[Question]:
    names = list(knowledge.instruments)
    yield Question(
        "scores", SCORES, "A result of a questionnaire", ("scores",), answers.read_score(names, as_of),
        (
            "phq9 14: a total.   bsl23 2.41 2026-11-20: with its day.   phq9 2 2 3 2 1 2 1 0 1: all answers in order, - for one not given.",
            f"Known: {', '.join(names)}.", "fivefold measures tells more of each. Anything else belongs to other_results in the file.",
        ),
        hint="for instance phq9 14; Enter goes on", on_enter=None, entry=True, repeats=True,
    )  # fmt: skip


def _resilience() -> Iterator[Question]:
    levels = tuple(level.value for level in ResilienceLevel)
    yield _choice("resilience.level", RESILIENCE, "How resilient is the patient, as you see it?", ("resilience", "level"), levels, help=RESILIENCE_HELP)
    for name, (text, labels) in COMPONENT_WORDS.items():
        yield _choice(
            f"resilience.{name}", RESILIENCE, text, ("resilience", "components", name), ("0", "1", "2"), labels,
            when=_says(("resilience", "level"), UNKNOWN_WORDS), also=(("resilience", name),),
        )  # fmt: skip


def _frame() -> Iterator[Question]:
    for name, words in CONTEXT_WORDS.items():
        yield _yes_no(f"context.{name}", FRAME, words, ("context", name))
    yield Question(
        "context.hours_of_role", FRAME, "How many hours a week?", ("context", "hours_of_role"), answers.read_number(0, 168, "hours"),
        when=_says(("context", "role"), YES_WORDS),
    )  # fmt: skip
    yield _yes_no("carers.available", FRAME, ("Are there carers or family who could take part?", "Only whether there are any."), ("carers", "available"))
    yield _yes_no(
        "carers.consent", FRAME, ("Does the patient agree that they are involved?", "Without consent nobody is contacted."), ("carers", "consent"),
        _says(("carers", "available"), YES_WORDS),
    )  # fmt: skip
    yield Question(
        "medication", FRAME, "A psychotropic drug the patient takes, by class", ("medication",), _read_drug,
        (f"Classes: {', '.join(MEDICATION_CLASSES)}.", "What it is for may follow: ssri depression"), hint="for instance ssri depression; Enter goes on",
        on_enter=None, entry=True, repeats=True,
    )  # fmt: skip
    yield Question(
        "attendance", FRAME, "Of the last sessions, how many were planned and how many missed?", ("attendance",), _read_attendance,
        ("Two numbers: 4 1 means four planned, one missed.",), hint="for instance 4 1", on_enter=None,
    )  # fmt: skip
    yield _choice("course", FRAME, "How has it gone so far?", ("course",), COURSES)


def _read_drug(typed: str) -> str:
    kind, _, target = typed.partition(" ")
    chosen = answers.pick(kind, MEDICATION_CLASSES, MEDICATION_CLASSES)
    return f"{{class: {chosen}, target: {answers.quoted(target.strip())}}}" if target.strip() else f"{{class: {chosen}}}"


def _read_attendance(typed: str) -> str:
    parts = typed.replace(",", " ").split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise answers.NotUnderstood("Type two numbers, planned and missed, for instance 4 1.")
    return f"{{planned: {int(parts[0])}, missed: {int(parts[1])}}}"


def _general(knowledge: KnowledgeBase) -> Iterator[Question]:
    words, labels = tuple(GENERAL_LABELS), tuple(GENERAL_LABELS.values())
    for module in knowledge.general_modules.values():
        text = f"{module.id} {module.name}. {knowledge.gates.questions[module.id]}"
        yield _choice(f"general_modules.{module.id}", GENERAL, text, ("general_modules", module.id), words, labels, help=(module.summary,))
    yield _choice(
        "previous.phase", GENERAL, "The phase of treatment as it was last recorded", ("previous", "phase"), tuple(phase.value for phase in PhaseId),
        tuple(f"{phase.value} {knowledge.phases[phase].name}" for phase in PhaseId), on_enter=None,
        help=("Leave it out at the beginning of a treatment.",),
    )  # fmt: skip
    stages = ", ".join(stage.value for stage in StageId)
    yield Question(
        "modules", GENERAL, "A specific module that is under way or done, and its stage", ("modules",), _read_module(knowledge),
        (f"Stages: {stages}.", *(f"{module.id} {module.short_name}" for module in knowledge.modules.values())),
        hint="for instance S04 exploration; Enter goes on", on_enter=None, entry=True, repeats=True,
    )  # fmt: skip


def _read_module(knowledge: KnowledgeBase) -> answers.Read:
    stages = tuple(stage.value for stage in StageId)

    def read(typed: str) -> str:
        name, _, stage = typed.partition(" ")
        module = name.upper()
        if module not in knowledge.modules:
            raise answers.NotUnderstood("Type the id of a module, for instance S04. Type ? for the list.")
        return f"{{id: {module}, stage: {answers.pick(stage.strip(), stages, stages)}}}" if stage.strip() else f"{{id: {module}}}"

    return read


def _wishes(knowledge: KnowledgeBase) -> Iterator[Question]:
    ids = {name: part.name for name, part in knowledge.impairments.items()}
    listed = tuple(f"{name}: {text}" for name, text in ids.items())
    yield Question(
        "preferences.priorities", WISHES, "What does the patient want to work on first?", ("preferences", "priorities"), _read_ids(ids), listed,
        hint="for instance anger, sleep", on_enter=None,
    )  # fmt: skip
    unwanted = {**ids, **{name: module.short_name for name, module in knowledge.modules.items()}, **{form: form for form in FORMATS}}
    yield Question(
        "preferences.not_wanted", WISHES, "What does the patient not want?", ("preferences", "not_wanted"), _read_ids(unwanted),
        (f"An impairment, a module (S29) or a form: {', '.join(FORMATS)}.",), hint="for instance group, S29", on_enter=None,
    )  # fmt: skip
    for name, text, most, unit in (
        ("sessions_per_week", "How many sessions a week are possible?", 14, "sessions"),
        ("sessions_available", "How many sessions are there in all?", 2000, "sessions"),
        ("session_minutes", "How long is a session?", 300, "minutes"),
        ("weeks_in_treatment", "For how many weeks has the treatment run?", 2600, "weeks"),
    ):
        low = 5 if unit == "minutes" else 0
        yield Question(f"treatment.{name}", WISHES, text, ("treatment", name), answers.read_number(low, most, unit), hint=unit, on_enter=None)
    yield Question(
        "treatment.formats", WISHES, "Which forms are possible?", ("treatment", "formats"), _read_words(FORMATS), choices=FORMATS,
        hint="numbers or words, with commas", on_enter=None,
    )  # fmt: skip


def _read_ids(known: dict[str, str]) -> answers.Read:
    exact = {name.lower(): name for name in known}

    def read(typed: str) -> str:
        chosen = [exact.get(part.strip().lower()) or answers.find_code(part, known) for part in typed.split(",") if part.strip()]
        return f"[{', '.join(dict.fromkeys(chosen))}]"

    return read
