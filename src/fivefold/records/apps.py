"""The Django app that holds the record."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records of a clinic: people, patients, clinical facts, plans, audit."""

    name = "fivefold.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Clinical record"
