"""Documents for colleagues: a letter to the referrer, a progress report, and the case pack for supervision."""

from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents import pdf_words as words
from fivefold.documents.clinical import shared_parts as shared
from fivefold.documents.clinical import trends
from fivefold.documents.clinical.blocks import Block, Bullets, Chart, Heading, Paragraph, PenLines, Rows, Table
from fivefold.documents.clinical.plan_documents import Maker
from fivefold.documents.clinical.sources import DocumentSources, Words
from fivefold.documents.language import say

# ---- Letter ---------------------------------------------------------------------------------------------------------------


def _addressed(sources: DocumentSources, typed: Words) -> list[Block]:
    return [*shared.lines(typed.get("addressee", "")), shared.person_rows(sources), *shared.lines(typed.get("opening", ""))]


def _diagnoses(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.diagnoses(sources)


def _treatment(sources: DocumentSources, _typed: Words) -> list[Block]:
    plan = sources.plan
    programme = sources.knowledge.protocols.get(plan.protocol)
    now = shared.modules_of(plan, MatchStatus.NOW)
    rows = [
        (say("Programme"), programme.name if programme else plan.protocol),
        (say("Phase"), shared.phase_name(sources, plan)),
        (say("Now"), shared.names_of(now)),
        (say("Next"), shared.names_of(shared.modules_of(plan, MatchStatus.NEXT))),
        (say("Frequency"), say("{n} a week", n=words.number(sources.per_week)) if sources.per_week else ""),
    ]
    state = (
        say("Signed plan {n} of {on}.", n=sources.signed.number, on=words.day(plan.as_of))
        if sources.signed
        else say("No plan is signed yet; this is a proposal.")
    )
    return [Rows(tuple(row for row in rows if row[1])), Paragraph(state, "note")]


def _course(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.course(sources)


def _change(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [block for block in trends.for_clinicians(sources, with_signs=False) if not isinstance(block, Chart)]


def _goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.goals([goal for goal in sources.goals if goal.shared], with_levels=False)


def _formulation(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.formulation(sources, with_nodes=False)


def _risk(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.safety(sources.now)


def _signature(sources: DocumentSources, typed: Words) -> list[Block]:
    return [
        *shared.lines(typed.get("closing", "")),
        Paragraph(say("{who}, {clinic}", who=sources.author, clinic=sources.clinic)),
        PenLines((say("Signature, on"),)),
    ]


LETTER: dict[str, Maker] = {
    "head": _addressed,
    "diagnoses": _diagnoses,
    "treatment": _treatment,
    "course": _course,
    "change": _change,
    "goals": _goals,
    "formulation": _formulation,
    "risk": _risk,
    "signature": _signature,
}


# ---- Progress report --------------------------------------------------------------------------------------------------------


def _who(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [Paragraph(" · ".join(f"{label}: {value}" for label, value in shared.person_rows(sources).rows))]


def _dangers(sources: DocumentSources, _typed: Words) -> list[Block]:
    active = shared.hard_rules(sources.now)
    if active:
        return [Paragraph(say("Active: {names}. No score clears them.", names="; ".join(active)))]
    return [Paragraph(say("No hard safety rule is active on what has been recorded. Ask all the same."))]


def _measures(sources: DocumentSources, _typed: Words) -> list[Block]:
    return trends.for_clinicians(sources)


def _done(sources: DocumentSources, typed: Words) -> list[Block]:
    return [*shared.course_line(sources), *shared.lines(typed.get("closing", ""))]


def _all_goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.goals(sources.goals, with_levels=False)


def _goals_on_a_page(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.goal_table(sources.goals)


def _values(sources: DocumentSources, _typed: Words) -> list[Block]:
    return trends.values(sources)


PROGRESS_REPORT: dict[str, Maker] = {"head": _who, "dangers": _dangers, "measures": _measures, "done": _done, "goals": _goals_on_a_page, "values": _values}


# ---- Case pack --------------------------------------------------------------------------------------------------------------


def _question(sources: DocumentSources, typed: Words) -> list[Block]:
    asked = [*shared.lines(typed.get("question", "")), *(Paragraph(text) for text in sources.supervised.questions)]
    return asked or [Paragraph(say("No question is written down."))]


def _whole_formulation(sources: DocumentSources, _typed: Words) -> list[Block]:
    return shared.formulation(sources, with_nodes=True)


def _plan(sources: DocumentSources, _typed: Words) -> list[Block]:
    plan = sources.plan
    rows = tuple(
        (match.short_name, "; ".join(reason.text for reason in match.because[:2]), match.dose.text) for match in shared.modules_of(plan, MatchStatus.NOW)
    )
    blocks: list[Block] = [Paragraph(say("Phase: {name}. {why}", name=shared.phase_name(sources, plan), why=" ".join(plan.phase.because)))]
    if rows:
        blocks.append(Table((say("Module of now"), say("Why"), say("Dose")), rows, (2, 5, 3)))
    coming = shared.names_of(shared.modules_of(plan, MatchStatus.NEXT))
    blocks += [Paragraph(say("Next: {names}.", names=coming))] if coming else []
    if sources.signed and sources.signed.decided:
        blocks += [Heading(say("Decided beside the proposal")), Table((say("About"), say("What"), say("Reason")), sources.signed.decided, (3, 3, 5))]
    return blocks


def _trends(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [*trends.for_clinicians(sources), *trends.values(sources)]


def _sessions(sources: DocumentSources, _typed: Words) -> list[Block]:
    table = shared.under_way(sources)
    return [*shared.course(sources), *([table] if table else [])]


def _minutes(sources: DocumentSources, _typed: Words) -> list[Block]:
    said = tuple(f"{words.day(on)}: {text}" for on, text in sources.supervised.minutes)
    return [Bullets(said)] if said else [Paragraph(say("No minutes of supervision are kept for this patient."))]


CASE_PACK: dict[str, Maker] = {
    "question": _question,
    "safety": _risk,
    "diagnoses": _diagnoses,
    "formulation": _whole_formulation,
    "plan": _plan,
    "goals": _all_goals,
    "trends": _trends,
    "sessions": _sessions,
    "minutes": _minutes,
}
