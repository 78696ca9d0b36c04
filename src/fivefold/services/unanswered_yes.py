"""A yes to a question about danger of which nothing has come: the newest of each record, once its time has passed and nobody was told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from fivefold.records import clock
from fivefold.records.models import Clinic, ClinicalFact, SignalState


@dataclass(frozen=True)
class UnansweredYes:
    """Which yes is meant: to any of the questions of a rule, for how long it may stand, and by which matter somebody is told.

    ``answered_by`` are kinds of rows that answer it as well, beside a clearing, a correction and a newer yes.
    """

    code: str
    questions: Iterable[str]
    time: timedelta
    matter: str
    answered_by: tuple[type[Model], ...] = ()

    def rows(self, clinic: Clinic) -> QuerySet[ClinicalFact]:
        """Those of open records of a clinic, the oldest first."""
        of_it = {"clinic": clinic, "patient": OuterRef("patient"), "recorded_at__gt": OuterRef("recorded_at")}
        counts = {"source": "clinician", "withdrawn": False, "corrected_by__isnull": True}
        is_yes = Q(kind="risk", key__in=list(self.questions)) & (Q(value=True) | Q(value="yes"))
        later = ClinicalFact.objects.filter(is_yes | Q(kind="cleared", key=self.code), **counts, **of_it)
        told = SignalState.objects.filter(clinic=clinic, patient=OuterRef("patient"), matter=self.matter, told_at__gte=OuterRef("recorded_at"))
        here = {"patient__closed_at__isnull": True, "patient__erased_at__isnull": True}
        found = ClinicalFact.objects.filter(is_yes, clinic=clinic, recorded_at__lt=clock.now() - self.time, **counts, **here)
        found = found.filter(~Exists(later), ~Exists(told), *(~Exists(kind._default_manager.filter(**of_it)) for kind in self.answered_by))
        return found.select_related("patient", "patient__clinic").order_by("recorded_at", "pk")
