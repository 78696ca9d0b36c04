"""Texts of the knowledge base and of the engine as people read them: what they point to by an id is said by its name."""

import re

from django.utils.translation import gettext as _

from fivefold.concepts.vocabulary import PhaseId
from fivefold.services.knowledge import knowledge

_MODULE = re.compile(r"\b[GS]\d{1,2}\b")
_PHASE = re.compile(r"\bP[1-5]\b")
_BROUGHT = re.compile(r"\bR\d{1,2} brings it\b")


def spelled(text: str) -> str:
    """A sentence with modules (``S08``) and phases (``P3``) by their names; an id that nothing bears stays as it is.

    A rule keeps its code beside its name elsewhere; as the bare subject of a sentence (``R8 brings it``) it becomes a safety rule.
    """
    known = knowledge()
    modules = known.modules | known.general_modules
    text = _BROUGHT.sub(lambda _found: _("A safety rule brings it"), text)
    text = _PHASE.sub(lambda found: known.phases[PhaseId(found[0])].name.lower(), text)
    return _MODULE.sub(lambda found: f"“{modules[found[0]].short_name}”" if found[0] in modules else found[0], text)
