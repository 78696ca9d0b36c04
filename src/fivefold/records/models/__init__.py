"""All models, in the order in which a record comes into being."""

from fivefold.records.models.audit import AuditEntry, AuditHead
from fivefold.records.models.care import END_REASONS, CareStep
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
from fivefold.records.models.erasure import ErasureStep
from fivefold.records.models.formulation import Formulation, FormulationComment
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
from fivefold.records.models.sessions import BEGAN_BY, CAME, CONTACTS, MEETINGS, WENT, Contact, Homework, HomeworkLook, SessionAddition, TreatmentSession

__all__ = [
    "BEGAN_BY",
    "CAME",
    "CONTACTS",
    "END_REASONS",
    "FACT_KINDS",
    "MEETINGS",
    "WENT",
    "AuditEntry",
    "AuditHead",
    "BreakGlass",
    "CareRelation",
    "CareStep",
    "CaseloadRow",
    "Clinic",
    "ClinicNote",
    "ClinicalFact",
    "Consent",
    "Contact",
    "DoneOnce",
    "ErasureStep",
    "FormDraft",
    "Formulation",
    "FormulationComment",
    "Goal",
    "GoalRating",
    "Homework",
    "HomeworkLook",
    "InstrumentPermission",
    "Invitation",
    "Membership",
    "Patient",
    "PlanDraft",
    "PlanVersion",
    "ProcessNote",
    "Role",
    "SessionAddition",
    "TreatmentSession",
    "User",
]
