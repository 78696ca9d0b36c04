"""Tests: quick hashes, a key file and a secret of their own, SQLite or the PostgreSQL of DATABASE_URL."""

import tempfile
from pathlib import Path

from fivefold.web.settings.base import *  # noqa: F403
from fivefold.web.settings.base import CONFIG, DATABASES

SECRET_KEY = "test" * 16
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
FIVEFOLD_SENDS_AT_ONCE = False  # a thread of its own would not find what a test has not committed
FIVEFOLD_TEST_FOLDER = Path(tempfile.mkdtemp(prefix="fivefold-test-"))
FIVEFOLD_KEY_FILE = FIVEFOLD_TEST_FOLDER / "record.keys"
FIVEFOLD_NOTES_KEY_FILE = None  # beside it
FIVEFOLD_RELEASES = FIVEFOLD_TEST_FOLDER / "knowledge"
FIVEFOLD_BACKUPS = FIVEFOLD_TEST_FOLDER / "backups"
FIVEFOLD_WAITING_ENTRIES = FIVEFOLD_TEST_FOLDER / "audit-waiting"
if not CONFIG.database_url:
    DATABASES["default"]["NAME"] = FIVEFOLD_TEST_FOLDER / "record.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": FIVEFOLD_TEST_FOLDER / "test.sqlite3"}
