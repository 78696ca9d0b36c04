"""Ratings of goals, each correction a row of its own; and facts about a corrected year of birth."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [("records", "0003_sign_in_links")]

    operations = [
        migrations.CreateModel(
            name="GoalRating",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("level", models.SmallIntegerField()),
                ("on", models.DateField()),
                ("rated_by", models.CharField(choices=[("together", "together"), ("patient", "the patient"), ("therapist", "the therapist")], max_length=10)),
                ("note_sealed", models.BinaryField(default=b"")),
                ("withdrawn", models.BooleanField(default=False)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="corrected_by", to="records.goalrating"
                    ),
                ),
                ("goal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="records.goal")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="goal_ratings", to="records.patient")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("level__gte", -2), ("level__lte", 2)), name="level_of_a_goal")],
            },
        ),
        migrations.AlterField(
            model_name="clinicalfact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("diagnosis", "diagnosis"),
                    ("criterion", "criterion"),
                    ("rating", "rating"),
                    ("score", "score"),
                    ("other_result", "other result"),
                    ("event", "event"),
                    ("upcoming", "upcoming"),
                    ("expected_report", "expected report"),
                    ("risk", "risk"),
                    ("cleared", "cleared"),
                    ("overruled", "overruled"),
                    ("trauma_readiness", "trauma readiness"),
                    ("resilience", "resilience"),
                    ("context", "context"),
                    ("carers", "carers"),
                    ("dependants", "dependants"),
                    ("medication", "medication"),
                    ("attendance", "attendance"),
                    ("general_module", "general module"),
                    ("module", "module"),
                    ("history", "history"),
                    ("course", "course"),
                    ("preference", "preference"),
                    ("treatment", "treatment"),
                    ("adaptation", "adaptation"),
                    ("setting", "setting"),
                    ("previous", "previous"),
                    ("birth_year", "birth year"),
                ],
                max_length=20,
            ),
        ),
    ]
