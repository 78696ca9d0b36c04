"""Ends of care become facts with a day and a reason; each end that is known so far becomes the first of them."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


def keep_known_ends(apps: Any, schema_editor: Any) -> None:
    """Nobody noted who ended care or why: both stay empty."""
    using = schema_editor.connection.alias
    steps = apps.get_model("records", "CareStep").objects.using(using)
    closed = apps.get_model("records", "Patient").objects.using(using).filter(closed_at__isnull=False, erased_at__isnull=True)
    for patient in closed.select_related("clinic").iterator():
        day = patient.closed_at.astimezone(ZoneInfo(patient.clinic.time_zone)).date()
        steps.create(clinic_id=patient.clinic_id, patient=patient, step="ended", on=day, recorded_at=patient.closed_at)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_sessions")]

    operations = [
        migrations.CreateModel(
            name="CareStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("step", models.CharField(choices=[("ended", "care ended"), ("again", "care taken up again")], max_length=12)),
                ("on", models.DateField()),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("completed", "completed as planned"),
                            ("agreed", "ended early by agreement"),
                            ("stopped", "stopped coming"),
                            ("moved", "moved or transferred"),
                            ("died", "died"),
                            ("other", "another reason"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="care_steps", to="records.patient")),
            ],
            options={"indexes": [models.Index(fields=["clinic", "patient", "recorded_at"], name="care_steps_of_patient")]},
        ),
        migrations.RunPython(keep_known_ends, migrations.RunPython.noop),
    ]
