"""Supervision: questions, meetings, what was agreed, and what became of both."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_training"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupervisionMeeting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("on", models.DateField()),
                ("present", models.JSONField(default=list)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
            ],
        ),
        migrations.CreateModel(
            name="SupervisionDecision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("text_sealed", models.BinaryField(default=b"")),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "where",
                    models.CharField(
                        choices=[
                            ("session", "session"),
                            ("assessment_safety", "assessment safety"),
                            ("assessment", "assessment"),
                            ("formulation", "formulation"),
                            ("plan", "plan"),
                            ("goals", "goals"),
                            ("patient_team", "patient team"),
                            ("elsewhere", "elsewhere"),
                        ],
                        max_length=20,
                    ),
                ),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="supervision_decisions", to="records.patient")),
                ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="records.supervisionmeeting")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupervisionQuestion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("text_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="supervision_questions", to="records.patient")),
                (
                    "session",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="supervision_questions", to="records.treatmentsession"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupervisionStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                (
                    "step",
                    models.CharField(choices=[("answered", "answered"), ("withdrawn", "withdrawn"), ("done", "done"), ("dropped", "dropped")], max_length=12),
                ),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                (
                    "decision",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="end", to="records.supervisiondecision"
                    ),
                ),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="supervision_steps", to="records.patient")),
                (
                    "question",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="end", to="records.supervisionquestion"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="supervisionmeeting",
            index=models.Index(fields=["clinic", "-on"], name="meetings_of_clinic"),
        ),
        migrations.AddConstraint(
            model_name="supervisionstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision__isnull", True), ("question__isnull", False), ("step__in", ("answered", "withdrawn"))),
                    models.Q(("decision__isnull", False), ("question__isnull", True), ("step__in", ("done", "dropped"))),
                    _connector="OR",
                ),
                name="step_about_one_thing",
            ),
        ),
    ]
