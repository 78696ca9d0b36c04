"""What the rules of signals must hold together: one rule for each thing that is watched, and none that lets danger go unseen."""

from collections.abc import Iterator

from fivefold.concepts.errors import Problem
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.signals import DAYS, SIGNAL_NUMBERS, WORKING_DAYS, WORKING_HOURS, Closing, SignalFile, SignalKind, SignalRule, Watch
from fivefold.knowledge.lint_files import CheckedFile, Files, problem

# What is watched for the sake of safety, whatever a file says.
ABOUT_DANGER = (Watch.POSITIVE_RISK_ITEM, Watch.INCOMPLETE_RISK_SCREEN, Watch.MISSING_REPORT, Watch.MISSED_CONTACT, Watch.MISSED_DEADLINE)
PAGES = ("assessment", "assessment_safety", "progress", "session", "plan", "review", "readiness", "formulation", "profile", "measures")


def check_signals(base: KnowledgeBase, files: Files) -> Iterator[Problem]:
    """Each watch once, danger as danger, times in units that can be counted, and names that are known."""
    for file, signals in files.of(SignalFile):
        yield from _each_once(file, signals)
        for index, rule in enumerate(signals.signals):
            yield from _safety(file, f"signals[{index}]", rule)
            yield from _times(file, f"signals[{index}]", rule)
            yield from _numbers(file, f"signals[{index}]", rule)
            yield from _names(base, files, file, f"signals[{index}]", rule)
        for index, step in enumerate(signals.review.steps):
            yield from files.each_unknown(file, f"review.steps[{index}].leads_to", "module", step.leads_to, [*base.general_modules, *base.modules])
            yield from files.unknown(file, f"review.steps[{index}].page", "page", step.page, PAGES)
        if signals.digest.most.value < 1:
            yield problem(file, "digest.most", f"{signals.digest.most.value:g}", "at least one matter", "Say how many are shown at once.")


def _each_once(file: CheckedFile, signals: SignalFile) -> Iterator[Problem]:
    watched: set[Watch] = set()
    for index, rule in enumerate(signals.signals):
        if rule.watch in watched:
            yield problem(file, f"signals[{index}].watch", repr(rule.watch.value), "one rule for each thing that is watched", "Remove one of the two.")
        watched.add(rule.watch)
    for watch in Watch:
        if watch not in watched:
            yield problem(file, "signals", "nothing", f"a rule that watches {watch.value}", "Add it: it is asked for by name.")


def _safety(file: CheckedFile, path: str, rule: SignalRule) -> Iterator[Problem]:
    if (rule.watch in ABOUT_DANGER) is not rule.is_safety:
        wanted = SignalKind.SAFETY if rule.watch in ABOUT_DANGER else SignalKind.PROGRESS
        yield problem(
            file, f"{path}.kind", repr(rule.kind.value), f"{wanted.value} for {rule.watch.value}", "Red is for danger alone, and danger is always red."
        )
    if rule.is_safety and rule.closing is Closing.WORD:
        yield problem(file, f"{path}.closing", repr(rule.closing.value), "reassessment or act", "Danger is closed by what somebody did, never by a word.")
    if rule.is_safety and rule.quiet.value:
        yield problem(file, f"{path}.quiet", f"{rule.quiet.value:g}", "0 days for what is about danger", "Danger that is seen again is told again.")
    if rule.closing is Closing.REASSESSMENT and not rule.code:
        yield problem(file, f"{path}.code", "nothing", "the code of the risk rule whose questions are asked", "Name it, such as R1.")


def _times(file: CheckedFile, path: str, rule: SignalRule) -> Iterator[Problem]:
    for name, quantity in (("seen_within", rule.seen_within), ("acted_within", rule.acted_within)):
        if quantity.unit not in (WORKING_HOURS, WORKING_DAYS) or quantity.value <= 0:
            shown = f"{quantity.value:g} {quantity.unit}"
            yield problem(file, f"{path}.{name}", shown, f"more than 0 {WORKING_HOURS} or {WORKING_DAYS}", "Times are counted in opening hours.")
    if rule.quiet.unit != DAYS:
        yield problem(file, f"{path}.quiet.unit", repr(rule.quiet.unit), repr(DAYS), "Give it in days.")


def _numbers(file: CheckedFile, path: str, rule: SignalRule) -> Iterator[Problem]:
    known = {number.id for number in rule.parameters}
    for name in SIGNAL_NUMBERS.get(rule.watch.value, ()):
        if name not in known:
            yield problem(file, path, "nothing", f"the parameter {name} of {rule.id}", "Add it: it is asked for by name.")


def _names(base: KnowledgeBase, files: Files, file: CheckedFile, path: str, rule: SignalRule) -> Iterator[Problem]:
    if rule.code:
        yield from files.unknown(file, f"{path}.code", "risk rule", rule.code, sorted({one.code for one in base.overrides}))
    if rule.numbers_of:
        yield from files.unknown(file, f"{path}.numbers_of", "rule of measured change", rule.numbers_of, [one.id for one in base.progress.rules])
    yield from files.unknown(file, f"{path}.page", "page", rule.page, PAGES)
