"""Terms that pages explain where they are first used, in the words of GLOSSARY.md (a test holds both together)."""

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
            "Where this person is now: P1 safety, P2 containment, P3 regulation and modulation, P4 exploration and change, P5 "
            "integration and synthesis. Going back is normal"
        ),
    ),
    "Override": Term(
        _("Safety rule (override)"),
        _(
            "One of R1 to R14: redirects care before anything is matched. Hard ones cannot be overruled; advisory ones can, with a "
            "reason. Cleared only by a clinician's recorded reassessment, never by a better score"
        ),
    ),
    "To ask": Term(
        _("To ask"),
        _("State of an override nobody can decide yet: the question comes first"),
    ),
    "Safety plan": Term(
        _("Safety plan"),
        _("The patient's own steps for hard hours, written together and rehearsed"),
    ),
    "Formulation": Term(
        _("Formulation"),
        _(
            "How one person's difficulties hang together: problems, causes, triggers, loops and strengths, written in versions with the "
            "patient; the record offers, nothing fills itself"
        ),
    ),
    "Document": Term(
        _("Document"),
        _(
            "A plan, agreement, letter, report or case pack that is made whole from the record and kept as it was made; what it discloses is "
            "told before, and a new version takes its place"
        ),
    ),
    "Chain analysis": Term(
        _("Chain analysis"),
        _(
            "One occurrence of a behaviour taken apart link by link: what made it likelier, what set it off, thoughts, feelings and acts, what"
            " came of it, and what could be done at each link"
        ),
    ),
    "Signal": Term(
        _("Signal"),
        _(
            "Something seen in a record that somebody should act on: what was seen, why it matters, one suggested action. One is open for "
            "each matter; it is seen, handed on, acted on, put off or closed, and each is a step that stays. One about danger is never put "
            "off, and is closed by what a clinician has recorded"
        ),
    ),
    "General module": Term(
        _("General module"),
        _(
            "One of six continuous conditions of treatment, attained and lost, that gate specific modules: structure, alliance, "
            "consistency, validation, self-reflection, motivation"
        ),
    ),
    "Specific module": Term(
        _("Specific module"),
        _("A connected series of interventions aimed at an impairment, with gates, dose, four change stages and measures"),
    ),
    "Phased plan": Term(
        _("Phased plan"),
        _("The proposed or signed plan: now, next, later, with reasons, timeline and review"),
    ),
    "Coverage": Term(
        _("Coverage"),
        _("The statement that every impairment at or above its threshold is treated now, later, or deferred with a reason"),
    ),
    "What if": Term(
        _("What if"),
        _("A plan computed with one input changed, and the difference"),
    ),
    "Dose": Term(
        _("Dose"),
        _("Sessions, minutes and weeks a module usually takes, as a range"),
    ),
    "Stability": Term(
        _("Stability"),
        _(
            "A draw is the plan made anew from a profile shifted within its measurement error; stability is the share of draws in "
            "which a module keeps its status"
        ),
    ),
    "Impairment": Term(
        _("Impairment"),
        _("One part of a domain, rated 0 none to 4 extreme: for instance self-harm, anger, identity"),
    ),
    "Impairment profile": Term(
        _("Impairment profile"),
        _("All impairments of one person on one date, each with level, how sure and how old, or unknown"),
    ),
    "Level": Term(
        _("Level"),
        _("Severity of an impairment, 0 to 4, continuous; words none, mild, moderate, severe, extreme begin at half-levels"),
    ),
    "Anchor": Term(
        _("Anchor of a level"),
        _("What a clinician's rating of 0, 1, 2, 3 or 4 means for one impairment, in things one can see or ask"),
    ),
    "Discordant": Term(
        _("Discordant"),
        _("Said of an impairment whose pieces of evidence lie more than one level apart"),
    ),
    "Basis": Term(
        _("Basis"),
        _("Where a value or claim comes from: a source with the place in it, general knowledge of the field, our own proposal, or worked out"),
    ),
    "Resilience level": Term(
        _("Resilience level"),
        _("Low, moderate or high: sets dose and style, never access to safety work"),
    ),
    "Instrument": Term(
        _("Instrument"),
        _("A questionnaire, interview or rating with its items, scales, bands and licence"),
    ),
    "Band": Term(
        _("Band"),
        _("A named range of a scale, lower edge included unless the instrument says otherwise"),
    ),
    "Licence class": Term(
        _("Licence class"),
        _("A, A*, B or C: whether the questions of an instrument may be shown, or only its scores entered"),
    ),
    "Gate": Term(
        _("Gate"),
        _("An advisory condition before a module is started; may be overruled with a recorded reason"),
    ),
    "Change stage": Term(
        _("Stage of change"),
        _("Where a specific module stands: recognition, exploration, alternatives, generalisation"),
    ),
    "Goal attainment": Term(
        _("Goal attainment"),
        _("Goals in the patient's words scaled from -2 to +2, summed as a T score around 50"),
    ),
    "Protocol": Term(
        _("Programme (protocol)"),
        _("A whole treatment programme in one format: IMT, GPM, DBT, MBT and others, for comparison"),
    ),
    "Fidelity": Term(
        _("Fidelity"),
        _("How far a session was done as its stance and modules ask, told by a checklist; a departure with a reason belongs to it"),
    ),
    "Supervision": Term(
        _("Supervision"),
        _("Regular talk of a therapist with somebody who has a view from outside: questions, what was agreed, and a second signature"),
    ),
    "Knowledge release": Term(
        _("Knowledge release"),
        _("One state of the clinical knowledge with its version; every result says from which it came"),
    ),
}

# What each letter of a licence lets a clinic do.
LICENCES: dict[str, str | Promise] = {
    "A": _("free to use; items shown here"), "A*": _("free under conditions; items shown where the terms allow it"),
    "B": _("permission of the owner needed for items; scores and item numbers can be entered"), "C": _("licensed; scores can be entered"),
}  # fmt: skip
