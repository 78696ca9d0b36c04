"""An erasure is decided before it is carried out, and a legal hold may have a day to look at it again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_care_steps")]

    operations = [
        migrations.AddField(model_name="erasurestep", name="review_on", field=models.DateField(blank=True, null=True)),
        migrations.AlterField(
            model_name="erasurestep",
            name="step",
            field=models.CharField(
                choices=[
                    ("asked", "asked for"),
                    ("refused", "refused"),
                    ("withdrawn", "withdrawn"),
                    ("decided", "decided that it is to be erased"),
                    ("kept", "decision taken back"),
                    ("hold", "legal hold set"),
                    ("free", "legal hold lifted"),
                    ("erased", "carried out"),
                ],
                max_length=12,
            ),
        ),
    ]
