"""How a clinic does things at a module, in its own words: a table of versions."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [("records", "0007_erasure_decisions")]

    operations = [
        migrations.CreateModel(
            name="ClinicNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("module", models.CharField(max_length=8)),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True)),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("clinic", "module", "number"), name="one_clinic_note_for_each_number")],
            },
        ),
    ]
