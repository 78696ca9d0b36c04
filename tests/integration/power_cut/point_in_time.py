"""Program: PostgreSQL keeps its log, something goes wrong, and the record is brought back to the moment before.

Usage: python -m tests.integration.power_cut.point_in_time; prints JSON.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.integration.power_cut.real_acts import found_practice
from tests.support.postgres import Server

LEVELS = ["every day", "most days", "some days", "one day", "never"]
MOMENT = "before_the_accident"


def main() -> None:
    server = Server.make()
    server.keep_log()
    with tempfile.TemporaryDirectory(prefix="fivefold-moment-") as name:
        os.environ |= {"DATABASE_URL": server.address, "FIVEFOLD_DATA": name, "DJANGO_SETTINGS_MODULE": "fivefold.web.settings.local"}
        import django

        django.setup()
        from django.db import connection

        from fivefold.services import goals

        actor, patient_id = found_practice(Path(name))

        def say(words: str) -> None:
            goals.set_goal(actor, patient_id=patient_id, words=words, levels=LEVELS)

        say("before the copy")
        copy = server.copy_whole()
        say("after the copy")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_create_restore_point(%s)", [MOMENT])
        say("the accident")
        before = told(actor)
        connection.close()
        server.keep_all_so_far()
        server.crash()
        server.go_back_to(copy, MOMENT)
        print(json.dumps({"before": before, "after": told(actor), "goes on": goes_on(say, actor)}))


def told(actor: Any) -> dict[str, Any]:
    """The goals that stand in the record, and what is wrong with the trail."""
    from fivefold.records.models import Goal
    from fivefold.services import audit

    return {"goals": [goal.words for goal in Goal.objects.order_by("recorded_at")], "trail": [problem.what for problem in audit.verify(actor.clinic)]}


def goes_on(say: Any, actor: Any) -> dict[str, Any]:
    """The same after one more act."""
    say("the day after")
    return told(actor)


if __name__ == "__main__":
    main()
