"""Reports that are expected from home: written into the record when a questionnaire is given out, so that its not coming is seen.

Rule R13 and the signal of a missing report read them: silence is possible danger, never a good sign. On the tablet and in the room somebody
is there who sees that nothing was answered; from home nobody is.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from fivefold.concepts.errors import InputRefused
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, MeasureRequest
from fivefold.services.access import Actor
from fivefold.services.assessments import add_facts
from fivefold.services.knowledge import knowledge
from fivefold.services.record_file import NewFact

FROM_HOME = ("portal", "link")
PROGRAM = "program"
LATER_CAME = "A later report has come."


def expect_report(request: MeasureRequest) -> None:
    """Expect what was given out by its last day: from the day after it on it is overdue."""
    if request.route in FROM_HOME and request.instrument in knowledge().instruments:
        due = timezone.localdate(request.expires_at) + timedelta(days=1)
        value = {"instrument": request.instrument, "due": due.isoformat(), "received": False}
        _add(request, [NewFact("expected_report", str(request.pk), value, clock.today(), source=PROGRAM)])


def report_came(request: MeasureRequest) -> None:
    """It has come, whenever it did; earlier ones of the same questionnaire that stayed away are asked for no more."""
    facts = []
    for fact in _standing(request):
        if fact.key == str(request.pk):
            came = {**fact.value, "received": True}
            facts.append(NewFact("expected_report", fact.key, came, clock.today(), corrects=str(fact.pk), source=PROGRAM))
        elif fact.value["received"] is False and fact.value["due"] <= clock.today().isoformat():
            facts.append(_no_more(fact, LATER_CAME))
    _add(request, facts)


def expect_no_more(request: MeasureRequest, why: str) -> None:
    """It was taken back by a clinician, with a reason."""
    _add(request, [_no_more(fact, why) for fact in _standing(request) if fact.key == str(request.pk)])


def _no_more(fact: ClinicalFact, why: str) -> NewFact:
    return NewFact("expected_report", fact.key, fact.value, clock.today(), note=why, corrects=str(fact.pk), withdrawn=True, source=PROGRAM)


def _standing(request: MeasureRequest) -> list[ClinicalFact]:
    """What is expected of the same questionnaire and counts now, as this program wrote it."""
    facts = ClinicalFact.objects.filter(clinic_id=request.clinic_id, patient=request.patient, kind="expected_report", source=PROGRAM, withdrawn=False)
    return [fact for fact in facts.filter(corrected_by__isnull=True) if fact.value["instrument"] == request.instrument]


def _add(request: MeasureRequest, facts: list[NewFact]) -> None:
    """In the name of who gave it out. A record that is refused for another reason takes neither the questionnaire nor its answers with it."""
    if facts:
        try:
            with transaction.atomic():
                add_facts(Actor(request.author, request.clinic, "therapist"), request.patient, facts)
        except InputRefused:
            return
