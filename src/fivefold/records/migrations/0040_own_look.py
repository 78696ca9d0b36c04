"""Under which name and picture a patient's own pages stand on their phone."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0039_formulation_with_the_patient"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnLook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=20)),
                ("picture", models.CharField(max_length=20)),
                ("changed_at", models.DateTimeField(default=fivefold.records.clock.now, editable=False)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="own_look", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
