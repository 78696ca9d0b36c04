"""The words of the page for the closed lists of the field: one set for clinicians, one to read together with a patient."""

from fivefold.concepts.vocabulary import (
    CoverageStatus,
    GeneralState,
    MatchStatus,
    OverrideKind,
    OverrideStatus,
    ResilienceLevel,
    Severity,
    StageId,
)

MATCH_WORDS = {
    MatchStatus.NOW: "now",
    MatchStatus.NEXT: "next",
    MatchStatus.LATER: "later",
    MatchStatus.UNCLEAR: "not decided",
    MatchStatus.BLOCKED: "closed for now",
    MatchStatus.SUSPENDED: "rests",
    MatchStatus.CAUTIONED: "with care",
    MatchStatus.DONE: "done",
    MatchStatus.NOT_INDICATED: "not indicated",
}
MATCH_WORDS_TOGETHER = {
    MatchStatus.NOW: "we can start this",
    MatchStatus.NEXT: "comes next",
    MatchStatus.LATER: "later",
    MatchStatus.UNCLEAR: "we do not know yet",
    MatchStatus.BLOCKED: "waits for now",
    MatchStatus.SUSPENDED: "rests for now",
    MatchStatus.CAUTIONED: "waits for a good time",
    MatchStatus.DONE: "done, and yours",
    MatchStatus.NOT_INDICATED: "not needed now",
}
GROUP_NAMES = {
    MatchStatus.NOW: ("Now", "What the sessions are for at present."),
    MatchStatus.CAUTIONED: ("With care", "Indicated, with a caution that a clinician may overrule with a recorded reason."),
    MatchStatus.NEXT: ("Next", "Indicated; something named comes first."),
    MatchStatus.UNCLEAR: ("Not decided", "Something is not known yet. Each says what would settle it."),
    MatchStatus.SUSPENDED: ("Rests", "Was under way or due, and waits until things are safer or steadier."),
    MatchStatus.BLOCKED: ("Closed for now", "A safety rule stands before it."),
    MatchStatus.LATER: ("Later", "Indicated; belongs to a later phase."),
    MatchStatus.DONE: ("Done", "Reached and kept up."),
}
GROUP_NAMES_TOGETHER = {
    MatchStatus.NOW: ("What we do now", "This is what our meetings are for."),
    MatchStatus.CAUTIONED: ("When the time is right", "This may help you. We start when it is safe enough."),
    MatchStatus.NEXT: ("What comes next", "We start these when the first steps are in place."),
    MatchStatus.UNCLEAR: ("What we do not know yet", "We find out together if these would help you."),
    MatchStatus.SUSPENDED: ("What rests for now", "We put this aside and come back to it."),
    MatchStatus.BLOCKED: ("What waits for now", "Your safety comes first. Then we look at this again."),
    MatchStatus.LATER: ("What comes later", "There is time for this."),
    MatchStatus.DONE: ("What you have done", "This is yours to keep."),
}
STAGE_WORDS = {
    StageId.QUEUED: "not begun",
    StageId.RECOGNITION: "recognising",
    StageId.EXPLORATION: "exploring",
    StageId.ALTERNATIVES: "learning alternatives",
    StageId.GENERALISATION: "using it everywhere",
    StageId.MAINTAINED: "kept up",
    StageId.ABANDONED: "given up for now",
}
STAGE_WORDS_TOGETHER = {
    StageId.QUEUED: "not begun yet",
    StageId.RECOGNITION: "noticing it",
    StageId.EXPLORATION: "understanding it",
    StageId.ALTERNATIVES: "trying new ways",
    StageId.GENERALISATION: "making it part of your life",
    StageId.MAINTAINED: "keeping it",
    StageId.ABANDONED: "put aside for now",
}
GENERAL_WORDS = {
    GeneralState.RED: "strained: repair first",
    GeneralState.NOT_STARTED: "not begun",
    GeneralState.STARTED: "begun",
    GeneralState.PROVISIONAL: "holds, provisionally",
    GeneralState.ATTAINED: "holds",
    GeneralState.UNKNOWN: "not known",
}
GENERAL_WORDS_TOGETHER = {
    GeneralState.RED: "let us look at this first",
    GeneralState.NOT_STARTED: "we begin with it",
    GeneralState.STARTED: "we have begun",
    GeneralState.PROVISIONAL: "growing",
    GeneralState.ATTAINED: "there to lean on",
    GeneralState.UNKNOWN: "we do not know yet",
}
OVERRIDE_WORDS = {
    OverrideStatus.ACTIVE: "active",
    OverrideStatus.TO_ASK: "to ask",
    OverrideStatus.CLEARED: "cleared",
    OverrideStatus.OVERRULED: "overruled",
}
OVERRIDE_KIND_WORDS = {
    OverrideKind.HARD: "Hard: cannot be overruled.",
    OverrideKind.ADVISORY: "Advisory: may be overruled with a recorded reason.",
}
COVERAGE_WORDS = {
    CoverageStatus.NOW: "now",
    CoverageStatus.LATER: "later",
    CoverageStatus.DEFERRED: "deferred",
    CoverageStatus.REFUSED: "not wanted",
    CoverageStatus.BELOW_THRESHOLD: "below threshold",
    CoverageStatus.UNKNOWN: "not known",
}
# What a rule reads, by kind; the names are those of ``vocabulary.EVENT_WORDS`` where they are events.
LISTED_WORDS = {
    "event": "events: {names}",
    "upcoming": "what is coming: {names}",
    "medication": "medication: {names}",
    "setting": "setting: {names}",
    "adaptation": "adaptation: {names}",
}
INPUT_WORDS = {"course": "the course so far", "phase": "the phase", "resilience.level": "resilience", "modules.any": "any module"}
MET_WORDS = {True: "met", False: "not met", None: "not known"}
HOW_MUCH = {
    Severity.NONE: "no trouble now",
    Severity.MILD: "a little trouble",
    Severity.MODERATE: "some trouble",
    Severity.SEVERE: "much trouble",
    Severity.EXTREME: "very much trouble",
}
NOT_SPOKEN_OF = "not spoken of so far"
PACE = {
    ResilienceLevel.LOW: "We go in small steps, one thing at a time, with room to practise.",
    ResilienceLevel.MODERATE: "We go step by step, with one or two things to try between our meetings.",
    ResilienceLevel.HIGH: "You can set much of the pace yourself and choose what to try.",
}
