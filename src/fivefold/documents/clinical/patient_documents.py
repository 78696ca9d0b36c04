"""Documents that a patient reads: the plan in plain words, the agreement, and how it is going."""

from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents import pdf_words as words
from fivefold.documents.clinical import shared_parts as shared
from fivefold.documents.clinical import trends
from fivefold.documents.clinical.blocks import Block, Bullets, Heading, Paragraph, PenLines, Rows
from fivefold.documents.clinical.plan_documents import Maker
from fivefold.documents.clinical.sources import DocumentSources, KnownGoal, Words
from fivefold.documents.language import say
from fivefold.documents.pdf_patient import NOT_YET, patient_content

# The points of the agreement that somebody may say in their own words, by their place in G1.
CONTACT, CRISIS = 2, 3
MOST_NAMES = 5


# ---- The plan in plain words ----------------------------------------------------------------------------------------------


def _where(sources: DocumentSources, _typed: Words) -> list[Block]:
    told = patient_content(sources.plan, sources.knowledge)
    blocks: list[Block] = [Rows(((say("My name"), sources.person.name),))]
    if told["withheld"]:
        blocks.append(Paragraph(say("Something else comes before a plan right now. The person I work with will tell me what it is and why.")))
    blocks += [
        Paragraph(f"{told['where']['name']}. {told['where']['text']}", "lead"),
        Paragraph(say("What helps now: {what}", what=told["where"]["helps"])),
        Paragraph(say("People go forward and back on this path. Going back means that something needs care first."), "note"),
    ]
    return blocks


def _now(sources: DocumentSources, _typed: Words) -> list[Block]:
    blocks: list[Block] = []
    for module in patient_content(sources.plan, sources.knowledge)["now"]:
        blocks += [Heading(module["name"]), *(Paragraph(text) for text in (module["why"], module["what"], module["long"]) if text)]
    return blocks or [Paragraph(say("We begin with getting to know each other. We agree how we work."))]


def _ground(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [Bullets(tuple(f"{one['name']}. {one['why']}" for one in patient_content(sources.plan, sources.knowledge)["ground"]))]


def _next(sources: DocumentSources, _typed: Words) -> list[Block]:
    groups = (
        (say("Soon, when a first thing is in place:"), (MatchStatus.NEXT,)),
        (say("Later, when I am ready:"), (MatchStatus.LATER,)),
        (say("Kept for a calmer time:"), NOT_YET),
    )
    blocks: list[Block] = []
    for title, statuses in groups:
        names = tuple(match.patient_name for match in shared.modules_of(sources.plan, *statuses))
        if names:
            blocks += [Paragraph(title), Bullets(names)]
    return blocks


def _goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    said: list[Block] = [Paragraph(goal.words, "words") for goal in sources.goals if goal.shared]
    return [*said, PenLines((say("One small thing I want to do"), say("How I will notice that it helps")))]


def _words(sources: DocumentSources, _typed: Words) -> list[Block]:
    found = sources.formulation
    return [Paragraph("\n".join(found.lines), "words")] if found and found.lines else []


def _hard_times(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [
        Paragraph(say("My safety plan comes first. I keep it at hand. These people can help as well:")),
        PenLines((
            say("Someone I can call, and the number"), say("Someone else, and the number"), say("My clinic in the day"), say("At night"),
            say("The number for help at once"), say("What has helped me before"),
        )),
        Paragraph(say("Nobody reads this paper at night. It cannot call anyone. In danger I call for help at once."), "note"),
    ]  # fmt: skip


def _view(sources: DocumentSources, typed: Words) -> list[Block]:
    signed = sources.signed
    said: list[Block] = [Paragraph(signed.patient_words, "words")] if signed and signed.patient_words else []
    until: list[Block] = (
        [Paragraph(say("We look at this plan again together by {on}. We can do so at any time.", on=words.day(signed.review_on)))] if signed else []
    )
    lines = PenLines((say("What fits, and what does not"), say("What I want changed"), say("Signed by me, on"), say("Signed by the person I work with, on")))
    return [*said, *until, lines]


PLAIN_PLAN: dict[str, Maker] = {
    "where": _where,
    "now": _now,
    "ground": _ground,
    "next": _next,
    "goals": _goals,
    "words": _words,
    "hard_times": _hard_times,
    "view": _view,
}


# ---- The agreement --------------------------------------------------------------------------------------------------------


def _we(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [Rows(((say("Me"), sources.person.name), *((say("With me"), name) for _does, name in sources.team)))]


def _points(sources: DocumentSources, typed: Words) -> list[Block]:
    """The points of G1 in its order; contact and crisis in the clinician's own words where these are given."""
    own = {CONTACT: typed.get("contact", ""), CRISIS: typed.get("crisis", "")}
    blocks: list[Block] = []
    if typed.get("frame", "").strip():
        blocks += [Heading(say("When and where we meet")), *shared.lines(typed["frame"])]
    for place, part in enumerate(sources.knowledge.general_modules["G1"].agreement):
        said = own.get(place, "")
        blocks.append(Heading(part.title))
        blocks += shared.lines(said) if said.strip() else [Bullets(tuple(point.text for point in part.points))]
    more = tuple(" ".join(line.split()) for line in typed.get("own_points", "").splitlines() if line.strip())
    if more:
        blocks += [Heading(say("What else we agree")), Bullets(more)]
    return blocks


def _agreed_goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    own = [goal.words for goal in sources.goals if goal.shared]
    said: list[Block] = [Paragraph("\n".join(own), "words")] if own else []
    return said or [PenLines((say("What I want"), say("What I want most")))]


def _numbers(sources: DocumentSources, _typed: Words) -> list[Block]:
    return [PenLines((say("My clinic in the day"), say("At night and at weekends"), say("The number for help at once"), say("Someone I can call")))]


def _signatures(sources: DocumentSources, _typed: Words) -> list[Block]:
    before = sources.agreed_on
    said: list[Block] = [Paragraph(say("We agreed before, on {on}. This paper takes its place.", on=words.day(before)), "note")] if before else []
    return [*said, PenLines((say("Signed by me, on"), say("Signed by the person I work with, on")))]


AGREEMENT: dict[str, Maker] = {"people": _we, "points": _points, "goals": _agreed_goals, "numbers": _numbers, "signatures": _signatures}


# ---- How it is going ------------------------------------------------------------------------------------------------------


def _own_measures(sources: DocumentSources, _typed: Words) -> list[Block]:
    return trends.for_patients(sources)


def _own_values(sources: DocumentSources, _typed: Words) -> list[Block]:
    return trends.values(sources, trends.own_measures(sources), plain=True)


def _own_goals(sources: DocumentSources, _typed: Words) -> list[Block]:
    """What the patient wants, and where it stands as both rated it, in the words of the level."""
    return [Paragraph("\n".join([goal.words, *_stands(goal)]), "words") for goal in sources.goals if goal.shared]


def _stands(goal: KnownGoal) -> list[str]:
    """The words of the level that was last reached, with its day."""
    return [say("{on}: {meaning}", on=words.day(goal.reached[2]), meaning=goal.reached[1])] if goal.reached else []


def _done(sources: DocumentSources, _typed: Words) -> list[Block]:
    hours, plan = sources.hours, sources.now
    met = say("We have met {n} times.", n=hours.held) if hours.held > 1 else ""
    next_on = say("We meet again on {on}.", on=words.day(hours.next)) if hours.next and hours.next >= sources.on else ""
    now = tuple(match.patient_name for match in shared.modules_of(plan, MatchStatus.NOW))
    known = dict.fromkeys(one.module for one in reversed(sources.under_way) if one.module in sources.knowledge.modules)
    before = [name for name in (sources.knowledge.modules[one].patient.name for one in known) if name not in now][:MOST_NAMES]
    blocks: list[Block] = [Paragraph(f"{met} {next_on}".strip())] if met or next_on else []
    if now:
        blocks += [Paragraph(say("We work on now:")), Bullets(now)]
    if before:
        blocks += [Paragraph(say("We have also worked on:")), Bullets(tuple(before))]
    return blocks


PROGRESS_PATIENT: dict[str, Maker] = {"measures": _own_measures, "goals": _own_goals, "done": _done, "values": _own_values}
