from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0034_hidden_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="caseloadrow",
            name="needs",
            field=models.JSONField(default=None, null=True),
        ),
    ]
