"""The printed treatment plan: a copy for the clinician, and one in plain words for the patient."""

from collections.abc import Sequence
from typing import Literal

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.documents.pdf_clinician import clinician_content
from fivefold.documents.pdf_patient import patient_content
from fivefold.documents.typesetting import typeset


def render_pdf(
    plan: PhasedPlan, knowledge: KnowledgeBase, *, copy: Literal["clinician", "patient"] = "clinician", decided: Sequence[tuple[str, str, str]] = ()
) -> bytes:
    """The plan as a tagged PDF/UA-1 document on A4, readable in grey; the same plan always gives the same bytes.

    The clinician copy holds the fourteen parts of a plan document, safety first. The patient copy holds no codes, scores or
    predictions. What the program cannot know is an empty labelled line in both. ``decided`` holds what a clinician decided beside the
    proposal (about what, how, why); it stands in the clinician copy alone.
    """
    if copy == "patient":
        return typeset("plan_patient.typ", patient_content(plan, knowledge), on=plan.as_of)
    return typeset("plan_clinician.typ", clinician_content(plan, knowledge, decided), on=plan.as_of)
