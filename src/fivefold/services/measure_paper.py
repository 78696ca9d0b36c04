"""A questionnaire on paper as a document: the same questions, numbers and words as on the screen, and no name."""

import uuid
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fivefold.documents.pdf_form import render_form
from fivefold.records import clock
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.measure_forms import FormItem, QuestionForm, form_for
from fivefold.services.measures import request_row


@clinical_act(Permission.SEE_RECORD, view=True)
def paper_form(actor: Actor, *, patient_id: uuid.UUID, request_id: uuid.UUID) -> bytes:
    """The questionnaire that was given out, as PDF; raises NoSuchRequest, and NoFormHere where its questions may not be shown."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row = request_row(patient, request_id)
    return render_form(form_content(form_for(actor.clinic, patient, row.instrument), actor.clinic.name), on=clock.today())


def form_content(form: QuestionForm, clinic_name: str) -> dict[str, Any]:
    """All texts of the paper. Numbers are those of the questions, from 1: they are typed in again in this order."""
    danger = [
        _("If things get hard now:"),
        _("nobody reads this paper before you hand it in. In danger to life call the emergency number, or go to the nearest emergency department."),
    ]
    return {
        "title": form.name,
        "language": (get_language() or "en").split("-", 1)[0],
        "clinic": clinic_name,
        "day": _("Day"),
        "about": _("For your therapist and the colleagues who help to treat you. You both see what changes, and you talk about it."),
        "window": _("About %(window)s:") % {"window": form.window} if form.window else "",
        "items": [{"number": item.number, "text": item.text, "choices": _choices(item), "blank": _blank(item)} for item in form.items],
        "danger": danger if form.asks_risk else [],
        "attribution": form.attribution,
    }


def _choices(item: FormItem) -> list[str]:
    """Each choice with its number: the number is what is typed in."""
    ends = {0: item.low_words, len(item.choices) - 1: item.high_words}
    return [
        f"{choice.value} {choice.label}" if choice.has_words else f"{choice.label} ({ends[place]})" if ends.get(place) else choice.label
        for place, choice in enumerate(item.choices)
    ]


def _blank(item: FormItem) -> str:
    return _("a number from %(low)s to %(high)s: ______") % {"low": item.low, "high": item.high}
