"""Prepares the app for the tests: SQLite, or with FIVEFOLD_TEST_POSTGRES=1 a PostgreSQL of their own."""

import os

import django
import pytest

from tests.support.postgres import FORGETFUL, start_server

os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.test"
for name in [name for name in os.environ if name.startswith("FIVEFOLD_") and name != "FIVEFOLD_TEST_POSTGRES"]:
    del os.environ[name]
if os.environ.get("FIVEFOLD_TEST_POSTGRES") == "1":
    # The processes of pytest-xdist inherit the address of the one server.
    os.environ.setdefault("DATABASE_URL", start_server(FORGETFUL) if "PYTEST_XDIST_WORKER" not in os.environ else "")
else:
    os.environ.pop("DATABASE_URL", None)

django.setup()

pytest_plugins = ["tests.support.clinic", "tests.support.browser"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run where a group of tests that share what is dear to make would be torn apart, which no test would notice."""
    if getattr(config.option, "loadgroup", False) and any(item.get_closest_marker("xdist_group") and "@" not in item.nodeid for item in items):
        os.write(2, b"\npytest-xdist does not keep an xdist_group together with this pytest: see the pin in pyproject.toml\n")
        raise pytest.UsageError("an xdist_group would be torn apart")
