"""The pages about running, safety and the app name only what exists."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from fivefold.cli.admin import admin
from fivefold.config import Config

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "SECURITY.md", *sorted(DOCS.glob("operation/*.md")), *sorted(DOCS.glob("safety/*.md")), DOCS / "explanation/the-app.md"]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_and_setting_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = set(re.findall(r"fivefold(?:-admin| admin) ([a-z][a-z-]+)", text))
    settings = set(re.findall(r"\bFIVEFOLD_[A-Z_]+|\bDATABASE_URL\b|\bPORT=", text))

    known = {one.metadata["name"] for one in fields(Config)}
    assert commands - set(admin.list_commands(None)) <= {"command"}  # type: ignore[arg-type]
    assert {setting.rstrip("=") for setting in settings} <= known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_place_in_the_code_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = re.findall(r"`((?:web|services|records|engine|deploy|scripts|docs)/[\w/.-]*)(?:: (\w+))?`", text)

    missing = []
    for path, name in places:
        found = next((folder / path for folder in (ROOT, ROOT / "src/fivefold") if (folder / path).exists()), None)
        if found is None or (name and not re.search(rf"(?:def|class) {name}\b", found.read_text(encoding="utf-8"))):
            missing.append(f"{path}: {name}")
    assert missing == []


def test_every_command_of_the_nightly_timers_exists() -> None:
    pages = [*(ROOT / "deploy" / "systemd").iterdir(), ROOT / "docs/operation/server.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    nightly = set(re.findall(r"fivefold-daily@([a-z-]+)\.timer", text)) | {name for group in re.findall(r"@\{([a-z,-]+)\}", text) for name in group.split(",")}

    assert nightly == {"backup", "rebuild", "signals", "verify-audit"}
    assert re.findall(r"fivefold admin (.+)", (ROOT / "deploy/systemd/fivefold-signals.service").read_text(encoding="utf-8")) == ["signals --late"]
    assert nightly <= set(admin.list_commands(None))  # type: ignore[arg-type]


def test_settings_of_the_example_are_all_known() -> None:
    text = (ROOT / "deploy/fivefold.env.example").read_text(encoding="utf-8")

    given = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))

    assert given <= {one.metadata["name"] for one in fields(Config)}
    assert all(re.fullmatch(r"[A-Z_]+='[^']*'", line) for line in text.splitlines() if line and not line.startswith("#"))


def test_every_operation_page_is_on_the_list() -> None:
    listed = (ROOT / "docs/operation/README.md").read_text(encoding="utf-8")

    assert [page.name for page in (ROOT / "docs/operation").glob("*.md") if page.name != "README.md" and page.name not in listed] == []
