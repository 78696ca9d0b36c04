"""The agenda of a session: what the record says there is to do, danger first, each line with why it is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.plan import GeneralReading
from fivefold.concepts.vocabulary import GeneralState
from fivefold.documents.html.formats import days_in_words
from fivefold.documents.html.view import View
from fivefold.documents.html.words import STAGE_WORDS
from fivefold.services.caseload import is_danger
from fivefold.services.session_note import Role, Safety
from fivefold.services.sessions import Workspace
from fivefold.services.spelling import spelled
from fivefold.web.formulation.words import FITS_WORDS
from fivefold.web.measures.page import due_words, name_of, open_risk_sentence, positive_sentence
from fivefold.web.ui.nav import patient_url
from fivefold.web.ui.templatetags.ui import day

MOST_OF_A_KIND = 3


@dataclass(frozen=True)
class Item:
    """One line of the agenda: its mark, what to do, why, and the page where it is done ("" for here).

    ``more`` is for the session itself and unfolds on request: thirty seconds are enough for the rest.
    """

    mark: str
    text: str
    why: str = ""
    url: str = ""
    more: str = ""


def agenda_of(seen: Workspace, view: View) -> list[Item]:
    """Danger, then what came between, then what was left open, then the work, then what falls due."""
    return [
        *_danger(seen, view),
        *_diary(seen, "life"),
        *_brought(seen),
        *_rated(seen),
        *_replied(seen),
        *_alliance(seen),
        *_diary(seen, "therapy"),
        *_diary(seen, "quality"),
        *_left_open(seen),
        *_work(seen),
        *_due(seen, view),
    ]


def _danger(seen: Workspace, view: View) -> Iterator[Item]:
    page = patient_url("assessment_safety", seen.patient.pk)
    if seen.follow_up is not None:
        words = _("Contact was due: no clinician has cleared it") if seen.follow_up.is_past else _("Contact is agreed until a clinician clears it")
        why = _("By %(by)s, from the conversation about suicide of %(on)s.") % {"by": _moment(seen.follow_up.by), "on": day(seen.follow_up.since)}
        yield Item("safety", words, why, patient_url("risk_conversations", seen.patient.pk))
    for positive in seen.positive[:MOST_OF_A_KIND]:
        yield Item("safety", _("A risk question was answered yes: ask"), positive_sentence(positive), page)
    said, dangers = "", {one.code for one in seen.plan.overrides if is_danger(one)}
    for action in seen.plan.actions[:MOST_OF_A_KIND]:
        # One rule often asks for several things: it is named once.
        why = "" if action.rule == said else view.spell(action.rule)
        said = action.rule
        # What crisis work or the alliance asks for by a time is no danger in itself, here as on the map.
        mark, where = ("safety", page) if action.rule in dangers else ("watch", patient_url("patient_map", seen.patient.pk))
        yield Item(mark, days_in_words(f"{action.what}: {view.spell(action.by_when)}"), why, where)
    for left in seen.open_risk[:MOST_OF_A_KIND]:
        yield Item("unknown", _("A risk question was left out: ask it"), open_risk_sentence(left), page)
    many = len(seen.plan.ask_first)
    if many:
        words = ngettext("%(n)d question comes first", "%(n)d questions come first", many) % {"n": many}
        yield Item("unknown", words, "", page, more=seen.plan.ask_first[0].question)
    if seen.last is not None and seen.last.content.safety is Safety.NOT_ASKED:
        yield Item("watch", _("Ask about suicide and self-harm"), _("It was not asked last time, %(on)s.") % {"on": day(seen.last.row.on)})


def _diary(seen: Workspace, order: str) -> Iterator[Item]:
    """What stood out in the diary since the last session, of one order."""
    page = patient_url("diary", seen.patient.pk)
    for line in [line for line in seen.diary.stood_out if line.order == order][:MOST_OF_A_KIND]:
        yield Item("safety" if line.is_danger else "watch", _("Diary: %(words)s") % {"words": line.words}, line.why, page)
    if order == "life" and seen.diary.has_card and not seen.diary.entries:
        yield Item("unknown", _("No diary entry since %(on)s") % {"on": day(seen.diary.since)}, _("That says nothing about how it is: ask."), page)


def _brought(seen: Workspace) -> Iterator[Item]:
    for words in seen.diary.brought[-MOST_OF_A_KIND:]:
        yield Item("now", _("The patient wants to bring up: %(words)s") % {"words": words}, "", patient_url("diary", seen.patient.pk))


def _rated(seen: Workspace) -> Iterator[Item]:
    """What the patient said of goals since the last session, on their own pages: a fact with its source, and no judgement."""
    said = []
    for own in seen.own_goals:
        if own.ratings and own.ratings[0].on >= seen.diary.since:
            now, before = own.ratings[0], own.ratings[1:2]
            words = _("Their own goal: %(words)s: %(level)s of 10") % {"words": own.words, "level": now.level}
            then = _("; before: %(level)s") % {"level": before[0].level} if before else ""
            said.append((words, _("Rated by the patient, %(on)s%(then)s.") % {"on": day(now.on), "then": then}))
    for goal in seen.goals:
        if goal.reached is not None and goal.reached.rated_by == "patient" and goal.reached.on >= seen.diary.since:
            words = _("Goal: %(words)s: %(meaning)s") % {"words": goal.words, "meaning": goal.reached.meaning}
            said.append((words, _("Rated by the patient, %(on)s%(then)s.") % {"on": day(goal.reached.on), "then": ""}))
    for words, why in said[:MOST_OF_A_KIND]:
        yield Item("now", words, why, patient_url("goals", seen.patient.pk))


def _replied(seen: Workspace) -> Iterator[Item]:
    """What the patient said of the formulation since the last session, what does not fit before the rest; a bare yes needs no minute."""
    new = [one for one in seen.replies if timezone.localdate(one.at) >= seen.diary.since and (one.words or one.fits != "fits")]
    for one in sorted(new, key=lambda one: one.fits == "fits")[:MOST_OF_A_KIND]:
        about = _("“%(line)s”") % {"line": one.line} if one.line else _("as a whole")
        words = _("Formulation, %(about)s: the patient says %(fits)s") % {"about": about, "fits": FITS_WORDS[one.fits]}
        yield Item("now", words, one.words, patient_url("formulation", seen.patient.pk))


def _alliance(seen: Workspace) -> Iterator[Item]:
    if seen.missed_since:
        words = ngettext("One session did not take place since", "%(n)d sessions did not take place since", seen.missed_since) % {"n": seen.missed_since}
        yield Item("watch", words, _("Ask what kept them away, without blame, before anything else."))
    for reading in _strained(seen.general):
        yield Item("watch", _("%(name)s is strained: repair comes before content") % {"name": reading.name}, spelled(" ".join(reading.repair[:1])))


def _strained(general: tuple[GeneralReading, ...]) -> list[GeneralReading]:
    return [reading for reading in general if reading.state is GeneralState.RED]


def _left_open(seen: Workspace) -> Iterator[Item]:
    for task in seen.homework[-MOST_OF_A_KIND:]:
        yield Item("open", _("Homework: %(words)s") % {"words": task.words}, more=_("Set on %(on)s.") % {"on": day(task.set_on)})
    if seen.last is not None:
        for line in [line for line in seen.last.content.lines if line.role is Role.AGREED and line.origin == "clinician"][:1]:
            yield Item("open", _("Agreed last time: %(words)s") % {"words": line.text}, day(seen.last.row.on))


def _work(seen: Workspace) -> Iterator[Item]:
    for block in seen.blocks[:MOST_OF_A_KIND]:
        step = next((step for part in block.outline for step in part.steps if step not in block.done), "")
        focus = next((part.focus for part in block.outline if any(step not in block.done for step in part.steps)), "")
        if block.proposed is not None:
            words = _("%(module)s: the signs of this stage are seen, the next is proposed: %(stage)s") % {
                "module": block.match.short_name, "stage": _(STAGE_WORDS[block.proposed])
            }  # fmt: skip
            yield Item("next", words, _("You move it below, or leave it where it is."))
        yield Item("now", f"{block.match.short_name}: {spelled(focus)}" if focus else block.match.short_name, more=spelled(step))


def _due(seen: Workspace, view: View) -> Iterator[Item]:
    if seen.review_on is None:
        yield Item("open", _("There is no signed plan yet"), "", patient_url("plan", seen.patient.pk))
    elif _is_near(seen.review_on, seen.today):
        yield Item("next", _("Look at the plan together: due %(on)s") % {"on": day(seen.review_on)}, "", patient_url("plan", seen.patient.pk))
    for due in [one for one in seen.measures if one.is_due or one.state == "open"][:MOST_OF_A_KIND]:
        words = _("Awaited: %(name)s") if due.state == "open" else _("Fill in %(name)s")
        yield Item("next", words % {"name": name_of(due.schedule.instrument)}, due_words(due, seen.today), patient_url("measures", seen.patient.pk))
    for measure in seen.plan.next_best_measures[:1]:
        yield Item(
            "next",
            _("Fill in %(name)s") % {"name": measure.name},
            "",
            patient_url("assessment", seen.patient.pk),
            more=_("It would settle what the plan does not know."),
        )


def _moment(at: datetime) -> str:
    """A moment as it is said in a sentence, in the clinic's time."""
    local = timezone.localtime(at)
    return f"{day(local)}, {local:%H:%M}"


def _is_near(review: date, today: date) -> bool:
    return (review - today).days <= 7
