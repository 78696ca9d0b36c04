"""Which tables hold rows about a patient, and taking those rows away; the schema itself is asked, so that none is forgotten."""

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import models, transaction

from fivefold.records.models import CareRelation, ErasureStep, ExpectedCourse, FormDraft, PastScores, Patient, PatientAccount
from fivefold.services.own_accounts import forget_sign_ins

# What stays of an erased record, without any text: that there was one, who had access to it, and how it came to be erased.
STAYS: tuple[type[models.Model], ...] = (ErasureStep, CareRelation)


def models_about_patients() -> list[type[models.Model]]:
    """Every model with a row that belongs to a patient."""
    return [model for model in apps.get_app_config("records").get_models() if _names_patient(model)]


def _names_patient(model: type[models.Model]) -> bool:
    return any(isinstance(field, models.ForeignKey) and field.related_model is Patient and field.name == "patient" for field in model._meta.get_fields())


def count_rows_of(patient_id: UUID) -> dict[str, int]:
    """How many rows each table holds about a patient."""
    return {model.__name__: model._base_manager.filter(patient_id=patient_id).count() for model in models_about_patients()}


def remove_rows_of(patient_id: UUID, *, using: str = "default", erased_at: datetime) -> int | None:
    """Take away everything that is known of a patient: facts, plans, goals, notes, names. Gives the number of rows.

    The row of the patient stays without a name and marked as erased, so that the audit trail still points at something. None when
    there is no such patient here, or it has been erased already.
    """
    with transaction.atomic(using=using):
        patient = Patient.objects.using(using).select_for_update().filter(pk=patient_id, erased_at__isnull=True).first()
        if patient is None:
            return None
        forget_sign_ins(PatientAccount._base_manager.using(using).filter(patient_id=patient_id).values_list("user_id", flat=True), using)
        _forget_courses(patient, using)
        removed = sum(_remove(model, patient_id, using) for model in models_about_patients() if model not in STAYS)
        ErasureStep._base_manager.using(using).filter(patient_id=patient_id).update(reason_sealed=b"")
        drafts = FormDraft._base_manager.using(using).filter(page__contains=str(patient_id))
        removed += drafts._raw_delete(using)
        Patient.objects.using(using).filter(pk=patient_id).update(
            name_sealed=b"", name_index="", reference_sealed=b"", birth_year=None, language="", erased_at=erased_at, closed_at=erased_at
        )
        return removed


def _forget_courses(patient: Patient, using: str) -> None:
    """Take away the expected courses this person had a part in: the next ``rebuild`` makes them from the others."""
    for instrument, scale in PastScores.objects.using(using).filter(patient_id=patient.pk).values_list("instrument", "scale"):
        ExpectedCourse.objects.using(using).filter(clinic_id=patient.clinic_id, instrument=instrument, scale=scale).delete()


def _remove(model: type[models.Model], patient_id: UUID, using: str) -> int:
    return model._base_manager.using(using).filter(patient_id=patient_id)._raw_delete(using)
