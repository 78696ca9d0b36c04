"""Sessions as they were signed, what stands beside them, homework, and contacts between sessions."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_goal_ratings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("on", models.DateField()),
                ("how", models.CharField(max_length=20)),
                ("began_by", models.CharField(max_length=20)),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Homework",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("module", models.CharField(blank=True, max_length=4)),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="homework", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TreatmentSession",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("number", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("meeting", models.CharField(max_length=20)),
                ("came", models.CharField(max_length=20)),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("phase", models.CharField(blank=True, max_length=2)),
                ("modules", models.JSONField(default=list)),
                ("content_sealed", models.BinaryField(default=b"")),
                ("next_on", models.DateField(blank=True, null=True)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="records.patient")),
            ],
        ),
        migrations.CreateModel(
            name="SessionAddition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("kind", models.CharField(choices=[("amended", "amended"), ("cosigned", "co-signed")], max_length=12)),
                ("text_sealed", models.BinaryField(default=b"")),
                ("reason_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="session_additions", to="records.patient")),
                ("session", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="additions", to="records.treatmentsession")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HomeworkLook",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("went", models.CharField(max_length=12)),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("homework", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="records.homework")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="homework_looks", to="records.patient")),
                ("session", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="homework_looks", to="records.treatmentsession")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="homework",
            name="session",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="homework", to="records.treatmentsession"),
        ),
        migrations.AddIndex(
            model_name="treatmentsession",
            index=models.Index(fields=["clinic", "patient", "-on"], name="sessions_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="treatmentsession",
            constraint=models.UniqueConstraint(fields=("clinic", "patient", "number"), name="one_session_for_each_number"),
        ),
    ]
