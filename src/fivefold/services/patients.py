"""Acts about patients as such: taking somebody on, the care team, consent, ending care."""

import uuid
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import END_REASONS, CareRelation, CareStep, CaseloadRow, Consent, Patient, Role, User
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.own_accounts import close_accounts
from fivefold.services.signals import hand_open_danger_to_lead

PURPOSES = tuple(str(purpose) for purpose, _words in Consent._meta.get_field("purpose").choices or ())
REASONS = tuple(reason for reason, _words in END_REASONS)
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


class NotAcceptable(FivefoldError):
    """An entry that cannot be used. For the person at the screen."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(_("%(field)s: expected %(expected)s.") % {"field": _(field), "expected": expected})
        self.field, self.expected = field, expected


class CareHasEnded(FivefoldError):
    """Care was to be ended that has ended. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Care has ended already, and its day stays. If the day is wrong, take up care again and end it with the right one."))


class CareGoesOn(FivefoldError):
    """Care was to be taken up that goes on. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("Care goes on already. Look at the page of the record again."))


@clinical_act(Permission.ADD_PATIENT)
def add_patient(actor: Actor, *, name: str, birth_year: int | None, language: str = "en", reference: str = "", synthetic: bool = False) -> Patient:
    """Take somebody on: the patient, the care relation with whoever adds them, and an empty caseload row."""
    known_as = plain_name(name)
    if not known_as:
        raise NotAcceptable("Name", _("a name or an initial by which you know the person"))
    patient = Patient(clinic=actor.clinic, birth_year=checked_birth_year(birth_year), language=language, synthetic=synthetic or actor.clinic.synthetic)
    patient.name = known_as
    patient.reference = plain_name(reference)
    patient.name_index = keyring().blind_index(known_as, "patient name")
    patient.save()
    CareRelation.objects.create(clinic=actor.clinic, patient=patient, user=actor.user, kind="treats")
    CaseloadRow.objects.create(
        patient=patient,
        clinic=actor.clinic,
        need=500,
        signal="new",
        signal_text=caseload.NO_SIGNED_PLAN,
        next_action=caseload.BEGIN,
    )
    return patient


def plain_name(typed: str) -> str:
    """A name without the marks that nobody sees: one that turns its line round is read as somebody else's, on every page it stands on.

    The two that only join or part letters stay; there are scripts whose names need them.
    """
    return " ".join("".join(letter for letter in typed if letter.isprintable() or letter.isspace() or letter in JOINERS).split())


def checked_address(thing: str, address: str, rule: str) -> str:
    """An address of e-mail, where it is one. Raises NotAcceptable, naming ``thing`` and the ``rule`` in words."""
    try:
        validate_email(address)
    except ValidationError:
        raise NotAcceptable(thing, rule) from None
    return address


def checked_birth_year(year: int | None) -> int | None:
    """A year in which somebody alive can have been born, or None for not known; raises NotAcceptable."""
    this_year = clock.today().year
    if year is not None and not this_year - 120 <= year <= this_year:
        raise NotAcceptable("Year of birth", _("a year from %(first)s to %(last)s") % {"first": this_year - 120, "last": this_year})
    return year


@clinical_act(Permission.CARE_TEAM)
def add_to_care_team(actor: Actor, *, patient_id: uuid.UUID, user: User, kind: str = "treats") -> CareRelation:
    """Give somebody of the clinic a care relation with the patient."""
    patient = patient_for(actor, patient_id, Permission.CARE_TEAM)
    if not user.memberships.filter(clinic=actor.clinic, ended_at__isnull=True).exclude(role=Role.PATIENT).exists():
        raise NotAcceptable("Person", _("somebody who works in this clinic"))
    relation, _made = CareRelation.objects.get_or_create(clinic=actor.clinic, patient=patient, user=user, kind=kind, ended_at=None)
    return relation


@clinical_act(Permission.CARE_TEAM)
def end_care_relation(actor: Actor, *, patient_id: uuid.UUID, relation_id: uuid.UUID) -> None:
    """End a care relation now; from the next request on the person no longer reaches the record."""
    CareRelation.objects.filter(clinic=actor.clinic, patient_id=patient_id, pk=relation_id, ended_at__isnull=True).update(ended_at=clock.now())


@clinical_act(Permission.CHANGE_RECORD)
def record_consent(actor: Actor, *, patient_id: uuid.UUID, purpose: str, given: bool, on: date, note: str = "") -> Consent:
    """Record a consent or its withdrawal, for one purpose and with its day; raises NotAcceptable for another purpose or a day to come.

    Withdrawing the one for own pages closes them.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if purpose not in PURPOSES:
        raise NotAcceptable("Purpose", _("one of %(names)s") % {"names": ", ".join(PURPOSES)})
    if on > clock.today():
        raise NotAcceptable("Day", _("today or an earlier day, on which the person said so"))
    consent = Consent(clinic=actor.clinic, patient=patient, purpose=purpose, given=given, on=on, author=actor.user)
    consent.note = note
    consent.save()
    if purpose == "own_pages" and not given:
        close_accounts(patient, "patient")
    return consent


@clinical_act(Permission.CHANGE_RECORD)
def end_care(actor: Actor, *, patient_id: uuid.UUID, on: date, reason: str, note: str = "") -> CareStep:
    """Close the record of a patient whose care ended on a day; it stays readable for those who treated them.

    ``reason`` is one of ``END_REASONS``; "other" needs a note. Raises CareHasEnded when it is closed already, so that nothing moves
    the day from which the duty to keep it counts, and NotAcceptable for a day to come or one before care began. Danger that stands
    open goes on to be told, and to the clinic lead as well, until somebody has answered it.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if patient.closed_at is not None:
        raise CareHasEnded
    if not care_began(patient) <= on <= clock.today():
        raise NotAcceptable("Day", _("a day from the one on which care began here to today"))
    if reason not in REASONS:
        raise NotAcceptable("Reason", _("one of %(names)s") % {"names": ", ".join(REASONS)})
    if reason == "other" and not note.strip():
        raise NotAcceptable("Note", _("the reason in a few words, because it is none of the list"))
    step = _care_step(actor, patient, "ended", on, reason, note)
    patient.closed_at = clock.now() if on == clock.today() else timezone.make_aware(datetime.combine(on, time(12)))
    patient.save(update_fields=["closed_at"])
    close_accounts(patient, "care")
    hand_open_danger_to_lead(patient, actor.user, _("Care has ended while this stands open."))
    return step


@clinical_act(Permission.CHANGE_RECORD)
def take_up_care_again(actor: Actor, *, patient_id: uuid.UUID) -> CareStep:
    """Open a closed record again: the person came back, or it was closed by mistake. The earlier end stays as a fact.

    The caseload shows what holds now. Raises CareGoesOn when it is open.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if patient.closed_at is None:
        raise CareGoesOn
    step = _care_step(actor, patient, "again", clock.today())
    patient.closed_at = None
    patient.save(update_fields=["closed_at"])
    caseload.refresh(patient)
    return step


def care_began(patient: Patient) -> date:
    """The day on which the person was taken on, or on which care was taken up again last."""
    again = CareStep.objects.filter(clinic_id=patient.clinic_id, patient=patient, step="again").order_by("-recorded_at").first()
    return again.on if again is not None else timezone.localdate(patient.created_at)


def _care_step(actor: Actor, patient: Patient, step: str, on: date, reason: str = "", note: str = "") -> CareStep:
    taken = CareStep(clinic=actor.clinic, patient=patient, step=step, on=on, reason=reason, author=actor.user)
    taken.note = note.strip()
    taken.save()
    return taken
