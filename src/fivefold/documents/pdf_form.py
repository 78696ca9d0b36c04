"""A questionnaire on paper, to be filled in by hand: tagged, with the numbers by which its answers are typed in later."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fivefold.documents.typesetting import typeset


def render_form(content: Mapping[str, Any], *, on: date) -> bytes:
    """The form as a PDF/UA-1 document on A4; ``content`` holds its texts in the reader's language (see ``services.measure_paper``)."""
    return typeset("form.typ", content, on=on)
