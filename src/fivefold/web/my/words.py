"""What the own pages say where the app says something else to staff."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.errors import FivefoldError
from fivefold.services.patients import NotAcceptable

# What somebody agrees to, in words of their own side.
AGREED_TO = {
    "treatment": gettext_lazy("my therapy, and that notes are kept about it"),
    "carers": gettext_lazy("that people close to me take part"),
    "supervision": gettext_lazy("that my therapist asks a colleague for advice about me"),
    "letters": gettext_lazy("letters to others who treat me"),
    "research": gettext_lazy("research, without my name"),
    "messages": gettext_lazy("to be reminded"),
    "own_pages": gettext_lazy("these pages, which my team reads"),
    "offline_copy": gettext_lazy("a copy of these pages on my own phone"),
}

# What one can say of a line of the formulation.
FITS_WORDS = {"fits": gettext_lazy("It fits."), "partly": gettext_lazy("It fits in part."), "not": gettext_lazy("It does not fit.")}


def kindly(error: FivefoldError) -> str:
    """What was refused, in words for a patient: what it takes, and nobody's fault."""
    return _("Not kept yet. It takes: %(what)s.") % {"what": error.expected} if isinstance(error, NotAcceptable) else str(error)
