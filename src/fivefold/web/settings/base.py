"""Settings that every installation shares. What differs between installations comes from ``fivefold.config``."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from fivefold.bootstrap import config
from fivefold.config import Config, read_database_url
from fivefold.web.parts import PARTS

CONFIG = config()
WEB = Path(__file__).parent.parent


def database(config: Config) -> dict[str, Any]:
    """SQLite so that what was acknowledged survives a power cut (FULL), or PostgreSQL."""
    if not config.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": config.database_file,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
            },
        }
    address = read_database_url(config.database_url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # As long as with SQLite a change waits for another one, and is told then: without a bound a page would wait for ever.
        "OPTIONS": {"connect_timeout": 5, "options": "-c lock_timeout=20s", **address.options},
    }


# ---- Parts ---------------------------------------------------------------------------------------------------------------

DEBUG = False
DATABASES = {"default": database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "fivefold.web.urls"
WSGI_APPLICATION = "fivefold.web.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "fivefold.records",
    "fivefold.web.ui",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "fivefold.web.middleware.describe_request",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fivefold.web.middleware.end_idle_session",
    "fivefold.web.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / part / "templates" for part in PARTS],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "fivefold.web.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "fivefold.web.ui.context.shell",
            ],
        },
    }
]

# ---- Language and time ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"  # until the clinic is known; then the clinic's own

# ---- Static files --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.folder / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False

# ---- Signing in ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "fivefold.web.account.validators.DifferentCharacters"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_FORMS = {"login": "fivefold.web.account.forms.SignInForm", "change_password": "fivefold.web.account.forms.NewPasswordForm"}
ACCOUNT_ADAPTER = "fivefold.web.account.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address counts through the invitation that its owner accepted
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end by themselves, because the password's hash changes
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "30/m/ip,10/5m/key", "reauthenticate": "10/m/user", "change_password": "5/m/user"}

MFA_ADAPTER = "fivefold.web.account.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Fivefold"
MFA_FORMS = {"add_webauthn": "fivefold.web.account.forms.AddKeyForm"}

# Locked is an account for one place, so that nobody can lock a clinician out from elsewhere.
AXES_FAILURE_LIMIT = CONFIG.failures_allowed
AXES_COOLOFF_TIME = timedelta(minutes=CONFIG.lock_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "fivefold.web.account.views.name_tried"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_CALLABLE = "fivefold.web.account.views.locked_out"
AXES_SENSITIVE_PARAMETERS: list[str] = []
AXES_VERBOSE = False

# What else is counted, for each person or address: how often, within how many seconds.
FIVEFOLD_LIMITS = {
    "search": (300, 60),
    "draft": (300, 60),
    "what_if": (240, 60),
    "download": (30, 60),
    "join": (20, 60),
    "link": (10, 3600),
    "invite": (30, 3600),
    "open_record": (10, 3600),
    "questionnaire": (300, 60),
    "answer": (600, 60),
    "kiosk_code": (10, 60),
    "leave": (10, 60),
    "entries": (600, 600),
}

# Per process: the lock-out above, which counts in the database, is the durable limit. (A shared cache would unpickle what it reads.)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ---- Sessions, cookies, headers ------------------------------------------------------------------------------------------

SESSION_ENGINE = "fivefold.services.outages"
SESSION_COOKIE_NAME = "fivefold"
SESSION_COOKIE_AGE = CONFIG.session_hours * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "fivefold.web.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# ---- Fivefold ------------------------------------------------------------------------------------------------------------

FIVEFOLD_KEY_FILE = CONFIG.keys
FIVEFOLD_NOTES_KEY_FILE = CONFIG.notes_key_file and CONFIG.notes_keys
FIVEFOLD_KNOWLEDGE_FOLDER = CONFIG.knowledge_folder
FIVEFOLD_RELEASES = CONFIG.folder / "knowledge"
FIVEFOLD_BACKUPS = CONFIG.folder / "backups"
FIVEFOLD_WAITING_ENTRIES = CONFIG.folder / "audit-waiting"
FIVEFOLD_IDLE_SECONDS = CONFIG.idle_minutes * 60
# A patient who has said that a phone is theirs alone stays signed in on it for so long, from the last use on.
FIVEFOLD_OWN_PHONE_SECONDS = 14 * 24 * 3600
FIVEFOLD_SECOND_FACTOR = CONFIG.wants_second_factor
FIVEFOLD_BEHIND_PROXY = CONFIG.behind_proxy
FIVEFOLD_PUBLIC_URL = CONFIG.public_url
# A message that a signal waits is sent beside the answer that raised it; the timer takes up what did not get through.
FIVEFOLD_SENDS_AT_ONCE = True
FIVEFOLD_METRICS_TOKEN = CONFIG.metrics_token
FIVEFOLD_METRICS_FOLDER = CONFIG.metrics_folder

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "fivefold.web.logs.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "fivefold": {"level": CONFIG.log_level},
        # Django's own lines hold paths and addresses; ours say the same without them.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
    },
}

# Links for staff are shown on the screen and given by hand. Mail is sent where the installation has a mail server and the clinic has
# switched it on: reminders to patients who want them, and to staff that danger waits in the app.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if CONFIG.mail_host else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = CONFIG.mail_host, CONFIG.mail_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.mail_user, CONFIG.mail_password
EMAIL_USE_TLS, EMAIL_USE_SSL = CONFIG.mail_security == "starttls", CONFIG.mail_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = CONFIG.mail_from
