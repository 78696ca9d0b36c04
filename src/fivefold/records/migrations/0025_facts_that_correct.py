"""An index of the few facts that correct another: SQLite read the whole table where nothing was corrected yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0024_own_goals")]

    operations = [
        migrations.AddIndex(
            model_name="clinicalfact",
            index=models.Index(condition=models.Q(("corrects__isnull", False)), fields=["corrects"], name="facts_that_correct"),
        ),
    ]
