"""The one place where the parts are joined: reads the settings and starts Django for commands and servers."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from fivefold.config import Config, read_config


@lru_cache(maxsize=1)
def config() -> Config:
    """The configuration of this process, read once."""
    return read_config(os.environ)


def start() -> Config:
    """Start Django with the settings of the mode; safe to call twice."""
    import django  # noqa: PLC0415  # commands that need no record start without it

    prepare_environment()
    django.setup()
    return config()


def prepare_environment() -> None:
    """What Django and the library for metrics read from the environment, from our own settings; both before they are imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"fivefold.web.settings.{config().mode}")
    if folder := config().metrics_folder:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def forget_metrics() -> None:
    """Throw away the numbers of the processes of an earlier start: they count from zero again."""
    if folder := config().metrics_folder:
        for path in folder.glob("*.db"):
            path.unlink()


def local_secret(folder: Path) -> str:
    """The secret of a one-PC installation: made on first use, kept beside the database, readable by its owner alone."""
    path = folder / "keys" / "cookie.secret"
    if not path.exists():
        for made in (folder, path.parent):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"cookie.secret.{os.getpid()}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(48))
        try:
            os.link(part, path)  # the first of two processes wins, and both read the same
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text(encoding="utf-8")
