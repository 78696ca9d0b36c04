"""Fidelity: drawn samples, ratings of sessions, and departures with their reason."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0020_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="FidelitySample",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("pool", models.PositiveIntegerField()),
                ("seed", models.BigIntegerField()),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("therapist", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SampledSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sampled_sessions", to="records.patient")),
                ("sample", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="records.fidelitysample")),
                ("session", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="sampled", to="records.treatmentsession")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SessionDeviation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("kind", models.CharField(max_length=20)),
                ("reason_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="session_deviations", to="records.patient")),
                ("session", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="deviations", to="records.treatmentsession")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FidelityRating",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("rated_by", models.CharField(choices=[("self", "self"), ("observer", "observer")], max_length=10)),
                (
                    "seen_by",
                    models.CharField(blank=True, choices=[("recording", "recording"), ("sat_in", "sat in"), ("role_play", "role play")], max_length=10),
                ),
                ("answers", models.JSONField(default=list)),
                ("remark_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="fidelity_ratings", to="records.patient")),
                ("session", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="fidelity_ratings", to="records.treatmentsession")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("session", "author"), name="one_rating_of_a_session_by_each")],
            },
        ),
    ]
