"""The loop from a signal to a changed plan and back: a guided review, a decision with its reason, and the look-back that was agreed.

The program proposes the difference between the signed plan and what it would propose today; the clinician decides, and both are kept.
Afterwards the look-back says by the statistics of measured change whether the series moved, and the clinician whether the plan was followed.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.plan import PhasedPlan, PlanRevision, StatusChange
from fivefold.concepts.progress import Series
from fivefold.concepts.signals import ReviewStep
from fivefold.documents.html.words import MATCH_WORDS
from fivefold.engine.progress.overview import read_progress
from fivefold.engine.replanning import propose_revision
from fivefold.exchange.plan_json import plan_from_json
from fivefold.records import clock
from fivefold.records.models import LookBack, Patient, PlanReview, PlanVersion, SignalState
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, checked_reason, next_review, work_out
from fivefold.services.record_file import read_record
from fivefold.services.signal_acts import put_off, steps_since
from fivefold.services.signal_list import SeenSignal, signals_in_words
from fivefold.services.signals import CLOSED, rule_of, take_step

ANSWERS = ("fine", "to_work_on", "not_known")
DECISIONS = ("change", "keep", "wait")
OUTCOME_OF = {"change": "plan_changed", "keep": "settled"}
LONGEST_WORDS = 500


@dataclass(frozen=True)
class StepAnswer:
    """What was found at one step: fine, to work on, or not known; with words."""

    step: str
    answer: str
    words: str = ""


@dataclass(frozen=True)
class ProposedDifference:
    """The newest signed plan beside what the program would propose today (``plan``); no signed plan, no difference."""

    number: int
    revision: PlanRevision | None
    plan: PhasedPlan | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The difference in sentences, each with its reason; "no change" is one, too."""
        if self.revision is None:
            return ()
        return (self.revision.summary, *changes_in_words(self.revision.changes))


def changes_in_words(changes: Sequence[StatusChange]) -> list[str]:
    """How the status of modules differs, by the names that the map has for both; those with one reason stand together before it."""
    by_reason: dict[str, list[str]] = {}
    for change in changes:
        module = knowledge().modules.get(change.module)
        name = module.short_name if module else change.name
        by_reason.setdefault(change.because, []).append(f"{name}, {MATCH_WORDS[change.before]} → {MATCH_WORDS[change.after]}")
    return [f"{'; '.join(moved)}. {because}" for because, moved in by_reason.items()]


@dataclass(frozen=True)
class SeenReview:
    """One review with its decision, the plan that was signed after it (0: none), and its look-back."""

    number: int
    id: uuid.UUID
    on: date
    at: datetime
    author: str
    answers: tuple[StepAnswer, ...]
    proposed: tuple[str, ...]
    signals: tuple[str, ...]
    decision: str
    reason: str
    measure: str
    look_back_on: date | None
    review_on: date | None
    signed_after: int
    looked_back: "SeenLookBack | None"

    def is_due(self, today: date) -> bool:
        """Whether its look-back waits for an answer."""
        return self.looked_back is None and self.look_back_on is not None and self.look_back_on <= today


@dataclass(frozen=True)
class SeenLookBack:
    """A look-back that was answered."""

    on: date
    moved: str
    said: str
    followed: str
    meanwhile: tuple[str, ...]
    note: str
    author: str


@dataclass(frozen=True)
class ReviewSheet:
    """Everything for the next review: open signals that ask for one, the steps, the proposed difference, measures to look back at."""

    patient: Patient
    today: date
    signals: tuple[SeenSignal, ...]
    steps: tuple[ReviewStep, ...]
    proposed: ProposedDifference
    measures: tuple[tuple[str, str], ...]
    reviews: tuple[SeenReview, ...]
    may_change: bool

    @property
    def next_review(self) -> date | None:
        """By when a plan that is kept today would be looked at again, None before the first is signed."""
        return next_review(self.proposed.plan, None) if self.proposed.plan is not None else None

    @property
    def version(self) -> int:
        """The number the next review is written upon, 0 before the first."""
        return self.reviews[0].number if self.reviews else 0


class NoSuchReview(FivefoldError):
    """There is no review with this number. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This patient has no review with this number. Choose one from the list of reviews."))


# ---- Reading -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_review(actor: Actor, *, patient_id: uuid.UUID) -> ReviewSheet:
    """What a review begins with, and every earlier one."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    today = clock.today()
    measures = read_progress(read_record(patient, today), knowledge())
    return ReviewSheet(
        patient=patient,
        today=today,
        signals=tuple(one for one in signals_in_words(_asking(patient)) if one.rule.opens_review),
        steps=knowledge().signals.review.steps,
        proposed=_proposed(patient),
        measures=tuple((key_of(one.series), name_of(one.series)) for one in measures if len(one.series.scores) >= 1),
        reviews=reviews_of(patient),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _asking(patient: Patient) -> list[SignalState]:
    """Open signals of the course of treatment."""
    rows = SignalState.objects.filter(clinic_id=patient.clinic_id, patient=patient, is_open=True, kind="progress")
    return list(rows.select_related("signal", "owner", "patient").order_by("raised_at"))


def _proposed(patient: Patient) -> ProposedDifference:
    last = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-number").first()
    if last is None:
        return ProposedDifference(0, None)
    plan = work_out(patient, protocols=()).plan
    return ProposedDifference(last.number, propose_revision(plan_from_json(last.proposal), plan), plan)


def reviews_of(patient: Patient) -> tuple[SeenReview, ...]:
    """All reviews of a patient, the newest first; for acts that have checked access."""
    rows = PlanReview.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author", "look_back__author").order_by("-number")
    signed = list(PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("number").values_list("number", "signed_at"))
    found = []
    until: datetime | None = None
    for row in rows:
        after = next((number for number, at in signed if at >= row.recorded_at and (until is None or at < until)), 0) if row.decision == "change" else 0
        found.append(_seen(row, after))
        until = row.recorded_at
    return tuple(found)


def _seen(row: PlanReview, signed_after: int) -> SeenReview:
    kept: dict[str, Any] = json.loads(row.content)
    look = getattr(row, "look_back", None)
    return SeenReview(
        number=row.number,
        id=row.pk,
        on=row.on,
        at=row.recorded_at,
        author=row.author.name,
        answers=tuple(StepAnswer(**one) for one in kept["answers"]),
        proposed=tuple(kept["proposed"]),
        signals=tuple(kept["signals"]),
        decision=row.decision,
        reason=row.reason,
        measure=row.measure,
        look_back_on=row.look_back_on,
        review_on=row.review_on,
        signed_after=signed_after,
        looked_back=_seen_look(look) if look is not None else None,
    )


def _seen_look(row: LookBack) -> SeenLookBack:
    kept = json.loads(row.content)
    return SeenLookBack(row.on, row.moved, kept["said"], row.followed, tuple(kept["meanwhile"]), row.note, row.author.name)


# ---- Reviewing -----------------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def record_review(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    answers: Sequence[StepAnswer],
    decision: str,
    reason: str,
    measure: str,
    look_back_on: date | None,
    version: int,
    review_on: date | None = None,
    seen: Mapping[uuid.UUID, int] | None = None,
) -> PlanReview:
    """Write a review down: the steps, the difference the program proposes now, the decision with its reason, and when to look back.

    The open signals that asked for it are closed with what came of it; with a decision that waits they rest until the day of
    ``look_back_on``, at most as long as a signal may be put off, and come back then. A plan that is kept is looked at again by
    ``review_on``, by default as a plan signed today would be. ``seen`` names the signals that were shown with the
    version of each: what was raised or told again since stays as it is (None: nothing was shown, and all count). Raises ChangedMeanwhile
    when another review has been written since, and NotAcceptable for what cannot be used.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    last = PlanReview.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number").first()
    if (last.number if last else 0) != version:
        assert last is not None, "without a review the version is 0"
        theirs = {"decision": last.get_decision_display(), "reason": last.reason}
        raise ChangedMeanwhile(theirs, last.number, _("the review of this plan"), last.author.name)
    if decision not in DECISIONS:
        raise NotAcceptable("Decision", _("to change the plan, to keep it, or to decide later"))
    day = _look_back_day(decision, look_back_on)
    known = {key_of(one.series) for one in read_progress(read_record(patient, clock.today()), knowledge())}
    if measure and measure not in known:
        raise NotAcceptable("Measure", _("one of the measures of this patient, or none"))
    asking = [state for state in _asking(patient) if rule_of(state).opens_review and _was_shown(state, seen)]
    row = PlanReview(clinic=actor.clinic, patient=patient, number=version + 1, on=clock.today(), decision=decision, measure=measure, look_back_on=day)
    row.author = actor.user
    proposed = _proposed(patient)
    if decision == "keep" and proposed.plan is not None:
        row.review_on = next_review(proposed.plan, review_on)
    row.reason = checked_reason(reason)
    content = {
        "answers": [vars(one) for one in _checked(answers)],
        "proposed": list(proposed.lines),
        "signals": [one.rule.name for one in signals_in_words(asking)],
    }
    row.content = json.dumps(content, ensure_ascii=False)
    row.save()
    for state in asking:
        _answer_signal(actor, state, decision, row, look_back_on)
    caseload.refresh(patient)
    return row


def _look_back_day(decision: str, wanted: date | None) -> date | None:
    """A decision to change or keep a plan is always looked back at; one that waits is not."""
    if decision == "wait":
        return None
    today, rule = clock.today(), knowledge().signals.review
    latest = today + timedelta(days=rule.latest_look_back.value)
    day = wanted or today + timedelta(days=rule.look_back.value)
    if not today < day <= latest:
        words = _("a day from %(first)s to %(last)s")
        raise NotAcceptable("Look back", words % {"first": (today + timedelta(days=1)).isoformat(), "last": latest.isoformat()})
    return day


def _checked(answers: Sequence[StepAnswer]) -> list[StepAnswer]:
    """One answer for each step, in the order of the steps; a step that was left out is not known."""
    given: Mapping[str, StepAnswer] = {one.step: one for one in answers}
    found = []
    for step in knowledge().signals.review.steps:
        one = given.get(step.id, StepAnswer(step.id, "not_known"))
        words = " ".join(one.words.split())
        if one.answer not in ANSWERS:
            raise NotAcceptable("Step", _("fine, something to work on, or not known"))
        if len(words) > LONGEST_WORDS:
            raise NotAcceptable("Words", _("at most %(most)d characters; found %(found)d") % {"most": LONGEST_WORDS, "found": len(words)})
        found.append(StepAnswer(step.id, one.answer, words))
    return found


def _was_shown(state: SignalState, seen: Mapping[uuid.UUID, int] | None) -> bool:
    return seen is None or (state.pk in seen and not steps_since(state.pk, seen[state.pk]))


def _answer_signal(actor: Actor, state: SignalState, decision: str, review: PlanReview, wanted: date | None) -> None:
    note = _("Review %(number)d: %(reason)s") % {"number": review.number, "reason": review.reason}
    take_step(state, "acted", {"status": "acted", "due_at": None, "owner": actor.user, "snoozed_until": None}, author=actor.user, note=note)
    if decision in OUTCOME_OF:
        take_step(state, "closed", CLOSED | {"closed_at": clock.now()}, author=actor.user, outcome=OUTCOME_OF[decision])
    else:
        put_off(state, _back_on(wanted), actor.user, note)


def _back_on(wanted: date | None) -> date:
    """The day on which a decision that waits comes back: the one that was named, and never later than a signal may be put off."""
    latest = clock.today() + timedelta(days=knowledge().signals.digest.longest_snooze.value)
    return wanted if wanted is not None and clock.today() < wanted < latest else latest


def key_of(series: Series) -> str:
    return f"{series.instrument}.{series.scale}"


def name_of(series: Series) -> str:
    return measure_name(key_of(series))


def measure_name(key: str) -> str:
    """The name of a scale by its key (instrument and scale), the key itself where the base no longer has it."""
    name, _dot, scale_id = key.partition(".")
    instrument = knowledge().instruments.get(name)
    scale = instrument.scale(scale_id) if instrument else None
    if instrument is None or scale is None or len(instrument.scales) == 1 or scale_id == "total":
        return instrument.name if instrument else key
    return f"{instrument.name}, {scale.name}"
