"""A plan in any of the formats."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fivefold.concepts.knowledge_base import KnowledgeBase
    from fivefold.concepts.plan import PhasedPlan
    from fivefold.documents.text_layout import Paper

FORMATS = ("text", "json", "html", "pdf", "markdown")
COPIES = ("clinician", "patient")
FOR_PATIENTS = ("html", "pdf")


def render_plan(plan: "PhasedPlan", knowledge: "KnowledgeBase", form: str, copy: str, paper: "Paper") -> bytes:
    """The plan in a format as bytes; the patient's copy has plain words and no codes."""
    if form == "pdf":
        from fivefold.documents.pdf_plan import render_pdf

        return render_pdf(plan, knowledge, copy="patient" if copy == "patient" else "clinician")
    return _text(plan, knowledge, form, copy, paper).encode()


def _text(plan: "PhasedPlan", knowledge: "KnowledgeBase", form: str, copy: str, paper: "Paper") -> str:
    if form == "json":
        from fivefold.exchange.plan_json import plan_to_json

        return plan_to_json(plan)
    if form == "html":
        from fivefold.documents.html_plan import render_html

        return render_html(plan, knowledge, shared_view=copy == "patient")
    if form == "markdown":
        from fivefold.documents.markdown_plan import render_markdown

        return render_markdown(plan, knowledge)
    from fivefold.documents.text_plan import render_text

    return render_text(plan, knowledge, colour=paper.colour, width=paper.width, drawing=paper.drawing)
