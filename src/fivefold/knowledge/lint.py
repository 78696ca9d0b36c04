"""What is wrong with a knowledge base as a whole: words, references, cycles, reachability, satisfiability, licences.

Each check looks at the assembled base and names the file and line where the author can mend it.
"""

import dataclasses
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import Any, get_origin

from fivefold.concepts.basis import Basis
from fivefold.concepts.errors import Problem
from fivefold.concepts.impairment import DomainFile
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.protocol import Borrowed, ComorbidityRule, Protocol, ProtocolComponent
from fivefold.concepts.rules import PROGRESS_NUMBERS, GateFile, GateRule, OverrideFile, OverrideRule, ProgressFile
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.concepts.vocabulary import ADAPTATIONS, DomainId, PhaseId
from fivefold.knowledge.decoding import nearest
from fivefold.knowledge.file_kinds import PhaseFile
from fivefold.knowledge.lint_criteria import check_satisfiability
from fivefold.knowledge.lint_files import CheckedFile, Files, problem
from fivefold.knowledge.lint_instruments import check_instruments
from fivefold.knowledge.lint_own_pages import check_own_pages
from fivefold.knowledge.lint_references import check_references
from fivefold.knowledge.lint_signals import check_signals

HURTFUL_PHRASES = (
    "manipulative", "manipulating", "manipulation", "attention-seeking behaviour", "attention-seeking behavior", "attention seeking behaviour",
    "attention seeking behavior", "non-compliant", "noncompliant", "non-compliance", "noncompliance", "only self-harm", "low risk", "no risk",
    "borderlines", "a borderline patient", "resistant patient", "difficult patient", "acting out on purpose",
)  # fmt: skip
HURTFUL_WORDS = re.compile(rf"\b(?:{'|'.join(HURTFUL_PHRASES)})\b", re.IGNORECASE)
# The trait and facet names of published instruments are the field's own and may be quoted as such.
NAMED_TRAITS = re.compile(r"manipulativeness|attention seeking", re.IGNORECASE)

STATUSES = ("draft", "reviewed", "retired")
WORD_LISTS: dict[tuple[type, str], tuple[str, ...]] = {
    (SpecificModule, "status"): STATUSES,
    (GeneralModule, "status"): STATUSES,
    (Instrument, "status"): STATUSES,
    (Instrument, "respondent"): ("patient", "clinician", "interview"),
    (Protocol, "status"): STATUSES,
    (Protocol, "kind"): ("modular", "generalist", "specialist", "skills_group", "brief", "selector"),
    (ProtocolComponent, "kind"): ("individual", "group", "family", "telephone", "team", "medication", "self_help"),
    (ComorbidityRule, "order"): ("bpd_first", "other_first", "unclear"),
}
# Required lists in which "none" is an answer; every other required list or text must hold something.
MAY_BE_EMPTY = {
    (SpecificModule, "prerequisites"),
    (Borrowed, "modules"),
    (OverrideRule, "actions"),
    (GateRule, "not_red"),
}


def check_texts(loaded: Iterable[CheckedFile]) -> list[Problem]:
    """Words that hurt people or promise safety, in any text of any file."""
    problems = []
    for file in loaded:
        texts = file.parts.get(str, [])
        # One look through the whole file first: nearly every file is clean.
        whole = "\n".join([text for _, text in texts]).lower()
        if not any(phrase in whole for phrase in HURTFUL_PHRASES):
            continue
        for path, text in texts:
            found = HURTFUL_WORDS.search(NAMED_TRAITS.sub("", text))
            if found and not _quotes_as_forbidden(text, found.group()):
                problems.append(problem(file, path, repr(found.group()), "words that describe without judging", "Say what happened instead."))
    return problems


def _quotes_as_forbidden(text: str, word: str) -> bool:
    """A sentence may name a word in quotes in order to say that it is not used."""
    return bool(re.search(rf"[\"'“‘]{re.escape(word)}[\"'”’]", text))


def check_identities(loaded: Iterable[CheckedFile]) -> list[Problem]:
    """Ids taken twice, and files whose name says another id than they hold; needs no assembled base."""
    files = Files(loaded)
    return [*_file_ids(files), *_listed_ids(files)]


def check_base(base: KnowledgeBase, loaded: Iterable[CheckedFile], unread: Iterable[str] = ()) -> list[Problem]:
    """All problems of the base as a whole; ``unread`` are ids of files that could not be read themselves."""
    files = Files(loaded, unread)
    checks: tuple[Callable[[KnowledgeBase, Files], Iterator[Problem]], ...] = (
        check_references,
        check_instruments,
        check_satisfiability,
        _words,
        _filled,
        _complete,
        _progress_numbers,
        check_signals,
        check_own_pages,
        _cycles,
        _reachability,
        _treatment_of_each_impairment,
    )
    return [found for check in checks for found in check(base, files)]


def _file_ids(files: Files) -> Iterator[Problem]:
    """Modules, instruments and protocols: one file each, named after the id."""
    named: list[tuple[CheckedFile, GeneralModule | SpecificModule | Instrument | Protocol]]
    named = [*files.of(GeneralModule), *files.of(SpecificModule), *files.of(Instrument), *files.of(Protocol)]
    taken: dict[str, str] = {}
    for file, value in named:
        name = f"{value.id}_{value.slug}" if isinstance(value, GeneralModule | SpecificModule) else value.id
        if value.id in taken:
            yield problem(file, "id", repr(value.id), f"an id of its own (taken by {taken[value.id]})", "Rename one.")
        elif PurePosixPath(file.name).stem != name:
            yield problem(file, "id", repr(value.id), f"an id and slug that give the name of the file ({name}.yaml)", "Rename the file, the id or the slug.")
        taken.setdefault(value.id, file.name)


LISTS_WITH_IDS = (
    "sources",
    "phases",
    "signals",
    "impairments",
    "overrides",
    "adaptations",
    "gates",
    "rules",
    "scales",
    "components",
    "stages",
    "parameters",
    "settings",
)


def _listed_ids(files: Files) -> Iterator[Problem]:
    """Everything that stands in a list and has an id; impairments and domains across files."""
    across: dict[str, dict[str, str]] = {"impairments": {}, "domain": {}}
    for file in files.valid:
        for field in LISTS_WITH_IDS:
            taken = across.get(field, {})
            for index, item in enumerate(getattr(file.value, field, ())):
                yield from _taken(file, f"{field}[{index}].id", item.id, taken)
        if isinstance(file.value, DomainFile):
            yield from _taken(file, "domain.id", file.value.domain.id, across["domain"])


def _taken(file: CheckedFile, path: str, name: str, taken: dict[str, str]) -> Iterator[Problem]:
    line = file.run.line_of(path)
    if name in taken:
        yield problem(file, path, repr(str(name)), f"an id of its own (taken in {taken[name]})", "Rename one, or remove the copy.")
    taken.setdefault(name, f"{file.name}:{line}")


def _words(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for (type_, field), allowed in WORD_LISTS.items():
        part: Any
        for file, path, part in files.parts(type_):
            word: str = getattr(part, field)
            if word not in allowed:
                place = f"{path}.{field}" if path else field
                yield problem(file, place, repr(word), "one of " + ", ".join(allowed), "Use a word of the list." + nearest(word, allowed))


def _filled(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """A required list or text that is empty is as good as missing."""
    for file in files.valid:
        for type_, parts in file.parts.items():
            for name, key in _required_texts(type_):
                for path, part in parts:
                    if getattr(part, name) in ((), ""):
                        yield problem(file, f"{path}.{key}" if path else key, "nothing between the marks", f"something in {key}", "Write what belongs here.")


@cache
def _required_texts(kind: Hashable) -> tuple[tuple[str, str], ...]:
    """Names and keys of a class's required lists and texts."""
    if not dataclasses.is_dataclass(kind) or kind is Basis:
        return ()
    return tuple(
        (part.name, part.metadata.get("key", part.name))
        for part in dataclasses.fields(kind)
        if part.default is dataclasses.MISSING
        and part.default_factory is dataclasses.MISSING
        and (part.type is str or get_origin(part.type) is tuple)
        and (kind, part.name) not in MAY_BE_EMPTY
    )


def _complete(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """The engine asks for each of these by name."""
    for type_, field, kind, known, wanted in (
        (DomainFile, "domain", "domain", base.domains, list(DomainId)),
        (PhaseFile, "phases", "phase", base.phases, list(PhaseId)),
        (OverrideFile, "adaptations", "adaptation", base.adaptations, ADAPTATIONS),
        (GateFile, "questions", "question for the general module", base.gates.questions, [*base.general_modules]),
    ):
        for name in wanted:
            if name not in known:
                file = [file for file, _ in files.of(type_)][-1]
                yield problem(file, field, "nothing", f"the {kind} {name}", "Add it: it is asked for by name.")


def _progress_numbers(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Rules of measured change, and their parameters, that the engine reads."""
    for file, progress in files.of(ProgressFile):
        # An id that is taken twice is told elsewhere: here it has the numbers of both.
        known: dict[str, set[str]] = {}
        for rule in progress.rules:
            known.setdefault(rule.id, set()).update(number.id for number in rule.parameters)
        for name, numbers in PROGRESS_NUMBERS.items():
            if name not in known:
                yield problem(file, "rules", "nothing", f"the rule {name}", "Add it: it is asked for by name.")
            for number in numbers:
                if number not in known.get(name, numbers):
                    yield problem(file, "rules", "nothing", f"the parameter {number} of {name}", "Add it: it is asked for by name.")


def _cycles(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    needs = {module.id: [need.module for need in module.prerequisites if need.module in base.modules] for module in base.modules.values()}
    told: set[frozenset[str]] = set()
    for file, module in files.of(SpecificModule):
        trail = _way_back(module.id, needs)
        if trail and frozenset(trail) not in told:
            told.add(frozenset(trail))
            yield problem(file, "prerequisites", " -> ".join(trail), "prerequisites without a circle", "Remove one of these links.")


def _way_back(start: str, needs: dict[str, list[str]]) -> list[str]:
    """The shortest way from a module through its prerequisites back to itself, or nothing."""
    seen: set[str] = set()
    trails = [[start]]
    for trail in trails:
        for other in needs.get(trail[-1], ()):
            if other == start:
                return [*trail, other]
            if other not in seen:
                seen.add(other)
                trails.append([*trail, other])
    return []


def _reachability(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    for file, module in files.of(SpecificModule):
        for index, need in enumerate(module.prerequisites):
            other = base.modules.get(need.module)
            if other is not None and need.when is None and other.phase.order > module.phase.order:
                yield problem(
                    file,
                    f"prerequisites[{index}].module",
                    repr(need.module),
                    f"a prerequisite of phase {module.phase.value} or earlier ({need.module} belongs to {other.phase.value})",
                    "The module could never be reached in its phase: change the phase or the prerequisite.",
                )


def _treatment_of_each_impairment(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    if files.unread:
        # A module that could not be read may be the one that treats it.
        return
    treated = {name for module in base.modules.values() for name in module.treats}
    treated |= {name for module in base.general_modules.values() for name in module.treats}
    for file, domain in files.of(DomainFile):
        for index, impairment in enumerate(domain.impairments):
            if impairment.id not in treated:
                path = f"impairments[{index}].id"
                yield problem(file, path, repr(impairment.id), "at least one module that treats it", "Add it to `treats` of a module, or remove it.")
