"""Reminders by e-mail of a diary or a session, beside those of questionnaires. Going back throws those of a day away."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def throw_away(apps: Any, editor: Any) -> None:
    apps.get_model("records", "Reminder").objects.using(editor.connection.alias).filter(request__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0041_patient_place"),
    ]

    operations = [
        migrations.AddField(model_name="reminderwish", name="diary", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="reminderwish", name="questions", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="reminderwish", name="session", field=models.BooleanField(default=False)),
        migrations.AlterField(
            model_name="reminder",
            name="request",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="records.measurerequest"),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="occasion",
            field=models.CharField(choices=[("given", "given out"), ("ending", "its last days"), ("diary", "diary"), ("session", "session")], max_length=8),
        ),
        migrations.AddField(model_name="reminder", name="on", field=models.DateField(null=True)),
        migrations.RunPython(migrations.RunPython.noop, throw_away),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request__isnull", True)), fields=("patient", "occasion", "on"), name="one_reminder_for_each_occasion_of_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("on__isnull", True), ("request__isnull", False)),
                    models.Q(("on__isnull", False), ("request__isnull", True)),
                    _connector="OR",
                ),
                name="reminder_of_a_questionnaire_or_a_day",
            ),
        ),
    ]
