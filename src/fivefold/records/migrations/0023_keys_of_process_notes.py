"""Process notes, and drafts of them, are sealed with keys of their own; going back seals them with those of the record again."""

from typing import Any

from django.db import migrations

from fivefold.records.crypto import Ring, keyring


def _places(apps: Any) -> list[tuple[Any, str, str]]:
    """Every row, the name of its sealed column, and the place it is sealed for (as the models say it)."""
    notes = apps.get_model("records", "ProcessNote").objects.exclude(text_sealed=b"")
    drafts = apps.get_model("records", "FormDraft").objects.filter(page__contains="/process-notes").exclude(fields_sealed=b"")
    found = [(row, "text_sealed", f"process text {row.pk} {row.patient_id}") for row in notes]
    return found + [(row, "fields_sealed", f"records_formdraft fields {row.pk} {row.user_id}") for row in drafts]


def _seal_anew(apps: Any, old: Ring, new: Ring) -> None:
    for row, column, place in _places(apps):
        text = keyring(old).open(getattr(row, column), place)
        sealed = keyring(new).seal(text, place)
        type(row).objects.filter(pk=row.pk).update(**{column: sealed})


def part(apps: Any, _schema: Any) -> None:
    _seal_anew(apps, Ring.RECORD, Ring.PROCESS_NOTES)


def join(apps: Any, _schema: Any) -> None:
    _seal_anew(apps, Ring.PROCESS_NOTES, Ring.RECORD)


class Migration(migrations.Migration):
    dependencies = [("records", "0022_expected_courses")]

    operations = [migrations.RunPython(part, join)]
