"""Which files a knowledge base consists of, and the type each is read as."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Any

from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.impairment import DomainFile
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnownSource
from fivefold.concepts.measure_plan import BatteryFile
from fivefold.concepts.own_pages import CrisisFile, DiaryFile, HelperFile, SafetyPlanForm
from fivefold.concepts.phase import Phase
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.rules import (
    GateFile,
    OverrideFile,
    PhaseReadingRules,
    PolicyFile,
    PrincipleFile,
    ProgressFile,
    SelectionRule,
    TailoringRule,
)
from fivefold.concepts.signals import SignalFile
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.knowledge.decoding import OneOf, Pattern


@dataclass(frozen=True)
class SourceFile:
    """``sources.yaml``: the literature."""

    sources: tuple[KnownSource, ...]


@dataclass(frozen=True)
class PhaseFile:
    """``phases/phases.yaml``: the five phases."""

    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class ReleaseFile:
    """``release.yaml``: the version of the knowledge base, and who has reviewed it."""

    version: Annotated[str, Pattern(r"\d+\.\d+\.\d+", "three numbers with points, such as 1.0.0")]
    date: datetime.date
    status: Annotated[str, OneOf(("draft", "reviewed"))]
    note: str


@dataclass(frozen=True)
class FileKind:
    """Which files hold which type; ``name`` is what the kind is called, also by its schema."""

    pattern: str
    type: Any
    name: str


FILE_KINDS = (
    FileKind("release.yaml", ReleaseFile, "release"),
    FileKind("sources.yaml", SourceFile, "sources"),
    FileKind("impairments/*.yaml", DomainFile, "impairments"),
    FileKind("phases/phases.yaml", PhaseFile, "phases"),
    FileKind("modules/general/*.yaml", GeneralModule, "general_module"),
    FileKind("modules/specific/*.yaml", SpecificModule, "specific_module"),
    FileKind("instruments/*.yaml", Instrument, "instrument"),
    FileKind("protocols/*.yaml", Protocol, "protocol"),
    FileKind("rules/overrides.yaml", OverrideFile, "overrides"),
    FileKind("rules/gates.yaml", GateFile, "gates"),
    FileKind("rules/selection.yaml", SelectionRule, "selection"),
    FileKind("rules/tailoring.yaml", TailoringRule, "tailoring"),
    FileKind("rules/phase_reading.yaml", PhaseReadingRules, "phase_reading"),
    FileKind("rules/policy.yaml", PolicyFile, "policy"),
    FileKind("rules/progress.yaml", ProgressFile, "progress"),
    FileKind("rules/batteries.yaml", BatteryFile, "batteries"),
    FileKind("rules/signals.yaml", SignalFile, "signals"),
    FileKind("rules/fidelity.yaml", FidelityFile, "fidelity"),
    FileKind("rules/principles.yaml", PrincipleFile, "principles"),
    FileKind("patient/safety_plan.yaml", SafetyPlanForm, "safety_plan"),
    FileKind("patient/crisis_contacts.yaml", CrisisFile, "crisis_contacts"),
    FileKind("patient/diary.yaml", DiaryFile, "diary"),
    FileKind("patient/helpers.yaml", HelperFile, "helpers"),
)
