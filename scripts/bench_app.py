"""How fast the app is with a full clinic, on SQLite and on PostgreSQL: ``make bench-app``, or ``scripts/bench.py --only app``.

For each database a small and a large clinic of invented rows are written (``services/synthetic/bulk.py``), every page of the URL table is
opened by somebody whose role reaches it, and then forty therapists click at once, all on the server that ``fivefold admin run`` starts in
production mode. Nothing here is a test: machines differ and are shared.

Writing the large clinic takes most of the time. ``--keep FOLDER`` leaves what was prepared in that folder, one for each database, and takes
it up from there the next time; sizes then no longer count, and each time leaves some goals and drafts more. ``--prepare-only`` stops before
anything is measured.
"""

import argparse
import os
import platform
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import Server, start_server

from scripts.bench import medians, reference
from scripts.bench_clicks import HOST, measure

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
SECRET = "bench-secret"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="one of them; otherwise one after the other")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--scores", type=int, default=2_000_000)
    parser.add_argument("--sessions", type=int, default=400_000)
    parser.add_argument("--therapists", type=int, default=40)
    parser.add_argument("--looked-at", type=int, default=20, help="patients whose pages are opened")
    parser.add_argument("--times", type=int, default=40, help="times each page is opened")
    parser.add_argument("--turns", type=int, default=4, help="turns of eight clicks that each therapist makes")
    parser.add_argument("--keep", type=Path, help="a folder that keeps what is prepared, or in which it was kept")
    parser.add_argument("--prepare-only", action="store_true", help="prepare into the folder that keeps, and measure nothing")
    asked = parser.parse_args()
    if asked.prepare_only and not asked.keep:
        parser.error("--prepare-only wants --keep")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}")
    print(f"The yardstick of `make bench` (fixed plain Python) takes {medians(reference, 50)[0]:.1f} ms here and now.")
    for database in [asked.database] if asked.database else DATABASES:
        print(f"\n{database}", flush=True)
        with _folder(asked.keep and asked.keep.resolve() / database) as folder:
            bench(database, folder, asked)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """The folder that keeps, or one that is thrown away afterwards."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="fivefold-bench-") as folder:
        yield Path(folder)


def bench(database: str, folder: Path, asked: argparse.Namespace) -> None:
    """Prepare in a process of its own (Django reads its settings once), then measure from outside."""
    port = _free_port()
    os.environ.update(_environment(database, folder, port, bool(asked.keep)))
    sizes = [f"--{name}={getattr(asked, name.replace('-', '_'))}" for name in ("patients", "scores", "sessions", "therapists", "looked-at")]
    sizes += ["--prepare-only"] if asked.prepare_only else []
    subprocess.run([sys.executable, "-m", "scripts.bench_pages", *sizes], cwd=ROOT, check=True)
    if not asked.prepare_only:
        measure(folder, port, asked.times, asked.turns)


def _environment(database: str, folder: Path, port: int, kept: bool) -> dict[str, str]:
    return {
        "FIVEFOLD_MODE": "production",
        "FIVEFOLD_DATA": str(folder),
        "FIVEFOLD_SECRET_KEY": _secret(folder),
        "FIVEFOLD_PUBLIC_URL": f"https://{HOST}",
        "FIVEFOLD_BEHIND_PROXY": "yes",
        "FIVEFOLD_SECOND_FACTOR": "no",
        "FIVEFOLD_LOG_LEVEL": "WARNING",
        "DATABASE_URL": _database_url(folder, kept) if database == "postgresql" else "",
        "PORT": str(port),
    }


def _secret(folder: Path) -> str:
    """One for each folder: the links in a kept clinic are signed with it."""
    file = folder / SECRET
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _database_url(folder: Path, kept: bool) -> str:
    return Server.keep(folder / "server").address if kept else start_server()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
