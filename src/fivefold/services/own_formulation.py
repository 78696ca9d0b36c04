"""Acts about the formulation between patient and team: the team shows its lines, the patient says what fits and what does not.

Nothing is shown before a clinician has shown it, and a newer version is not shown by itself. What a patient writes here is read by people
and by no rule: it raises no signal, and the page on which it is written says who reads it and when.
"""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.records.models import Formulation, FormulationReply, FormulationShare, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.formulation_replies import SeenReply, SharedFormulation, newest_of_each, newest_share, replies_of, shared_of
from fivefold.services.own_pages import readers_of
from fivefold.services.patients import NotAcceptable

WHOLE = 0
LONGEST_REPLY = 1000
FITS = ("fits", "partly", "not")


@dataclass(frozen=True)
class MyFormulation:
    """The lines that were shown, each with what the patient said of it last; without a version nothing is shown. ``whole`` is about all."""

    patient: Patient
    readers: tuple[str, ...]
    shared: SharedFormulation | None
    lines: tuple[tuple[int, str, SeenReply | None], ...]
    whole: SeenReply | None


class WordsAreNew(NotAcceptable):
    """Somebody answered to lines that are not the ones shown now. For the patient at the screen."""

    def __init__(self) -> None:
        super().__init__("Formulation", _("the words that stand here now. They are new: look at them once more"))


def formulation_of(patient: Patient) -> MyFormulation:
    """The patient's page, for acts that have checked access already."""
    shared = shared_of(patient)
    if shared is None:
        return MyFormulation(patient, readers_of(patient), None, (), None)
    said = newest_of_each(replies_of(patient))
    by_line = {one.line: one for one in said if one.line}
    whole = next((one for one in said if one.place == WHOLE and one.number == shared.number), None)
    lines = tuple((place, line, by_line.get(line)) for place, line in enumerate(shared.lines, 1))
    return MyFormulation(patient, readers_of(patient), shared, lines, whole)


# ---- The team decides ----------------------------------------------------------------------------------------------------


@clinical_act(Permission.CHANGE_RECORD)
def share_formulation(actor: Actor, *, patient_id: uuid.UUID, number: int) -> FormulationShare:
    """Show the patient the lines of the newest version; raises NotAcceptable for another version, and for one without lines."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    newest = Formulation.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first()
    if newest is None or newest.number != number or not newest.lines:
        raise NotAcceptable("Formulation", _("the newest version, with lines as the patient says it. Load the page again"))
    row = FormulationShare(clinic=actor.clinic, patient=patient, formulation=newest, author=actor.user)
    row.save()
    return row


@clinical_act(Permission.CHANGE_RECORD)
def take_formulation_back(actor: Actor, *, patient_id: uuid.UUID) -> None:
    """Show the patient nothing of it any more. What they said of it stays."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    if shared_of(patient) is not None:
        FormulationShare(clinic=actor.clinic, patient=patient, author=actor.user).save()


# ---- The patient's side --------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_formulation(actor: Actor, *, patient_id: uuid.UUID) -> MyFormulation:
    """How therapist and patient understand it, as far as the team has shown it."""
    return formulation_of(patient_for(actor, patient_id, Permission.OWN_PAGES))


@clinical_act(Permission.OWN_ENTRIES)
def say_of_my_formulation(actor: Actor, *, patient_id: uuid.UUID, number: int, place: int, fits: str, words: str = "") -> FormulationReply:
    """Say whether one line, or the whole, fits, and what is different; raises WordsAreNew and NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    share = newest_share(patient)
    if share is None or share.formulation is None or share.formulation.number != number:
        raise WordsAreNew
    if not WHOLE <= place <= len(share.formulation.lines.splitlines()):
        raise WordsAreNew
    if fits not in FITS:
        raise NotAcceptable("Fits", _("whether it fits, fits in part, or does not fit"))
    if len(words) > LONGEST_REPLY:
        raise NotAcceptable("Words", _("at most %(most)s letters and signs") % {"most": LONGEST_REPLY})
    row = FormulationReply(clinic=actor.clinic, patient=patient, formulation=share.formulation, line=place, fits=fits, author=actor.user)
    row.words = words.strip()
    row.save()
    return row
