"""A server behind TLS. It refuses to start when a setting is missing, a default, or unsafe."""

from urllib.parse import urlsplit

from fivefold.config import refuse_production
from fivefold.web.settings.base import *  # noqa: F403
from fivefold.web.settings.base import CONFIG

refuse_production(CONFIG)

SECRET_KEY = CONFIG.secret_key
ALLOWED_HOSTS = [urlsplit(CONFIG.public_url).hostname, "localhost", "127.0.0.1"]  # the latter for health checks on the machine itself
CSRF_TRUSTED_ORIGINS = [f"https://{urlsplit(CONFIG.public_url).netloc}"]
SESSION_COOKIE_NAME = "__Host-fivefold"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if CONFIG.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
