"""The treatment plan for clinicians in fourteen parts, and the one for a payer, which says no more than is asked for."""

from collections.abc import Callable
from datetime import date, timedelta

from fivefold.concepts.plan import ModuleMatch
from fivefold.concepts.vocabulary import MatchStatus, PhaseId, severity_of
from fivefold.documents import pdf_words as words
from fivefold.documents.clinical import shared_parts as shared
from fivefold.documents.clinical import trends
from fivefold.documents.clinical.blocks import Block, Bullets, Chart, Heading, Paragraph, PenLines, Rows, Table
from fivefold.documents.clinical.sources import DocumentSources, SignedPlan, Words
from fivefold.documents.language import say
from fivefold.documents.pdf_clinician import ClinicianCopy

Maker = Callable[[DocumentSources, Words], list[Block]]
MOST_STEPS = 6


def _copy(sources: DocumentSources) -> ClinicianCopy:
    """The signed plan in the words of the printed clinician's copy."""
    return ClinicianCopy(sources.plan, sources.knowledge)


def _signed(sources: DocumentSources) -> SignedPlan:
    assert sources.signed is not None, "these kinds are made from a signed plan"
    return sources.signed


# ---- For clinicians ------------------------------------------------------------------------------------------------------


def _people(sources: DocumentSources, _typed: Words) -> list[Block]:
    signed = _signed(sources)
    programme = sources.knowledge.protocols.get(signed.plan.protocol)
    rows = [
        *shared.person_rows(sources).rows,
        *((say(does), name) for does, name in sources.team),
        (say("Plan"), say("{n}, as of {on}", n=signed.number, on=words.day(signed.plan.as_of))),
        (say("Signed by"), say("{who} on {on}", who=signed.signed_by, on=words.day(signed.signed_on))),
        (say("Programme"), programme.name if programme else signed.plan.protocol),
        (say("Made with"), say("knowledge {a}, program {b}", a=signed.plan.knowledge_version, b=signed.plan.engine_version)),
    ]
    consents = tuple((say(text), _consent(sources, purpose)) for purpose, text in shared.PURPOSE_WORDS.items())
    return [Rows(tuple(rows)), Table((say("Consent to"), say("Answer")), consents, (1, 1))]


def _consent(sources: DocumentSources, purpose: str) -> str:
    found = sources.consents.get(purpose)
    if found is None:
        return say("not asked")
    given, on = found
    return say("given on {on}", on=words.day(on)) if given else say("not given, {on}", on=words.day(on))


def _diagnoses(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.diagnoses(sources)


def _severity(sources: DocumentSources, _typed: Words) -> list[Block]:
    found = _copy(sources).severity()
    rows = [
        (say("Personality difficulty"), f"{found['band']} {found['basis']}".strip()),
        (say("Resilience"), f"{found['resilience']} {say('Assumed, not known.') if found['assumed'] else ''}".strip()),
        (say("Modules at once"), say("at most {n}, general modules and safety work aside", n=found["concurrent"])),
    ]
    scores = tuple((one["name"], one["value"], one["range"], one["band"], one["date"]) for one in _copy(sources).newest_scores())
    blocks: list[Block] = [Rows(tuple(rows)), Heading(say("Safety rules on that day")), *shared.safety(sources.plan)]
    if scores:
        blocks.append(Heading(say("Measures taken")))
        blocks.append(Table((say("Measure"), say("Value ± 95% error"), say("Range"), say("Band"), say("When")), scores, (3, 3, 3, 2, 3)))
        blocks.append(Paragraph(say("A band is a word for a score and never a diagnosis."), "note"))
    return blocks


def _formulation(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.formulation(sources, with_nodes=False)


def _impairments(sources: DocumentSources, _typed: Words) -> list[Block]:
    found = _copy(sources).impairments()
    blocks: list[Block] = []
    for domain in found["domains"]:
        rows = tuple(
            (
                row["name"],
                f"{row['word']} {row['number']}",
                "; ".join(row["evidence"][:2]),
                row["answer"],
            )
            for row in domain["rows"]
        )
        blocks += [
            Heading(domain["name"]),
            Table((say("Impairment"), say("Level 0–4"), say("Weightiest evidence"), say("Answer of the plan")), rows, (3, 2, 5, 4)),
        ]
    if found["unknown"]:
        blocks.append(Paragraph(say("Not known: {names}. Unknown is neither absent nor present.", names=found["unknown"])))
    return blocks or [Paragraph(say("No impairment is known."))]


def _phase(sources: DocumentSources, _typed: Words) -> list[Block]:
    found = _copy(sources).phase()
    blocks: list[Block] = [Paragraph(f"{found['name']} ({found['code']}). {' '.join(found['because'])}")]
    for group in found["criteria"]:
        rows = tuple((one["text"], one["answer"], one["because"] or one["settle"]) for one in group["criteria"])
        blocks += [Heading(group["title"]), Table((say("Criterion"), say("Met"), say("Because, or how to find out")), rows, (4, 2, 4))]
    return blocks


def _modules(sources: DocumentSources, _typed: Words) -> list[Block]:
    plan, blocks = sources.plan, list[Block]()
    copy = _copy(sources)
    for match in plan.with_status(MatchStatus.NOW):
        told = copy.module(match)
        blocks += [
            Heading(told["name"]),
            Rows((
                (say("Why"), " ".join(reason["text"] for reason in told["why"])),
                (say("Steps"), "; ".join(step["name"] for step in told["steps"][:MOST_STEPS])),
                (say("Dose"), told["numbers"]),
                (say("State"), f"{told['running']}{', ' + told['stage'] if told['stage'] else ''}"),
                (say("Ends when"), told["exit"]),
            )),
        ]  # fmt: skip
    waiting = tuple((group["status"], ", ".join(one["name"] for one in group["modules"])) for group in copy.waiting())
    if waiting:
        blocks += [Heading(say("Not now")), Table((say("Status"), say("Modules")), waiting, (1, 4))]
    ground = tuple((one["name"], one["state"]) for one in copy.ground())
    return [*blocks, Heading(say("General modules")), Table((say("Module"), say("State")), ground, (3, 2))]


def _goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.goals(sources.goals, with_levels=True)


def _measures(sources: DocumentSources, _typed: Words) -> list[Block]:
    rows = tuple((one["name"], "; ".join(one["uses"]), one["every"] or "–", one["minutes"] or "–") for one in _copy(sources).measures())
    if not rows:
        return [Paragraph(say("No measure belongs to the modules of now."))]
    return [Table((say("Measure"), say("For what"), say("How often"), say("Takes")), rows, (2, 5, 2, 1))]


def _safety_plan(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [Paragraph(say("The safety plan is a paper of its own, kept by the patient. {state}", state=_copy(sources).safety_plan()).strip())]


def _alternatives(sources: DocumentSources, _typed: Words) -> list[Block]:
    signed = _signed(sources)
    rows = tuple((one["name"], one["cost"], one["leaves_out"]) for one in _copy(sources).alternatives())
    blocks: list[Block] = [Table((say("Programme"), say("Takes"), say("Leaves out")), rows, (2, 2, 4))] if rows else []
    if signed.decided:
        blocks += [Heading(say("Decided beside the proposal")), Table((say("About"), say("What"), say("Reason")), signed.decided, (3, 3, 5))]
    return blocks or [Paragraph(say("The plan is the proposal as it stood."))]


def _view(sources: DocumentSources, typed: Words) -> list[Block]:
    signed = _signed(sources)
    said: list[Block] = [Paragraph(signed.patient_words, "words")] if signed.patient_words else []
    signatures = PenLines((say("Patient, on"), say("Clinician, on")))
    return [Paragraph(say(shared.VIEW_WORDS[signed.patient_view])), *said, *shared.lines(typed.get("closing", "")), signatures]


def _review(sources: DocumentSources, _typed: Words) -> list[Block]:
    signed = _signed(sources)
    still_open = _copy(sources).review()["open"]
    blocks: list[Block] = [Paragraph(say("Review by {on}, at most 90 days after the plan.", on=words.day(signed.review_on)))]
    if still_open:
        blocks += [Paragraph(say("Open until then:")), Bullets(tuple(still_open))]
    return blocks


def _plain(sources: DocumentSources, _typed: Words) -> list[Block]:
    here = sources.knowledge.phases[sources.plan.phase.overall].patient
    now = tuple(f"{match.patient_name}. {match.patient_words}" for match in shared.modules_of(sources.plan, MatchStatus.NOW))
    said: list[Block] = [Paragraph(f"{here.where_you_are} {here.what_helps_now}")]
    return [*said, Bullets(now)] if now else said


TREATMENT_PLAN: dict[str, Maker] = {
    "people": _people,
    "diagnoses": _diagnoses,
    "severity": _severity,
    "formulation": _formulation,
    "impairments": _impairments,
    "phase": _phase,
    "modules": _modules,
    "goals": _goals,
    "measures": _measures,
    "safety_plan": _safety_plan,
    "alternatives": _alternatives,
    "view": _view,
    "review": _review,
    "plain": _plain,
}


# ---- For a payer ---------------------------------------------------------------------------------------------------------


def _addressed(sources: DocumentSources, typed: Words) -> list[Block]:
    to = " ".join(typed.get("addressee", "").split())
    return [Rows(((say("To"), to),)), shared.person_rows(sources)] if to else [shared.person_rows(sources)]


def _coded(sources: DocumentSources, typed: Words) -> list[Block]:
    codes = " ".join(typed.get("diagnosis_codes", "").split())
    return [*shared.diagnoses(sources), *([Paragraph(say("Codes, as the clinician has coded them: {codes}", codes=codes))] if codes else [])]


def _problems(sources: DocumentSources, _typed: Words) -> list[Block]:
    """One problem for each impairment that modules of now treat, at most once each, the most severe first."""
    plan = sources.plan
    levels = {reading.id: reading.level for reading in plan.profile.impairments if reading.level is not None}
    treated: dict[str, list[ModuleMatch]] = {}
    for match in shared.modules_of(plan, MatchStatus.NOW):
        for name in match.treats:
            if name in levels:
                treated.setdefault(name, []).append(match)
    blocks: list[Block] = []
    for number, (name, matches) in enumerate(sorted(treated.items(), key=lambda entry: -levels[entry[0]]), 1):
        blocks += _problem(sources, number, name, levels[name], matches)
    return blocks or [Paragraph(say("No module is under way for a problem that is known."))]


def _problem(sources: DocumentSources, number: int, name: str, level: float, matches: list[ModuleMatch]) -> list[Block]:
    impairment = sources.knowledge.impairments[name]
    severity = severity_of(level)
    ids = {match.id for match in matches}
    own = [goal for goal in sources.goals if goal.module in {sources.knowledge.name_of(one) for one in ids} and goal.shared]
    objectives = [goal.levels[2] for goal in own if len(goal.levels) > 2] or [goal for match in matches for goal in match.goals[:1]]
    steps = dict.fromkeys(step.name for match in matches for step in match.interventions[:3])
    return [
        Heading(say("Problem {n}: {name}", n=number, name=impairment.name)),
        Rows((
            (say("Behavioural definition"), f"{say('{word}:', word=severity.word)} {impairment.anchors[int(severity)]}"),
            (say("Long-term goal"), own[0].words if own else next((goal for match in matches for goal in match.goals[-1:]), impairment.summary)),
            (say("Objectives"), "; ".join(dict.fromkeys(objectives))),
            (say("Target date"), words.day(_target(sources, matches))),
            (say("Interventions"), "; ".join(steps)),
        )),
    ]  # fmt: skip


def _target(sources: DocumentSources, matches: list[ModuleMatch]) -> date:
    """When the usual dose of the longest of the modules is through, from the day of the plan."""
    return sources.plan.as_of + timedelta(weeks=max(match.dose.weeks.usual for match in matches))


def _services(sources: DocumentSources, _typed: Words) -> list[Block]:
    now = [match for match in shared.modules_of(sources.plan, MatchStatus.NOW) if match.phase is not PhaseId.P1] or [
        *shared.modules_of(sources.plan, MatchStatus.NOW)
    ]
    weeks = max((match.dose.weeks.usual for match in now), default=None)
    rows = [
        (say("Type"), say("individual psychotherapy")),
        (say("Amount"), say("{n} minutes a session", n=sources.hours.minutes) if sources.hours.minutes else say("not recorded")),
        (say("Frequency"), say("{n} a week", n=words.number(sources.per_week)) if sources.per_week else say("not recorded")),
        (say("Duration"), say("{n} weeks for the work of now", n=words.number(weeks)) if weeks else say("not known")),
        (say("Sessions so far"), str(sources.hours.held)),
    ]
    return [Rows(tuple(rows))]


def _scores(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [block for block in trends.for_clinicians(sources, with_signs=False) if not isinstance(block, Chart)]


def _payer_review(sources: DocumentSources, _typed: Words) -> list[Block]:
    signed = _signed(sources)
    said = say(
        "Plan {n} of {on}, signed by {who}. Review by {review}, at most 90 days after it.",
        n=signed.number, on=words.day(signed.plan.as_of), who=signed.signed_by, review=words.day(signed.review_on),
    )  # fmt: skip
    return [Paragraph(said), PenLines((say("Clinician, on"), say("Licence")))]


PAYER_PLAN: dict[str, Maker] = {
    "head": _addressed,
    "diagnoses": _coded,
    "problems": _problems,
    "services": _services,
    "scores": _scores,
    "review": _payer_review,
}
