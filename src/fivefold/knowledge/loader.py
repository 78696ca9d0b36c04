"""The only reader of the knowledge base: a folder of YAML in, one validated value or all of its problems out."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fivefold.concepts.errors import KnowledgeRefused, Problem
from fivefold.concepts.fidelity import FidelityFile
from fivefold.concepts.impairment import DomainFile
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase, KnowledgeRelease
from fivefold.concepts.measure_plan import BatteryFile
from fivefold.concepts.own_pages import CrisisFile, DiaryFile, HelperFile, SafetyPlanForm
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
from fivefold.concepts.walking import Part, walk
from fivefold.knowledge import criteria_form  # noqa: F401  (registers the decoding of criteria)
from fivefold.knowledge.decoding import INVALID, Run, decode
from fivefold.knowledge.file_kinds import FILE_KINDS, PhaseFile, ReleaseFile, SourceFile
from fivefold.knowledge.lint import check_base, check_identities, check_texts
from fivefold.knowledge.strict_yaml import decode_text, parse_tree, read_bytes

KNOWLEDGE_FOLDER = Path(__file__).resolve().parent.parent / "knowledge_base"


# A base can be checked without some of these; without any of the others it cannot even be put together.
STANDING_ALONE = (GeneralModule, SpecificModule, Instrument, Protocol)


@dataclass
class LoadedFile:
    """One file as it was read: its value is INVALID when the file has problems."""

    name: str
    type: Any
    run: Run
    value: Any
    digest: bytes

    @cached_property
    def parts(self) -> dict[type, list[Part]]:
        """Every dataclass and text of the value with its path, by type; none when the file has problems."""
        found: dict[type, list[Part]] = {}
        for part in walk(self.value) if self.value is not INVALID else ():
            found.setdefault(type(part[1]), []).append(part)
        return found


def knowledge_files(folder: Path) -> list[Path]:
    """All files that belong to a knowledge base, in a fixed order; worked cases and schemas do not."""
    return [path for kind in FILE_KINDS for path in sorted(folder.glob(kind.pattern))]


def read_files(folder: Path) -> tuple[list[LoadedFile], list[Problem]]:
    """Every file of the folder decoded by its kind, with the problems of each file and of files that are missing."""
    loaded: list[LoadedFile] = []
    problems: list[Problem] = []
    for kind in FILE_KINDS:
        paths = sorted(folder.glob(kind.pattern))
        if not paths:
            problems.append(Problem(kind.pattern, 0, "", "", "at least one file", f"Add {kind.pattern} to {folder.name}/."))
        loaded.extend(read_file(path, path.relative_to(folder).as_posix(), kind.type) for path in paths)
    problems.extend(_stray_files(folder))
    for file in loaded:
        problems.extend(file.run.problems)
    return loaded, problems


def read_file(path: Path, name: str, type_: Any) -> LoadedFile:
    """One file decoded as ``type_``."""
    run = Run(name)
    raw, problems = read_bytes(path)
    text = node = None
    if raw is not None:
        text, found = decode_text(raw, name)
        problems += found
    if text is not None:
        node, found = parse_tree(text, name)
        problems += found
    run.problems.extend(problems)
    value = decode(run, node, type_) if node is not None else INVALID
    if run.problems:
        value = INVALID
    return LoadedFile(name, type_, run, value, hashlib.sha256(raw or b"").digest())


def _stray_files(folder: Path) -> list[Problem]:
    known = set(knowledge_files(folder))
    ignored = ("cases", "schema")
    stray = [path for path in sorted(folder.rglob("*.y*ml")) if path not in known and path.relative_to(folder).parts[0] not in ignored]
    return [
        Problem(path.relative_to(folder).as_posix(), 0, "", "a file in a place that nobody reads", "one of the known folders", "Move it or remove it.")
        for path in stray
    ]


def read_knowledge(folder: Path) -> tuple[KnowledgeBase | None, list[Problem]]:
    """The knowledge base of a folder, or None with all problems of all files and of the base as a whole."""
    loaded, problems = read_files(folder)
    base, found = check_files(loaded)
    problems += found
    return (None if problems else base), problems


def check_files(loaded: list[LoadedFile]) -> tuple[KnowledgeBase | None, list[Problem]]:
    """The base that these files make, and what is wrong with it as a whole; None when it cannot be put together."""
    problems = check_texts(loaded) + check_identities(loaded)
    unread = [file for file in loaded if file.value is INVALID]
    base = None
    if not _absent(loaded) and all(file.type in STANDING_ALONE for file in unread):
        # The rest is checked even so: whoever mends a file should see all there is to mend.
        base = _assemble(loaded)
        problems += check_base(base, loaded, [_id_of(file) for file in unread])
    return base, sorted(problems, key=lambda problem: (problem.file, problem.line))


def _absent(loaded: list[LoadedFile]) -> bool:
    """Whether a kind of file has no file at all; nothing can be assembled then."""
    return {file.type for file in loaded} != {kind.type for kind in FILE_KINDS}


def _id_of(file: LoadedFile) -> str:
    """The id a file should hold by its name."""
    return Path(file.name).stem.partition("_")[0]


def load_base(folder: Path = KNOWLEDGE_FOLDER) -> KnowledgeBase:
    """The knowledge base of a folder, read from its YAML; raises KnowledgeRefused with all problems."""
    base, problems = read_knowledge(folder)
    if base is None:
        raise KnowledgeRefused(problems)
    return base


def _values(loaded: list[LoadedFile], type_: Any) -> list[Any]:
    return [file.value for file in loaded if file.type is type_ and file.value is not INVALID]


def _assemble(loaded: list[LoadedFile]) -> KnowledgeBase:
    def one(type_: Any) -> Any:
        return _values(loaded, type_)[0]

    domain_files = _values(loaded, DomainFile)
    domains = sorted((file.domain for file in domain_files), key=lambda domain: domain.order)
    overrides = one(OverrideFile)
    return KnowledgeBase(
        release=KnowledgeRelease(one(ReleaseFile).version, content_hash(loaded), len(loaded)),
        sources={source.id: source for source in one(SourceFile).sources},
        domains={domain.id: domain for domain in domains},
        impairments={part.id: part for file in domain_files for part in file.impairments},
        domain_of={part.id: file.domain.id for file in domain_files for part in file.impairments},
        phases={phase.id: phase for phase in one(PhaseFile).phases},
        general_modules={module.id: module for module in _values(loaded, GeneralModule)},
        modules={module.id: module for module in _values(loaded, SpecificModule)},
        instruments={instrument.id: instrument for instrument in _values(loaded, Instrument)},
        protocols={protocol.id: protocol for protocol in _values(loaded, Protocol)},
        overrides=tuple(sorted(overrides.overrides, key=lambda rule: rule.order)),
        adaptations={rule.id: rule for rule in overrides.adaptations},
        gates=one(GateFile),
        selection=one(SelectionRule),
        tailoring=one(TailoringRule),
        phase_reading=one(PhaseReadingRules),
        policy=one(PolicyFile),
        progress=one(ProgressFile),
        batteries=one(BatteryFile),
        signals=one(SignalFile),
        fidelity=one(FidelityFile),
        principles=one(PrincipleFile),
        safety_plan=one(SafetyPlanForm),
        crisis_contacts=one(CrisisFile),
        diary=one(DiaryFile),
        helpers=one(HelperFile).helpers,
    )


def content_hash(loaded: list[LoadedFile]) -> str:
    total = hashlib.sha256()
    for file in sorted(loaded, key=lambda file: file.name):
        total.update(file.name.encode() + b"\0" + file.digest)
    return total.hexdigest()
