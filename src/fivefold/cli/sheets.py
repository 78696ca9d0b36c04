"""A reading in any of the formats: text, JSON, page, PDF, Markdown."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivefold.cli.common import chosen_format, format_option, paper, plain_paper, write_bytes, write_text

if TYPE_CHECKING:
    from fivefold.concepts.knowledge_base import KnowledgeBase
    from fivefold.concepts.plan import Override
    from fivefold.documents.sheets import Occasion, Sheet

FORMATS = ("text", "json", "html", "pdf", "markdown")
any_format_option = format_option(*FORMATS)
OF_NOBODY = "The clinical knowledge of Fivefold: every claim carries its basis. It supports clinicians, is no medical device and decides nothing."


def show(
    value: Any, make: "Callable[[], Sheet]", knowledge: "KnowledgeBase | None", form: str | None, output: Path | None, *,
    of: tuple[str, date] | None = None, rules: "Iterable[Override]" = (),
) -> None:  # fmt: skip
    """A result as JSON, or as the sheet that ``make`` makes of it, with active risk rules before everything else.

    ``of`` is the id and the day of the assessment it comes from; None where it is about nobody. ``knowledge`` is None where a base could
    not be read or was not.
    """
    chosen = chosen_format(form, output, FORMATS)
    if chosen == "json":
        from fivefold.exchange.plan_json import written_json

        write_text(written_json(value), output)
        return
    from fivefold.documents.sheets import told_first

    sheet = told_first(make(), rules)
    if chosen == "text":
        from fivefold.documents.text_sheet import print_text

        write_text(print_text(sheet, plain_paper() if output else paper()), output)
    elif chosen == "html":
        from fivefold.documents.sheet_page import print_page

        write_text(print_page(sheet, _occasion(knowledge, of)), output)
    elif chosen == "markdown":
        from fivefold.documents.sheet_markdown import print_markdown

        write_text(print_markdown(sheet, _occasion(knowledge, of)), output)
    else:
        from fivefold.documents.sheet_paper import print_paper

        write_bytes(print_paper(sheet, _occasion(knowledge, of)), output)


def show_entry_as(name: str, value: Any, knowledge: "KnowledgeBase", form: str | None, output: Path | None) -> None:
    """An entry of the knowledge base in a format; its text has 80 columns wherever it is shown. Raises UnknownThing."""
    if chosen_format(form, output, FORMATS) == "text":
        from fivefold.knowledge.show import show_entry

        write_text(show_entry(knowledge, name), output)
        return
    from fivefold.documents.knowledge_sheets import entry_sheet

    show(value, lambda: entry_sheet(knowledge, name), knowledge, form, output)


def _occasion(knowledge: "KnowledgeBase | None", of: tuple[str, date] | None) -> "Occasion":
    from fivefold.documents.sheets import Occasion
    from fivefold.documents.text_plan import HONESTY

    about, on = of or ("", None)
    release = f"Knowledge {knowledge.release.version} ({knowledge.release.content_hash[:12]})." if knowledge is not None else ""
    return Occasion(about, on, release, HONESTY if of else OF_NOBODY)
