"""What the README shows is run: its example, its commands, its links."""

import io
import re
import shlex
import subprocess
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.split("#")[0].strip() for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if line.startswith(".venv/bin/fivefold")]


def test_library_example_runs_from_a_checkout_and_prints_a_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = [text for kind, text in BLOCKS if kind == "python"]
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()

    with redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})

    assert printed.getvalue().strip() in {"P1", "P2", "P3", "P4", "P5"}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)", "\n".join(text for kind, text in BLOCKS if kind == "sh"), re.MULTILINE)) | set(
        re.findall(r"`make ([a-z]+)`", README)
    )

    assert named >= {"run", "test"}
    assert named - targets == set()


@pytest.mark.parametrize("command", [command for command in COMMANDS if " new " not in command])
def test_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    case = tmp_path / "my-case.yaml"
    case.write_text((ROOT / "src/fivefold/knowledge_base/cases/published/01-claire-physician.assessment.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    program = command.replace(".venv/bin/fivefold", str(ROOT / ".venv/bin/fivefold")).split(">")[0]

    done = subprocess.run(shlex.split(program), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 500


@pytest.mark.parametrize("target", sorted({link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")}))
def test_link_of_the_readme_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
