"""Whether somebody has put the first steps away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_clinic_notes")]

    operations = [migrations.AddField(model_name="user", name="has_ended_tour", field=models.BooleanField(default=False))]
