"""The questions in plain words, and what only somebody at a terminal is told."""

from fivefold.concepts.question_words import (
    COMPONENT_WORDS,
    CONTEXT_WORDS,
    CRITERIA_WORDS,
    DEPENDANT_WORDS,
    GENERAL_LABELS,
    MORE_RISK_QUESTIONS,
    READINESS_WORDS,
    RISK_WORDS,
    SAFETY_QUESTIONS,
)

__all__ = [
    "COMPONENT_WORDS",
    "CONTEXT_WORDS",
    "CRITERIA_WORDS",
    "DEPENDANT_WORDS",
    "EVENT_WORDS",
    "GENERAL_LABELS",
    "MORE_RISK_QUESTIONS",
    "READINESS_WORDS",
    "RESILIENCE_HELP",
    "RISK_WORDS",
    "SAFETY_QUESTIONS",
    "WHEN_HELP",
]

RESILIENCE_HELP = (
    "Resilience sets dose and style, never access to safety work.",
    "low: slow to recover, little support, much at once is too much. moderate: in between. high: recovers quickly, has people and a role.",
    "Press Enter, and five short questions on what is behind it follow.",
)
EVENT_WORDS = {
    "self_harm": "When was the last self-harm?",
    "suicide_attempt": "When was the last suicide attempt?",
    "crisis": "When was the last crisis?",
    "admission": "When was the last admission to hospital?",
    "violence": "When was the last violence by the patient?",
    "loss": "When was the last loss or separation that mattered?",
}
WHEN_HELP = (
    "Type a date (2026-11-10), 3 days, 5 weeks, 2 months, yesterday, or unknown when it happened but nobody knows when.",
    "Press Enter when there was none, or when nobody knows whether there was.",
)
