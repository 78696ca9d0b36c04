"""The page of measures in words: what is due and how to give it, what is planned, what was given out, and what has to be followed up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.measure_plan import ProposedMeasure, Rhythm
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_due import DueMeasure
from fivefold.services.measure_forms import OWN
from fivefold.services.measure_states import PositiveAnswer, RequestState
from fivefold.services.measures import SeenMeasures
from fivefold.web.measures.forms import ROUTES, ways_for
from fivefold.web.ui.templatetags.ui import day

STATES = {
    "missed": ("watch", "missed"),
    "due": ("next", "due"),
    "open": ("part", "given out"),
    "coming": ("later", "coming"),
    "later": ("done", "answered"),
}


@dataclass(frozen=True)
class Line:
    """One planned measure: how it stands in a mark and words, its rhythm, and how it can be given now."""

    schedule_id: uuid.UUID
    instrument: str
    name: str
    mark: str
    state: str
    words: str
    rhythm: str
    route: str
    basis: str
    ways: tuple[tuple[str, str, bool], ...]
    request_id: uuid.UUID | None
    by_score: bool


@dataclass(frozen=True)
class Given:
    """One questionnaire that was given out, in a line."""

    id: uuid.UUID
    name: str
    mark: str
    words: str
    route: str
    on: date


def name_of(instrument: str) -> str:
    """The name of an instrument, or of the patient's own questions."""
    known = knowledge().instruments.get(instrument)
    return known.name if known else _("Own questions")


def rhythm_in_words(rhythm: Rhythm, days: int | None) -> str:
    """How often, in words."""
    if rhythm is Rhythm.EVERY_SESSION:
        return _("every session")
    if rhythm is Rhythm.AT_REVIEW:
        return _("before a review")
    if days is None or rhythm is Rhythm.ONCE:
        return _("once")
    if days % 7 == 0:
        return ngettext("every week", "every %(n)d weeks", days // 7) % {"n": days // 7}
    return ngettext("every day", "every %(n)d days", days) % {"n": days}


def lines(seen: SeenMeasures) -> list[Line]:
    """Every planned measure, what is due first."""
    return [_line(one, seen) for one in seen.due]


def _line(one: DueMeasure, seen: SeenMeasures) -> Line:
    schedule = one.schedule
    shown = schedule.instrument in seen.showable
    mark, _word = STATES[one.state]
    possible = ways_for(has_own_pages=seen.has_own_pages) if shown and one.state != "open" else ()
    ways = tuple((route, str(ROUTES[route]), route == schedule.route) for route in possible)
    battery = next((battery.name for battery in knowledge().batteries.batteries if battery.id == schedule.basis), "")
    return Line(
        schedule_id=schedule.pk,
        instrument=schedule.instrument,
        name=name_of(schedule.instrument),
        mark=mark,
        state=one.state,
        words=due_words(one, seen.today),
        rhythm=rhythm_in_words(Rhythm(schedule.rhythm), schedule.every_days),
        route=str(ROUTES[schedule.route]),
        basis=_("proposed by the battery “%(name)s”") % {"name": battery} if battery else _("planned by %(who)s") % {"who": schedule.author.name},
        ways=ways,
        request_id=one.request.row.pk if one.request else None,
        by_score=not shown and schedule.instrument != OWN,
    )


def due_words(one: DueMeasure, today: date) -> str:
    """Since when or until when, and when it was answered last."""
    last = _("last answered %(on)s") % {"on": day(one.last)} if one.last else _("not answered yet")
    if one.state == "open" and one.request is not None:
        return _("Given out on %(on)s, open until %(until)s") % {"on": day(one.request.row.recorded_at), "until": day(one.request.row.expires_at)}
    if one.state == "missed":
        return _("Given out and not sent in time; %(last)s") % {"last": last}
    if one.due_on is None:
        return (_("Due when a review is agreed; %(last)s") if one.schedule.rhythm == Rhythm.AT_REVIEW and one.last is None else _("Nothing due; %(last)s")) % {
            "last": last
        }
    if one.due_on < today:
        days = (today - one.due_on).days
        return ngettext("Due since yesterday; %(last)s", "Due for %(n)d days; %(last)s", days) % {"n": days, "last": last}
    if one.due_on == today:
        return _("Due today; %(last)s") % {"last": last}
    return _("Next on %(on)s; %(last)s") % {"on": day(one.due_on), "last": last}


def showable(seen: SeenMeasures) -> list[tuple[str, str]]:
    """Instruments whose questions may be shown here, by name."""
    return sorted(((one, name_of(one)) for one in seen.showable if one != OWN), key=lambda pair: pair[1].casefold())


def readers(seen: SeenMeasures) -> list[tuple[str, str]]:
    """Who sees the answers: in what relation, and by name."""
    kinds = {"treats": _("treats"), "supervises": _("supervises"), "covers": _("stands in")}
    return [(kinds.get(kind, kind), name) for kind, name in seen.readers]


def given_lines(states: Sequence[RequestState]) -> list[Given]:
    """What was given out, the newest first."""
    return [_given(one) for one in states]


def _given(one: RequestState) -> Given:
    mark, words = _state_words(one)
    return Given(one.row.pk, name_of(one.row.instrument), mark, words, str(ROUTES[one.row.route]), one.row.due_on)


def _state_words(one: RequestState) -> tuple[str, str]:
    late = _(", some of it late") if one.late else ""
    if one.state == "finished":
        return "done", _("finished %(on)s") % {"on": day(one.ended_at)} + late
    if one.state == "cancelled":
        return "none", _("taken back %(on)s") % {"on": day(one.ended_at)}
    if one.state == "missed":
        answered = ngettext("one answer", "%(n)d answers", one.answered) % {"n": one.answered} if one.answered else _("no answer")
        return "watch", _("not finished in time: %(answered)s") % {"answered": answered} + late
    if one.state == "begun":
        return "part", ngettext("begun: one answer so far", "begun: %(n)d answers so far", one.answered) % {"n": one.answered}
    return "open", _("not begun")


def positive_words(seen: SeenMeasures) -> list[str]:
    """Each positive answer that nobody has followed up, in a sentence."""
    return [positive_sentence(one) for one in seen.positive]


def positive_sentence(one: PositiveAnswer) -> str:
    """One positive answer, in a sentence."""
    values = {"name": name_of(one.instrument), "item": one.item, "on": day(one.at)}
    if one.taken_back:
        return _("%(name)s, question %(item)d: answered yes on %(on)s, then answered otherwise. Ask about both.") % values
    return _("%(name)s, question %(item)d: answered yes on %(on)s.") % values


def open_risk_words(seen: SeenMeasures) -> list[str]:
    """Each risk question that was left out, in a sentence."""
    return [open_risk_sentence(one) for one in seen.open_risk]


def open_risk_sentence(one: RequestState) -> str:
    """One risk question that was left out. No answer is no all-clear."""
    words = _("%(name)s of %(on)s: the question about risk (%(items)s) has no answer. That is no all-clear: ask it.")
    return words % {"name": name_of(one.row.instrument), "on": day(one.row.due_on), "items": ", ".join(map(str, one.open_risk))}


@dataclass(frozen=True)
class Offer:
    """One proposed measure with its reason."""

    instrument: str
    name: str
    rhythm: str
    because: str
    minutes: float
    shown: bool


def offers(seen: SeenMeasures) -> list[Offer]:
    """What the batteries propose and nobody has planned."""
    return [_offer(one, seen) for one in seen.proposed]


def _offer(one: ProposedMeasure, seen: SeenMeasures) -> Offer:
    known = knowledge().instruments[one.instrument]
    rhythm = rhythm_in_words(one.rhythm, one.days)
    return Offer(one.instrument, known.name, rhythm, "; ".join(one.because), known.minutes.value, one.instrument in seen.showable)
