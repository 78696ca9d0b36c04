"""Write docs/reference/settings.md from ``fivefold.config``; with ``--check`` only say whether it is up to date."""

import sys
from dataclasses import fields
from pathlib import Path

from fivefold.config import Config

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "settings.md"
TYPES = {"str": "text", "int": "number", "bool": "yes or no", "Path": "path"}
BEGIN = """# Settings

The app takes its settings from the environment, when it starts. All of them have a default that is right for one PC.
`fivefold admin doctor` says what is wrong with an installation; a server that would be unsafe does not start and names
every reason. This page is written by `scripts/settings_page.py`.

| Setting | Type | Default | Meaning |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page as it should be."""
    return BEGIN + "".join(_row(one.metadata, str(getattr(one.type, "__name__", one.type)), one.default) for one in fields(Config))


def _row(metadata: object, kind: str, default: object) -> str:
    name, meaning = metadata["name"], metadata["meaning"]  # type: ignore[index]
    shown = "" if default in (None, "") else f"`{'no' if default is False else 'yes' if default is True else default}`"
    return f"| `{name}` | {TYPES[kind.split(' ', maxsplit=1)[0].removeprefix('pathlib.')]} | {shown} | {meaning} |\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == settings_page()
        sys.exit(None if current else f"{PAGE.name} is not up to date: run .venv/bin/python scripts/settings_page.py")
    PAGE.write_text(settings_page(), encoding="utf-8")
