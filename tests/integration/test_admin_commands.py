"""``fivefold admin`` as somebody runs it: on an empty machine, on one with something wrong, and as a server."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

FIVEFOLD = [sys.executable, "-c", "from fivefold.cli.main import main; main()"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIVEFOLD_", "DATABASE_", "DJANGO_", "PYTEST_", "COV_"))}
    return {**kept, "FIVEFOLD_DATA": str(folder), **more}


def admin(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FIVEFOLD, "admin", *arguments], env=environment(folder, **more), capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation with one clinic, and what its preparation said."""
    folder = tmp_path_factory.mktemp("machine") / "data"
    done = admin(folder, "init", "--clinic", "Hill", "--lead-name", "Vera", "--lead-email", "vera@hill.example")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_init_prepares_a_machine_and_gives_the_lead_a_link(prepared: tuple[Path, str]) -> None:
    folder, said = prepared

    assert "http://localhost:8000/join/" in said
    assert (folder / "record.sqlite3").exists()
    for private in (folder, folder / "keys", folder / "keys" / "record.keys", folder / "keys" / "cookie.secret"):
        assert private.stat().st_mode & 0o077 == 0


def test_doctor_finds_nothing_to_mend_on_a_prepared_machine(prepared: tuple[Path, str]) -> None:
    done = admin(prepared[0], "doctor")

    assert done.returncode == 0
    assert "MEND" not in done.stdout
    assert "WAL, synchronous FULL" in done.stdout


def test_the_timers_of_signals_pass_on_and_prove_the_path_of_an_answer(prepared: tuple[Path, str]) -> None:
    assert "was never proved alive" in admin(prepared[0], "doctor").stdout
    late = admin(prepared[0], "signals", "--late")
    assert (late.returncode, late.stdout.splitlines()[0]) == (0, "0 signals passed on.") and "0 positive answers" in late.stdout
    assert "the path" not in late.stdout
    nightly = admin(prepared[0], "signals")
    assert nightly.returncode == 0 and "the path of a risk answer is alive." in nightly.stdout, nightly.stdout + nightly.stderr
    assert "proved alive" not in admin(prepared[0], "doctor").stdout


def test_doctor_says_what_to_do_on_an_empty_machine(tmp_path: Path) -> None:
    done = admin(tmp_path / "nothing", "doctor")

    assert done.returncode == 1
    assert "fivefold admin init" in done.stdout


def test_doctor_sees_keys_that_others_can_read(prepared: tuple[Path, str]) -> None:
    keys = prepared[0] / "keys" / "record.keys"
    keys.chmod(0o644)
    try:
        done = admin(prepared[0], "doctor")
    finally:
        keys.chmod(0o600)

    assert done.returncode == 1
    assert "others may read it" in done.stdout


def test_init_never_makes_new_keys_beside_old_records(prepared: tuple[Path, str], tmp_path: Path) -> None:
    keys = prepared[0] / "keys" / "record.keys"
    away = keys.rename(tmp_path / "away.keys")
    try:
        done = admin(prepared[0], "init", "--synthetic")
        assert not keys.exists()
    finally:
        away.rename(keys)

    assert done.returncode == 2
    assert "Restore it" in done.stderr


def test_audit_of_a_prepared_machine_holds(prepared: tuple[Path, str]) -> None:
    done = admin(prepared[0], "verify-audit")

    assert done.returncode == 0
    assert "the chain holds" in done.stdout


def test_server_without_its_settings_does_not_start_and_says_all_of_them(tmp_path: Path) -> None:
    done = admin(tmp_path, "doctor", FIVEFOLD_MODE="production", FIVEFOLD_DEBUG="yes", DATABASE_URL="postgresql://u@db.example/x")

    assert done.returncode == 2
    for name in ("FIVEFOLD_DEBUG", "FIVEFOLD_SECRET_KEY", "FIVEFOLD_PUBLIC_URL", "DATABASE_URL"):
        assert name in done.stderr


def test_synthetic_clinic_is_not_for_a_server(tmp_path: Path) -> None:
    secret = "k3Vt9-fQ2xLp7_Zr0mYw8Ba5Hc1Ne6Ug4Sj-Xo3Ki9"
    done = admin(tmp_path, "init", "--synthetic", FIVEFOLD_MODE="production", FIVEFOLD_SECRET_KEY=secret, FIVEFOLD_PUBLIC_URL="https://clinic.example")

    assert done.returncode == 2
    assert "never for a server" in done.stderr


def test_port_that_another_program_uses_is_refused_though_both_would_share_it(prepared: tuple[Path, str]) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = admin(prepared[0], "run", PORT=str(port))

    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr and f"PORT={port + 1}" in done.stderr


def test_server_answers_on_the_loopback_address_and_ends_when_asked(prepared: tuple[Path, str], tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as stream:
        server = subprocess.Popen([*FIVEFOLD, "admin", "run"], env=environment(prepared[0], PORT=str(port)), stdout=stream, stderr=stream)
        try:
            ready = json.loads(wait_for(f"http://127.0.0.1:{port}/readyz"))
            page = urllib.request.urlopen(f"http://localhost:{port}/sign-in", timeout=10)
            style = urllib.request.urlopen(f"http://127.0.0.1:{port}/static/fivefold/fivefold.css", timeout=10)
            listening = addresses_of(port)
        finally:
            server.send_signal(signal.SIGTERM)
            asked = time.monotonic()
            server.wait(timeout=20)

    assert time.monotonic() - asked < 15
    assert all(ready.values())
    assert page.headers["Cache-Control"] == "no-store"
    assert style.status == 200
    assert listening == {"0100007F"}
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {line["route"] for line in lines if line["message"] == "request"} == {"sign-in"}


def test_server_behind_a_proxy_sends_people_to_tls_and_marks_its_cookies(prepared: tuple[Path, str], tmp_path: Path) -> None:
    port = free_port()
    production = {
        "FIVEFOLD_MODE": "production",
        "FIVEFOLD_SECRET_KEY": "k3Vt9-fQ2xLp7_Zr0mYw8Ba5Hc1Ne6Ug4Sj-Xo3Ki9",
        "FIVEFOLD_PUBLIC_URL": "https://clinic.example",
        "FIVEFOLD_BEHIND_PROXY": "yes",
        "FIVEFOLD_WORKERS": "1",
    }
    with (tmp_path / "log").open("w") as stream:
        server = subprocess.Popen([*FIVEFOLD, "admin", "run"], env=environment(prepared[0], PORT=str(port), **production), stdout=stream, stderr=stream)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            plain = ask(port, "/sign-in", Host="clinic.example")
            over_tls = ask(port, "/sign-in", Host="clinic.example", **{"X-Forwarded-Proto": "https"})
            foreign = ask(port, "/sign-in", Host="evil.example", **{"X-Forwarded-Proto": "https"})
        finally:
            server.terminate()
            server.wait(timeout=20)

    assert (plain.status, plain.headers["Location"]) == (301, "https://clinic.example/sign-in")
    assert over_tls.status == 200
    assert over_tls.headers["Strict-Transport-Security"]
    cookie = over_tls.headers["Set-Cookie"]
    assert cookie.strip().startswith("__Host-csrf=")
    assert all(mark in cookie for mark in ("Secure", "HttpOnly", "Path=/"))
    assert foreign.status == 400


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(address: str) -> bytes:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)


def addresses_of(port: int) -> set[str]:
    """The local addresses on which somebody listens at a port (0100007F is 127.0.0.1)."""
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
