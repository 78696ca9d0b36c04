"""Where a patient lives, for the numbers to call in danger."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0040_own_look"),
    ]

    operations = [
        migrations.CreateModel(
            name="PatientPlace",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("lives_in", models.CharField(blank=True, max_length=20)),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(default=fivefold.records.clock.now)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="living_place", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
