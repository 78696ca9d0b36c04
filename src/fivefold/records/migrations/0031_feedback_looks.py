"""Who opened what the measures of a patient say, once a day: whether feedback is used."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0030_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedbackLook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("page", models.CharField(choices=[("progress", "progress"), ("signals", "signals")], max_length=10)),
                ("on", models.DateField()),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.patient")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["clinic", "on"], name="looks_of_clinic")],
                "constraints": [models.UniqueConstraint(fields=("clinic", "patient", "user", "page", "on"), name="one_look_a_day")],
            },
        ),
    ]
