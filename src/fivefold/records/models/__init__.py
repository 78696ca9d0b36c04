"""All models, in the order in which a record comes into being."""

from fivefold.records.models.audit import AuditEntry, AuditHead
from fivefold.records.models.care import END_REASONS, CareStep
from fivefold.records.models.chains import ChainAnalysis
from fivefold.records.models.clinic import ClinicNote, FormDraft, InstrumentPermission
from fivefold.records.models.clinical import (
    FACT_KINDS,
    CaseloadRow,
    ClinicalFact,
    DoneOnce,
    Goal,
    GoalRating,
    PlanDraft,
    PlanVersion,
    ProcessNote,
)
from fivefold.records.models.courses import ExpectedCourse, PastScores
from fivefold.records.models.diary import BroughtUp, DiaryCard, DiaryEntry, UsualUrge
from fivefold.records.models.documents import ClinicalDocument, DocumentStep
from fivefold.records.models.erasure import ErasureStep
from fivefold.records.models.fidelity import SEEN_BY, FidelityRating, FidelitySample, SampledSession, SessionDeviation
from fivefold.records.models.formulation import DeclinedSuggestion, Formulation, FormulationComment
from fivefold.records.models.measures import (
    ENDING_STEPS,
    OWN,
    RHYTHMS,
    ROUTES,
    KioskDevice,
    MeasureAnswer,
    MeasureRequest,
    MeasureSchedule,
    MeasureStep,
    OwnItem,
)
from fivefold.records.models.own_goals import OwnGoal, OwnGoalRating
from fivefold.records.models.own_side import WHY_ENDED, PatientAccount, PatientInvitation
from fivefold.records.models.people import (
    BreakGlass,
    CareRelation,
    Clinic,
    Consent,
    Invitation,
    Membership,
    Patient,
    Role,
    User,
)
from fivefold.records.models.reviews import FeedbackRelease, LookBack, PlanReview
from fivefold.records.models.safety_plan import CrisisCarePlan, RiskConversation, SafetyPlan, SafetyPlanShare, SafetyPlanUse
from fivefold.records.models.sessions import BEGAN_BY, CAME, CONTACTS, MEETINGS, WENT, Contact, Homework, HomeworkLook, SessionAddition, TreatmentSession
from fivefold.records.models.signals import OPEN_STATES, ORIGINS, OUTCOMES, SIGNAL_KINDS, SIGNAL_STEPS, Signal, SignalEvent, SignalState
from fivefold.records.models.supervision import WHERE, SupervisionDecision, SupervisionMeeting, SupervisionQuestion, SupervisionStep
from fivefold.records.models.training import ReadingMark, TrainingAttempt, TrainingShare

__all__ = [
    "BEGAN_BY",
    "CAME",
    "CONTACTS",
    "ENDING_STEPS",
    "END_REASONS",
    "FACT_KINDS",
    "MEETINGS",
    "OPEN_STATES",
    "ORIGINS",
    "OUTCOMES",
    "OWN",
    "RHYTHMS",
    "ROUTES",
    "SEEN_BY",
    "SIGNAL_KINDS",
    "SIGNAL_STEPS",
    "WENT",
    "WHERE",
    "WHY_ENDED",
    "AuditEntry",
    "AuditHead",
    "BreakGlass",
    "BroughtUp",
    "CareRelation",
    "CareStep",
    "CaseloadRow",
    "ChainAnalysis",
    "Clinic",
    "ClinicNote",
    "ClinicalDocument",
    "ClinicalFact",
    "Consent",
    "Contact",
    "CrisisCarePlan",
    "DeclinedSuggestion",
    "DiaryCard",
    "DiaryEntry",
    "DocumentStep",
    "DoneOnce",
    "ErasureStep",
    "ExpectedCourse",
    "FeedbackRelease",
    "FidelityRating",
    "FidelitySample",
    "FormDraft",
    "Formulation",
    "FormulationComment",
    "Goal",
    "GoalRating",
    "Homework",
    "HomeworkLook",
    "InstrumentPermission",
    "Invitation",
    "KioskDevice",
    "LookBack",
    "MeasureAnswer",
    "MeasureRequest",
    "MeasureSchedule",
    "MeasureStep",
    "Membership",
    "OwnGoal",
    "OwnGoalRating",
    "OwnItem",
    "PastScores",
    "Patient",
    "PatientAccount",
    "PatientInvitation",
    "PlanDraft",
    "PlanReview",
    "PlanVersion",
    "ProcessNote",
    "ReadingMark",
    "RiskConversation",
    "Role",
    "SafetyPlan",
    "SafetyPlanShare",
    "SafetyPlanUse",
    "SampledSession",
    "SessionAddition",
    "SessionDeviation",
    "Signal",
    "SignalEvent",
    "SignalState",
    "SupervisionDecision",
    "SupervisionMeeting",
    "SupervisionQuestion",
    "SupervisionStep",
    "TrainingAttempt",
    "TrainingShare",
    "TreatmentSession",
    "User",
    "UsualUrge",
]
