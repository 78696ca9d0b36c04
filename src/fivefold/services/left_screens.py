"""Questionnaires that somebody began and left before the question about danger: told once their days have passed.

One that is sent with a gap is a result of the record, and its gap is seen there. One that is never sent is no result: without this it would
stand on the patient's pages alone until somebody opens them.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from fivefold.concepts.signals import SeenMatter, SignalRule, Watch
from fivefold.records import clock
from fivefold.records.models import Clinic, MeasureAnswer, MeasureRequest, MeasureStep, SignalState
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.measure_states import last_asked, local_day, open_risk_of, request_states
from fivefold.services.signals import one_by_one, raise_in_turn

# What ended longer ago was told, or is the business of whoever opens the record.
LOOKED_BACK = timedelta(days=35)


def tell_left_screens(clinic: Clinic) -> int:
    """Raise a safety signal for each risk question that was left in the middle and was not told yet; gives how many."""
    with knowledge_of(clinic):
        rule = knowledge().signals.watching(Watch.INCOMPLETE_RISK_SCREEN)
        return one_by_one(_left(clinic), lambda row: _tell(row, rule))


def _left(clinic: Clinic) -> list[MeasureRequest]:
    """Questionnaires with a risk question that were begun, whose days have passed without their being sent, and of which nothing was told since."""
    now = clock.now()
    begun = MeasureAnswer.objects.filter(clinic=clinic, request=OuterRef("pk"))
    ended = MeasureStep.objects.filter(clinic=clinic, request=OuterRef("pk"), step__in=("finished", "cancelled"))
    asking = [name for name, instrument in knowledge().instruments.items() if instrument.risk_items]
    rows = MeasureRequest.objects.filter(clinic=clinic, instrument__in=asking, expires_at__lt=now, expires_at__gte=now - LOOKED_BACK)
    here = rows.filter(Exists(begun), ~Exists(ended), patient__closed_at__isnull=True, patient__erased_at__isnull=True)
    told = SignalState.objects.filter(clinic=clinic, matter__startswith=Watch.INCOMPLETE_RISK_SCREEN.value, told_at__gte=now - LOOKED_BACK)
    known = {(patient, matter): at for patient, matter, at in told.order_by("told_at").values_list("patient_id", "matter", "told_at")}
    found = here.select_related("patient", "patient__clinic").order_by("expires_at", "pk")
    return [row for row in found if (at := known.get((row.patient_id, _matter(row.instrument)))) is None or at < row.expires_at]


def _matter(instrument: str) -> str:
    return f"{Watch.INCOMPLETE_RISK_SCREEN.value}:{instrument}"


def _tell(row: MeasureRequest, rule: SignalRule) -> bool:
    """Tell of one, unless a later one was answered or a clinician has asked since."""

    def find() -> SeenMatter | None:
        state = next((one for one in open_risk_of(request_states(row.patient)) if one.row.pk == row.pk), None)
        if state is None:
            return None
        last = MeasureAnswer.objects.filter(clinic_id=row.clinic_id, request=row).order_by("-recorded_at").values_list("recorded_at", flat=True)[0]
        asked = last_asked(row.patient)
        if asked is not None and asked > last:
            return None
        seen = _("%(name)s was begun and never sent: question %(numbers)s was left without an answer.")
        words = seen % {"name": knowledge().instruments[row.instrument].name, "numbers": ", ".join(map(str, state.open_risk))}
        return SeenMatter(rule, row.instrument, words, f"left {row.pk}", local_day(last), len(state.open_risk))

    return raise_in_turn(row.patient, find)
