"""Migrations of the record: complete, and every one goes up, down and up again."""

import subprocess
import sys
from pathlib import Path

from tests.integration.test_admin_commands import environment

STEPS = """
from fivefold.bootstrap import start
start()
from django.core.management import call_command
from django.db import connection
tables = lambda: sorted(name for name in connection.introspection.table_names() if name.startswith("records_"))
call_command("migrate", verbosity=0)
up = tables()
for name in ("account", "mfa", "axes", "records"):
    call_command("migrate", name, "zero", verbosity=0)
down = tables()
call_command("migrate", verbosity=0)
print(len(up) > 15, down, tables() == up)
"""


def test_migrations_go_up_down_and_up_again(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], env=environment(tmp_path / "data"), capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout.strip().splitlines()[-1:] == ["True [] True"], done.stderr[-2000:]


def test_migrations_say_all_that_the_models_say() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/check_migrations.py"], env=environment(Path("unused")), capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout


KNOWN_END = """
from datetime import UTC, datetime
from fivefold.bootstrap import start
start()
from django.core.management import call_command
call_command("migrate", "records", "0003", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from fivefold.records.models import CareStep
then = MigrationExecutor(connection).loader.project_state([("records", "0003_sign_in_links")]).apps
clinic = then.get_model("records", "Clinic").objects.create(name="Practice by the river", time_zone="Europe/Berlin")
for closed in (datetime(2020, 5, 1, 23, 30, tzinfo=UTC), None):
    then.get_model("records", "Patient").objects.create(clinic=clinic, closed_at=closed)
call_command("migrate", "records", verbosity=0)
print([(step.step, step.on.isoformat(), step.reason, step.author_id) for step in CareStep.objects.all()])
"""


def test_end_of_care_that_was_known_before_becomes_a_step_with_the_clinics_day(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KNOWN_END], env=environment(tmp_path / "data"), capture_output=True, text=True, timeout=120, check=False)

    assert done.stdout.strip().splitlines()[-1:] == ["[('ended', '2020-05-02', '', None)]"], done.stderr[-2000:]
