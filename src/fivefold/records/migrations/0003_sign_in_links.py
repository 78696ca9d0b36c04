"""Links that renew a sign-in say what they take away and why, and who has been told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_seal_plan_drafts")]

    operations = [
        migrations.AddField(model_name="invitation", name="resets_factor", field=models.BooleanField(default=False)),
        migrations.AddField(model_name="invitation", name="reason_sealed", field=models.BinaryField(default=b"")),
        migrations.AddField(model_name="invitation", name="owner_saw_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(model_name="invitation", name="lead_saw_at", field=models.DateTimeField(blank=True, null=True)),
    ]
