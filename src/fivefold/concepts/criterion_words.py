"""Criteria in plain English, for explanations and for readers of the knowledge base."""

from collections.abc import Callable
from typing import Any

from fivefold.concepts import criteria as c
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import DIAGNOSES, NUMBER_FACTS, GeneralState

COMPARISON_WORDS = {
    c.Comparison.AT_LEAST: "at least",
    c.Comparison.ABOVE: "above",
    c.Comparison.AT_MOST: "at most",
    c.Comparison.BELOW: "below",
}
STATED_WORDS = {
    "risk.imminent": "imminent risk",
    "risk.new_plan_or_means": "a new plan or new means",
    "risk.acute_on_chronic": "an acute change on top of the usual level",
    "risk.sudden_improvement": "a sudden large improvement",
    "risk.leave_taking": "leave-taking or giving things away",
    "risk.harm_to_others": "risk of harm to others",
    "risk.named_victim_or_weapon": "a named person or a weapon",
    "risk.ongoing_abuse": "ongoing abuse, violence or coercion",
    "risk.psychosis": "psychosis",
    "risk.mania": "mania",
    "risk.delirium": "delirium",
    "risk.intoxication": "intoxication with impairment",
    "risk.severe_withdrawal": "severe withdrawal",
    "risk.dependence": "dependence on alcohol or drugs",
    "risk.medical_red_flag": "a medical red flag",
    "risk.loses_orientation_in_session": "loss of orientation in the session",
    "readiness.top_goal": "trauma work is the patient's top goal",
    "readiness.urges_controllable_with_cues": "urges can be controlled when reminded of the trauma",
    "readiness.tolerates_strong_emotion": "strong emotion can be tolerated",
    "readiness.no_serious_interfering_behaviour": "no serious therapy-interfering behaviour",
    "context.agreement": "a treatment agreement",
    "context.contact_route": "a stable contact route",
    "context.safe_housing": "safe housing",
    "context.confidant": "a confidant",
    "context.role": "a role in work, study or at home",
    "carers.available": "carers are available",
    "carers.consent": "the patient consents to involving carers",
    "dependants.present": "dependants are present",
    "dependants.safe": "dependants are safe",
}


def days_words(days: int) -> str:
    """A span of days as people say it."""
    if days == 0:
        return "today"
    if days % 7 == 0:
        weeks = days // 7
        return f"{weeks} week{'s' if weeks != 1 else ''}"
    return f"{days} day{'s' if days != 1 else ''}"


def _words(names: tuple[str, ...]) -> str:
    readable = [name.replace("_", " ").replace("self harm", "self-harm") for name in names]
    return readable[0] if len(readable) == 1 else ", ".join(readable[:-1]) + " or " + readable[-1]


class Describer:
    """Says criteria in plain English, with the names the knowledge base gives to things."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._tell: dict[type[c.Criterion], Callable[[Any], str]] = {
            c.AllOf: lambda node: self._joined(node.of, " and "),
            c.AnyOf: lambda node: self._joined(node.of, " or "),
            c.NotOf: lambda node: f"not ({self.describe(node.of)})",
            c.AtLeastOf: lambda node: f"at least {node.count} of: " + "; ".join(self.describe(part) for part in node.of),
            c.ImpairmentAtLeast: lambda node: f"{self._impairment(node.impairment)} at least {node.level.word}",
            c.ImpairmentBelow: lambda node: f"{self._impairment(node.impairment)} below {node.level.word}",
            c.ImpairmentUnknown: lambda node: f"{self._impairment(node.impairment)} not known",
            c.ScoreIs: self._score,
            c.ItemIs: lambda node: f"{self._instrument(node.instrument)} item {node.number} {COMPARISON_WORDS[node.comparison]} {node.value:g}",
            c.CriterionMet: lambda node: f"DSM-5 criterion {node.number} met",
            c.Diagnosed: lambda node: f"{DIAGNOSES[node.code]} recorded as {_words(node.statuses)}",
            c.EventWithin: self._event,
            c.NoEventFor: lambda node: f"no {_words(node.kinds)} for {days_words(node.days)}",
            c.UpcomingWithin: lambda node: f"{_words(node.kinds)} announced within {days_words(node.days)}",
            c.Stated: self._stated,
            c.GeneralAtLeast: lambda node: f"{knowledge.name_of(node.module)} at least {node.state.value.replace('_', ' ')}",
            c.GeneralIs: lambda node: (
                f"{knowledge.name_of(node.module)} {'not known' if node.state is GeneralState.UNKNOWN else node.state.value.replace('_', ' ')}"
            ),
            c.ModuleReached: lambda node: (
                f"{knowledge.name_of(node.module) if node.module else 'any specific module'} has reached the stage “{node.stage.value}”"
            ),
            c.OverrideActive: lambda node: f"{node.code} is active",
            c.PhaseAtLeast: lambda node: f"the phase is {self._phase(node.phase)} or later",
            c.PreviousPhase: lambda node: "the phase was last recorded as " + " or ".join(self._phase(phase) for phase in node.phases),
            c.CourseIs: lambda node: f"the course so far is {_words(node.courses)}",
            c.OnMedication: lambda node: f"takes {_words(node.classes)}",
            c.InSetting: lambda node: f"the setting is {_words(node.settings)}",
            c.HasAdaptation: lambda node: f"{_words(node.adaptations)} recorded",
            c.ResilienceIs: lambda node: f"resilience is {node.level.value}",
            c.HasPriority: lambda node: f"the patient has named {self._impairment(node.impairment)} as a priority",
            c.NumberIs: lambda node: f"{NUMBER_FACTS[node.name]} {COMPARISON_WORDS[node.comparison]} {node.value:g}",
            c.NumberUnknown: lambda node: f"{NUMBER_FACTS[node.name]} not known",
            c.ReportDue: lambda node: (
                "an expected self-report is missing" if node.state == "overdue" else "an expected self-report is due and nobody has said whether it came"
            ),
        }

    def describe(self, node: c.Criterion) -> str:
        """A criterion as a phrase without a full stop."""
        return self._tell[type(node)](node)

    def _joined(self, parts: tuple[c.Criterion, ...], word: str) -> str:
        texts = [f"({self.describe(part)})" if isinstance(part, c.AllOf | c.AnyOf) else self.describe(part) for part in parts]
        return word.join(texts)

    def _impairment(self, name: str) -> str:
        found = self._knowledge.impairments.get(name)
        return found.name if found else name

    def _instrument(self, name: str) -> str:
        found = self._knowledge.instruments.get(name)
        return found.name if found else name

    def _phase(self, phase: Any) -> str:
        return self._knowledge.phases[phase].name

    def _score(self, node: c.ScoreIs) -> str:
        scale = "" if node.scale == "total" else f" {node.scale.replace('_', ' ')}"
        return f"{self._instrument(node.instrument)}{scale} {COMPARISON_WORDS[node.comparison]} {node.value:g}"

    def _event(self, node: c.EventWithin) -> str:
        times = f"{node.times} times " if node.times > 1 else ""
        when = " ever" if node.days is None else f" in the last {days_words(node.days)}"
        return f"{times}{_words(node.kinds)}{when}{', not yet assessed' if node.unassessed else ''}"

    def _stated(self, node: c.Stated) -> str:
        words = STATED_WORDS[f"{node.group}.{node.name}"]
        return words if node.wanted else f"“{words}” answered with no"
