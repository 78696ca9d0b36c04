"""The closed word lists of the field as Fivefold uses them.

Each list is an enumeration so that a wrong word cannot enter; the values are the words of the files.
"""

from enum import IntEnum, StrEnum

Answer = bool | None
"""A three-valued answer: True yes, False no, None not known. Absent input is None, never False."""


class Severity(IntEnum):
    """Level of an impairment in words; a level on the continuous scale 0-4 belongs to the nearest word."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3
    EXTREME = 4

    word: str
    lower_edge: float
    """The continuous level at which this word begins: half a level below it, 0 for ``none``."""

    def __init__(self, value: int) -> None:
        self.word = self.name.lower()
        self.lower_edge = max(0.0, value - 0.5)


_SEVERITIES = tuple(Severity)


def severity_of(level: float) -> Severity:
    """The word for a continuous level 0-4; an edge belongs to the higher word."""
    return _SEVERITIES[int(level + 0.5) if 0 <= level < 4 else (4 if level > 0 else 0)]


class PhaseId(StrEnum):
    """The five phases of treatment, in order."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"

    order: int

    def __init__(self, value: str) -> None:
        self.order = int(value[1])


class DomainId(StrEnum):
    """The four domains of impairment, from most to least changeable."""

    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"


class GeneralState(StrEnum):
    """State of a general module now; they are conditions that can be lost."""

    RED = "red"
    NOT_STARTED = "not_started"
    STARTED = "started"
    PROVISIONAL = "provisional"
    ATTAINED = "attained"
    UNKNOWN = "unknown"


GENERAL_STATE_ORDER = {
    GeneralState.RED: 0,
    GeneralState.NOT_STARTED: 1,
    GeneralState.STARTED: 2,
    GeneralState.PROVISIONAL: 3,
    GeneralState.ATTAINED: 4,
}


class StageId(StrEnum):
    """Where a specific module stands in its change process."""

    QUEUED = "queued"
    RECOGNITION = "recognition"
    EXPLORATION = "exploration"
    ALTERNATIVES = "alternatives"
    GENERALISATION = "generalisation"
    MAINTAINED = "maintained"
    ABANDONED = "abandoned"


STAGE_ORDER = {
    StageId.ABANDONED: -1,
    StageId.QUEUED: 0,
    StageId.RECOGNITION: 1,
    StageId.EXPLORATION: 2,
    StageId.ALTERNATIVES: 3,
    StageId.GENERALISATION: 4,
    StageId.MAINTAINED: 5,
}
WORKING_STAGES = (StageId.RECOGNITION, StageId.EXPLORATION, StageId.ALTERNATIVES, StageId.GENERALISATION)


class MatchStatus(StrEnum):
    """What the plan says of one specific module today."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"
    UNCLEAR = "unclear"
    BLOCKED = "blocked"
    SUSPENDED = "suspended"
    CAUTIONED = "cautioned"
    DONE = "done"
    NOT_INDICATED = "not_indicated"


class OverrideKind(StrEnum):
    """Hard overrides redirect care; advisory ones may be overruled with a recorded reason."""

    HARD = "hard"
    ADVISORY = "advisory"


class OverrideStatus(StrEnum):
    """An override that is simply not present is not listed at all."""

    ACTIVE = "active"
    TO_ASK = "to_ask"
    CLEARED = "cleared"
    OVERRULED = "overruled"


class EvidenceClass(StrEnum):
    """Strength of the evidence behind an intervention or module."""

    RCT_P = "RCT-P"
    RCT_C = "RCT-C"
    RCT_T = "RCT-T"
    MA_CF = "MA-CF"
    OBS = "OBS"
    EXP = "EXP"


EVIDENCE_WORDS = {
    EvidenceClass.RCT_P: "whole package tested in trials with people who have this disorder",
    EvidenceClass.RCT_C: "component or dismantling evidence in this disorder",
    EvidenceClass.RCT_T: "tested in trials in another population",
    EvidenceClass.MA_CF: "common-factor meta-analysis",
    EvidenceClass.OBS: "observational evidence",
    EvidenceClass.EXP: "expert consensus",
}


class ResilienceLevel(StrEnum):
    """Level of resilience: sets dose and style, never access to safety work."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Direction(StrEnum):
    """Which way a scale points."""

    HIGHER_IS_WORSE = "higher_is_worse"
    HIGHER_IS_BETTER = "higher_is_better"
    NEITHER = "neither"


class LicenceClass(StrEnum):
    """What an instrument's licence lets the knowledge base carry."""

    A = "A"
    A_STAR = "A*"
    B = "B"
    C = "C"

    @property
    def items_may_ship(self) -> bool:
        return self in (LicenceClass.A, LicenceClass.A_STAR)


class CoverageStatus(StrEnum):
    """How the plan answers one impairment."""

    NOW = "now"
    LATER = "later"
    DEFERRED = "deferred"
    REFUSED = "refused"
    BELOW_THRESHOLD = "below_threshold"
    UNKNOWN = "unknown"


EVENT_KINDS = (
    "self_harm", "suicide_attempt", "suicidal_communication", "crisis", "admission", "emergency_visit", "violence",
    "threat", "overdose", "intoxicated_session", "missed_session", "loss", "separation", "discharge", "leave",
    "therapist_absence", "team_change", "disclosure", "abuse", "victimisation", "arrest", "job_loss", "move", "birth", "other",
)  # fmt: skip
UPCOMING_KINDS = (
    "leave", "discharge", "anniversary", "end_of_treatment", "therapist_absence", "court_date", "move", "birth",
    "separation", "team_change", "other",
)  # fmt: skip
# What happened, or is coming, in words: the same wherever it is read.
EVENT_WORDS = {
    "self_harm": "self-harm",
    "suicide_attempt": "suicide attempt",
    "suicidal_communication": "talk of suicide",
    "crisis": "crisis",
    "admission": "admission to hospital",
    "emergency_visit": "emergency visit",
    "violence": "violence by the patient",
    "threat": "threat by the patient",
    "overdose": "overdose",
    "intoxicated_session": "session while intoxicated",
    "missed_session": "missed session",
    "loss": "loss",
    "separation": "separation",
    "discharge": "discharge",
    "leave": "leave",
    "therapist_absence": "absence of the therapist",
    "team_change": "change in the team",
    "disclosure": "disclosure",
    "abuse": "abuse suffered",
    "victimisation": "victim of violence or crime",
    "arrest": "arrest",
    "job_loss": "loss of work",
    "move": "move",
    "birth": "birth",
    "anniversary": "anniversary",
    "end_of_treatment": "end of treatment",
    "court_date": "court date",
    "other": "something else",
}
SETTINGS = ("outpatient", "emergency", "ward", "day_hospital", "residential", "care_home", "forensic", "online")
WITHHOLDING_ADAPTATIONS = (
    "under_18", "pregnancy", "postpartum", "intellectual_disability", "language_barrier", "custodial", "court_ordered",
)  # fmt: skip
ADAPTING_ADAPTATIONS = ("borderline_intellectual_functioning", "older_adult", "capacity_concern", "sensory_or_motor")
ADAPTATIONS = WITHHOLDING_ADAPTATIONS + ADAPTING_ADAPTATIONS
MEDICATION_CLASSES = (
    "ssri", "snri", "tricyclic", "antidepressant", "mood_stabiliser", "antipsychotic", "benzodiazepine", "z_drug",
    "stimulant", "opioid", "other",
)  # fmt: skip
RISK_QUESTIONS = (
    "imminent", "new_plan_or_means", "acute_on_chronic", "sudden_improvement", "leave_taking", "harm_to_others",
    "named_victim_or_weapon", "ongoing_abuse", "psychosis", "mania", "delirium", "intoxication", "severe_withdrawal",
    "dependence", "medical_red_flag", "loses_orientation_in_session",
)  # fmt: skip
READINESS_QUESTIONS = (
    "top_goal", "urges_controllable_with_cues", "tolerates_strong_emotion", "no_serious_interfering_behaviour",
)  # fmt: skip
CONTEXT_QUESTIONS = ("agreement", "contact_route", "safe_housing", "confidant", "role")
DIAGNOSES = {
    "borderline_pd": "borderline personality disorder",
    "other_pd": "another personality disorder",
    "antisocial_pd": "antisocial personality disorder",
    "narcissistic_pd": "narcissistic personality disorder",
    "avoidant_pd": "avoidant personality disorder",
    "dependent_pd": "dependent personality disorder",
    "obsessive_compulsive_pd": "obsessive-compulsive personality disorder",
    "paranoid_pd": "paranoid personality disorder",
    "major_depression": "major depression",
    "persistent_depression": "persistent depressive disorder",
    "dysthymia": "dysthymia",
    "bipolar": "bipolar disorder, type not stated",
    "bipolar_1": "bipolar I disorder",
    "bipolar_2": "bipolar II disorder",
    "generalised_anxiety": "generalised anxiety disorder",
    "anxiety_disorder": "anxiety disorder, type not stated",
    "panic": "panic disorder",
    "social_anxiety": "social anxiety disorder",
    "ocd": "obsessive-compulsive disorder",
    "ptsd": "post-traumatic stress disorder",
    "complex_ptsd": "complex post-traumatic stress disorder",
    "dissociative_disorder": "dissociative disorder",
    "dissociative_identity": "dissociative identity disorder",
    "alcohol_use": "alcohol use disorder",
    "drug_use": "drug use disorder",
    "substance_use": "substance use disorder, substance not stated",
    "opioid_use": "opioid use disorder",
    "anorexia": "anorexia nervosa",
    "bulimia": "bulimia nervosa",
    "binge_eating": "binge eating disorder",
    "eating_disorder": "eating disorder, type not stated",
    "adhd": "attention deficit hyperactivity disorder",
    "autism": "autism spectrum condition",
    "psychosis": "psychotic disorder",
    "schizophrenia": "schizophrenia",
    "insomnia": "insomnia disorder",
    "intellectual_disability": "intellectual disability",
    "somatic_symptom": "somatic symptom disorder",
    "chronic_pain": "chronic pain",
    "adjustment_disorder": "adjustment disorder",
    "other": "other, see text",
}
DIAGNOSIS_STATUSES = ("current", "past", "suspected", "ruled_out")
COURSES = ("improved", "unchanged", "deteriorated", "fluctuating")
NUMBER_FACTS = {
    "age": "age in years",
    "criteria_count": "DSM-5 criteria met",
    "medication_count": "current psychotropic drugs",
    "medication_without_target": "current drugs without a recorded target",
    "missed_of_last_four": "missed of the last four sessions",
    "missed_sessions": "missed sessions",
    "planned_sessions": "planned sessions",
    "hours_of_role": "hours a week in a role",
    "sessions_available": "sessions available",
    "sessions_per_week": "sessions a week",
    "unhelped_treatments": "treatments without improvement",
    "weeks_in_treatment": "weeks in treatment",
    "earlier_treatments": "earlier treatments recorded",
    "resilience": "resilience composite, 0-10",
}
