"""Contact that was agreed after danger and whose moment has passed: told to the care team, until a conversation is written down.

It is looked for by the hour (``fivefold admin signals --late``, and whenever somebody opens the signals of the day), because what was
agreed was an hour and not a day.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fivefold.concepts.signals import SeenMatter, SignalRule, Watch
from fivefold.records import clock
from fivefold.records.models import Clinic, Patient, RiskConversation, SignalState, User
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.signals import one_by_one, raise_signal, take_step


def tell_missed_contacts(clinic: Clinic) -> int:
    """Raise a safety signal for each contact that has passed and was not told yet; gives how many. Each in a transaction of its own."""
    with knowledge_of(clinic):
        rule = knowledge().signals.watching(Watch.MISSED_CONTACT)
        return one_by_one(_passed(clinic), lambda row: _tell(row, rule))


def _passed(clinic: Clinic) -> QuerySet[RiskConversation]:
    """The newest conversation of each patient, where it agreed on a contact that has passed and of which nobody was told."""
    later = RiskConversation.objects.filter(clinic=clinic, patient=OuterRef("patient"), number__gt=OuterRef("number"))
    matter = Watch.MISSED_CONTACT.value
    known = SignalState.objects.filter(clinic=clinic, patient=OuterRef("patient"), matter=matter, told_at__gte=OuterRef("next_contact_at"))
    rows = RiskConversation.objects.filter(clinic=clinic, clears=False, next_contact_at__lt=clock.now(), patient__erased_at__isnull=True)
    return rows.filter(~Exists(later), ~Exists(known)).select_related("patient", "patient__clinic").order_by("next_contact_at", "pk")


def _tell(row: RiskConversation, rule: SignalRule) -> bool:
    """Tell of one contact; False where somebody is changing its record just now, or has written a conversation down meanwhile."""
    assert row.next_contact_at is not None
    with transaction.atomic():
        if not Patient.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=row.patient_id).exists():
            return False
        if RiskConversation.objects.filter(clinic_id=row.clinic_id, patient_id=row.patient_id, number__gt=row.number).exists():
            return False
        at = timezone.localtime(row.next_contact_at)
        seen = _("Contact was agreed for %(moment)s, and no conversation has been written down since.") % {"moment": date_format(at, "j F Y, H:i")}
        matter = SeenMatter(rule, "", seen, f"conversation {row.number}", at.date())
        return raise_signal(row.patient, matter) is not None


def answer_missed_contact(patient: Patient, author: User) -> None:
    """Say of an open signal of this kind that a conversation was written down: it waits then for its closing word."""
    state = SignalState.objects.select_related("signal").filter(
        clinic_id=patient.clinic_id, patient=patient, is_open=True, matter=Watch.MISSED_CONTACT.value
    ).first()  # fmt: skip
    if state is not None:
        note = _("A conversation was written down.")
        take_step(state, "acted", {"status": "acted", "due_at": None, "owner": author, "snoozed_until": None}, author=author, note=note)
