"""Clinics, the people who work in them, and the patients they care for."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models.base import AppendOnly, ClinicScoped, Sealed, SealingModel


class RealClinics(models.Manager["Clinic"]):
    """Every clinic but the invented ones in which the heart-beat walks: nothing lists, counts, backs up or watches those."""

    def get_queryset(self) -> models.QuerySet["Clinic"]:
        return super().get_queryset().filter(beats_for__isnull=True)


class Clinic(models.Model):
    """A tenant: no row of one clinic is ever seen from another.

    ``beats_for`` is the number of the clinic for which the heart-beat has made this one for a moment, and None for every other.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    synthetic = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=60, default="Europe/Berlin")
    knowledge_version = models.CharField(max_length=40, blank=True)
    knowledge_hash = models.CharField(max_length=64, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    beats_for = models.BigIntegerField(null=True, editable=False)

    objects = RealClinics()

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Django asks for this name; here it makes an ordinary user: roles come from memberships alone."""
        return self.create_user(email, password, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do follows from their memberships, never from Django's own flags."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    has_ended_tour = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or "user"

    def get_full_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody is in a clinic."""

    THERAPIST = "therapist", _("Therapist")
    SUPERVISOR = "supervisor", _("Supervisor")
    LEAD = "lead", _("Clinic lead")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    PATIENT = "patient", _("Patient")


class Membership(models.Model):
    """A person's role in a clinic, with its end when they leave."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "user", "role"], name="one_membership_for_each_role")]


class Invitation(ClinicScoped):
    """A link that lets one person join once, until it expires; only its hash is kept.

    ``renews`` marks a link for somebody who already works here: it sets a new password and, with ``resets_factor``, takes the
    second factor away. Of such links the owner of the account and a lead are told until they have seen it.
    """

    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    renews = models.BooleanField(default=False)
    resets_factor = models.BooleanField(default=False)
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    owner_saw_at = models.DateTimeField(null=True, blank=True)
    lead_saw_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Patient(ClinicScoped):
    """The person treated. Name and notes are sealed; look-up by name goes through a blind index."""

    name = Sealed()
    name_sealed = models.BinaryField(default=b"")
    name_index = models.CharField(max_length=40, db_index=True, blank=True)
    reference = Sealed()
    reference_sealed = models.BinaryField(default=b"")
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    legal_hold = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "closed_at"], name="open_patients_of_clinic")]

    def place(self, name: str) -> str:
        return f"{self._meta.db_table} {name} {self.pk} {self.pk}"

    @classmethod
    def opened(cls, sealed: Iterable[tuple[str, bytes, bytes]]) -> Iterator[tuple[str, str, str]]:
        """Names and references of records by their ids in text, from their sealed values and without their rows; raises SealBroken."""
        ring = keyring()
        names, references = (f"{cls._meta.db_table} {column}" for column in ("name", "reference"))
        for written, name, reference in sealed:
            # PostgreSQL writes an id with its dashes, SQLite without.
            key = written if "-" in written else f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:]}"
            opened = ring.open(name, f"{names} {key} {key}") if name else ""
            yield key, opened, ring.open(reference, f"{references} {key} {key}") if reference else ""


class CareRelation(ClinicScoped):
    """Who cares for whom, from when to when: with the role, this decides who may see what."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="care_relations")
    kind = models.CharField(max_length=20, choices=[("treats", "treats"), ("supervises", "supervises"), ("covers", "covers")], default="treats")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["clinic", "user", "ended_at"], name="care_by_user")]


class BreakGlass(AppendOnly):
    """Access without a care relation, for a stated reason and a short time; the team is told."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="break_glass")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = Sealed()
    reason_sealed = models.BinaryField(default=b"")
    until = models.DateTimeField()


class Consent(AppendOnly):
    """What the patient agreed to, for which purpose and from when; withdrawal is a new row."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(
        max_length=30,
        choices=[
            ("treatment", "treatment and its record"),
            ("carers", "involving carers"),
            ("supervision", "supervision"),
            ("letters", "letters to other professionals"),
            ("research", "de-identified research"),
            ("messages", "messages and reminders"),
            ("own_pages", "own pages, read by the care team"),
            ("offline_copy", "a copy of the own pages on the own phone"),
        ],
    )
    given = models.BooleanField()
    on = models.DateField()
    note = Sealed()
    note_sealed = models.BinaryField(default=b"")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


__all__ = [
    "BreakGlass",
    "CareRelation",
    "Clinic",
    "Consent",
    "Invitation",
    "Membership",
    "Patient",
    "Role",
    "SealingModel",
    "User",
    "UserManager",
]
