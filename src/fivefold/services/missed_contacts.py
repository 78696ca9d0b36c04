"""Contact after danger whose moment has passed: told to the care team, until a conversation is written down or a clinician clears it.

Contact that was agreed, and contact that should have been: a yes to a question about suicide asks for the next one within hours, also
where it was answered on the page of the safety questions and no conversation was written down. It is looked for by the hour (``fivefold
admin signals --late``, and whenever somebody opens the signals of the day), because what was agreed was an hour and not a day.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fivefold.concepts.signals import SeenMatter, SignalRule, Watch
from fivefold.records import clock
from fivefold.records.models import Clinic, ClinicalFact, Patient, RiskConversation, SignalState, User
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.risk_questions import SIGNED_RULE, contact_within, questions_of
from fivefold.services.signals import one_by_one, raise_in_turn, take_step
from fivefold.services.unanswered_yes import UnansweredYes


def tell_missed_contacts(clinic: Clinic) -> int:
    """Raise a safety signal for each contact that has passed and was not told yet; gives how many. Each in a transaction of its own."""
    with knowledge_of(clinic):
        rule = knowledge().signals.watching(Watch.MISSED_CONTACT)
        contacts = one_by_one(_passed(clinic), lambda row: _tell(row, rule))
        return contacts + one_by_one(_without_contact().rows(clinic), lambda fact: _tell_of_yes(fact, rule))


def _passed(clinic: Clinic) -> QuerySet[RiskConversation]:
    """The newest conversation of each patient, where it agreed on a contact that has passed and of which nobody was told."""
    later = RiskConversation.objects.filter(clinic=clinic, patient=OuterRef("patient"), number__gt=OuterRef("number"))
    matter = Watch.MISSED_CONTACT.value
    known = SignalState.objects.filter(clinic=clinic, patient=OuterRef("patient"), matter=matter, told_at__gte=OuterRef("next_contact_at"))
    rows = RiskConversation.objects.filter(clinic=clinic, clears=False, next_contact_at__lt=clock.now(), patient__erased_at__isnull=True)
    return rows.filter(~Exists(later), ~Exists(known)).select_related("patient", "patient__clinic").order_by("next_contact_at", "pk")


def _tell(row: RiskConversation, rule: SignalRule) -> bool:
    """Tell of one contact, unless a conversation was written down meanwhile."""

    def find() -> SeenMatter | None:
        assert row.next_contact_at is not None
        if RiskConversation.objects.filter(clinic_id=row.clinic_id, patient_id=row.patient_id, number__gt=row.number).exists():
            return None
        at = timezone.localtime(row.next_contact_at)
        seen = _("Contact was agreed for %(moment)s, and no conversation has been written down since.") % {"moment": date_format(at, "j F Y, H:i")}
        return SeenMatter(rule, "", seen, f"conversation {row.number}", at.date())

    return raise_in_turn(row.patient, find)


def _without_contact() -> UnansweredYes:
    """A yes to a question about suicide of which neither a conversation nor a clearing has come in its hours."""
    asked = [name for rule in knowledge().overrides if rule.code == SIGNED_RULE for name in questions_of(rule)]
    return UnansweredYes(SIGNED_RULE, asked, timedelta(hours=contact_within()[0]), Watch.MISSED_CONTACT.value, (RiskConversation,))


def _tell_of_yes(fact: ClinicalFact, rule: SignalRule) -> bool:
    """Tell of one yes, unless somebody has taken it up meanwhile."""

    def find() -> SeenMatter | None:
        if not _without_contact().rows(fact.clinic).filter(pk=fact.pk).exists():
            return None
        day = date_format(timezone.localtime(fact.recorded_at), "j F Y, H:i")
        seen = _("A question about suicide was answered with yes on %(day)s, and no conversation with a next contact has been written down since.")
        return SeenMatter(rule, "", seen % {"day": day}, f"yes {fact.pk}", timezone.localdate(fact.recorded_at))

    return raise_in_turn(fact.patient, find)


def answer_missed_contact(patient: Patient, author: User) -> None:
    """Say of an open signal of this kind that a conversation was written down: it waits then for its closing word."""
    state = SignalState.objects.select_related("signal").filter(
        clinic_id=patient.clinic_id, patient=patient, is_open=True, matter=Watch.MISSED_CONTACT.value
    ).first()  # fmt: skip
    if state is not None:
        note = _("A conversation was written down.")
        take_step(state, "acted", {"status": "acted", "due_at": None, "owner": author, "snoozed_until": None}, author=author, note=note)
