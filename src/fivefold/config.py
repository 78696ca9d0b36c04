"""Every setting of an installation: its name, type, default and meaning. Nothing else reads the environment.

The documentation of the settings is made from this file, so that none can be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fivefold.concepts.errors import FivefoldError

LOOPBACK = ("", "localhost", "127.0.0.1", "::1")
ENCRYPTED = ("require", "verify-ca", "verify-full")
SECRET_CHARACTERS = 40
METRICS_CHARACTERS = 20
MAIL_SECURITY = ("starttls", "tls", "none")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsRefused(FivefoldError):
    """The installation cannot start like this. For the operator; ``reasons`` holds all of them at once."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("It does not start with these settings:\n" + "\n".join(f"  - {reason}" for reason in reasons))


def setting(name: str, default: Any, meaning: str) -> Any:
    """A field of the configuration with the name it has in the environment."""
    return field(default=default, metadata={"name": name, "meaning": meaning})


@dataclass(frozen=True)
class Config:
    """The settings of one installation."""

    mode: str = setting("FIVEFOLD_MODE", "local", "local (one PC, loopback only) or production (a server behind TLS)")
    data_folder: Path = setting("FIVEFOLD_DATA", Path("~/.local/share/fivefold"), "folder of the database, the keys and the backups")
    database_url: str = setting("DATABASE_URL", "", "postgresql://user:password@host:port/name; empty: SQLite in the data folder")
    key_file: Path | None = setting("FIVEFOLD_KEY_FILE", None, "keys that seal names and free text; empty: keys/record.keys in the data folder")
    notes_key_file: Path | None = setting(
        "FIVEFOLD_NOTES_KEY_FILE", None, "keys that seal psychotherapy process notes and nothing else; empty: process-notes.keys beside the key file"
    )
    secret_key: str = setting("FIVEFOLD_SECRET_KEY", "", "signs cookies and links; empty: made once and kept in the data folder (local mode only)")
    knowledge_folder: str = setting("FIVEFOLD_KNOWLEDGE_FOLDER", "", "a knowledge base of your own; empty: the one that comes with Fivefold")
    port: int = setting("PORT", 8000, "port of the app on the loopback address")
    public_url: str = setting("FIVEFOLD_PUBLIC_URL", "", "address under which people open the app, with https in production mode")
    behind_proxy: bool = setting("FIVEFOLD_BEHIND_PROXY", False, "whether a reverse proxy of your own sets X-Forwarded-For and X-Forwarded-Proto")
    idle_minutes: int = setting("FIVEFOLD_IDLE_MINUTES", 20, "minutes without activity after which somebody is signed out")
    session_hours: int = setting("FIVEFOLD_SESSION_HOURS", 12, "hours after which everybody signs in anew")
    second_factor: bool | None = setting("FIVEFOLD_SECOND_FACTOR", None, "whether everybody needs a second factor; empty: yes in production mode")
    failures_allowed: int = setting("FIVEFOLD_FAILURES_ALLOWED", 5, "failed sign-ins for one account from one place before it is locked there")
    lock_minutes: int = setting("FIVEFOLD_LOCK_MINUTES", 15, "minutes for which it stays locked")
    workers: int = setting("FIVEFOLD_WORKERS", 2, "processes that answer requests")
    log_level: str = setting("FIVEFOLD_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR; logs hold no personal data at any level")
    metrics_token: str = setting(
        "FIVEFOLD_METRICS_TOKEN", "", "what a monitoring program sends as bearer token to read /metrics, at least 20 characters; empty: there is no such page"
    )
    mail_host: str = setting(
        "FIVEFOLD_MAIL_HOST", "", "mail server by which patients who want it are reminded, and staff are told that danger waits; empty: no mail is ever sent"
    )
    mail_port: int = setting("FIVEFOLD_MAIL_PORT", 587, "port of the mail server")
    mail_security: str = setting("FIVEFOLD_MAIL_SECURITY", "starttls", "starttls, tls, or none (for a server on this machine alone)")
    mail_user: str = setting("FIVEFOLD_MAIL_USER", "", "name with which Fivefold signs in at the mail server; empty: without")
    mail_password: str = setting("FIVEFOLD_MAIL_PASSWORD", "", "password with which Fivefold signs in there")
    mail_from: str = setting("FIVEFOLD_MAIL_FROM", "", "address that mail comes from; choose one that does not tell where somebody is treated")
    debug: bool = setting("FIVEFOLD_DEBUG", False, "developer's error pages; refused in production mode")

    @property
    def folder(self) -> Path:
        """The data folder, with the home folder in place of ``~``."""
        return self.data_folder.expanduser()

    @property
    def keys(self) -> Path:
        """The key file."""
        return self.key_file.expanduser() if self.key_file else self.folder / "keys" / "record.keys"

    @property
    def notes_keys(self) -> Path:
        """The key file of process notes."""
        return self.notes_key_file.expanduser() if self.notes_key_file else self.keys.with_name("process-notes.keys")

    @property
    def database_file(self) -> Path:
        """The SQLite database."""
        return self.folder / "record.sqlite3"

    @property
    def metrics_folder(self) -> Path | None:
        """Where the processes of a server put their numbers together, or None when nobody asks for them."""
        return self.folder / "metrics" if self.metrics_token else None

    @property
    def wants_second_factor(self) -> bool:
        """Whether everybody needs a second factor."""
        return self.mode == "production" if self.second_factor is None else self.second_factor


def read_config(environment: Mapping[str, str]) -> Config:
    """The configuration of an environment; raises SettingsRefused with every value that cannot be used."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for one in fields(Config):
        text = environment.get(one.metadata["name"], "").strip()
        if not text:
            continue
        try:
            values[one.name] = _READERS[str(one.type)](text)
        except ValueError as error:
            problems.append(f"{one.metadata['name']}: {error}")
    if values.get("log_level", "INFO") not in LOG_LEVELS:
        problems.append("FIVEFOLD_LOG_LEVEL: expected one of " + ", ".join(LOG_LEVELS))
    if 0 < len(values.get("metrics_token", "")) < METRICS_CHARACTERS:
        problems.append(f"FIVEFOLD_METRICS_TOKEN: expected at least {METRICS_CHARACTERS} characters (`openssl rand -base64 24`), or nothing")
    problems += _mail_problems(values)
    if values.get("mode", "local") not in ("local", "production"):
        problems.append("FIVEFOLD_MODE: expected local or production")
    if problems:
        raise SettingsRefused(problems)
    return Config(**values)


def _mail_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of mail, where there is a mail server."""
    host, security = values.get("mail_host", ""), values.get("mail_security", "starttls")
    problems = []
    if security not in MAIL_SECURITY:
        problems.append("FIVEFOLD_MAIL_SECURITY: expected one of " + ", ".join(MAIL_SECURITY))
    if host and "@" not in values.get("mail_from", ""):
        problems.append("FIVEFOLD_MAIL_FROM: expected the address that reminders come from, because FIVEFOLD_MAIL_HOST is set")
    if host not in LOOPBACK and security == "none":
        problems.append("FIVEFOLD_MAIL_SECURITY: the mail server is on another machine; addresses go there by starttls or tls alone")
    if host and not values.get("public_url"):
        problems.append("FIVEFOLD_PUBLIC_URL: reminders lead to the app, so that its address is needed when FIVEFOLD_MAIL_HOST is set")
    return problems


def _yes_or_no(text: str) -> bool:
    if text.casefold() in ("1", "yes", "true", "on"):
        return True
    if text.casefold() in ("0", "no", "false", "off"):
        return False
    raise ValueError("expected yes or no")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 100_000:
        raise ValueError("expected a whole number above 0")
    return int(text)


_READERS: dict[str, Any] = {
    str(str): str,
    str(int): _number,
    str(bool): _yes_or_no,
    str(bool | None): _yes_or_no,
    str(Path): Path,
    str(Path | None): Path,
}


@dataclass(frozen=True)
class DatabaseAddress:
    """The parts of a PostgreSQL address."""

    host: str
    port: str
    name: str
    user: str
    password: str
    options: dict[str, str]

    @property
    def is_here(self) -> bool:
        """Whether the server is on this machine."""
        return self.host in LOOPBACK or self.host.startswith("/")

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection uses TLS."""
        return self.options.get("sslmode", "") in ENCRYPTED


def read_database_url(url: str) -> DatabaseAddress:
    """The parts of a ``postgresql://`` address; raises SettingsRefused for any other."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        raise SettingsRefused(["DATABASE_URL: expected postgresql://user:password@host:port/name"])
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = options.pop("host", "") or parts.hostname or ""
    return DatabaseAddress(
        host=host,
        port=str(parts.port or options.pop("port", "")),
        name=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        options=options,
    )


def refuse_production(config: Config) -> None:
    """Raise SettingsRefused with every reason why a server may not start like this."""
    problems = []
    if config.debug:
        problems.append("FIVEFOLD_DEBUG is on: error pages would show records. Remove it.")
    if len(config.secret_key) < SECRET_CHARACTERS or len(set(config.secret_key)) < 10:
        problems.append(f"FIVEFOLD_SECRET_KEY is empty or easy to guess: set at least {SECRET_CHARACTERS} random characters (`openssl rand -base64 48`).")
    if urlsplit(config.public_url).scheme != "https" or not urlsplit(config.public_url).hostname:
        problems.append("FIVEFOLD_PUBLIC_URL: expected the https address under which people open the app.")
    if config.database_url:
        address = read_database_url(config.database_url)
        if not address.is_here and not address.is_encrypted:
            problems.append("DATABASE_URL: the database is on another machine without TLS. Add ?sslmode=verify-full (or require).")
        if not address.is_here and not address.password:
            problems.append("DATABASE_URL: the database is on another machine and has no password.")
    if problems:
        raise SettingsRefused(problems)
