from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0036_own_reminder"),
    ]

    operations = [
        migrations.AddField(
            model_name="sessionaddition",
            name="origin",
            field=models.CharField(default="clinician", max_length=10),
        ),
    ]
