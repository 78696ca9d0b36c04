"""Supervision in words and signs."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fivefold.services.caseload_list import SeenRow
from fivefold.services.supervision_pages import SeenDecision
from fivefold.services.supervision_topics import Topic
from fivefold.web.caseload.presenters import Line, line_of
from fivefold.web.supervision.forms import PLACES
from fivefold.web.ui.nav import patient_url
from fivefold.web.ui.templatetags.ui import day

# Of each kind of topic its shape and the page on which something is done about it. Only safety is red.
TOPICS: dict[str, tuple[str, str]] = {
    "safety": ("safety", "assessment_safety"),
    "watch": ("watch", "patient_map"),
    "consent": ("open", "record"),
    "question": ("unknown", "patient_supervision"),
    "review": ("watch", "plan"),
    "agreed": ("watch", "patient_supervision"),
    "cosign": ("open", "sessions"),
    "standstill": ("parked", "plan"),
    "untreated": ("unknown", "formulation"),
    "unexplained": ("unknown", "formulation"),
}
STATES: dict[str, tuple[str, str | Promise]] = {
    "open": ("open", gettext_lazy("open")),
    "late": ("watch", gettext_lazy("open, its day has passed")),
    "answered": ("done", gettext_lazy("answered")),
    "withdrawn": ("none", gettext_lazy("taken back")),
    "done": ("done", gettext_lazy("done")),
    "dropped": ("none", gettext_lazy("dropped")),
}


@dataclass(frozen=True)
class TopicLine:
    """One thing to talk about in words, with its mark and the page it leads to."""

    mark: str
    words: str
    url: str


@dataclass(frozen=True)
class PatientLine:
    """One patient of a supervisee: the row of the caseload, what to talk about, and the page of supervision."""

    line: Line
    topics: tuple[TopicLine, ...]
    url: str


@dataclass(frozen=True)
class AgreedLine:
    """Something agreed, with its mark, state, place and the page on which it is done ("" for outside)."""

    seen: SeenDecision
    mark: str
    state: str | Promise
    place: str
    url: str


def topic_lines(patient_id: object, topics: tuple[Topic, ...]) -> tuple[TopicLine, ...]:
    """What to talk about, in words."""
    return tuple(TopicLine(TOPICS[topic.kind][0], topic_words(topic), patient_url(TOPICS[topic.kind][1], patient_id)) for topic in topics)


def topic_words(topic: Topic) -> str:
    """One thing to talk about, as a short sentence."""
    said = {"name": _(topic.name) if topic.name else "", "n": topic.count, "on": day(topic.on), "weeks": topic.weeks}
    words = {
        "safety": _("Safety: %(name)s"),
        "watch": _("Look here: %(name)s"),
        "consent": _("No consent to supervision is recorded"),
        "question": ngettext("One question waits for an answer", "%(n)d questions wait for an answer", topic.count),
        "review": _("The review of the plan was due on %(on)s"),
        "agreed": ngettext("The day of something agreed has passed", "The day of %(n)d things agreed has passed", topic.count),
        "cosign": ngettext("One note waits for your signature", "%(n)d notes wait for your signature", topic.count),
        "standstill": _("%(name)s: at one stage for %(weeks)d weeks, longer than the whole module usually takes"),
        "untreated": _("Formulation: no module of now or next works on “%(name)s”"),
        "unexplained": ngettext(
            "Formulation: %(name)s is in the plan and treats nothing in it", "Formulation: %(n)d modules of the plan treat nothing in it: %(name)s", topic.count
        ),
    }[topic.kind]
    return words % said


def patient_line(row: SeenRow, topics: tuple[Topic, ...]) -> PatientLine:
    """A row of the caseload with what to talk about."""
    return PatientLine(line_of(row), topic_lines(row.id, topics), patient_url("patient_supervision", row.id))


def agreed_lines(agreed: tuple[SeenDecision, ...]) -> list[AgreedLine]:
    """What was agreed, in words."""
    places = dict(PLACES)
    return [
        AgreedLine(one, *STATES[one.state], str(places.get(one.where, one.where)), "" if one.where == "elsewhere" else patient_url(one.where, one.patient_id))
        for one in agreed
    ]
