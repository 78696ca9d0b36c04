"""Terms that pages explain where they stand, in the words of GLOSSARY.md (a test holds both together)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """A word of the field as it is shown, and what it means here."""

    name: str | Promise
    meaning: str | Promise


TERMS: dict[str, Term] = {
    "Phase": Term(
        _("Phase"),
        _(
            "Where this person is now: P1 safety, P2 containment, P3 regulation and modulation, P4 exploration and change, "
            "P5 integration and synthesis. Going back is normal"
        ),
    ),
    "Override": Term(
        _("Override"),
        _(
            "One of R1 to R14: redirects care before anything is matched. Hard ones cannot be overruled; advisory ones can, with a reason. "
            "Cleared only by a clinician's recorded reassessment, never by a better score"
        ),
    ),
    "Stability": Term(_("Stability"), _("Share of draws, given measurement error, in which a module keeps its status")),
    "Level": Term(_("Level"), _("Severity of an impairment, 0 to 4, continuous; words none, mild, moderate, severe, extreme begin at half-levels")),
    "Impairment profile": Term(_("Impairment profile"), _("All impairments of one person on one date, each with level, how sure and how old, or unknown")),
    "Resilience level": Term(_("Resilience level"), _("Low, moderate or high: sets dose and style, never access to safety work")),
    "Basis": Term(_("Basis"), _("Where a value or claim comes from: a source with a locator, general knowledge, proposal or computed")),
    "Discordant": Term(_("Discordant"), _("Said of an impairment whose pieces of evidence lie more than one level apart")),
}
