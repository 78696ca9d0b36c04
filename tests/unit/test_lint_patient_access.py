"""The linter of the one door: each way around it is found, and the way through it is not."""

from pathlib import Path

import pytest
from scripts.lint_patient_access import find_problems


def problems_of(folder: Path, path: str, text: str) -> list[str]:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return find_problems(folder)


@pytest.mark.parametrize(
    "text",
    [
        "from fivefold.records.models import Patient",
        "import fivefold.records.models",
        "from fivefold import records",
        "from django.db import connection",
        "def view():\n    from fivefold.records import models",
        "import importlib\nimportlib.import_module('fivefold.' + 'records')",
        "import importlib\nimportlib.import_module('fivefold.records.models')",
        "patient.plans.model.objects.all()",
        "from django.apps import apps\napps.get_model('records', 'Patient')",
    ],
)
@pytest.mark.parametrize("part", ["web", "cli", "fhir"])
def test_way_around_the_door_is_found(tmp_path: Path, part: str, text: str) -> None:
    assert problems_of(tmp_path, f"{part}/sub/file.py", text)


def test_way_through_the_door_is_not(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "web/views.py", "from fivefold.services import plans\nfrom fivefold.services.access import Actor\n") == []


def test_act_without_a_declared_permission_is_found(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "services/x.py", "def read_all(actor, *, patient_id):\n    ...\n")

    assert "read_all takes an actor and declares no permission" in found[0]


def test_declared_act_is_not(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "services/x.py", "@clinical_act(Permission.SEE_RECORD)\ndef read(actor, *, patient_id):\n    ...\n") == []


def test_program_itself_goes_through_the_door() -> None:
    assert find_problems() == []
