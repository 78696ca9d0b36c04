"""The assessment at a glance: its parts with their state, what is known and how sure, what is not, and what to ask next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.plan import NextMeasure
from fivefold.concepts.scores import Evidence, ImpairmentReading
from fivefold.engine.battery import Battery, choose_battery
from fivefold.services.assessments import SeenAssessment
from fivefold.services.knowledge import knowledge
from fivefold.services.risk_questions import RiskGroup, risk_groups
from fivefold.web.assessment import questions
from fivefold.web.assessment.rows import Question

MINUTES = (5, 10, 20)
STILL_ASKED = ("R1", "R2", "R3", "R4", "R5", "R12")


@dataclass(frozen=True)
class Part:
    """One part of the assessment: where it is, how far it has come, in a sign and in words."""

    name: str
    route: str
    url: str
    mark: str
    word: str
    note: str
    done: int
    all: int

    @property
    def share(self) -> float:
        return self.done / self.all if self.all else 0.0


def parts(seen: SeenAssessment) -> list[Part]:
    """The parts in their order, safety first."""
    groups = risk_groups(seen.facts, seen.plan)
    asked = [question for group in groups if group.rule.code in STILL_ASKED for question in group.questions]
    rated = [reading for reading in seen.plan.profile.impairments if reading.is_known]
    dependants = questions.dependant_questions()
    context = [question for group in questions.context_questions().values() for question in group if question.kind != "adaptation"]
    return [
        # Whether somebody depends on the patient is asked on the same page, and by one of the same rules.
        _safety(seen, groups, sum(not question.is_open for question in asked) + _answered(seen, dependants[:1]), len(asked) + 1),
        _part(seen, _("Ratings"), "assessment_ratings", len(rated), len(seen.plan.profile.impairments), _("impairments known")),
        _part(
            seen,
            _("Criteria and diagnoses"),
            "assessment_criteria",
            _answered(seen, questions.criterion_questions()),
            9,
            _("criteria answered"),
            _diagnoses(seen),
        ),
        _part(seen, _("Questionnaires"), "assessment_scores", len({entry.instrument for entry in seen.assessment.scores}), 0, _("with a result")),
        _part(seen, _("Events"), "assessment_events", len(seen.assessment.events), 0, _("recorded"), _coming(seen)),
        _part(seen, _("Frame, people, wishes"), "assessment_context", _answered(seen, context), len(context), _("answered")),
    ]


def _part(seen: SeenAssessment, name: str, route: str, done: int, all_of_them: int, what: str, note: str = "") -> Part:
    if all_of_them:
        word = _("%(done)d of %(all)d %(what)s") % {"done": done, "all": all_of_them, "what": what}
        mark = "done" if done >= all_of_them else "part" if done else "open"
    else:
        word = _("%(done)d %(what)s") % {"done": done, "what": what} if done else _("nothing yet")
        mark = "part" if done else "open"
    return Part(name, route, _url(route, seen), mark, word, note, done, all_of_them)


def _safety(seen: SeenAssessment, groups: Sequence[RiskGroup], done: int, every: int) -> Part:
    active = [group for group in groups if group.override is not None and group.override.status.value == "active"]
    hard = [group for group in active if group.rule.kind.value == "hard"]
    names = ", ".join(group.rule.name.lower() for group in hard or active)
    mark = "safety" if hard else "watch" if active else "done" if done == every else "part" if done else "open"
    word = _("%(done)d of %(all)d answered") % {"done": done, "all": every}
    return Part(_("Safety questions"), "assessment_safety", _url("assessment_safety", seen), mark, word, _("active: %s") % names if names else "", done, every)


def _answered(seen: SeenAssessment, asked: Sequence[Question]) -> int:
    return sum(fact is not None and fact.value not in (None, "unknown") for fact in (seen.known(one.kind, one.key) for one in asked))


def _diagnoses(seen: SeenAssessment) -> str:
    count = len(seen.assessment.diagnoses)
    return ngettext("%d diagnosis", "%d diagnoses", count) % count if count else ""


def _coming(seen: SeenAssessment) -> str:
    count = len(seen.assessment.upcoming)
    return ngettext("%d ahead", "%d ahead", count) % count if count else ""


def _url(route: str, seen: SeenAssessment) -> str:
    return reverse(route, kwargs={"patient_id": seen.patient.pk})


def next_part(every: Sequence[Part], after: str = "") -> Part | None:
    """The next part that is not finished, beginning behind ``after``; None when all are."""
    names = [part.route for part in every]
    start = names.index(after) + 1 if after in names else 0
    ordered = [*every[start:], *(every[:start] if not after else ())]
    return next((part for part in ordered if part.mark not in ("done",) and not (part.all == 0 and part.done)), None)


# ---- What is known, and what is not ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownImpairment:
    """One impairment as it is known: level, error, how sure in words, how old, and from whom."""

    place: str
    name: str
    level: float
    error: float
    word: str
    sure: str
    mark: str
    days: int | None  # None when all that is known holds until somebody changes it
    sources: tuple[str, ...]
    fact_id: str


@dataclass(frozen=True)
class DomainKnown:
    """One domain: what is known of it and what is not."""

    name: str
    known: tuple[KnownImpairment, ...]
    unknown: tuple[tuple[str, str], ...]


def domains(seen: SeenAssessment) -> list[DomainKnown]:
    """What is known by domain, the most severe first, and what is not."""
    base, found = knowledge(), []
    for domain in base.domains.values():
        readings = [reading for reading in seen.plan.profile.impairments if reading.domain is domain.id]
        known = sorted((reading for reading in readings if reading.is_known), key=lambda reading: -(reading.level or 0))
        unknown = tuple((_place(reading.id), base.impairments[reading.id].name) for reading in readings if not reading.is_known)
        found.append(DomainKnown(domain.name, tuple(_known(reading, seen) for reading in known), unknown))
    return found


def _place(impairment: str) -> str:
    """Where the impairment stands on the page of ratings."""
    return f"rating-{impairment.replace('_', '-')}"


def _known(reading: ImpairmentReading, seen: SeenAssessment) -> KnownImpairment:
    rating = seen.known("rating", reading.id)
    sources = tuple(dict.fromkeys(_source(piece, seen, rating.author_id if rating else 0) for piece in reading.evidence))
    sure, mark = how_sure(reading)
    return KnownImpairment(
        _place(reading.id), knowledge().impairments[reading.id].name, reading.level or 0.0, reading.standard_error or 0.0,
        str(_(reading.word)),
        sure, mark, min((piece.age_days for piece in reading.evidence if piece.has_age), default=None), sources, rating.id if rating else "",
    )  # fmt: skip


def how_sure(reading: ImpairmentReading) -> tuple[str, str]:
    """How sure a level is, in words, and the sign of it: by its standard error against half a level and a whole one."""
    if reading.discordant:
        return _("pieces disagree"), "watch"
    error = reading.standard_error or 0.0
    return (_("fairly sure"), "good") if error <= 0.5 else (_("rough"), "part") if error <= 1 else (_("very rough"), "open")


def _source(piece: Evidence, seen: SeenAssessment, rated_by: int) -> str:
    if piece.kind == "rating":
        return _("rated by %s") % seen.authors.get(rated_by, _("a clinician")) + (_(", decides") if piece.decides else "")
    return piece.text


# ---- What to ask next ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskedNext:
    """One measure of a battery: how long it takes, what it decides, and where its result is entered."""

    name: str
    measures: str
    minutes: float
    decides: tuple[str, ...]
    items: str
    url: str
    given: date | None


@dataclass(frozen=True)
class BatteryChoice:
    """A choice of minutes with what fits into them."""

    minutes: int
    chosen: bool
    used: float
    decides: int
    measures: tuple[AskedNext, ...]


def batteries(seen: SeenAssessment, minutes: int) -> list[BatteryChoice]:
    """What fits into five, ten and twenty minutes."""
    made = [(choice, choose_battery(seen.plan.next_best_measures, choice)) for choice in MINUTES]
    return [BatteryChoice(choice, choice == minutes, battery.used, battery.decides, _asked(battery, seen)) for choice, battery in made]


def _asked(battery: Battery, seen: SeenAssessment) -> tuple[AskedNext, ...]:
    return tuple(asked_next(measure, seen) for measure in battery.measures)


def asked_next(measure: NextMeasure, seen: SeenAssessment) -> AskedNext:
    """A measure as the page shows it."""
    base = knowledge()
    given = [entry.on or seen.today for entry in seen.assessment.scores if entry.instrument == measure.instrument]
    return AskedNext(
        name=measure.name,
        measures=base.instruments[measure.instrument].measures,
        minutes=measure.minutes,
        decides=tuple(base.modules[name].short_name for name in measure.decides),
        items=_("enter the score") if measure.score_entry_only else _("items can be answered here"),
        url=reverse("assessment_score", kwargs={"patient_id": seen.patient.pk, "instrument": measure.instrument}),
        given=max(given) if given else None,
    )


def lead(seen: SeenAssessment, every: Sequence[Part]) -> str:
    """How the assessment stands, in one sentence."""
    safety = every[0]
    if safety.mark == "safety":
        return _("Safety comes first: an answer asks for action today.")
    if safety.done < safety.all:
        return ngettext(
            "%d safety question is open; it comes before everything else.",
            "%d safety questions are open; they come before everything else.",
            safety.all - safety.done,
        ) % (safety.all - safety.done)
    unknown = sum(not reading.is_known for reading in seen.plan.profile.impairments)
    unclear = sum(match.status.value == "unclear" for match in seen.plan.modules)
    if not unclear:
        return _("Enough is known to decide on every module.")
    return _("%(unclear)d modules cannot be decided yet, because %(unknown)d of %(all)d impairments are not known.") % {
        "unclear": unclear, "unknown": unknown, "all": len(seen.plan.profile.impairments),
    }  # fmt: skip
