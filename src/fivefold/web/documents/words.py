"""Documents in the words of a page."""

import base64
from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.documents.clinical.blocks import Chart, Composed
from fivefold.documents.clinical.chart_picture import draw_svg
from fivefold.documents.clinical.kinds import CATEGORY_WORDS, Category, Reader
from fivefold.documents.clinical.plain_language import Finding, Trouble
from fivefold.documents.language import say
from fivefold.services.documents import ListedDocument

READER_WORDS: dict[Reader, str | Promise] = {
    Reader.CLINICIAN: gettext_lazy("for clinicians"),
    Reader.PATIENT: gettext_lazy("for the patient"),
    Reader.OUTSIDE: gettext_lazy("goes outside"),
    Reader.SUPERVISION: gettext_lazy("for supervision"),
}
TROUBLE_WORDS: dict[Trouble, str | Promise] = {
    Trouble.BLAME: gettext_lazy("can hurt or blame"),
    Trouble.PROMISE: gettext_lazy("promises what nobody can promise"),
    Trouble.SHOUTING: gettext_lazy("shouts"),
    Trouble.JARGON: gettext_lazy("is a word of the trade"),
    Trouble.LONG_SENTENCE: gettext_lazy("is a long sentence"),
    Trouble.HARD: gettext_lazy("is hard to read"),
}
MOST_WORDS = 140


def categories_word(categories: Iterable[Category]) -> str:
    """Categories of data in one line."""
    return ", ".join(say(CATEGORY_WORDS[category]) for category in categories)


def category_list(categories: Iterable[Category]) -> list[str]:
    return [say(CATEGORY_WORDS[category]) for category in categories]


def state_of(listed: ListedDocument) -> tuple[str, str]:
    """The state of a document as a mark and a word."""
    if listed.withdrawn:
        return "blocked", _("withdrawn")
    if listed.agreed:
        return "done", _("signed, agreed by the patient")
    return ("done", _("signed")) if listed.signed else ("open", _("not signed"))


def found_words(found: Iterable[Finding]) -> dict[str, list[tuple[str, str, str]]]:
    """What is at fault in a text for a patient: what is refused, and what may stay; each as the words, what is wrong, and the part."""
    told: dict[str, list[tuple[str, str, str]]] = {"refused": [], "told": []}
    for one in found:
        words = one.words if len(one.words) <= MOST_WORDS else f"{one.words[:MOST_WORDS]}…"
        wrong = str(TROUBLE_WORDS[one.trouble])
        if one.grade is not None:
            wrong = _("%(wrong)s (school year %(grade)s; wanted: 7)") % {"wrong": wrong, "grade": f"{one.grade:g}"}
        told["refused" if one.trouble.refuses else "told"].append((words, wrong, one.part))
    return told


def page_of(document: Composed) -> dict[str, Any]:
    """The content of a document for the template; charts as pictures that need no address."""
    content = document.content()
    charts = iter(block for part in document.parts for block in part.blocks if isinstance(block, Chart))
    for part in content["parts"]:
        for block in part["blocks"]:
            if block["kind"] == "chart":
                # a picture needs no address of its own
                block["source"] = "data:image/svg+xml;base64," + base64.b64encode(draw_svg(next(charts)).encode()).decode()
            elif block["kind"] == "table":
                block["labelled"] = [list(zip(block["header"], row, strict=True)) for row in block["rows"]]
    return content
