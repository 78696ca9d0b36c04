"""What the therapists of a synthetic clinic do with signals: most are acted on at the next visit, some wait, some were nothing."""

from datetime import date, timedelta

import numpy as np

from fivefold.records.models import Patient, PlanReview, SignalState
from fivefold.services import look_backs, reviews, signal_acts
from fivefold.services.access import Actor
from fivefold.services.knowledge import knowledge
from fivefold.services.reviews import StepAnswer
from fivefold.services.signals import what_is_missing

# Of the signals that wait at a visit so many are taken up then; the rest stays for the next one.
TAKEN_UP = 0.7
REVIEWS_APART = 60  # days
LOOK_BACK_AFTER = 42
OUTCOMES = ("settled", "settled", "known_before", "false_alarm")
WHAT_WAS_DONE = {
    "alliance": "We spoke about the last hour. I had hurried, and said so.",
    "dropout": "I called, and we looked for a time that fits the shifts.",
    "sudden_loss": "The sister moved out that week. We stayed with it.",
    "sudden_gain": "What helped was said, and written on the card.",
    "missing_report": "I called. The sheet was lost; we spoke about tonight and about the next days.",
}
OTHERWISE = "Looked at together at the beginning of the hour."
FOUND = (
    StepAnswer("alliance", "fine"),
    StepAnswer("motivation", "fine"),
    StepAnswer("stressors", "to_work_on", "Money is short since the summer."),
    StepAnswer("dose", "to_work_on", "Two of the last five hours did not take place."),
    StepAnswer("module_fit", "not_known"),
)
DECIDED = {"keep": "The direction is right; we take smaller steps and look again.", "wait": "We want to hear supervision first."}


def answer_signals(therapist: Actor, patient: Patient, day: date, rng: np.random.Generator) -> None:
    """Take up what waits of one patient at a visit, by the acts that the pages call."""
    waiting = SignalState.objects.filter(clinic=therapist.clinic, patient=patient, is_open=True).order_by("raised_at", "pk")
    for state in waiting:
        is_taken = rng.random() < TAKEN_UP
        if is_taken or state.kind == "safety":  # danger waits for no other visit
            _take_up(therapist, patient, state, day, rng)


def _take_up(therapist: Actor, patient: Patient, state: SignalState, day: date, rng: np.random.Generator) -> None:
    signal_acts.see_signal(therapist, patient_id=patient.pk, signal_id=state.pk)
    rule = knowledge().signals.rule(state.rule)
    watch, _colon, key = state.matter.partition(":")
    if watch == "look_back":
        number = PlanReview.objects.get(clinic=therapist.clinic, patient=patient, pk=key).number
        followed = ("yes", "partly", "partly", "no")[int(rng.integers(4))]
        look_backs.answer_look_back(therapist, patient_id=patient.pk, number=number, followed=followed, note="")
    elif rule.opens_review:
        _review(therapist, patient, day, rng)
    else:
        _act(therapist, patient, state, watch, rng)


def _act(therapist: Actor, patient: Patient, state: SignalState, watch: str, rng: np.random.Generator) -> None:
    said = WHAT_WAS_DONE.get(watch, OTHERWISE)
    signal_acts.act_on_signal(therapist, patient_id=patient.pk, signal_id=state.pk, note=said, version=state.version + 1)
    state.refresh_from_db()
    if not what_is_missing(patient, state):
        outcome = "settled" if state.kind == "safety" else OUTCOMES[int(rng.integers(len(OUTCOMES)))]
        signal_acts.close_signal(therapist, patient_id=patient.pk, signal_id=state.pk, outcome=outcome, note=said, version=state.version)


def _review(therapist: Actor, patient: Patient, day: date, rng: np.random.Generator) -> None:
    """One review for everything that asks for it, unless one was written not long ago."""
    last = PlanReview.objects.filter(clinic=therapist.clinic, patient=patient).order_by("-number").first()
    if last is not None and (day - last.on).days < REVIEWS_APART:
        return
    decision = "keep" if rng.random() < 0.8 else "wait"
    measures = reviews.see_review(therapist, patient_id=patient.pk).measures
    reviews.record_review(
        therapist,
        patient_id=patient.pk,
        answers=FOUND,
        decision=decision,
        reason=DECIDED[decision],
        measure=measures[0][0] if measures else "",
        look_back_on=day + timedelta(days=LOOK_BACK_AFTER),
        version=last.number if last else 0,
    )
