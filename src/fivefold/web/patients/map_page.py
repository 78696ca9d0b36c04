"""What stands around the map: where we are, safety, what to do, what opens the next phase, why this plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.phase import CriterionReading
from fivefold.concepts.plan import ModuleMatch, Override, PhasedPlan, PlanRevision, Reason
from fivefold.concepts.vocabulary import GeneralState, MatchStatus, OverrideStatus, PhaseId, StageId
from fivefold.documents.html.formats import basis_words, days_in_words, listing, minutes_words, range_words
from fivefold.documents.html.view import View
from fivefold.documents.html.words import MATCH_WORDS, STAGE_WORDS
from fivefold.services.caseload import is_danger
from fivefold.services.patient_map import SAFETY_PLAN, SeenMap
from fivefold.web.ui.nav import patient_url

MET: dict[bool | None, tuple[str, str | Promise]] = {
    True: ("done", gettext_lazy("met")),
    False: ("open", gettext_lazy("not yet")),
    None: ("unknown", gettext_lazy("not known")),
}
OVERRIDE_MARKS: dict[OverrideStatus, tuple[str, str | Promise]] = {
    OverrideStatus.ACTIVE: ("watch", gettext_lazy("active")),
    OverrideStatus.TO_ASK: ("unknown", gettext_lazy("to ask")),
    OverrideStatus.OVERRULED: ("none", gettext_lazy("overruled")),
    OverrideStatus.CLEARED: ("done", gettext_lazy("cleared")),
}
MODULE_MARKS = {
    MatchStatus.NOW: "now",
    MatchStatus.NEXT: "next",
    MatchStatus.LATER: "later",
    MatchStatus.UNCLEAR: "unknown",
    MatchStatus.BLOCKED: "blocked",
    MatchStatus.SUSPENDED: "parked",
    MatchStatus.CAUTIONED: "watch",
    MatchStatus.DONE: "done",
    MatchStatus.NOT_INDICATED: "none",
}
GENERAL_MARKS = {
    GeneralState.RED: "watch",
    GeneralState.NOT_STARTED: "open",
    GeneralState.STARTED: "part",
    GeneralState.PROVISIONAL: "part",
    GeneralState.ATTAINED: "good",
    GeneralState.UNKNOWN: "unknown",
}
MOST_QUESTIONS = 3
MOST_REASONS = 4
MOST_CHANGES = 6
# How a signed difference marks a rule whose questions have no answer that still counts.
TO_ASK = " to ask"


@dataclass(frozen=True)
class Check:
    """One thing that opens the next phase."""

    mark: str
    word: str | Promise
    text: str
    because: str
    basis: str
    settle: str


@dataclass(frozen=True)
class SafetyLine:
    """One safety rule as it stands; ``is_red`` for hard ones that are active."""

    mark: str
    word: str | Promise
    name: str
    code: str
    effect: str
    because: tuple[str, ...]
    cleared_by: str
    is_active: bool
    is_red: bool


@dataclass(frozen=True)
class Part:
    """One module with its reasons, in the words of whoever looks."""

    id: str
    phase: str
    name: str
    mark: str
    word: str
    note: str
    reasons: tuple[Reason, ...]
    waits_for: tuple[str, ...]
    settle: tuple[str, ...]
    agreement: int | None
    dose: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NextStep:
    """The one dark button."""

    text: str
    label: str
    url: str


@dataclass(frozen=True)
class Deadline:
    """Something to do by a time."""

    what: str
    by_when: str
    rule: str
    mark: str


# ---- Safety --------------------------------------------------------------------------------------------------------------


def safety_lines(view: View) -> list[SafetyLine]:
    """Every safety rule that is active, waits to be asked or was decided on; the active ones first."""
    order = list(OVERRIDE_MARKS)
    return [_safety_line(view, item) for item in sorted(view.plan.overrides, key=lambda item: (not is_danger(item), order.index(item.status)))]


def _safety_line(view: View, item: Override) -> SafetyLine:
    mark, word = OVERRIDE_MARKS[item.status]
    is_active = item.status is OverrideStatus.ACTIVE
    is_red = is_danger(item)
    because = tuple(view.spell(text) for text in item.because)
    return SafetyLine("safety" if is_red else mark, word, item.name, item.code, item.effect, because, item.cleared_by, is_active, is_red)


def safety_plan_words(seen: SeenMap) -> str:
    """What is known of the safety plan, in a few words."""
    stage = seen.safety_plan.stage
    if stage is None or stage is StageId.QUEUED:
        return _("written down") if seen.safety_plan.version else _("no safety plan is recorded yet")
    if stage is StageId.ABANDONED:
        return _("the safety plan was put aside")
    if stage is not StageId.MAINTAINED:
        return _("in work: %(stage)s") % {"stage": _(STAGE_WORDS[stage])}
    return _("in use") if seen.safety_plan.version else _("in use, not written down here")


def safety_plan_parts(view: View, *, shared: bool) -> list[str]:
    """How the safety plan is made or used: the patient's words, or the steps for the therapist."""
    module = view.knowledge.modules.get(SAFETY_PLAN)
    if module is None:
        return []
    return [module.patient.why, module.patient.what_we_do] if shared else list(module.outline[0].steps) if module.outline else []


# ---- What to do ----------------------------------------------------------------------------------------------------------


def next_step(seen: SeenMap, *, may_change: bool) -> NextStep:
    """The one thing to do, the same as on the caseload."""
    labels = {
        "assessment_safety": _("Ask the safety questions"),
        "plan": _("Make the first plan") if seen.signed is None else _("Review the plan"),
        "patient_map": _("Record what was done") if seen.plan.actions else _("Open the plan"),
    }
    to = {"patient_map": "assessment" if seen.plan.actions else "plan"}.get(seen.next_page, seen.next_page)
    text = days_in_words(_(seen.next_action)) if seen.next_action else ""
    if not may_change:
        return NextStep(text, _("Look at the plan"), patient_url("plan", seen.patient.pk))
    return NextStep(text, labels.get(seen.next_page, _("Open the plan")), patient_url(to, seen.patient.pk))


def how_often(seen: SeenMap) -> str:
    """How often patient and therapist meet, empty when it is not known."""
    number = seen.sessions_per_week
    named = {1.0: _("once a week"), 2.0: _("twice a week"), 0.5: _("every other week")}
    return "" if number is None else named.get(number, _("%(n)g sessions a week") % {"n": number})


def deadlines(view: View) -> list[Deadline]:
    """What must be done by a time, the nearest first; red where the rule that asks for it is about danger."""
    dangers = {item.code for item in view.plan.overrides if is_danger(item)}
    return [
        Deadline(action.what, view.spell(action.by_when), view.spell(action.rule), "safety" if action.rule in dangers else "watch")
        for action in view.plan.actions
    ]


def first_questions(plan: PhasedPlan) -> tuple[list[str], list[str]]:
    """The first questions to ask, and those that come after them."""
    questions = [item.question for item in plan.ask_first]
    return questions[:MOST_QUESTIONS], questions[MOST_QUESTIONS:]


def changed(view: View, seen: SeenMap) -> list[str]:
    """What is different from the signed plan, in names; nothing when there is none or nothing has changed."""
    if seen.signed is None:
        return []
    found = seen.signed.difference
    names = [_protocol(view, name) for name in (seen.signed.protocol, seen.plan.protocol)]
    lines = [] if names[0] == names[1] else [_arrow(_("Programme"), *names)]
    lines += [] if found.phase_before is found.phase_after else [_arrow(_("Phase"), view.phase_name(found.phase_before), view.phase_name(found.phase_after))]
    rules = rule_changes(view, found)
    lines += rules.moved
    to_ask = [text for text in rules.added if text.endswith(TO_ASK)]
    lines += [_("Safety rule added: %(name)s") % {"name": rule_words(view, text)} for text in rules.added if text not in to_ask]
    asked = [rule_words(view, text.removesuffix(TO_ASK)) for text in to_ask]
    lines += [_("Safety questions to ask again: %(names)s") % {"names": "; ".join(asked)}] if asked else []
    lines += [_("Safety rule gone: %(name)s") % {"name": rule_words(view, text)} for text in rules.gone]
    if found.concurrent_before != found.concurrent_after:
        lines.append(_arrow(_("Modules at a time"), str(found.concurrent_before), str(found.concurrent_after)))
    lines += [_arrow(view.module_name(one.module), _(MATCH_WORDS[one.before]), _(MATCH_WORDS[one.after])) for one in found.changes]
    rest = len(lines) - MOST_CHANGES
    return [*lines[:MOST_CHANGES], _("and %(n)d more") % {"n": rest}] if rest > 0 else lines


def _protocol(view: View, name: str) -> str:
    known = view.knowledge.protocols.get(name)
    return known.name if known else name


class RuleChanges(NamedTuple):
    """How safety rules differ between two plans: those whose state moved, in words; those that came and went, as the revision has them."""

    moved: list[str]
    added: list[str]
    gone: list[str]


def rule_changes(view: View, found: PlanRevision) -> RuleChanges:
    """A rule that went in one state and came in another has moved, and is told once."""
    was, now = (dict(text.split(" ", 1) for text in texts if " " in text) for texts in (found.overrides_gone, found.overrides_added))
    both = now.keys() & was.keys()
    added, gone = ([text for text in texts if text.split(" ", 1)[0] not in both] for texts in (found.overrides_added, found.overrides_gone))
    return RuleChanges([_arrow(rule_words(view, code), _(was[code]), _(now[code])) for code in now if code in both], added, gone)


def rule_words(view: View, text: str) -> str:
    """A rule with its state, ``R1 to ask``, by its name."""
    code, _blank, state = text.partition(" ")
    name = view.rule_names.get(code, code)
    return f"{name}, {state}" if state else name


def _arrow(what: str, before: str, after: str) -> str:
    return _("%(what)s: %(before)s → %(after)s") % {"what": what, "before": before, "after": after}


# ---- The next phase ------------------------------------------------------------------------------------------------------


def next_phase_name(view: View) -> str:
    """The phase after this one, empty from the last."""
    following = [phase for phase in PhaseId if phase.order == view.plan.phase.overall.order + 1]
    return view.phase_name(following[0]) if following else ""


def checks(view: View) -> list[Check]:
    """What opens the next phase, each with what would settle it when it is not known."""
    return [_check(view, item) for item in view.plan.phase.exit]


def _check(view: View, item: CriterionReading) -> Check:
    mark, word = MET[item.met]
    because = view.spell(item.because) if item.because else ""
    return Check(mark, word, item.text, because, basis_words(item.basis), _settling(view, item) if item.met is None else "")


def _settling(view: View, item: CriterionReading) -> str:
    known = [view.knowledge.instruments[name] for name in item.settle_with if name in view.knowledge.instruments]
    measures = listing(f"{one.name}, {minutes_words(one.minutes.value)}" for one in known)
    return " ".join(part for part in (item.question, measures) if part)


def check_counts(view: View) -> list[tuple[str, str]]:
    """For looking together: how many steps are there, to come, or not known; no verdicts."""
    words = {True: _("%(n)d there already"), False: _("%(n)d still to come"), None: _("%(n)d we do not know yet")}
    counts = {answer: sum(item.met is answer for item in view.plan.phase.exit) for answer in words}
    return [(MET[answer][0], words[answer] % {"n": count}) for answer, count in counts.items() if count]


# ---- Why -----------------------------------------------------------------------------------------------------------------


def reasons_for_now(view: View) -> list[tuple[str, str]]:
    """What the work now rests on: each module with its first reason, or with the patient's words."""
    found = []
    for match in view.plan.with_status(MatchStatus.NOW)[:MOST_REASONS]:
        first = next((reason.text for reason in match.because if reason.supports), "")
        found.append((view.match_name(match), first))
    return found


def shared_reasons(view: View) -> list[tuple[str, str]]:
    """Why the work now may help, in the patient's words."""
    return [(match.patient_name, match.patient_words) for match in view.plan.with_status(MatchStatus.NOW)[:MOST_REASONS]]


def least_agreement(plan: PhasedPlan) -> int | None:
    """Of 100 draws within measurement error, how many give the work now at least; None when it was not worked out."""
    shares = [match.agreement for match in plan.with_status(MatchStatus.NOW) if match.agreement is not None]
    return round(100 * min(shares)) if shares else None


def parts(view: View, *, shared: bool) -> list[Part]:
    """Every module the map shows, in the order of the phases, with its reasons."""
    shown = (match for match in view.plan.modules if match.status is not MatchStatus.NOT_INDICATED)
    ordered = sorted(shown, key=lambda match: (match.phase.order, list(MODULE_MARKS).index(match.status)))
    general = _shared_ground(view) if shared else _ground(view)
    return [*(_part(view, match, shared=shared) for match in ordered), *general]


def _part(view: View, match: ModuleMatch, *, shared: bool) -> Part:
    words = view.knowledge.modules[match.id].patient
    told = ((_("Why this may help you"), words.why), (_("What we do"), words.what_we_do), (_("How long"), words.how_long))
    is_waiting = match.status in (MatchStatus.BLOCKED, MatchStatus.CAUTIONED)
    return Part(
        id=match.id,
        phase=match.phase.value.lower(),
        name=view.match_name(match),
        mark="parked" if shared and is_waiting else MODULE_MARKS[match.status],
        word=view.status_word(match),
        note=view.tile_note(match),
        reasons=() if shared else match.because,
        waits_for=() if shared else tuple(view.spell(text) for text in match.waits_for),
        settle=() if shared else tuple(view.settle_words(measure) for measure in match.settle_with),
        agreement=None if shared or match.agreement is None else round(100 * match.agreement),
        dose="" if shared else range_words(match.dose.sessions, _("sessions")),
        words=tuple((title, text) for title, text in told if text) if shared else (),
    )


def _ground(view: View) -> Iterable[Part]:
    for reading in view.plan.general_modules:
        told = ((_("Ask"), reading.question), (_("Repair"), " ".join(reading.repair)))
        words = tuple((title, text) for title, text in told if text)
        mark = GENERAL_MARKS[reading.state]
        yield Part(reading.id, "", view.general_name(reading), mark, view.general_word(reading), "", reading.because, (), (), None, "", words)


def _shared_ground(view: View) -> Iterable[Part]:
    for reading in view.plan.general_modules:
        words = view.knowledge.general_modules[reading.id].patient
        told = ((_("Why"), words.why), (_("What we do"), words.what_we_do))
        mark = "part" if reading.state is GeneralState.RED else GENERAL_MARKS[reading.state]
        yield Part(reading.id, "", view.general_name(reading), mark, view.general_word(reading), "", (), (), (), None, "", told)
