"""Which questions the pages ask, in their order; the words come from the knowledge base and the list of questions."""

from dataclasses import replace

from django.utils.translation import gettext as _

from fivefold.concepts.question_words import (
    COMPONENT_WORDS,
    CONTEXT_WORDS,
    CRITERIA_WORDS,
    DEPENDANT_WORDS,
    MORE_RISK_QUESTIONS,
    READINESS_WORDS,
    RISK_WORDS,
)
from fivefold.concepts.scores import DANGERS
from fivefold.concepts.vocabulary import DomainId
from fivefold.services.knowledge import knowledge
from fivefold.web.assessment import words
from fivefold.web.assessment.rows import NUMBER, ORDERED, SELECT, TICKS, Question

# What ``context_questions`` asks about, risk questions aside.
CONTEXT_KINDS = (
    "context", "setting", "carers", "dependants", "general_module", "resilience", "trauma_readiness", "treatment", "preference", "course", "previous",
    "adaptation",
)  # fmt: skip
# Those that belong to a rule on the safety page; these two settle when trauma and substance work may begin.
LATER_RISK = tuple(name for name in MORE_RISK_QUESTIONS if name not in ("sudden_improvement", "leave_taking"))


def _yes_no(kind: str, key: str, text: tuple[str, str]) -> Question:
    return Question(kind, key, _(text[0]), _(text[1]), words.YES_NO)


def risk_question(name: str) -> Question:
    """One safety question in plain words."""
    return _yes_no("risk", name, RISK_WORDS[name])


def dependant_questions() -> list[Question]:
    """The two that belong to the duty to protect."""
    return [_yes_no("dependants", name, text) for name, text in DEPENDANT_WORDS.items()]


def rating_questions() -> dict[DomainId, list[Question]]:
    """Every impairment by domain, with what the levels mean."""
    base = knowledge()
    found: dict[DomainId, list[Question]] = {domain: [] for domain in base.domains}
    for impairment in base.impairments.values():
        anchors = tuple(impairment.anchors[level] for level in sorted(impairment.anchors))
        levels = words.DANGER_LEVELS if impairment.id in DANGERS else words.LEVELS
        question = Question("rating", impairment.id, impairment.name, impairment.summary, levels, anchors=anchors, digits=True)
        found[base.domain_of[impairment.id]].append(question)
    return found


def criterion_questions() -> list[Question]:
    """The nine criteria in our own short words."""
    return [Question("criterion", str(number), _(text), choices=words.YES_NO) for number, text in CRITERIA_WORDS.items()]


def context_questions() -> dict[str, list[Question]]:
    """Everything around the treatment, by heading."""
    base = knowledge()
    impairments = tuple((one.id, one.name) for one in base.impairments.values())
    modules = tuple((one.id, f"{one.id} {one.short_name}") for one in base.modules.values())
    phases = tuple((phase.value, f"{phase.value} {one.name}") for phase, one in base.phases.items())
    components = [
        Question("resilience", name, _(text), choices=(*((str(points), _(label)) for points, label in enumerate(labels)), words.YES_NO[2]), digits=True)
        for name, (text, labels) in COMPONENT_WORDS.items()
    ]
    return {
        _("Frame and daily life"): [
            *(_yes_no("context", name, text) for name, text in CONTEXT_WORDS.items()),
            Question("context", "hours_of_role", _("Hours a week in that role"), widget=NUMBER, low=0, high=168, unit=_("hours")),
            Question("setting", "", _("Where the patient is seen"), choices=words.SETTINGS, widget=SELECT),
        ],
        _("People around"): [
            _yes_no("carers", "available", (_("Are there carers or family who could take part?"), _("Only whether there are any."))),
            _yes_no("carers", "consent", (_("Does the patient agree that they are involved?"), _("Without consent nobody is contacted."))),
            *dependant_questions(),
        ],
        _("How treatment holds"): [
            Question("general_module", one.id, one.name, base.gates.questions.get(one.id, one.summary), words.GENERAL)
            for one in base.general_modules.values()
        ],
        _("Resilience"): [
            Question("resilience", "level", _("How resilient is the patient, as you see it?"), _("It sets dose and style, never access to safety work."),
                     words.RESILIENCE,
                     anchors=tuple(str(text) for text in words.RESILIENCE_WORDS.values())),
            *components,
        ],
        _("Ready for trauma work, substances"): [
            *(_yes_no("trauma_readiness", name, text) for name, text in READINESS_WORDS.items()),
            *(risk_question(name) for name in LATER_RISK),
        ],
        _("What is possible and wanted"): [
            Question("treatment", "sessions_per_week", _("Sessions a week"), widget=NUMBER, low=0, high=14, unit=_("a week")),
            Question("treatment", "sessions_available", _("Sessions available in all"), widget=NUMBER, low=0, high=2000, unit=_("sessions")),
            Question("treatment", "session_minutes", _("Length of a session"), widget=NUMBER, low=5, high=300, unit=_("minutes")),
            Question("treatment", "weeks_in_treatment", _("Weeks in treatment so far"), widget=NUMBER, low=0, high=2600, unit=_("weeks")),
            Question("treatment", "formats", _("Possible forms"), choices=words.FORMATS, widget=TICKS),
            Question("preference", "priorities", _("What the patient wants first"), choices=(*impairments, *modules), widget=ORDERED),
            Question("preference", "not_wanted", _("What the patient does not want"), choices=(*words.FORMATS, *modules, *impairments), widget=ORDERED),
        ],
        _("The course so far"): [
            Question("course", "", _("How it has gone so far"), choices=words.COURSES),
            Question("previous", "", _("Phase as it was last recorded"), choices=phases, widget=SELECT),
        ],
        _("Adaptations"): [
            Question("adaptation", name, str(label), base.adaptations[name].needs if name in base.adaptations else "", words.choices_but_unknown(words.YES_NO))
            for name, label in words.ADAPTATIONS
        ],
    }  # fmt: skip


def protocol_question() -> Question:
    """The programme; it is chosen with a reason where programmes stand side by side, and only told here."""
    return Question("treatment", "protocol", _("Programme"), choices=tuple((one.id, one.name) for one in knowledge().protocols.values()), widget=SELECT)


def question_for(kind: str, key: str) -> Question | None:
    """The question that a fact answers, or None where it is no single answer."""
    if (kind, key) == ("treatment", "protocol"):
        return protocol_question()
    if kind == "rating":
        return next((one for group in rating_questions().values() for one in group if one.key == key), None)
    if kind == "risk":
        return risk_question(key) if key in RISK_WORDS else None
    if kind == "criterion":
        return next((one for one in criterion_questions() if one.key == key), None)
    if kind not in CONTEXT_KINDS:
        return None  # a record holds hundreds of scores and events: the questions are not made for each of them
    found = next((one for group in context_questions().values() for one in group if (one.kind, one.key) == (kind, key)), None)
    return replace(found) if found else None
