"""The choices of plan drafts are sealed: the reasons in them are free text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="plandraft", name="choices"),
        migrations.AddField(model_name="plandraft", name="content_sealed", field=models.BinaryField(default=b"")),
    ]
