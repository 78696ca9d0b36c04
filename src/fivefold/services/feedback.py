"""Whether a patient may be told that treatment is not on track: off, until a clinician releases it for this patient.

In people with a cluster-B personality disorder who were not on track, feedback to therapist and patient went with worse scores. So nothing
of a signal is shown to a patient without a release: a recorded act with a reason, which is taken back by another.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.records.models import FeedbackRelease, Patient, SignalState
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile, checked_reason

# What is told, once it has been released: no number, no forecast, nobody's fault. A therapist says more, in their own words.
NOT_ON_TRACK_WORDS = gettext_lazy(
    "Some things have not got easier yet. That happens to many people here, and it is nobody's fault. "
    "We want to look at it with you: what helps, what is in the way, and what we could do in another way."
)
TOLD_OF = ("not_on_track", "deterioration")


@dataclass(frozen=True)
class Release:
    """Whether it is released, by whom, when and why; ``version`` counts how often this was decided."""

    given: bool = False
    author: str = ""
    at: datetime | None = None
    reason: str = ""
    version: int = 0


def release_of(patient: Patient) -> Release:
    """The newest decision; not released where nobody has decided."""
    rows = list(FeedbackRelease.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author").order_by("recorded_at", "pk"))
    if not rows:
        return Release()
    last = rows[-1]
    return Release(last.given, last.author.name, last.recorded_at, last.reason, len(rows))


@clinical_act(Permission.CHANGE_RECORD)
def release_feedback(actor: Actor, *, patient_id: uuid.UUID, given: bool, reason: str, version: int) -> FeedbackRelease:
    """Release the words about the course for this patient, or take that back, with a reason. Raises ChangedMeanwhile, NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    now = release_of(patient)
    if now.version != version:
        theirs = {"released": "yes" if now.given else "no", "reason": now.reason}
        raise ChangedMeanwhile(theirs, now.version, _("what this patient is told"), now.author)
    if now.given is given:
        raise NotAcceptable("Release", _("another answer than the one that holds already"))
    row = FeedbackRelease(clinic=actor.clinic, patient=patient, given=given, author=actor.user)
    row.reason = checked_reason(reason)
    row.save()
    return row


def words_for_patient(patient: Patient) -> str:
    """What this patient may read about the course: "" unless it was released and such a signal is open. Nothing else of a signal is theirs."""
    if not release_of(patient).given:
        return ""
    told = SignalState.objects.filter(clinic_id=patient.clinic_id, patient=patient, is_open=True)
    return str(NOT_ON_TRACK_WORDS) if any(matter.partition(":")[0] in TOLD_OF for matter in told.values_list("matter", flat=True)) else ""
