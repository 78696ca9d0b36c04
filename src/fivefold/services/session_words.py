"""The lines of a note in words: what was ticked becomes sentences of the program, what was written stays as it was written."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.vocabulary import EVENT_WORDS, GeneralState
from fivefold.documents.html.words import STAGE_WORDS
from fivefold.services.knowledge import knowledge
from fivefold.services.session_note import Line, ModuleWork, Origin, Role, Safety, SessionReport
from fivefold.services.spelling import spelled


class Task(Protocol):
    """Homework that was set earlier."""

    @property
    def words(self) -> str: ...

    @property
    def module(self) -> str: ...


class Chain(Protocol):
    """A chain analysis that the note names."""

    @property
    def line(self) -> str: ...

    @property
    def module(self) -> str: ...


def lines_of(report: SessionReport, homework: Mapping[str, Task], chains: Iterable[Chain] = ()) -> tuple[Line, ...]:
    """Every line of the note of a report; ``homework`` holds by its id what was set earlier and may be reviewed."""
    return tuple(_lines(report, homework, chains))


def _lines(report: SessionReport, homework: Mapping[str, Task], chains: Iterable[Chain]) -> Iterator[Line]:
    if report.brought.strip():
        yield Line(Role.BROUGHT, Origin.PATIENT, report.brought.strip(), goals=report.goals)
    yield Line(Role.SEEN, Origin.COMPUTED, came_words(report.came, report.minutes))
    yield from _safety(report)
    for review in report.reviews:
        task = homework[review.homework_id]
        yield Line(Role.SEEN, Origin.COMPUTED, _("Homework “%(task)s”: %(went)s.") % {"task": task.words, "went": WENT_WORDS[review.went]}, task.module)
        if review.words.strip():
            yield Line(Role.SEEN, Origin.PATIENT, review.words.strip(), task.module)
    for name, state in report.pulse.items():
        said = {"module": knowledge().general_modules[name].short_name, "state": STATE_WORDS[state]}
        yield Line(Role.SEEN, Origin.CLINICIAN, _("%(module)s: %(state)s.") % said, name)
    if report.seen.strip():
        yield Line(Role.SEEN, Origin.CLINICIAN, report.seen.strip())
    for work in report.work:
        yield from _work(work, report.goals)
    for chain in chains:
        yield Line(Role.DONE, Origin.COMPUTED, chain.line, chain.module, report.goals)
    if report.departure is not None:
        kind = next(one.name for one in knowledge().fidelity.deviations if one.id == report.departure.kind)
        said = {"kind": spelled(kind), "why": report.departure.reason.strip()}
        yield Line(Role.DONE, Origin.CLINICIAN, _("Other than planned: %(kind)s. Why: %(why)s") % said)
    if report.went.strip():
        yield Line(Role.WENT, Origin.CLINICIAN, report.went.strip(), goals=report.goals)
    for one in report.homework:
        yield Line(Role.AGREED, Origin.COMPUTED, _("To try until next time: %(task)s") % {"task": one.words.strip()}, one.module)
    if report.agreed.strip():
        yield Line(Role.AGREED, Origin.CLINICIAN, report.agreed.strip())
    yield Line(Role.AGREED, Origin.COMPUTED, _("Next session: %(on)s.") % {"on": _day(report.next_on)} if report.next_on else _("No next session was agreed."))


def _day(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"


def _safety(report: SessionReport) -> Iterator[Line]:
    if report.safety is not None:
        yield Line(Role.SEEN, Origin.CLINICIAN, str(SAFETY_WORDS[report.safety]))
    for kind, on in report.events:
        yield Line(Role.SEEN, Origin.CLINICIAN, _("Since last time: %(what)s, %(on)s.") % {"what": _(EVENT_WORDS[kind]), "on": _day(on)})


def _work(work: ModuleWork, goals: tuple[str, ...]) -> Iterator[Line]:
    name = knowledge().modules[work.module].short_name
    for step in work.steps:
        yield Line(Role.DONE, Origin.COMPUTED, _("%(module)s, step taken: %(step)s") % {"module": name, "step": spelled(step)}, work.module, goals)
    if work.interventions:
        used = ", ".join(work.interventions)
        yield Line(Role.DONE, Origin.COMPUTED, _("%(module)s, used: %(used)s.") % {"module": name, "used": used}, work.module, goals)
    if not (work.steps or work.interventions or work.words.strip()):
        yield Line(Role.DONE, Origin.COMPUTED, _("Worked on: %(module)s.") % {"module": name}, work.module, goals)
    if work.words.strip():
        yield Line(Role.DONE, Origin.CLINICIAN, work.words.strip(), work.module, goals)
    for sign in work.signs:
        yield Line(Role.WENT, Origin.CLINICIAN, _("%(module)s, seen: %(sign)s") % {"module": name, "sign": spelled(sign)}, work.module, goals)
    if work.stage is not None:
        said = {"module": name, "stage": _(STAGE_WORDS[work.stage])}
        yield Line(Role.WENT, Origin.CLINICIAN, _("%(module)s stands at: %(stage)s.") % said, work.module, goals)


def came_words(came: str, minutes: int | None) -> str:
    """Whether the session took place, and how long."""
    words = {
        "came": _("The session took place."),
        "missed": _("The patient did not come and had not cancelled in good time."),
        "cancelled_by_patient": _("The patient cancelled in good time."),
        "cancelled_by_us": _("We cancelled."),
    }[came]
    return f"{words} {_('%(n)d minutes.') % {'n': minutes}}" if minutes and came == "came" else words


ORIGIN_WORDS = {
    Origin.PATIENT: gettext_lazy("the patient said"),
    Origin.CLINICIAN: gettext_lazy("written by the clinician"),
    Origin.COMPUTED: gettext_lazy("from what was ticked"),
}
SAFETY_WORDS = {
    Safety.NOTHING_NEW: gettext_lazy("Asked about suicide and self-harm: nothing new was told."),
    Safety.SOMETHING_NEW: gettext_lazy("Asked about suicide and self-harm: something new was told."),
    Safety.NOT_ASKED: gettext_lazy("Suicide and self-harm were not asked about."),
}
WENT_WORDS = {
    "done": gettext_lazy("done"),
    "partly": gettext_lazy("partly done"),
    "not_done": gettext_lazy("not done"),
    "dropped": gettext_lazy("no longer wanted"),
}
STATE_WORDS = {
    GeneralState.RED: gettext_lazy("strained"),
    GeneralState.NOT_STARTED: gettext_lazy("not begun"),
    GeneralState.STARTED: gettext_lazy("begun"),
    GeneralState.PROVISIONAL: gettext_lazy("holds, provisionally"),
    GeneralState.ATTAINED: gettext_lazy("holds"),
}
