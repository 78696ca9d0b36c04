"""What stands on the plan builder: cards in columns, the difference in words, coverage with what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.basis import Basis
from fivefold.concepts.plan import Coverage, Flip, ModuleMatch, PhasedPlan, PlanRevision, Reason, Spread
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, CoverageStatus, MatchStatus
from fivefold.documents.html import formats
from fivefold.documents.html.formats import listing, number, range_words
from fivefold.documents.html.modules import therapies
from fivefold.documents.html.view import View
from fivefold.documents.html.words import COVERAGE_WORDS, MATCH_WORDS
from fivefold.engine.pacing import Pacing
from fivefold.services.plan_board import Board
from fivefold.services.plan_choices import CHOICE_WORDS, Choice, How, PlanChoices
from fivefold.services.plans import Hole, SignedVersion
from fivefold.web.patients.map_page import MODULE_MARKS, rule_changes, rule_words

COLUMNS: tuple[tuple[str, str | Promise, str | Promise, tuple[MatchStatus, ...]], ...] = (
    ("now", gettext_lazy("Now"), gettext_lazy("What the sessions are for at present."), (MatchStatus.NOW,)),
    ("next", gettext_lazy("Next"), gettext_lazy("Indicated; something named comes first."), (MatchStatus.NEXT,)),
    ("later", gettext_lazy("Later"), gettext_lazy("Indicated; a later phase, or put off with a reason."), (MatchStatus.LATER,)),
)
ASIDE: tuple[tuple[str, str | Promise, str | Promise, tuple[MatchStatus, ...]], ...] = (
    (
        "held",
        gettext_lazy("Held back"),
        gettext_lazy("Indicated, but a safety rule or a caution stands before it."),
        (MatchStatus.CAUTIONED, MatchStatus.SUSPENDED, MatchStatus.BLOCKED),
    ),
    ("unclear", gettext_lazy("Not decided"), gettext_lazy("Something is not known yet. Each says what would settle it."), (MatchStatus.UNCLEAR,)),
    ("done", gettext_lazy("Done"), gettext_lazy("Reached and kept up."), (MatchStatus.DONE,)),
    ("none", gettext_lazy("Not indicated"), gettext_lazy("Nothing known now speaks for it."), (MatchStatus.NOT_INDICATED,)),
)
# A reason longer than this is told once where several rows in turn have it.
LONG_REASON = 60
COVERAGE_MARKS = {
    CoverageStatus.NOW: "now",
    CoverageStatus.LATER: "later",
    CoverageStatus.DEFERRED: "parked",
    CoverageStatus.REFUSED: "none",
    CoverageStatus.BELOW_THRESHOLD: "none",
    CoverageStatus.UNKNOWN: "unknown",
}
MOST_FLIPS = 3
RUNNING = "rule.match.running"
MODULE_ID = re.compile(r"\b[GS]\d{1,2}\b")


@dataclass(frozen=True)
class ReasonLine:
    """A reason with what it rests on."""

    text: str
    supports: bool
    basis: str
    rule: str
    reads: str


@dataclass(frozen=True)
class Method:
    """What the therapist does, what it is adapted from, and how strong the research behind it is."""

    name: str
    text: str
    trail: str


@dataclass(frozen=True)
class Card:
    """One module on the board; ``moves`` are the choices that can be made about it now.

    ``proposed`` is what the proposal says where a choice has gone past it: both are kept.
    """

    id: str
    name: str
    phase: str
    phase_name: str
    mark: str
    word: str
    note: str
    agreement: int | None
    dose: str
    goals: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]
    waits_for: tuple[str, ...]
    settle: tuple[str, ...]
    flips: tuple[str, ...]
    methods: tuple[Method, ...]
    cautions: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    choice: Choice | None
    choice_words: str | Promise
    proposed: str
    moves: tuple[tuple[str, str | Promise], ...]
    was: str | Promise


@dataclass(frozen=True)
class Column:
    """Cards of one kind."""

    id: str
    name: str | Promise
    meaning: str | Promise
    cards: tuple[Card, ...]


def columns(board: Board, view: View) -> list[Column]:
    """Now, next and later."""
    return [_column(board, view, *part) for part in COLUMNS]


def aside(board: Board, view: View) -> list[Column]:
    """What is in none of the three columns, folded where it is long."""
    return [column for column in (_column(board, view, *part) for part in ASIDE) if column.cards]


def signed_columns(version: SignedVersion, view: View) -> tuple[list[Column], list[Column]]:
    """Now, next and later of a signed plan, and what is in none of them: nothing can be moved."""

    def column(key: str, name: str | Promise, meaning: str | Promise, statuses: tuple[MatchStatus, ...]) -> Column:
        found = _in(version.plan, statuses)
        return Column(key, name, meaning, tuple(_card(view, match, version.choices.about(match.id), version.past.get(match.id, ())) for match in found))

    beside = [column(*part) for part in ASIDE[:-1]]
    return [column(*part) for part in COLUMNS], [found for found in beside if found.cards]


def _column(board: Board, view: View, key: str, name: str | Promise, meaning: str | Promise, statuses: tuple[MatchStatus, ...]) -> Column:
    before = {change.module: change.before for change in board.tried.difference.changes} if board.tried else {}
    cards = []
    for match in _in(board.plan, statuses):
        choice = board.choices.about(match.id)
        moves = _moves(board, match, choice) if board.may_change and board.tried is None else ()
        was = _(MATCH_WORDS[before[match.id]]) if match.id in before else ""
        card = _card(view, match, choice, board.past.get(match.id, ()), moves, was)
        cards.append(replace(card, proposed=_("It rests: what came since comes first.")) if match.id in board.known.held else card)
    return Column(key, name, meaning, tuple(cards))


def _in(plan: PhasedPlan, statuses: tuple[MatchStatus, ...]) -> list[ModuleMatch]:
    """What runs first, then by rank; what somebody put off stands last."""
    return sorted(plan.with_status(*statuses), key=lambda match: (match.declined, not match.running, match.rank is None, match.rank or 0))


def _moves(board: Board, match: ModuleMatch, choice: Choice | None) -> tuple[tuple[str, str | Promise], ...]:
    if choice is not None or match.status in (MatchStatus.DONE, MatchStatus.NOT_INDICATED) or match.declined:
        return ()
    found: list[tuple[str, str | Promise]] = []
    if match.id not in board.fixed:
        found += [(How.DEFER.value, _("Put off")), (How.DECLINE.value, _("Patient does not want it"))]
    if match.status in (MatchStatus.NOW, MatchStatus.NEXT, MatchStatus.LATER):
        found.append((How.FIRST.value, _("Put first")))
    if match.id in board.startable:
        found.append((How.BEGIN.value, _("Begin anyway")))
    return tuple(found)


def _card(
    view: View,
    match: ModuleMatch,
    choice: Choice | None,
    past: tuple[str, ...],
    moves: tuple[tuple[str, str | Promise], ...] = (),
    was: str = "",
) -> Card:
    is_told = match.status is not MatchStatus.NOT_INDICATED
    # What a clinician begins counts as under way in the engine; the board says whose decision that is, and draws say nothing of it.
    is_begun = choice is not None and choice.how is How.BEGIN
    return Card(
        id=match.id,
        name=match.short_name,
        phase=match.phase.value.lower(),
        phase_name=view.phase(match.phase).short_name,
        mark="parked" if match.declined else MODULE_MARKS[match.status],
        word=view.status_word(match),
        note="" if match.declined else _note(view, match),
        agreement=None if is_begun or match.agreement is None else round(100 * match.agreement),
        dose=range_words(match.dose.sessions, _("sessions")) if match.rank is not None else "",
        goals=match.goals if is_told else (),
        reasons=tuple(_reason(view, reason) for reason in match.because if not (is_begun and reason.rule == RUNNING)),
        waits_for=tuple(view.spell(text) for text in match.waits_for),
        settle=tuple(view.settle_words(way) for way in match.settle_with) if is_told else (),
        flips=tuple(_flip(view, flip) for flip in match.flips_if[:MOST_FLIPS]),
        methods=_methods(match) if match.rank is not None else (),
        cautions=match.cautions if match.rank is not None else (),
        sources=_sources(view, match) if is_told else (),
        choice=choice,
        choice_words=CHOICE_WORDS[choice.how] if choice else "",
        proposed=_past_words(view, past),
        moves=moves,
        was=was,
    )


def _past_words(view: View, past: tuple[str, ...]) -> str:
    return _("The proposal: it waits for %(what)s.") % {"what": listing(view.spell(text) for text in past)} if past else ""


def _note(view: View, match: ModuleMatch) -> str:
    """What stands in the way, in a few words; for what comes later as well."""
    note = named(view, view.tile_note(match))
    if note or match.status is not MatchStatus.LATER or not match.waits_for:
        return note
    rules = [text for text in match.waits_for if text in view.rule_names]
    if rules:
        return _("because of: %(rules)s") % {"rules": listing(view.spell(code) for code in rules)}
    return _("waits for %(what)s") % {"what": listing(view.spell(text) for text in match.waits_for[:2])}


def _reason(view: View, reason: Reason) -> ReasonLine:
    inputs = dict.fromkeys(view.input_name(name) for name in reason.inputs)
    return ReasonLine(named(view, reason.text), reason.supports, basis_words(view, reason.basis), reason.rule, listing(inputs))


def named(view: View, text: str) -> str:
    """A sentence with the names of modules in place of their ids."""
    return MODULE_ID.sub(lambda found: view.module_name(found[0]), text)


def basis_words(view: View, basis: Basis) -> str:
    """What a statement rests on, a source with its citation."""
    known = view.knowledge.sources.get(basis.source or "")
    return f"{formats.basis_words(basis)}: {known.citation}" if known else formats.basis_words(basis)


def _flip(view: View, flip: Flip) -> str:
    parts = {"what": view.input_name(flip.input), "start": _value(flip.start), "to": _value(flip.to), "then": _(MATCH_WORDS[flip.becomes])}
    return _("%(what)s goes from %(start)s to %(to)s: then %(then)s") % parts


def _value(said: str) -> str:
    """A value as the engine says it; only the three answers are words of the app."""
    return {"yes": _("yes"), "no": _("no"), "unknown": _("not known")}.get(said, said)


def _methods(match: ModuleMatch) -> tuple[Method, ...]:
    words = _("adapted from %(therapies)s; %(evidence)s; %(basis)s")
    return tuple(
        Method(
            item.name,
            item.text,
            words % {"therapies": therapies(item.adapted_from), "evidence": _(EVIDENCE_WORDS[item.evidence]), "basis": formats.basis_words(item.basis)},
        )
        for item in match.interventions
    )


def _sources(view: View, match: ModuleMatch) -> tuple[tuple[str, str], ...]:
    known = view.knowledge.sources
    return tuple((name, known[name].citation) for name in dict.fromkeys(match.sources) if name in known)


# ---- How sure -----------------------------------------------------------------------------------------------------------


def least_sure(plan: PhasedPlan) -> tuple[str, int] | None:
    """Of the work now, the module that fewest of 100 draws within measurement error agree on."""
    known = [(match.agreement, match.short_name) for match in plan.with_status(MatchStatus.NOW) if match.agreement is not None]
    return (min(known)[1], round(100 * min(known)[0])) if known else None


# ---- The difference -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """One module that changes its place."""

    id: str
    name: str
    before: str
    after: str
    because: str
    mark: str


@dataclass(frozen=True)
class Difference:
    """What differs between two plans, in words."""

    lines: tuple[str, ...]
    moved: tuple[Moved, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.lines and not self.moved


def difference_words(view: View, revision: PlanRevision) -> Difference:
    """A difference for people: no codes where there are names."""
    lines = []
    if revision.phase_before is not revision.phase_after:
        lines.append(
            _("The phase goes from %(before)s to %(after)s.")
            % {"before": view.phase_name(revision.phase_before).lower(), "after": view.phase_name(revision.phase_after).lower()}
        )
    if revision.concurrent_before != revision.concurrent_after:
        lines.append(
            _("Specific modules at once: %(before)d before, now %(after)d.") % {"before": revision.concurrent_before, "after": revision.concurrent_after}
        )
    rules = rule_changes(view, revision)
    lines += [f"{moved}." for moved in rules.moved]
    lines += [_("Safety rule now: %(rule)s.") % {"rule": rule_words(view, text)} for text in rules.added]
    lines += [_("Safety rule no longer: %(rule)s.") % {"rule": rule_words(view, text)} for text in rules.gone]
    for text in revision.levels_changed:
        name, _colon, change = text.partition(": ")
        if len(set(change.split(" to "))) == 1:
            continue  # it moved by less than is shown
        lines.append(f"{view.impairment_name(name)}: {change}.")
    order = list(MatchStatus)
    moved = sorted(revision.changes, key=lambda change: (order.index(change.after), change.module))
    return Difference(
        tuple(lines),
        tuple(
            Moved(
                change.module,
                view.module_name(change.module),
                _(MATCH_WORDS[change.before]),
                _(MATCH_WORDS[change.after]),
                named(view, change.because),
                MODULE_MARKS[change.after],
            )
            for change in moved
        ),
    )


# ---- Sessions -----------------------------------------------------------------------------------------------------------


def pacing_lines(view: View, pacing: Pacing, before: Pacing | None = None) -> list[str]:
    """Whether the plan fits the sessions there are."""
    if view.plan.withheld is not None:
        return [_("No plan is made, so no sessions are reckoned.")]
    if not pacing.sessions.max:
        return [_("By the usual dose nothing is left of what is planned. Safety work goes on for as long as it is needed.")]
    lines = [_("What is planned needs %(sessions)s, if each session serves one module.") % {"sessions": _about(pacing.sessions, _("sessions"))}]
    if before is not None and before.sessions != pacing.sessions:
        lines[0] += " " + _("Before: %(sessions)s.") % {"sessions": _about(before.sessions, _("sessions"))}
    if pacing.per_week and pacing.weeks:
        words = {"rate": number(pacing.per_week), "weeks": _about(pacing.weeks, _("weeks"))}
        lines.append(_("One module after the other, at %(rate)s sessions a week: %(weeks)s.") % words)
    if pacing.available is not None:
        lines.append(_available(view, pacing, pacing.available))
    if pacing.per_week is None or pacing.available is None:
        lines.append(_("Not known yet: %(what)s.") % {"what": listing(_unknown(pacing))})
    return lines


def _unknown(pacing: Pacing) -> Iterable[str]:
    if pacing.per_week is None:
        yield _("how many sessions a week there are")
    if pacing.available is None:
        yield _("how many sessions there are in all")


def _available(view: View, pacing: Pacing, available: float) -> str:
    if not pacing.beyond:
        return _("%(n)s sessions are available: everything planned fits by its usual dose.") % {"n": number(available)}
    names = listing(view.module_name(name) for name in pacing.beyond)
    return _("%(n)s sessions are available. By the usual dose there is no time for: %(names)s. Decide together what is left out.") % {
        "n": number(available),
        "names": names,
    }


def _about(spread: Spread, unit: str) -> str:
    return range_words(spread, unit)


# ---- Coverage -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """How one impairment is answered."""

    id: str
    name: str
    mark: str
    word: str
    by: tuple[tuple[str, str], ...]
    because: str
    level: float | None
    error: float | None


@dataclass(frozen=True)
class HoleRow:
    """An impairment that nothing answers, with the modules that could."""

    id: str
    name: str
    because: str
    could: str


def coverage_rows(plan: PhasedPlan, choices: PlanChoices, view: View) -> list[Row]:
    """Every impairment that needs an answer, as it is answered."""
    order = list(CoverageStatus)
    shown = [entry for entry in plan.coverage if entry.status not in (CoverageStatus.UNKNOWN, CoverageStatus.BELOW_THRESHOLD)]
    levels = {reading.id: reading for reading in plan.profile.impairments}
    coming = {match.id for match in plan.with_status(MatchStatus.NEXT)}
    rows = [_row(view, entry, choices, levels[entry.impairment], coming) for entry in sorted(shown, key=lambda entry: order.index(entry.status))]
    # One safety rule defers ten impairments with the same three lines: told once, it is read.
    said = [""] + [row.because for row in rows]
    return [
        replace(row, because=_("As above.")) if row.because == before and len(before) > LONG_REASON else row for row, before in zip(rows, said, strict=False)
    ]


def _row(view: View, entry: Coverage, choices: PlanChoices, reading: object, coming: set[str]) -> Row:
    left_open = choices.left_open.get(entry.impairment)
    # What a module of next answers is called so here as on its card; for the engine it is one of those that come later.
    is_next = not left_open and entry.status is CoverageStatus.LATER and not coming.isdisjoint(entry.by)
    return Row(
        entry.impairment,
        view.impairment_name(entry.impairment),
        "next" if is_next else COVERAGE_MARKS[entry.status],
        _("left open") if left_open else _("next") if is_next else _(COVERAGE_WORDS[entry.status]),
        tuple((name, view.module_name(name)) for name in entry.by) if not left_open else (),
        _("Left open with a reason: %(reason)s") % {"reason": left_open} if left_open else named(view, entry.because),
        getattr(reading, "level", None),
        getattr(reading, "standard_error", None),
    )


def hole_rows(holes: tuple[Hole, ...], view: View) -> list[HoleRow]:
    """What is missing before signing."""
    return [HoleRow(hole.impairment, hole.name, named(view, hole.because), listing(view.module_name(name) for name in hole.modules)) for hole in holes]


def coverage_counts(plan: PhasedPlan, holes: tuple[Hole, ...]) -> tuple[int, int, int]:
    """Answered, in need of an answer, and not known."""
    needed = sum(entry.status not in (CoverageStatus.UNKNOWN, CoverageStatus.BELOW_THRESHOLD) for entry in plan.coverage)
    return needed - len(holes), needed, sum(entry.status is CoverageStatus.UNKNOWN for entry in plan.coverage)


def unknown_names(plan: PhasedPlan, view: View) -> list[str]:
    """Impairments nobody has looked at."""
    return [view.impairment_name(entry.impairment) for entry in plan.coverage if entry.status is CoverageStatus.UNKNOWN]


# ---- Choices ------------------------------------------------------------------------------------------------------------


def chosen(choices: PlanChoices, view: View, past: Mapping[str, tuple[str, ...]] | None = None) -> list[tuple[str, str | Promise, str]]:
    """Every departure from the proposal: what about, what, and why; with ``past`` also what a module begun by choice waits for."""
    found: list[tuple[str, str | Promise, str]] = []
    for choice in choices.all():
        name = view.impairment_name(choice.target) if choice.how is How.LEAVE_OPEN else view.module_name(choice.target)
        waits_for = (past or {}).get(choice.target)
        words = (
            _("begun, although it waits for %(what)s") % {"what": listing(view.spell(text) for text in waits_for)} if waits_for else CHOICE_WORDS[choice.how]
        )
        found.append((name, words, choice.reason))
    return found
