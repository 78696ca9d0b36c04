"""The caseload in words and signs."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.html.formats import with_days
from fivefold.services.access import Actor, Permission
from fivefold.services.caseload_list import SIGNALS, SeenCaseload, SeenRow
from fivefold.services.knowledge import knowledge
from fivefold.web.pages import page_number
from fivefold.web.ui.nav import entries, patient_url
from fivefold.web.ui.templatetags.ui import day

# So many modules are named in a row; the others are counted.
MODULES_NAMED = 3

# How the engine says that the time of an action has passed.
LATE = "overdue since"

# Of each signal: its shape and its word. Only safety is red.
SIGNAL_WORDS: dict[str, tuple[str, str | Promise]] = {
    "safety": ("safety", gettext_lazy("Safety")),
    "watch": ("watch", gettext_lazy("Look here")),
    "new": ("open", gettext_lazy("No plan yet")),
    "none": ("none", gettext_lazy("Nothing flagged")),
}


@dataclass(frozen=True)
class Filters:
    """What somebody asked to see, as it came; nothing else is accepted."""

    search: str = ""
    signal: str = ""
    phase: str = ""
    page: int = 1

    @property
    def is_set(self) -> bool:
        return bool(self.search or self.signal or self.phase)


def read_filters(asked: QueryDict) -> Filters:
    """Filters of a form or an address; what does not exist counts as not asked."""
    signal, phase = asked.get("signal", ""), asked.get("phase", "")
    return Filters(
        search=asked.get("q", "").strip()[:120],
        signal=signal if signal in SIGNALS else "",
        phase=phase if phase in PhaseId.__members__ else "",
        page=page_number(asked.get("page", "")),
    )


@dataclass(frozen=True)
class Choice:
    """One way to filter, with the number of rows behind it."""

    value: str
    word: str | Promise
    mark: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One row as the page shows it; ``running_more`` holds the modules under way that are counted only."""

    seen: SeenRow
    url: str
    phase_name: str
    running: str
    running_more: tuple[str, ...]
    mark: str
    word: str | Promise
    note: str
    action: str
    by_when: str
    is_late: bool
    action_url: str
    review_on: date | None


def lines(caseload: SeenCaseload) -> list[Line]:
    """Every row with its words and addresses."""
    return [line_of(row) for row in caseload.rows]


def line_of(row: SeenRow) -> Line:
    """One row with its words and addresses."""
    mark, word = SIGNAL_WORDS[row.signal]
    action, by_when = _split(row.next_action)
    return Line(
        seen=row,
        url=patient_url("patient_map", row.id),
        phase_name=phase_name(row.phase),
        running="\u00a0· ".join(row.running[:MODULES_NAMED]),
        running_more=tuple(row.running[MODULES_NAMED:]),
        mark=mark,
        word=word,
        note=_(row.signal_text) if row.signal_text and row.signal != "new" else "",
        action=_(action) if action else "",
        by_when=with_days(by_when, day),
        is_late=LATE in by_when,
        action_url=patient_url(row.next_page, row.id),
        review_on=row.review_on,
    )


def _split(action: str) -> tuple[str, str]:
    """What to do, and by when: ``Telephone (within 48 hours, by ...)``."""
    what, bracket, span = action.partition(" (within ")
    return what, f"within {span.removesuffix(')')}" if bracket else ""


def phase_name(phase: str) -> str:
    """Name of a phase, or that it is not known."""
    return knowledge().phases[PhaseId(phase)].short_name if phase in PhaseId.__members__ else _("not known yet")


def signal_choices(caseload: SeenCaseload, filters: Filters) -> list[Choice]:
    """All signals, and each of them with its number."""
    every = Choice("", _("All"), "", caseload.everybody, not filters.signal)
    each = [Choice(name, word, mark, caseload.counts.get(name, 0), filters.signal == name) for name, (mark, word) in SIGNAL_WORDS.items()]
    return [every, *(choice for choice in each if choice.count or choice.chosen)]


def phase_choices(caseload: SeenCaseload, filters: Filters) -> list[Choice]:
    """The five phases with their numbers."""
    return [Choice(phase, knowledge().phases[phase].name, "", caseload.counts.get(phase, 0), filters.phase == phase) for phase in PhaseId]


def lead_sentence(caseload: SeenCaseload) -> str:
    """How the caseload stands, in one sentence."""
    many = caseload.everybody
    parts = [ngettext("%(many)d patient.", "%(many)d patients, sorted by need.", many) % {"many": many}]
    for signal, one, more in (
        ("safety", _("%(many)d needs safety first"), _("%(many)d need safety first")),
        ("watch", _("%(many)d to look at"), _("%(many)d to look at")),
        ("new", _("%(many)d with a first plan to make"), _("%(many)d with a first plan to make")),
    ):
        if count := caseload.counts.get(signal, 0):
            parts.append((one if count == 1 else more) % {"many": count})
    return parts[0] + (" " + ", ".join(parts[1:]) + "." if len(parts) > 1 else "")


def found_words(caseload: SeenCaseload) -> str:
    """How many rows the filters leave."""
    return ngettext("%(many)d of %(all)d patients", "%(many)d of %(all)d patients", caseload.found) % {"many": caseload.found, "all": caseload.everybody}


def behind_words(caseload: SeenCaseload) -> str:
    """That some rows say what held on an earlier day, and what to do about it; empty when none does."""
    if not caseload.behind:
        return ""
    words = ngettext(
        "%(many)d patient is shown as of an earlier day. Show the list again to bring it up to date; the patient's own page always is.",
        "%(many)d patients are shown as of an earlier day. Show the list again to bring more up to date; a patient's own page always is.",
        caseload.behind,
    )
    return words % {"many": caseload.behind}


def places_to_jump(actor: Actor, search: str) -> list[dict[str, str]]:
    """Pages whose name holds what was typed."""
    known = [(str(entry.name), entry.url) for entry in entries(actor)]
    if actor.may(Permission.ADD_PATIENT):
        known.append((_("Take on a new patient"), reverse("patient_new")))
    known += [(_("Your account"), reverse("account")), (_("Help"), reverse("help"))]
    wanted = search.strip().casefold()
    return [{"name": name, "url": url, "what": _("page")} for name, url in known if wanted and wanted in name.casefold()]
