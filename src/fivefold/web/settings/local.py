"""One PC: loopback only, SQLite by default, no certificate."""

from fivefold.bootstrap import local_secret
from fivefold.web.settings.base import *  # noqa: F403
from fivefold.web.settings.base import CONFIG

DEBUG = CONFIG.debug
SECRET_KEY = CONFIG.secret_key or local_secret(CONFIG.folder)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost counts as safe for passkeys; browsers refuse any other
