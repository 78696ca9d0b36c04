"""The page of settings says what the program reads, and every variable that is read is on it."""

import re
from pathlib import Path

from scripts.settings_page import PAGE, settings_page

SOURCE = Path(__file__).parent.parent.parent / "src" / "fivefold"


def test_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_no_setting_is_read_anywhere_else() -> None:
    # The latter hands the whole environment on to the tools of PostgreSQL.
    allowed = {"web/wsgi.py", "services/operations/databases.py"}
    reading = re.compile(r"os\.environ|os\.getenv")

    found = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if reading.search(path.read_text(encoding="utf-8"))}

    assert {name for name in found if name.startswith(("web/", "services/", "records/"))} - allowed == set()
