"""How fast the app is with a full clinic, on SQLite and on PostgreSQL: ``make bench-app``, or ``scripts/bench.py --only app``.

For each database a small and a large clinic of invented rows are written (``services/synthetic/bulk.py``), every page of the URL table is
opened by somebody whose role reaches it, and then forty therapists click at once, all on the server that ``fivefold admin run`` starts in
production mode. Nothing here is a test: machines differ and are shared.
"""

import argparse
import os
import platform
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.postgres import start_server

from scripts.bench import medians, reference
from scripts.bench_clicks import HOST, measure

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")


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
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}")
    print(f"The yardstick of `make bench` (fixed plain Python) takes {medians(reference, 50)[0]:.1f} ms here and now.")
    for database in [asked.database] if asked.database else DATABASES:
        print(f"\n{database}", flush=True)
        with tempfile.TemporaryDirectory(prefix="fivefold-bench-") as folder:
            bench(database, Path(folder), asked)


def bench(database: str, folder: Path, asked: argparse.Namespace) -> None:
    """Prepare in a process of its own (Django reads its settings once), then measure from outside."""
    port = _free_port()
    os.environ.update(_environment(database, folder, port))
    sizes = [f"--{name}={getattr(asked, name.replace('-', '_'))}" for name in ("patients", "scores", "sessions", "therapists", "looked-at")]
    subprocess.run([sys.executable, "-m", "scripts.bench_pages", *sizes], cwd=ROOT, check=True)
    measure(folder, port, asked.times, asked.turns)


def _environment(database: str, folder: Path, port: int) -> dict[str, str]:
    return {
        "FIVEFOLD_MODE": "production",
        "FIVEFOLD_DATA": str(folder),
        "FIVEFOLD_SECRET_KEY": secrets.token_urlsafe(48),
        "FIVEFOLD_PUBLIC_URL": f"https://{HOST}",
        "FIVEFOLD_BEHIND_PROXY": "yes",
        "FIVEFOLD_SECOND_FACTOR": "no",
        "FIVEFOLD_LOG_LEVEL": "WARNING",
        "DATABASE_URL": start_server() if database == "postgresql" else "",
        "PORT": str(port),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
