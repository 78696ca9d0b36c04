"""What a clinician has listed beside a patient's name as telling who it is: nicknames, places, employers, other people's names.

Kept with the record, so that the next case pack hides it as well.
"""

from django.utils.translation import gettext as _

from fivefold.documents.clinical.sources import Hidden
from fivefold.records.models import HiddenWords, Patient
from fivefold.services.access import Actor
from fivefold.services.patients import NotAcceptable

MOST_LISTED, SHORTEST_LISTED, LONGEST_LISTED = 60, 2, 80


def hidden_of(patient: Patient) -> Hidden:
    """The list that counts; empty before the first."""
    row = HiddenWords.objects.filter(clinic_id=patient.clinic_id, patient=patient).order_by("-recorded_at").first()
    return Hidden(tuple(row.names.splitlines()), tuple(row.words.splitlines())) if row else Hidden()


def list_hidden(actor: Actor, patient: Patient, hidden: Hidden) -> None:
    """Keep a list as the one that counts, unless it does already; for acts that have checked access. Raises NotAcceptable."""
    for name, listed in (("Other names", hidden.names), ("What else tells who it is", hidden.words)):
        if len(listed) > MOST_LISTED or any(not SHORTEST_LISTED <= len(one) <= LONGEST_LISTED for one in listed):
            said = {"most": MOST_LISTED, "least": SHORTEST_LISTED, "longest": LONGEST_LISTED}
            raise NotAcceptable(name, _("at most %(most)d lines, each of %(least)d to %(longest)d characters") % said)
    if hidden != hidden_of(patient):
        row = HiddenWords(clinic=actor.clinic, patient=patient, author=actor.user)
        row.names, row.words = "\n".join(hidden.names), "\n".join(hidden.words)
        row.save()
