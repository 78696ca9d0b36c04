"""Every command is documented, and every command that is documented exists."""

import re
from pathlib import Path

from fivefold.cli.main import COMMANDS

PAGE = Path("docs/reference/command-line.md").read_text(encoding="utf-8")
README = Path("README.md").read_text(encoding="utf-8")


def test_every_command_has_its_row():
    rows = set(re.findall(r"^\| `([a-z][a-z-]*)", PAGE, re.MULTILINE))

    assert rows == set(COMMANDS)


def test_every_command_the_readme_names_exists():
    named = set(re.findall(r"(?:bin/|`)fivefold ([a-z][a-z-]*)", README))

    assert {"plan", "new", "explain"} <= named <= set(COMMANDS)


def test_every_exit_code_is_explained():
    section = PAGE.split("## Exit codes")[1].split("##")[0]

    assert re.findall(r"^\| (\d) ", section, re.MULTILINE) == ["0", "3", "2", "1"]
