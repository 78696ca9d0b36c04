"""Differences between plans, with reasons: revisions, what-if, and the impact of a new knowledge release.

A signed plan is never edited. A revision is a proposed difference; "no change" is a difference, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import ModuleMatch, PhasedPlan, PlanRevision, StatusChange
from fivefold.concepts.scores import level_word
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.engine.matching import FINISHED
from fivefold.engine.planning import PlanOptions, make_plan

WITHOUT_DRAWS = PlanOptions(with_stability=False)


def propose_revision(before: PhasedPlan, after: PhasedPlan) -> PlanRevision:
    """What differs between two plans for the same patient, in the order of the later plan, with the later plan's reason."""
    earlier = {match.id: match for match in before.modules}
    changes = tuple(
        StatusChange(match.id, match.name, earlier[match.id].status, match.status, _reason(match, earlier[match.id]))
        for match in after.modules
        if match.id in earlier and earlier[match.id].status is not match.status
    )
    return PlanRevision(
        phase_before=before.phase.overall,
        phase_after=after.phase.overall,
        changes=changes,
        overrides_added=_overrides_only_in(after, before),
        overrides_gone=_overrides_only_in(before, after),
        levels_changed=_levels(before, after),
        concurrent_before=before.concurrent_limit,
        concurrent_after=after.concurrent_limit,
        summary=_summary(before, after, changes),
    )


def _reason(now: ModuleMatch, then: ModuleMatch) -> str:
    """The sentence that is new in the later plan and speaks for the later status; otherwise what no longer holds."""
    finished = [reason.text for reason in now.because if reason.rule == FINISHED]
    if finished:
        return finished[0]
    old = {reason.text for reason in then.because}
    wanted = now.status in (MatchStatus.NOW, MatchStatus.DONE)
    fresh = [reason for reason in now.because if reason.text not in old]
    matching = [reason.text for reason in fresh if reason.supports is wanted] or [reason.text for reason in fresh]
    if matching:
        return matching[0]
    new = {reason.text for reason in now.because}
    gone = [reason.text for reason in then.because if reason.text not in new]
    return f"No longer holds: {gone[0]}" if gone else "It follows from the changed order of the other modules."


def _overrides_only_in(plan: PhasedPlan, other: PhasedPlan) -> tuple[str, ...]:
    def listed(source: PhasedPlan) -> list[str]:
        return [f"{override.code} {override.status.value.replace('_', ' ')}" for override in source.overrides]

    known = listed(other)
    return tuple(dict.fromkeys(text for text in listed(plan) if text not in known))


def _levels(before: PhasedPlan, after: PhasedPlan) -> tuple[str, ...]:
    old = {reading.id: reading.level for reading in before.profile.impairments}
    return tuple(
        f"{reading.id}: {_level_words(reading.id, old.get(reading.id))} to {_level_words(reading.id, reading.level)}"
        for reading in after.profile.impairments
        if old.get(reading.id) != reading.level
    )


def _level_words(impairment: str, level: float | None) -> str:
    return "not known" if level is None else f"{level:.1f} ({level_word(impairment, level)})"


def _summary(before: PhasedPlan, after: PhasedPlan, changes: tuple[StatusChange, ...]) -> str:
    parts = []
    if before.phase.overall is not after.phase.overall:
        parts.append(f"The phase moves from {before.phase.overall.value} to {after.phase.overall.value}.")
    started = [change.module for change in changes if change.after is MatchStatus.NOW]
    ended = [change.module for change in changes if change.before is MatchStatus.NOW]
    if started:
        parts.append(f"Now: {', '.join(started)}.")
    if ended:
        parts.append(f"No longer now: {', '.join(ended)}.")
    if before.concurrent_limit != after.concurrent_limit:
        parts.append(f"Modules at once: {before.concurrent_limit} to {after.concurrent_limit}.")
    others = len(changes) - len(started) - len(ended)
    if others > 0:
        other = "other " if started or ended else ""
        parts.append(f"{others} {other}module{'s' if others != 1 else ''} change{'' if others != 1 else 's'} place.")
    return " ".join(parts) or "No change."


@dataclass(frozen=True)
class WhatIf:
    """A plan under changed inputs, and what differs from the plan before."""

    plan: PhasedPlan
    revision: PlanRevision


def what_if(before: PhasedPlan, changed: Assessment, knowledge: KnowledgeBase, options: PlanOptions = WITHOUT_DRAWS) -> WhatIf:
    """The plan of the changed assessment and its difference from ``before``; draws are left out unless asked for."""
    after = make_plan(changed, knowledge, options)
    return WhatIf(after, propose_revision(before, after))


@dataclass(frozen=True)
class ReleaseImpact:
    """What a new knowledge release would change: assessments looked at, and the revision of each plan that changes."""

    assessments: int
    changed: dict[str, PlanRevision]


def release_impact(assessments: Iterable[Assessment], old: KnowledgeBase, new: KnowledgeBase) -> ReleaseImpact:
    """Replay plans under a new release and list the decisions that change."""
    changed: dict[str, PlanRevision] = {}
    count = 0
    for assessment in assessments:
        count += 1
        revision = propose_revision(make_plan(assessment, old, WITHOUT_DRAWS), make_plan(assessment, new, WITHOUT_DRAWS))
        if not revision.is_empty:
            changed[assessment.id or f"assessment {count}"] = revision
    return ReleaseImpact(count, changed)
