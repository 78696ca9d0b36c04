"""Running the program as a person does: as a process of its own, with a pipe or with a terminal."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAM = [sys.executable, "-m", "fivefold.cli.main"]
ENOUGH_SECONDS = 60.0


@dataclass(frozen=True)
class Result:
    """What came out of one run."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The surroundings of the program: as here, without what would colour or shape its output."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES", "FIVEFOLD_DEBUG")}
    return {**kept, "PYTHONUTF8": "1", "TERM": "xterm", **more}


def fivefold(*arguments: object, given: str | bytes = b"", cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Result:
    """One run with pipes."""
    raw = given.encode() if isinstance(given, str) else given
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)], input=raw, capture_output=True, cwd=cwd, env={**environment(), **(env or {})}, timeout=ENOUGH_SECONDS, check=False
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


class Terminal:
    """One run at a terminal of 80 columns: type, see, and pull the plug."""

    def __init__(self, *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        self.process, self._end = pty.fork()
        if self.process == 0:
            if cwd is not None:
                os.chdir(cwd)
            # A test run in the background ignores Ctrl-C, and its children would inherit that: a person's terminal does not.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvpe(PROGRAM[0], [*PROGRAM, *map(str, arguments)], {**environment(), **(env or {})})
        self.seen = ""
        self._read = 0

    def wait_for(self, text: str) -> str:
        """What has appeared since the last call, up to and with ``text``."""
        until = time.monotonic() + ENOUGH_SECONDS
        while text not in self.seen[self._read :]:
            if time.monotonic() > until or not self._take():
                raise AssertionError(f"{text!r} did not appear in:\n{self.seen[self._read :]}")
        end = self.seen.index(text, self._read) + len(text)
        found, self._read = self.seen[self._read : end], end
        return found

    def _take(self) -> bool:
        """Read what is there; False at the end."""
        if not select.select([self._end], [], [], 1.0)[0]:
            return True
        try:
            raw = os.read(self._end, 65536)
        except OSError:
            return False
        self.seen += raw.decode(errors="replace").replace("\r\n", "\n")
        return bool(raw)

    def type(self, line: str) -> None:
        os.write(self._end, line.encode() + b"\n")

    def interrupt(self, farewell: str) -> int:
        """Ctrl-C until the program says ``farewell``, and its exit code.

        A signal that arrives between the showing of a prompt and the wait for a key is noticed at the next key only, and a
        test is quick enough to hit that moment. A person sees nothing happen and presses again, and so does this.
        """
        until = time.monotonic() + ENOUGH_SECONDS
        while farewell not in self.seen and time.monotonic() < until:
            os.write(self._end, b"\x03")
            look_again = time.monotonic() + 2.0
            while farewell not in self.seen and time.monotonic() < look_again:
                self._take()
        return self.finish()

    def kill(self) -> None:
        """As when the power goes."""
        os.kill(self.process, signal.SIGKILL)
        self.finish()

    def finish(self) -> int:
        """Wait for the end and give back the exit code (negative: the signal)."""
        until = time.monotonic() + ENOUGH_SECONDS
        with suppress(OSError):
            while self._take():
                if time.monotonic() > until:
                    os.kill(self.process, signal.SIGKILL)
                    raise AssertionError(f"the program did not end; the last it showed:\n{self.seen[-500:]}")
        _, status = os.waitpid(self.process, 0)
        os.close(self._end)
        return os.waitstatus_to_exitcode(status)
