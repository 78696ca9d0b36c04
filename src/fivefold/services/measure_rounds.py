"""Giving out what is planned for a patient's own pages when it is due, without anybody having to press a button."""

from datetime import date, timedelta
from itertools import takewhile
from uuid import UUID

from django.db import transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.measure_plan import Rhythm
from fivefold.records import clock
from fivefold.records.models import Clinic, MeasureSchedule, Patient, PatientAccount
from fivefold.services import audit
from fivefold.services.measure_due import DueMeasure, due_measures
from fivefold.services.measure_states import RequestState, request_states
from fivefold.services.measures import new_request

OWN_PAGES = "portal"
# After so many that nobody has answered none is given out by itself any more: a person asks first.
MOST_MISSED = 3


def give_out_planned(clinic: Clinic) -> int:
    """Give out every due measure that is planned for own pages; gives how many. Each patient in a transaction of their own."""
    planned = MeasureSchedule.objects.filter(clinic=clinic, route=OWN_PAGES, ended=False).values("patient_id")
    running = PatientAccount.objects.filter(clinic=clinic, ended_at__isnull=True, patient__in=planned, patient__closed_at__isnull=True)
    return sum(_give_out(key) for key in list(running.order_by("patient_id").values_list("patient_id", flat=True)))


def _give_out(patient_id: UUID) -> int:
    """What is due of one patient; nothing where somebody is changing their record just now: the next round finds it."""
    with transaction.atomic():
        if not Patient.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=patient_id).exists():
            return 0
        patient = Patient.objects.select_related("clinic").get(pk=patient_id)
        today, states = clock.today(), request_states(patient)
        due = [one for one in due_measures(patient, today, states) if one.schedule.route == OWN_PAGES and _is_its_turn(one, today, states)]
        return sum(_try(patient, one.schedule) for one in due)


def _is_its_turn(one: DueMeasure, today: date, states: list[RequestState]) -> bool:
    """Whether it is due now; after one that was missed, when the next of its rhythm is, and not for ever."""
    if one.state != "missed" or one.request is None:
        return one.state == "due"
    if one.schedule.rhythm != Rhythm.EVERY or one.schedule.every_days is None:
        return False
    own = (state for state in states if state.row.instrument == one.schedule.instrument)
    missed = sum(1 for _state in takewhile(lambda state: state.state == "missed", own))
    return missed < MOST_MISSED and one.request.row.due_on + timedelta(days=one.schedule.every_days) <= today


def _try(patient: Patient, schedule: MeasureSchedule) -> bool:
    """Give one out in the name of whoever planned it; False where its items may not be shown any more: it stays due on the page of measures."""
    try:
        row = new_request(patient, schedule.instrument, OWN_PAGES, schedule.author)
    except FivefoldError:
        return False
    audit.record_system(patient.clinic, "give_out_planned", patient_id=patient.pk, request=str(row.pk))
    return True
