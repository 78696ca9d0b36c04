"""Texts of the knowledge base and of the engine as people read them: what they point to by an id is said by its name."""

import re

from django.utils.translation import gettext as _

from fivefold.concepts.vocabulary import PhaseId
from fivefold.services.knowledge import knowledge

_MODULE = re.compile(r"\b[GS]\d{1,2}\b")
_PHASE = re.compile(r"\bP[1-5]\b")
# A code in brackets of its own follows the name it belongs to and stays.
_RULE = re.compile(r"(?<!\()\bR\d{1,2}\b")
_BROUGHT = re.compile(r"\bR\d{1,2} brings it\b")


def spelled(text: str) -> str:
    """A sentence with modules (``S08``) and phases (``P3``) by their names; an id that nothing bears stays as it is.

    A safety rule is called by its name too, but for a code in brackets and for ``R8 brings it``, which goes on with the name.
    """
    known = knowledge()
    modules = known.modules | known.general_modules
    text = _BROUGHT.sub(lambda _found: _("A safety rule brings it"), text)
    rules = {rule.code: rule.name for rule in known.overrides}
    text = _RULE.sub(lambda found: f"“{rules[found[0]]}”" if found[0] in rules else found[0], text)
    text = _PHASE.sub(lambda found: known.phases[PhaseId(found[0])].name.lower(), text)
    return _MODULE.sub(lambda found: f"“{modules[found[0]].short_name}”" if found[0] in modules else found[0], text)
