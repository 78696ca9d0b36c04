"""Links with which a patient signs in once, beside those that open the own pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0037_origin_of_additions"),
    ]

    operations = [
        migrations.AddField(
            model_name="patientinvitation",
            name="signs_in",
            field=models.BooleanField(default=False),
        ),
    ]
