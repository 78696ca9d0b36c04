"""Acts about the team's crisis care plan: whom to call in which order, means, what helps; for staff, apart from the patient's own plan."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import CrisisCarePlan, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile

# The parts, in their order; the first is asked for, the rest may stay open.
PARTS = ("call", "means", "helps", "worsens", "decides", "afterwards")
LONGEST_PART = 2000


@dataclass(frozen=True)
class SeenCarePlan:
    """One version: its number, its parts in words, when it is looked at again, by whom and when it was written."""

    number: int
    parts: Mapping[str, str]
    review_on: date
    author: str
    at: datetime

    @property
    def calls(self) -> tuple[str, ...]:
        """Whom to call, one a line, in their order."""
        return tuple(line.strip() for line in self.parts.get("call", "").splitlines() if line.strip())


@dataclass(frozen=True)
class CareSheet:
    """The plan as it counts (None before the first), earlier versions, and the last day on which it may be looked at again."""

    patient: Patient
    newest: SeenCarePlan | None
    earlier: tuple[SeenCarePlan, ...]
    today: date
    latest_review: date
    may_change: bool

    @property
    def is_due(self) -> bool:
        return self.newest is not None and self.newest.review_on <= self.today


@clinical_act(Permission.SEE_RECORD, view=True)
def see_crisis_care_plan(actor: Actor, *, patient_id: uuid.UUID) -> CareSheet:
    """The team's plan with its versions."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = CrisisCarePlan.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number")
    versions = tuple(SeenCarePlan(row.number, json.loads(row.content), row.review_on, row.author.name, row.recorded_at) for row in rows)
    return CareSheet(
        patient=patient,
        newest=versions[0] if versions else None,
        earlier=versions[1:],
        today=clock.today(),
        latest_review=_latest_review(),
        may_change=reaches(actor, patient, Permission.CHANGE_RECORD),
    )


def _latest_review() -> date:
    """As long as the patient's own plan may go without being looked at."""
    return clock.today() + timedelta(days=knowledge().safety_plan.look_again_after.value)


@clinical_act(Permission.CHANGE_RECORD)
def write_crisis_care_plan(actor: Actor, *, patient_id: uuid.UUID, parts: Mapping[str, str], review_on: date, version: int) -> CrisisCarePlan:
    """Write a version; ``version`` is the one that was shown (0 for none). Raises NotAcceptable, ChangedMeanwhile."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    kept = {name: parts.get(name, "").strip() for name in PARTS}
    if not kept["call"]:
        raise NotAcceptable("Whom to call", _("at least one person or number, one a line, in their order"))
    if any(len(text) > LONGEST_PART for text in kept.values()):
        raise NotAcceptable("Words", _("at most %(most)s characters in each field") % {"most": LONGEST_PART})
    if not clock.today() <= review_on <= _latest_review():
        raise NotAcceptable("Next review", _("a day from today to %(last)s") % {"last": _latest_review().isoformat()})
    newest = CrisisCarePlan.objects.filter(clinic=actor.clinic, patient=patient).select_related("author").order_by("-number").first()
    number = newest.number if newest else 0
    if number != version:
        raise ChangedMeanwhile(json.loads(newest.content) if newest else {}, number, _("the team's crisis care plan"), newest.author.name if newest else "")
    row = CrisisCarePlan(clinic=actor.clinic, patient=patient, number=number + 1, review_on=review_on, author=actor.user)
    row.content = json.dumps(kept, ensure_ascii=False)
    row.save()
    return row
