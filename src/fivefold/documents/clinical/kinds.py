"""The kinds of document: for whom each is, which parts it has, what data each part discloses, and what is typed by hand.

A table and no rule: composing, permissions, forms and the list of what is disclosed all read it.
"""

from dataclasses import dataclass
from enum import StrEnum

from fivefold.documents.language import to_say


class Category(StrEnum):
    """A category of data about a person, as it is told before a document is made."""

    NAME = "name"
    TEAM = "team"
    CONSENTS = "consents"
    DIAGNOSES = "diagnoses"
    RISK = "risk"
    SCORES = "scores"
    FORMULATION = "formulation"
    OWN_WORDS = "own_words"
    IMPAIRMENTS = "impairments"
    PHASE = "phase"
    TREATMENT = "treatment"
    GOALS = "goals"
    SESSIONS = "sessions"
    DECISIONS = "decisions"
    AGREEMENT = "agreement"
    SUPERVISION = "supervision"
    TYPED = "typed"


CATEGORY_WORDS: dict[Category, str] = {
    Category.NAME: to_say("name, reference and year of birth"),
    Category.TEAM: to_say("who treats and supervises"),
    Category.CONSENTS: to_say("consents"),
    Category.DIAGNOSES: to_say("diagnoses with their source"),
    Category.RISK: to_say("risk: safety rules that speak and what was told"),
    Category.SCORES: to_say("scores of questionnaires"),
    Category.FORMULATION: to_say("the formulation"),
    Category.OWN_WORDS: to_say("the patient's own words"),
    Category.IMPAIRMENTS: to_say("impairments and their levels"),
    Category.PHASE: to_say("the phase of treatment"),
    Category.TREATMENT: to_say("modules, interventions and dose"),
    Category.GOALS: to_say("goals and how far they have come"),
    Category.SESSIONS: to_say("number and days of sessions"),
    Category.DECISIONS: to_say("what was decided beside the proposal, with reasons"),
    Category.AGREEMENT: to_say("the treatment agreement"),
    Category.SUPERVISION: to_say("questions and minutes of supervision"),
    Category.TYPED: to_say("what you type below"),
}


class Reader(StrEnum):
    """For whom a document is."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    OUTSIDE = "outside"
    SUPERVISION = "supervision"


@dataclass(frozen=True)
class PartKind:
    """One part of a kind: what it discloses, whether it can be left out, and whether it is there unless somebody asks for it."""

    id: str
    name: str
    discloses: tuple[Category, ...]
    is_optional: bool = False
    is_usual: bool = True


@dataclass(frozen=True)
class TypedField:
    """A text that is typed for one document; ``from_field`` of the record's own texts it could repeat is none: it is said only here."""

    id: str
    name: str
    help: str = ""
    is_long: bool = True
    is_needed: bool = False


@dataclass(frozen=True)
class DocumentKind:
    """One kind. ``consent`` names the purpose a patient must have agreed to; ``needs_plan`` that it is made from a signed plan.

    ``is_one_page``: it is set smaller, down to what can still be read, until it stands on one page.
    """

    id: str
    name: str
    summary: str
    reader: Reader
    parts: tuple[PartKind, ...]
    typed: tuple[TypedField, ...] = ()
    needs_plan: bool = False
    consent: str = ""
    can_hide_name: bool = False
    is_one_page: bool = False

    @property
    def is_for_patient(self) -> bool:
        return self.reader is Reader.PATIENT

    def shown(self, chosen: frozenset[str]) -> tuple[PartKind, ...]:
        """The parts of a document with these optional parts, in the order of the page."""
        return tuple(part for part in self.parts if not part.is_optional or part.id in chosen)

    @property
    def usual(self) -> frozenset[str]:
        """The optional parts that are there unless somebody leaves them out."""
        return frozenset(part.id for part in self.parts if part.is_optional and part.is_usual)


C = Category
HEAD = PartKind("head", to_say("Who it is about"), (C.NAME,))
OPENING = TypedField("opening", to_say("Opening words"), to_say("Stands before everything else."))
CLOSING = TypedField("closing", to_say("Closing words"), to_say("Stands at the end, before the signature."))

KINDS: dict[str, DocumentKind] = {
    kind.id: kind
    for kind in (
        DocumentKind(
            "treatment_plan",
            to_say("Treatment plan"),
            to_say("The signed plan in fourteen parts, for the record and for colleagues who treat with you."),
            Reader.CLINICIAN,
            (
                PartKind("people", to_say("People, dates, version, consent"), (C.NAME, C.TEAM, C.CONSENTS)),
                PartKind("diagnoses", to_say("Diagnoses with their source"), (C.DIAGNOSES,)),
                PartKind("severity", to_say("Severity and risk"), (C.RISK, C.SCORES)),
                PartKind("formulation", to_say("Formulation, in the patient's words"), (C.FORMULATION, C.OWN_WORDS), is_optional=True),
                PartKind("impairments", to_say("Impairments and answers"), (C.IMPAIRMENTS,)),
                PartKind("phase", to_say("Phase now, and what opens the next"), (C.PHASE,)),
                PartKind("modules", to_say("Modules"), (C.TREATMENT,)),
                PartKind("goals", to_say("Goals"), (C.GOALS, C.OWN_WORDS)),
                PartKind("measures", to_say("Measures and timetable"), (C.TREATMENT,)),
                PartKind("safety_plan", to_say("Safety plan"), (C.TREATMENT,)),
                PartKind("alternatives", to_say("Alternatives, and what was decided"), (C.DECISIONS,), is_optional=True),
                PartKind("view", to_say("The patient's view, and signatures"), (C.OWN_WORDS,)),
                PartKind("review", to_say("Next review"), (C.TREATMENT,)),
                PartKind("plain", to_say("The same in plain words"), (C.TREATMENT,), is_optional=True),
            ),
            (CLOSING,),
            needs_plan=True,
        ),
        DocumentKind(
            "payer_plan",
            to_say("Treatment plan for a payer"),
            to_say("Problem, objectives, interventions and dose, with diagnoses and review. It says no more than a payer asks for."),
            Reader.OUTSIDE,
            (
                HEAD,
                PartKind("diagnoses", to_say("Diagnoses with their source"), (C.DIAGNOSES,)),
                PartKind("problems", to_say("Problems, goals and interventions"), (C.IMPAIRMENTS, C.TREATMENT, C.GOALS, C.OWN_WORDS)),
                PartKind("services", to_say("Type, amount, frequency and duration"), (C.TREATMENT, C.SESSIONS)),
                PartKind("scores", to_say("Measures so far"), (C.SCORES,), is_optional=True, is_usual=False),
                PartKind("review", to_say("Review and signature"), (C.TREATMENT, C.TEAM)),
            ),
            (
                TypedField("addressee", to_say("To"), to_say("The payer, and the number of the case there."), is_long=False),
                TypedField(
                    "diagnosis_codes", to_say("Codes"), to_say("If the payer wants ICD codes: as you have coded them, never from a score."), is_long=False
                ),
            ),
            needs_plan=True,
        ),
        DocumentKind(
            "plain_plan",
            to_say("My plan in plain words"),
            to_say("The signed plan for the patient: where we are, what we do and why. It holds no scores and no codes."),
            Reader.PATIENT,
            (
                PartKind("where", to_say("Where I am now"), (C.NAME, C.PHASE)),
                PartKind("now", to_say("What we work on now"), (C.TREATMENT,)),
                PartKind("ground", to_say("What is always there"), (C.TREATMENT,)),
                PartKind("next", to_say("What comes next"), (C.TREATMENT,), is_optional=True),
                PartKind("goals", to_say("What I want"), (C.GOALS, C.OWN_WORDS), is_optional=True),
                PartKind("words", to_say("How it hangs together, as I say it"), (C.FORMULATION, C.OWN_WORDS), is_optional=True, is_usual=False),
                PartKind("hard_times", to_say("If things get hard"), (), is_optional=True),
                PartKind("view", to_say("What I say about it"), (C.OWN_WORDS,)),
            ),
            (OPENING,),
            needs_plan=True,
        ),
        DocumentKind(
            "agreement",
            to_say("Our agreement"),
            to_say("What both sides do, contact between sessions, and what happens when things get hard. Both sign."),
            Reader.PATIENT,
            (
                PartKind("people", to_say("Who we are"), (C.NAME, C.TEAM, C.AGREEMENT)),
                PartKind("points", to_say("What we agree"), (C.AGREEMENT,)),
                PartKind("goals", to_say("What I want"), (C.GOALS, C.OWN_WORDS), is_optional=True),
                PartKind("numbers", to_say("Numbers for hard times"), (), is_optional=True),
                PartKind("signatures", to_say("We both sign"), (C.AGREEMENT,)),
            ),
            (
                TypedField("frame", to_say("Times and place"), to_say("When and where you meet, how long, and what a missed session costs.")),
                TypedField("contact", to_say("Contact between sessions, in your own words"), to_say("In place of the usual points, if you do it differently.")),
                TypedField("crisis", to_say("When things get hard, in your own words"), to_say("In place of the usual points, if you do it differently.")),
                TypedField("own_points", to_say("What else you have agreed"), to_say("One point on each line.")),
            ),
        ),
        DocumentKind(
            "letter",
            to_say("Letter to the referrer"),
            to_say("What you treat and how it goes, for a colleague outside. Choose what it discloses."),
            Reader.OUTSIDE,
            (
                HEAD,
                PartKind("diagnoses", to_say("Diagnoses with their source"), (C.DIAGNOSES,), is_optional=True),
                PartKind("treatment", to_say("What we do"), (C.TREATMENT, C.PHASE)),
                PartKind("course", to_say("Sessions so far"), (C.SESSIONS,), is_optional=True),
                PartKind("change", to_say("What has changed"), (C.SCORES,), is_optional=True, is_usual=False),
                PartKind("goals", to_say("Goals"), (C.GOALS, C.OWN_WORDS), is_optional=True, is_usual=False),
                PartKind("formulation", to_say("Formulation, in the patient's words"), (C.FORMULATION, C.OWN_WORDS), is_optional=True, is_usual=False),
                PartKind("risk", to_say("Risk"), (C.RISK,), is_optional=True, is_usual=False),
                PartKind("signature", to_say("Signature"), (C.TEAM,)),
            ),
            (TypedField("addressee", to_say("To"), to_say("Name and address of the colleague."), is_needed=True), OPENING, CLOSING),
            consent="letters",
        ),
        DocumentKind(
            "progress_report",
            to_say("Progress report"),
            to_say("What was measured and what it says, what was done, and where to look. For clinicians, on one page."),
            Reader.CLINICIAN,
            (
                HEAD,
                PartKind("dangers", to_say("Safety"), (C.RISK,)),
                PartKind("measures", to_say("What was measured"), (C.SCORES,)),
                PartKind("done", to_say("What was done"), (C.TREATMENT, C.SESSIONS)),
                PartKind("goals", to_say("Goals"), (C.GOALS, C.OWN_WORDS), is_optional=True),
                PartKind("values", to_say("All values"), (C.SCORES,), is_optional=True),
            ),
            (CLOSING,),
            is_one_page=True,
        ),
        DocumentKind(
            "progress_patient",
            to_say("How it is going"),
            to_say("The patient's own values, goals and work, with fewer lines. It holds no forecast and no word on being off track."),
            Reader.PATIENT,
            (
                PartKind("measures", to_say("What I filled in"), (C.NAME, C.SCORES)),
                PartKind("goals", to_say("My goals"), (C.GOALS, C.OWN_WORDS), is_optional=True),
                PartKind("done", to_say("What we have done"), (C.TREATMENT, C.SESSIONS)),
                PartKind("values", to_say("My values in numbers"), (C.SCORES,)),
            ),
            (OPENING,),
            is_one_page=True,
        ),
        DocumentKind(
            "case_pack",
            to_say("Case pack for supervision"),
            to_say("Formulation, plan, trends, your question and the minutes so far. A made-up name stands for the patient's."),
            Reader.SUPERVISION,
            (
                PartKind("question", to_say("Question"), (C.TYPED, C.SUPERVISION)),
                PartKind("safety", to_say("Safety"), (C.RISK,)),
                PartKind("diagnoses", to_say("Diagnoses with their source"), (C.DIAGNOSES,), is_optional=True),
                PartKind("formulation", to_say("Formulation"), (C.FORMULATION, C.OWN_WORDS)),
                PartKind("plan", to_say("Plan"), (C.IMPAIRMENTS, C.PHASE, C.TREATMENT, C.DECISIONS)),
                PartKind("goals", to_say("Goals"), (C.GOALS, C.OWN_WORDS), is_optional=True),
                PartKind("trends", to_say("Trends"), (C.SCORES,)),
                PartKind("sessions", to_say("Sessions so far"), (C.SESSIONS,), is_optional=True),
                PartKind("minutes", to_say("Minutes of supervision"), (C.SUPERVISION,), is_optional=True),
            ),
            (TypedField("question", to_say("Your question"), to_say("What you want to look at together.")),),
            consent="supervision",
            can_hide_name=True,
        ),
    )
}
