"""All models, in the order in which a record comes into being."""

from fivefold.records.models.audit import AuditEntry, AuditHead
from fivefold.records.models.clinic import FormDraft, InstrumentPermission
from fivefold.records.models.clinical import (
    FACT_KINDS,
    CaseloadRow,
    ClinicalFact,
    DoneOnce,
    Goal,
    PlanDraft,
    PlanVersion,
    ProcessNote,
)
from fivefold.records.models.erasure import ErasureStep
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

__all__ = [
    "FACT_KINDS",
    "AuditEntry",
    "AuditHead",
    "BreakGlass",
    "CareRelation",
    "CaseloadRow",
    "Clinic",
    "ClinicalFact",
    "Consent",
    "DoneOnce",
    "ErasureStep",
    "FormDraft",
    "Goal",
    "InstrumentPermission",
    "Invitation",
    "Membership",
    "Patient",
    "PlanDraft",
    "PlanVersion",
    "ProcessNote",
    "Role",
    "User",
]
