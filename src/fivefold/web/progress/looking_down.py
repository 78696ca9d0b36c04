"""Looking down from a change to what was done in that time: modules, sessions, plans, events. Beside each other, never as a cause."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fivefold.concepts.vocabulary import PhaseId
from fivefold.services.knowledge import knowledge
from fivefold.services.progress import Mark, SeenProgress
from fivefold.web.ui.templatetags.ui import day

# So long before a sudden shift is looked at as well: what helped, or hurt, may have begun earlier.
BEFORE_A_SHIFT = 28


def done_between(seen: SeenProgress, since: date, until: date, words: Mapping[str, str | Promise]) -> list[str]:
    """In sentences, what was under way and what happened from one day to another; ``words`` names each kind of mark."""
    marks = [mark for mark in seen.marks if since <= mark.on <= until]
    return [*_modules(seen, since, until), *_sessions(marks), *_happened(marks, words)]


def done_before(seen: SeenProgress, before: date, after: date, words: Mapping[str, str | Promise]) -> list[str]:
    """The same for a sudden shift: from four weeks before it until the score after it."""
    return done_between(seen, before - timedelta(days=BEFORE_A_SHIFT), after, words)


def _modules(seen: SeenProgress, since: date, until: date) -> Iterator[str]:
    for stretch in seen.modules:
        if stretch.since <= until and (stretch.until is None or stretch.until >= since):
            end = day(stretch.until) if stretch.until is not None else _("now")
            yield _("%(module)s, from %(from)s to %(to)s") % {"module": stretch.name, "from": day(stretch.since), "to": end}


def _sessions(marks: list[Mark]) -> Iterator[str]:
    held, missed = (sum(mark.kind == kind for mark in marks) for kind in ("session", "no_session"))
    if held or missed:
        took = ngettext("one session took place", "%(n)d sessions took place", held) % {"n": held}
        not_held = ngettext("one did not", "%(n)d did not", missed) % {"n": missed}
        yield f"{took}, {not_held}" if missed else took


def _happened(marks: list[Mark], words: Mapping[str, str | Promise]) -> Iterator[str]:
    for mark in marks:
        if mark.kind == "plan":
            yield _("%(on)s: plan signed, phase %(name)s") % {"on": day(mark.on), "name": knowledge().phases[PhaseId(mark.words)].name}
        elif mark.kind not in ("session", "no_session"):
            yield f"{day(mark.on)}: {words[mark.kind]}"
