"""Chain analyses: a table of versions."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainAnalysis",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("session_number", models.PositiveIntegerField(blank=True, null=True)),
                ("module", models.CharField(blank=True, max_length=4)),
                ("content_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="chain_analyses", to="records.patient")),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="records.chainanalysis"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "patient", "number", "version"), name="one_chain_for_each_version")],
            },
        ),
    ]
