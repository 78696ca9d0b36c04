"""Case formulations: a table of versions, and what colleagues say about them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [("records", "0009_end_of_tour")]

    operations = [
        migrations.CreateModel(
            name="Formulation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("content_sealed", models.BinaryField(default=b"")),
                ("lines_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="formulations", to="records.patient")),
                (
                    "replaces",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="records.formulation"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "patient", "number"), name="one_formulation_for_each_number")],
            },
        ),
        migrations.CreateModel(
            name="FormulationComment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("node", models.CharField(blank=True, max_length=8)),
                ("text_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("formulation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="records.formulation")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="formulation_comments", to="records.patient")),
            ],
        ),
    ]
