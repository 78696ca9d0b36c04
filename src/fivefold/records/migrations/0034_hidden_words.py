import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fivefold.records.clock


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0033_signal_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="HiddenWords",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField(db_index=True, default=fivefold.records.clock.now, editable=False)),
                ("names_sealed", models.BinaryField(default=b"")),
                ("words_sealed", models.BinaryField(default=b"")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("clinic", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.clinic")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="hidden_words", to="records.patient")),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
