"""Prepares the app for the tests: SQLite, or with FIVEFOLD_TEST_POSTGRES=1 a PostgreSQL of their own."""

import os

import django

from tests.support.postgres import start_server

os.environ["DJANGO_SETTINGS_MODULE"] = "fivefold.web.settings.test"
for name in [name for name in os.environ if name.startswith("FIVEFOLD_") and name != "FIVEFOLD_TEST_POSTGRES"]:
    del os.environ[name]
if os.environ.get("FIVEFOLD_TEST_POSTGRES") == "1":
    # The processes of pytest-xdist inherit the address of the one server.
    os.environ.setdefault("DATABASE_URL", start_server() if "PYTEST_XDIST_WORKER" not in os.environ else "")
else:
    os.environ.pop("DATABASE_URL", None)

django.setup()

pytest_plugins = ["tests.support.clinic", "tests.support.browser"]
