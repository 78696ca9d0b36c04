"""The written form of criteria: one mapping per node, recognised by its leading key."""

from collections.abc import Callable
from typing import Annotated, Any

from fivefold.concepts.basis import Basis
from fivefold.concepts.criteria import (
    AllOf,
    AnyOf,
    AtLeastOf,
    Comparison,
    CourseIs,
    Criterion,
    CriterionMet,
    Diagnosed,
    EventWithin,
    GeneralAtLeast,
    GeneralIs,
    HasAdaptation,
    HasPriority,
    ImpairmentAtLeast,
    ImpairmentBelow,
    ImpairmentUnknown,
    InSetting,
    ItemIs,
    ModuleReached,
    NoEventFor,
    NotOf,
    NumberIs,
    NumberUnknown,
    OnMedication,
    OverrideActive,
    PhaseAtLeast,
    PreviousPhase,
    ReportDue,
    ResilienceIs,
    ScoreIs,
    Stated,
    UpcomingWithin,
)
from fivefold.concepts.vocabulary import (
    ADAPTATIONS,
    CONTEXT_QUESTIONS,
    COURSES,
    DIAGNOSES,
    DIAGNOSIS_STATUSES,
    EVENT_KINDS,
    MEDICATION_CLASSES,
    NUMBER_FACTS,
    READINESS_QUESTIONS,
    RISK_QUESTIONS,
    SETTINGS,
    UPCOMING_KINDS,
    GeneralState,
    PhaseId,
    ResilienceLevel,
    Severity,
    StageId,
)
from fivefold.knowledge.decoding import INVALID, Between, OneOf, Run, decode, nearest, register
from fivefold.knowledge.strict_yaml import Node

DAYS_IN = {"days": 1, "weeks": 7, "months": 30}
STATED_NAMES = {
    "risk": RISK_QUESTIONS,
    "readiness": READINESS_QUESTIONS,
    "context": CONTEXT_QUESTIONS,
    "carers": ("available", "consent"),
    "dependants": ("present", "safe"),
}

Build = Callable[["_Form"], Any]


class _Form:
    """One criterion mapping while it is read: gives out values and remembers which keys were used."""

    def __init__(self, run: Run, node: Node, path: str, head: str) -> None:
        self.run, self.node, self.path, self.head = run, node, path, head
        self.used = {head}
        self.valid = True

    def take(self, key: str, type_: Any, default: Any = INVALID) -> Any:
        """The value at a key, or the default, or a problem when there is neither."""
        self.used.add(key)
        place = f"{self.path}.{key}"
        entry = self.node.value.get(key)
        if entry is None:
            if default is INVALID:
                self.valid = False
                return self.run.problem(self.node.line, place, "", f"the key {key} beside {self.head}", "Add it: a criterion with a number needs it.")
            return default
        self.run.lines[place] = entry[0]
        value = decode(self.run, entry[1], type_, place)
        if value is INVALID:
            self.valid = False
        return value

    def has(self, key: str) -> bool:
        return key in self.node.value

    def words(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """One word or a list of words of a closed list."""
        entry = self.node.value[key][1]
        if isinstance(entry.value, list):
            found: tuple[str, ...] = self.take(key, tuple[Annotated[str, OneOf(allowed)], ...])
            return found
        return (self.take(key, Annotated[str, OneOf(allowed)]),)

    def comparison(self) -> tuple[Comparison, float, Basis]:
        """The one comparison of this node with its number and basis."""
        keys = [word for word in Comparison if word.value in self.node.value]
        if len(keys) != 1:
            self.valid = False
            self.used.update(keys)
            self.run.problem(self.node.line, self.path, "", "exactly one of at_least, above, at_most, below", "Write one comparison.")
            return Comparison.AT_LEAST, 0, self.take("basis", Basis)
        return keys[0], self.take(keys[0].value, float), self.take("basis", Basis)

    def days(self, key: str) -> Any:
        """A time span in days, written as ``{weeks: 8}``."""
        entry = self.node.value.get(key)
        if entry is None:
            return self.take(key, int)
        self.used.add(key)
        span = entry[1].value
        if not isinstance(span, dict) or len(span) != 1 or next(iter(span)) not in DAYS_IN:
            self.valid = False
            return self.run.problem(entry[0], f"{self.path}.{key}", entry[1].shown, "a span such as {weeks: 8}", "Use days, weeks or months.")
        unit, (_, part) = next(iter(span.items()))
        value = decode(self.run, part, Annotated[int, Between(0, 10_000)], f"{self.path}.{key}.{unit}")
        if value is INVALID:
            self.valid = False
            return value
        return value * DAYS_IN[unit]


def _logic(type_: type[AllOf] | type[AnyOf], head: str) -> Build:
    def build(form: _Form) -> Any:
        parts = form.take(head, tuple[Criterion, ...])
        if parts == ():
            form.valid = False
            return form.run.problem(form.node.line, form.path, "an empty list", "at least one criterion", "Add a criterion or remove the node.")
        return parts is not INVALID and type_(parts)

    return build


def _impairment(form: _Form) -> Any:
    name = form.take("impairment", str)
    if form.has("is"):
        form.take("is", Annotated[str, OneOf(("unknown",))])
        return ImpairmentUnknown(name)
    if form.has("below"):
        return ImpairmentBelow(name, form.take("below", Severity))
    return ImpairmentAtLeast(name, form.take("at_least", Severity))


def _score(form: _Form) -> Any:
    return ScoreIs(form.take("score", str), form.take("scale", str, "total"), *form.comparison())


def _item(form: _Form) -> Any:
    return ItemIs(form.take("item", str), form.take("number", Annotated[int, Between(1, 400)]), *form.comparison())


def _diagnosis(form: _Form) -> Any:
    code = form.take("diagnosis", Annotated[str, OneOf(tuple(DIAGNOSES))])
    if form.has("status"):
        return Diagnosed(code, form.words("status", DIAGNOSIS_STATUSES))
    return Diagnosed(code)


def _event(form: _Form) -> Any:
    kinds = form.words("event", EVENT_KINDS)
    days = form.days("within") if form.has("within") else None
    times = form.take("times", Annotated[int, Between(1, 100)], 1)
    needs_basis = days is not None or times > 1
    return EventWithin(kinds, days, times, form.take("unassessed", bool, False), form.take("basis", Basis) if needs_basis else form.take("basis", Basis, None))


def _stated(group: str) -> Build:
    def build(form: _Form) -> Any:
        name = form.take(group, Annotated[str, OneOf(STATED_NAMES[group])])
        return Stated(group, name, form.take("is", bool, True))

    return build


def _general(form: _Form) -> Any:
    module = form.take("general", str)
    if form.has("is"):
        return GeneralIs(module, form.take("is", GeneralState))
    return GeneralAtLeast(module, form.take("at_least", GeneralState))


def _number(form: _Form) -> Any:
    name = form.take("fact", Annotated[str, OneOf(tuple(NUMBER_FACTS))])
    if form.has("is"):
        form.take("is", Annotated[str, OneOf(("unknown",))])
        return NumberUnknown(name)
    comparison, value, basis = form.comparison()
    return NumberIs(name, comparison, value, form.take("unit", str), basis)


def _at_least_of(form: _Form) -> Any:
    count = form.take("at_least_of", Annotated[int, Between(1, 50)])
    return AtLeastOf(count, form.take("of", tuple[Criterion, ...]), form.take("basis", Basis))


def _previous(form: _Form) -> Any:
    phases = form.words("previous_phase", tuple(phase.value for phase in PhaseId))
    return PreviousPhase(tuple(PhaseId(phase) for phase in phases)) if form.valid else INVALID


FORMS: dict[str, Build] = {
    "all": _logic(AllOf, "all"),
    "any": _logic(AnyOf, "any"),
    "not": lambda form: NotOf(form.take("not", Criterion)),
    "at_least_of": _at_least_of,
    "impairment": _impairment,
    "score": _score,
    "item": _item,
    "criterion_met": lambda form: CriterionMet(form.take("criterion_met", Annotated[int, Between(1, 9)])),
    "diagnosis": _diagnosis,
    "event": _event,
    "no_event": lambda form: NoEventFor(form.words("no_event", EVENT_KINDS), form.days("for"), form.take("basis", Basis)),
    "upcoming": lambda form: UpcomingWithin(form.words("upcoming", UPCOMING_KINDS), form.days("within"), form.take("basis", Basis)),
    **{group: _stated(group) for group in STATED_NAMES},
    "general": _general,
    "module": lambda form: ModuleReached(form.take("module", str), form.take("reached", StageId)),
    "any_module_reached": lambda form: ModuleReached(None, form.take("any_module_reached", StageId)),
    "override": lambda form: OverrideActive(form.take("override", str)),
    "phase_at_least": lambda form: PhaseAtLeast(form.take("phase_at_least", PhaseId)),
    "previous_phase": _previous,
    "course": lambda form: CourseIs(form.words("course", COURSES)),
    "medication": lambda form: OnMedication(form.words("medication", MEDICATION_CLASSES)),
    "setting": lambda form: InSetting(form.words("setting", SETTINGS)),
    "adaptation": lambda form: HasAdaptation(form.words("adaptation", ADAPTATIONS)),
    "resilience": lambda form: ResilienceIs(form.take("resilience", ResilienceLevel)),
    "priority": lambda form: HasPriority(form.take("priority", str)),
    "fact": _number,
    "report": lambda form: ReportDue(form.take("report", Annotated[str, OneOf(("overdue", "due"))])),
}


def decode_criterion(run: Run, node: Node, path: str) -> Any:
    """One criterion, recognised by its leading key."""
    if not isinstance(node.value, dict):
        return run.problem(node.line, path, node.shown, "a criterion such as {impairment: anger, at_least: moderate}", "Write one mapping per criterion.")
    heads = [key for key in node.value if key in FORMS]
    if not heads:
        shown = ", ".join(node.value) or "nothing"
        return run.problem(
            node.line, path, shown, "one of " + ", ".join(FORMS), "Begin the criterion with one of these keys." + nearest(shown.split(",")[0], FORMS)
        )
    form = _Form(run, node, path, heads[0])
    built = FORMS[heads[0]](form)
    for key, (line, _) in node.value.items():
        if key not in form.used:
            form.valid = False
            run.problem(line, f"{path}.{key}", f"the key {key!r}", "only keys of this form: " + ", ".join(sorted(form.used)), "Remove the key.")
    return built if form.valid else INVALID


register(Criterion, decode_criterion)
