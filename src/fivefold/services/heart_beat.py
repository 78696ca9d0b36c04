"""The heart-beat: once a day the program walks the path of a risk answer for every clinic, from the patient's door to the closing word.

It walks in an invented clinic beside the real one, with the same settings, opening hours, time zone and knowledge release: an invented
therapist gives an invented patient a questionnaire, its risk question is answered through the door that patients use, and the signal is
looked for, passed on, acted on, reassessed and closed by the acts that the pages call. Each act is committed as it always is, and a second
connection to the database, which sees only what has been committed, looks for the signal.

``Clinic.objects`` leaves such clinics out, so that no list, count, backup or analysis knows them, and everything of them is removed at the
end. What a killed walk has left goes with the next. What stays is one entry of the real clinic's audit trail, which says that the path was
alive, or at which step it was not.

It proves the program, the database and the clinic's settings. That a person reads the digest it cannot prove: that is what passing on is for.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from fivefold.records import clock
from fivefold.records.models import Clinic, Membership, Patient, Role, SignalState, User
from fivefold.services import audit, signal_acts
from fivefold.services.access import Actor
from fivefold.services.assessments import answer_risk
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.last_beat import BEAT, MISSED
from fivefold.services.measure_answers import open_form, save_item
from fivefold.services.measure_forms import NoFormHere
from fivefold.services.measures import give_out
from fivefold.services.operations.databases import opened
from fivefold.services.patients import NotAcceptable, add_patient
from fivefold.services.risk_questions import SIGNED_RULE, questions_of
from fivefold.services.signal_list import waits_for
from fivefold.services.signals import pass_on_one
from fivefold.services.synthetic.removal import remove_synthetic

log = logging.getLogger("fivefold.services")
NAME = "Heart-beat (invented)"
NOTE = "The daily proof that the path of an answer is alive."
# A walk takes seconds: one that lies there for longer was killed.
LEFT_AFTER = timedelta(minutes=30)


class PathBroken(Exception):
    """A step of the path did not do what it should. For whoever runs the installation."""


@dataclass(frozen=True)
class Beat:
    """One walk: whether it came through, and otherwise at which step it ended and with what kind of error."""

    clinic: int
    is_alive: bool
    step: str = ""
    error: str = ""


def beat(clinic: Clinic) -> Beat:
    """Walk the path once for a clinic, remove what was invented for it, and write down in its audit trail how it went."""
    steps = ["begin"]
    error = ""
    try:
        remove_left(clinic)
        beside = _beside(clinic)
        try:
            with knowledge_of(beside):
                _walk(beside, steps)
        finally:
            remove_synthetic(beside)
    except Exception as problem:  # whatever it is: that is what the walk is to find out
        error = type(problem).__name__
        log.error("the path of a risk answer is broken", extra={"event": f"{error} at {steps[-1]} in clinic {clinic.pk}"})
    found = Beat(clinic.pk, not error, steps[-1] if error else "", error)
    if error:
        audit.record_system(clinic, MISSED, step=found.step, error=error)
    else:
        audit.record_system(clinic, BEAT)
    return found


def remove_left(clinic: Clinic) -> None:
    """Remove the invented clinics of walks that were killed."""
    for one in list(Clinic._base_manager.filter(beats_for=clinic.pk, created_at__lt=clock.now() - LEFT_AFTER)):
        remove_synthetic(one)


def _beside(clinic: Clinic) -> Clinic:
    """An invented clinic with everything of the real one that the path depends on."""
    return Clinic.objects.create(
        name=NAME,
        synthetic=True,
        beats_for=clinic.pk,
        time_zone=clinic.time_zone,
        knowledge_version=clinic.knowledge_version,
        knowledge_hash=clinic.knowledge_hash,
        settings=clinic.settings,
    )


def _walk(clinic: Clinic, steps: list[str]) -> None:
    therapist = _somebody(clinic)
    patient = add_patient(therapist, name=NAME, birth_year=None, synthetic=True)
    steps.append("questionnaire")
    request, item, at_least = _questionnaire(therapist, patient)
    steps.append("answer")
    saved = save_item(request, item=item, value=at_least, form_hash=open_form(request).form.hash, client_id=uuid.uuid4().hex)
    _holds(saved.needs_help, "help is shown at once")
    steps.append("signal")
    state = SignalState.objects.filter(clinic=clinic, patient=patient, kind="safety", is_open=True).first()
    _holds(state is not None and state.owner_id == therapist.user.pk and state.due_at is not None, "a signal stands open with its owner and its time")
    assert state is not None, "it has just been looked at"
    steps.append("commit")
    _holds(_is_committed(state), "a connection of its own sees the signal")
    steps.append("digest")
    _holds(state.pk in waits_for(therapist), "it is among what the therapist has to read")
    steps.append("pass on")
    SignalState.objects.filter(pk=state.pk).update(due_at=clock.now() - timedelta(minutes=1))
    _holds(pass_on_one(clinic, state.pk, patient.pk), "unseen it is passed on")
    _close(therapist, patient, state, steps)


def _is_committed(state: SignalState) -> bool:
    with opened(dict(connection.settings_dict)) as alias:
        return SignalState._base_manager.using(alias).filter(pk=state.pk, is_open=True).exists()


def _close(therapist: Actor, patient: Patient, state: SignalState, steps: list[str]) -> None:
    """Seen, acted on, not closed before the questions were asked, and closed after."""
    named = {"patient_id": patient.pk, "signal_id": state.pk}
    steps.append("act")
    _holds(signal_acts.see_signal(therapist, **named), "it can be seen")
    state.refresh_from_db()
    signal_acts.act_on_signal(therapist, note=NOTE, version=state.version, **named)
    state.refresh_from_db()
    try:
        signal_acts.close_signal(therapist, outcome="settled", note=NOTE, version=state.version, **named)
    except signal_acts.StaysOpen:
        pass
    else:
        raise PathBroken("danger was closed without a reassessment")
    steps.append("reassess")
    names = [name for rule in knowledge().overrides if rule.code == SIGNED_RULE for name in questions_of(rule)]
    answer_risk(therapist, patient_id=patient.pk, answers=dict.fromkeys(names, False), on=clock.today())
    state.refresh_from_db()
    steps.append("close")
    signal_acts.close_signal(therapist, outcome="settled", note=NOTE, version=state.version, **named)
    state.refresh_from_db()
    _holds(not state.is_open, "it is closed")


def _somebody(clinic: Clinic) -> Actor:
    user = User(email=f"heart-beat-{uuid.uuid4().hex}@fivefold.invalid", name=NAME)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(clinic=clinic, user=user, role=Role.THERAPIST)
    return Actor(user, clinic, Role.THERAPIST.value)


def _questionnaire(therapist: Actor, patient: Patient) -> tuple[uuid.UUID, int, float]:
    """The first questionnaire with a risk question that this clinic can show, with the question and an answer that is positive."""
    for instrument in knowledge().instruments.values():
        for risk in instrument.risk_items[:1]:
            try:
                request = give_out(therapist, patient_id=patient.pk, instrument=instrument.id, route="link")
            except (NoFormHere, NotAcceptable):
                continue
            return request.pk, risk.item, risk.at_least
    raise PathBroken("no questionnaire with a risk question can be shown here")


def _holds(is_so: bool, what: str) -> None:
    if not is_so:
        raise PathBroken(what)
