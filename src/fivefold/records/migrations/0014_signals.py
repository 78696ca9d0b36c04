"""Signals: what was seen that somebody should act on, the steps taken on it, and where it stands."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_supervision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("kind", models.CharField(choices=[("safety", "safety"), ("progress", "progress")], max_length=10)),
                ("rule", models.CharField(max_length=80)),
                ("matter", models.CharField(max_length=120)),
                ("number", models.PositiveIntegerField()),
                ("origin", models.CharField(choices=[("program", "the program"), ("patient", "the patient"), ("staff", "a member of staff")], max_length=10)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signals", to="records.patient")),
            ],
        ),
        migrations.CreateModel(
            name="SignalEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("raised", "raised"),
                            ("again", "seen again, with something new"),
                            ("seen", "seen"),
                            ("assigned", "assigned"),
                            ("acted", "acted on"),
                            ("snoozed", "put off"),
                            ("escalated", "passed on, because nobody had seen it in time"),
                            ("closed", "closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("content_sealed", models.BinaryField(default=b"")),
                ("note_sealed", models.BinaryField(default=b"")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("settled", "acted on and settled"),
                            ("plan_changed", "the plan was changed"),
                            ("known_before", "known and in hand before"),
                            ("false_alarm", "there was nothing to act on"),
                            ("passed", "no longer seen"),
                        ],
                        max_length=12,
                    ),
                ),
                ("until", models.DateField(blank=True, null=True)),
                ("author", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signal_events", to="records.patient")),
                ("signal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="records.signal")),
                ("to", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="SignalState",
            fields=[
                (
                    "signal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="state", serialize=False, to="records.signal"
                    ),
                ),
                ("kind", models.CharField(choices=[("safety", "safety"), ("progress", "progress")], max_length=10)),
                ("rule", models.CharField(max_length=80)),
                ("matter", models.CharField(max_length=120)),
                ("mark", models.CharField(blank=True, max_length=120)),
                ("status", models.CharField(default="raised", max_length=10)),
                ("is_open", models.BooleanField(default=True)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateField(blank=True, null=True)),
                ("raised_at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("owner", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signal_states", to="records.patient")),
            ],
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(fields=("clinic", "patient", "matter", "number"), name="one_signal_for_each_return"),
        ),
        migrations.AddConstraint(
            model_name="signalevent",
            constraint=models.UniqueConstraint(fields=("signal", "number"), name="one_step_for_each_number"),
        ),
        migrations.AddIndex(
            model_name="signalstate",
            index=models.Index(fields=["clinic", "is_open", "due_at"], name="open_signals_by_time"),
        ),
        migrations.AddIndex(
            model_name="signalstate",
            index=models.Index(fields=["patient", "matter", "-closed_at"], name="signals_of_matter"),
        ),
        migrations.AddConstraint(
            model_name="signalstate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)), fields=("clinic", "patient", "matter"), name="one_open_signal_for_each_matter"
            ),
        ),
    ]
