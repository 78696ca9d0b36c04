"""Acts about the name and picture under which a patient's own pages stand on their phone.

Whoever looks at the phone beside them is to learn nothing: each name and each picture that can be chosen says as little as the first.
"""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.models import OwnLook, User
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.patients import NotAcceptable

NAMES = ("Five", "Notes", "Days", "Pages", "Garden")
PICTURES = ("wave", "leaf", "sun", "hills", "dots")


@dataclass(frozen=True)
class Look:
    """A name and a picture, by its id."""

    name: str = NAMES[0]
    picture: str = PICTURES[0]

    @property
    def is_offered(self) -> bool:
        """Whether both can be chosen."""
        return self.name in NAMES and self.picture in PICTURES


def look_of(user: User) -> Look:
    """What a signed-in patient has chosen; for everybody else, and before that, the first of each."""
    row = OwnLook.objects.filter(patient__accounts__user=user, patient__accounts__ended_at__isnull=True).first()
    return Look(row.name, row.picture) if row and Look(row.name, row.picture).is_offered else Look()


@clinical_act(Permission.OWN_ENTRIES)
def choose_my_look(actor: Actor, *, patient_id: uuid.UUID, look: Look) -> None:
    """Choose the name and the picture. Raises NotAcceptable."""
    patient = patient_for(actor, patient_id, Permission.OWN_ENTRIES)
    if not look.is_offered:
        raise NotAcceptable("Name and picture", _("one of those shown. Load the page again"))
    OwnLook.objects.update_or_create(clinic=actor.clinic, patient=patient, defaults={"name": look.name, "picture": look.picture, "changed_at": clock.now()})
