"""Which lines of a formulation the patient sees, and what they say of them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0038_links_that_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormulationShare",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                (
                    "formulation",
                    models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="records.formulation"),
                ),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="formulation_shares", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FormulationReply",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("line", models.PositiveSmallIntegerField()),
                ("fits", models.CharField(choices=[("fits", "it fits"), ("partly", "it fits in part"), ("not", "it does not fit")], max_length=6)),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("formulation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="records.formulation")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="formulation_replies", to="records.patient")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("line__lte", 5)), name="line_of_a_formulation")],
            },
        ),
    ]
