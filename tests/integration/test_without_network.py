"""Nothing leaves the machine: CI runs every test, the browser's journeys included, where there is no network (``scripts/without_network.sh``)."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "without_network.sh"
ASKS = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('198.51.100.7', 53))"
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="NOT PROVEN HERE that nothing leaves the machine: a place without a network needs root and unshare",
)


@pytest.mark.skipif(
    "TESTS_WITHOUT_NETWORK" not in os.environ, reason="NOT PROVEN IN THIS RUN that nothing leaves the machine: begin it with scripts/without_network.sh"
)
def test_this_run_has_no_network_but_the_machine_itself() -> None:
    assert {name for _, name in socket.if_nameindex()} == {"lo", "out", "nowhere"}


@pytest.mark.parametrize(("sends", "status"), [("pass", 0), (ASKS, 1), ("raise SystemExit(3)", 3)])
def test_one_packet_to_anywhere_else_is_counted_and_fails_the_run(sends: str, status: int) -> None:
    done = subprocess.run([SCRIPT, "python3", "-c", sends], capture_output=True, text=True, check=False, timeout=30)

    assert done.returncode == status, done.stderr
    assert f"{int(sends == ASKS)} packets" in done.stderr
