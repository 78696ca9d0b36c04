"""What a patient wants their own phone to remind them of, and when."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0035_needs_of_a_caseload"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnReminder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("diary", models.BooleanField(default=False)),
                ("questions", models.BooleanField(default=False)),
                ("session", models.BooleanField(default=False)),
                ("days", models.CharField(choices=[("daily", "every day"), ("weekdays", "Monday to Friday")], default="daily", max_length=10)),
                ("at", models.TimeField()),
                ("put_off_until", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(default=fivefold.records.clock.now, editable=False)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="own_reminder", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
