"""What steps, outcomes and answers are called on the pages."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from fivefold.concepts.progress import Sureness
from fivefold.services.safety_net_sheet import NetSheet
from fivefold.services.signal_list import SeenSignal

Words = dict[str, str | Promise]
# Up to so many hours people count hours, and days beyond.
HOURS_TOLD = 48
OUTCOME_WORDS: Words = {
    "settled": lazy("acted on and settled"),
    "plan_changed": lazy("the plan was changed"),
    "known_before": lazy("known and in hand before"),
    "false_alarm": lazy("there was nothing to act on"),
}
STATUS_WORDS: Words = {
    "raised": lazy("nobody has seen it yet"),
    "seen": lazy("seen"),
    "acted": lazy("acted on, still open"),
    "snoozed": lazy("put off"),
    "closed": lazy("closed"),
}
STEP_WORDS: Words = {
    "raised": lazy("raised"),
    "again": lazy("seen again, with something new"),
    "seen": lazy("seen"),
    "assigned": lazy("handed on"),
    "acted": lazy("acted on"),
    "snoozed": lazy("put off"),
    "escalated": lazy("passed on, because nobody had seen it in time"),
    "sent": lazy("a message was sent that something waits"),
    "not_sent": lazy("a message could not be delivered"),
    "closed": lazy("closed"),
}
LEVEL_WORDS = {
    0: lazy("told to whoever treats"),
    1: lazy("told to who covers or supervises as well"),
    2: lazy("told to the clinic lead as well"),
}
ORIGIN_WORDS: Words = {"program": lazy("the program"), "patient": lazy("an answer of the patient"), "staff": lazy("a member of staff")}
MISSING_WORDS: Words = {
    "reassess": lazy("Before it can be closed, the safety questions have to be asked and answered."),
    "contact": lazy("Before it can be closed, a conversation has to be written down, with the next contact or a reassessment."),
    "act": lazy("Before it can be closed, what was done has to be written down."),
    "look_back": lazy("It closes by itself when the look-back is answered."),
}
STAND_WORDS: Words = {
    "unseen": lazy("told, not seen yet"),
    "seen": lazy("seen, the questions still to be asked"),
    "acted": lazy("asked about, not closed yet"),
    "closed": lazy("closed by a clinician"),
    "asked": lazy("followed by safety questions that were asked since"),
}
WRONG_WORDS: Words = {
    "not_told": lazy("Answers that nobody was told of; the next run of the timer tells them"),
    "nobody": lazy("Signals with nobody named who works here; the next run of the timer gives them to the lead"),
    "closed_by_nobody": lazy("Answers whose signal nobody closed; ask these patients about danger"),
    "not_passed_on": lazy("Signals that were not passed on in time; the timer does not run"),
    "unreached": lazy("Signals of which the newest message could not be delivered; look at the mail server, and call whoever is to see them"),
    "stuck": lazy("Signals of which nobody would be told again; the next run of the timer gives them to the lead"),
}
ANSWER_WORDS: Words = {"fine": lazy("fine"), "to_work_on": lazy("something to work on"), "not_known": lazy("not known")}
DECISION_WORDS: Words = {
    "change": lazy("Change the plan: sign the changed plan next"),
    "keep": lazy("Keep the plan as it is"),
    "wait": lazy("Decide later: the signal comes back on the day below, in four weeks at the latest"),
}
DECIDED_WORDS: Words = {"change": lazy("the plan is changed"), "keep": lazy("the plan is kept"), "wait": lazy("decided later")}
MOVED_WORDS: dict[str, tuple[str, str | Promise]] = {
    "better": ("done", lazy("reliably better")),
    "same": ("none", lazy("within error")),
    "worse": ("watch", lazy("reliably worse")),
    "unknown": ("unknown", lazy("not known")),
}
FOLLOWED_WORDS: Words = {"yes": lazy("yes"), "partly": lazy("in part"), "no": lazy("no"), "unknown": lazy("not known")}
SURE_WORDS: dict[Sureness, str | Promise] = {Sureness.FIRM: lazy("firm"), Sureness.FAIR: lazy("fairly sure"), Sureness.TENTATIVE: lazy("tentative")}
# The page on which the suggested action of a rule is done: route and what the way to it is called.
PAGE_OF: dict[str, tuple[str, str | Promise]] = {
    "assessment": ("assessment", lazy("Assessment")),
    "assessment_safety": ("assessment_safety", lazy("Safety questions")),
    "progress": ("progress", lazy("Progress")),
    "session": ("session", lazy("Session")),
    "plan": ("plan", lazy("Plan")),
    "review": ("review", lazy("Open a review")),
    "readiness": ("readiness", lazy("Criteria of the phase")),
    "formulation": ("formulation", lazy("Formulation")),
    "profile": ("patient_profile", lazy("Profile")),
    "measures": ("measures", lazy("Measures")),
}
WEEKDAYS = [
    ("0", lazy("Monday")),
    ("1", lazy("Tuesday")),
    ("2", lazy("Wednesday")),
    ("3", lazy("Thursday")),
    ("4", lazy("Friday")),
    ("5", lazy("Saturday")),
    ("6", lazy("Sunday")),
]


def moment(at: datetime) -> str:
    """A moment as people say it, in the time of the clinic."""
    local = timezone.localtime(at)
    return f"{local.day}.{local.month}.{local.year}, {local:%H:%M}"


def grounds(one: SeenSignal) -> str:
    """From how many values, up to which day, and how sure."""
    said = []
    if one.shown.n and not one.is_safety:
        said.append(_("%(n)d values") % {"n": one.shown.n})
    if one.shown.sure is not None:
        said.append(str(SURE_WORDS[one.shown.sure]))
    return ", ".join(said)


def net_words(sheet: NetSheet) -> dict[str, Any]:
    """The safety net in words: where answers stand, what is wrong, and how the newest heart-beat ended."""
    net, beat = sheet.net, sheet.beat
    return {
        "holds": sheet.holds,
        "answers": net.answers,
        "days": sheet.days,
        "stands": [(STAND_WORDS[name], count) for name, count in net.stands.items() if count],
        "wrong": [(count, WRONG_WORDS[name]) for name, count in net.by_kind.items()],
        "beat": beat,
        "beat_at": moment(beat.at) if beat.at else "",
    }


def waited_words(hours: float | None) -> str:
    """How long something waited, in the unit in which people say it; a dash where it did not end yet."""
    if hours is None:
        return "–"
    if hours < 1:
        return _("under 1\u00a0h")
    if hours < HOURS_TOLD:
        return _("%(n)d\u00a0h") % {"n": round(hours)}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
