"""Taking a synthetic clinic away: everything that is of it, and nothing else."""

from django.apps import apps
from django.db import models, transaction

from fivefold.concepts.errors import FivefoldError
from fivefold.records.models import Clinic, Membership, Patient, Role, User


class NotSynthetic(FivefoldError):
    """A clinic of real people was to be removed. For the operator."""

    def __init__(self) -> None:
        super().__init__("Only a synthetic clinic can be removed. Records of real people end by erasure, one at a time, with their reasons.")


def remove_synthetic(clinic: Clinic) -> int:
    """Remove a synthetic clinic whole: records, audit trail and the accounts that belong to it alone. Gives the number of rows."""
    with transaction.atomic():
        current = _synthetic(clinic)
        own = set(Membership.objects.filter(clinic=current).values_list("user_id", flat=True))
        shared = set(Membership.objects.filter(user__in=own).exclude(clinic=current).values_list("user_id", flat=True))
        removed = sum(_remove_rows(model, current) for model in _models())
        removed += User.objects.filter(pk__in=own - shared).delete()[0]
        return removed + current.delete()[0]


def remove_all_synthetic() -> tuple[int, int]:
    """Remove every synthetic clinic; gives how many there were, and the number of rows."""
    clinics = list(Clinic.objects.filter(synthetic=True))
    return len(clinics), sum(remove_synthetic(clinic) for clinic in clinics)


def remove_records(clinic: Clinic) -> int:
    """Remove everything of a synthetic clinic but the clinic and its staff, so that it can be filled anew."""
    with transaction.atomic():
        current = _synthetic(clinic)
        patients = list(Membership.objects.filter(clinic=current, role=Role.PATIENT).values_list("user_id", flat=True))
        removed = sum(_remove_rows(model, current) for model in _models() if model is not Membership)
        Membership.objects.filter(clinic=current, role=Role.PATIENT).delete()
        User.objects.filter(pk__in=patients, memberships__isnull=True).delete()
        current.settings = {name: value for name, value in current.settings.items() if name != "synthetic"}
        current.save(update_fields=["settings"])
    clinic.refresh_from_db()
    return removed


def _synthetic(clinic: Clinic) -> Clinic:
    current = Clinic._base_manager.select_for_update().get(pk=clinic.pk)
    if not current.synthetic:
        raise NotSynthetic
    return current


def _models() -> list[type[models.Model]]:
    return list(apps.get_app_config("records").get_models())


def _remove_rows(model: type[models.Model], clinic: Clinic) -> int:
    """Remove a model's rows of the clinic in one statement; references between them are looked at when all are gone."""
    path = _way_to_clinic(model)
    if not path:
        return 0
    rows = model._base_manager.filter(**{path: clinic})
    return rows._raw_delete(rows.db)


def _way_to_clinic(model: type[models.Model]) -> str:
    """How a model names its clinic: by itself or through its patient; empty when it belongs to none."""
    targets = {field.name: field.related_model for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)}
    if targets.get("clinic") is Clinic:
        return "clinic"
    return "patient__clinic" if targets.get("patient") is Patient else ""
