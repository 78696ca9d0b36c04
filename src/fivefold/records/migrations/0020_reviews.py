"""Reviews of a plan, looking back at them, and what a patient may be told of the course."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0019_diary"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackRelease",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("given", models.BooleanField()),
                ("reason_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="feedback_releases", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("content_sealed", models.BinaryField(default=b"")),
                (
                    "decision",
                    models.CharField(choices=[("change", "the plan is changed"), ("keep", "the plan is kept"), ("wait", "decided later")], max_length=10),
                ),
                ("reason_sealed", models.BinaryField(default=b"")),
                ("measure", models.CharField(blank=True, max_length=80)),
                ("look_back_on", models.DateField(blank=True, null=True)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="records.patient")),
            ],
        ),
        migrations.CreateModel(
            name="LookBack",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("on", models.DateField()),
                (
                    "moved",
                    models.CharField(
                        choices=[("better", "reliably better"), ("same", "within error"), ("worse", "reliably worse"), ("unknown", "not known")], max_length=10
                    ),
                ),
                ("followed", models.CharField(choices=[("yes", "yes"), ("partly", "in part"), ("no", "no"), ("unknown", "not known")], max_length=10)),
                ("content_sealed", models.BinaryField(default=b"")),
                ("note_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="look_backs", to="records.patient")),
                ("review", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="look_back", to="records.planreview")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="planreview",
            constraint=models.UniqueConstraint(fields=("clinic", "patient", "number"), name="one_review_for_each_number"),
        ),
    ]
