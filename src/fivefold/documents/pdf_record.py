"""A patient's whole record on paper: what is known, since when and from whom, in words and not in codes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.scores import level_word
from fivefold.concepts.vocabulary import DIAGNOSES
from fivefold.documents.language import say, say_number, to_say
from fivefold.documents.pdf_record_words import ANSWERS, CARE, CHAIN_PARTS, KINDS, ORIGINS, VIEWS, listed, record_words
from fivefold.documents.typesetting import typeset


def render_record(record: dict[str, Any], knowledge: KnowledgeBase, *, on: date) -> bytes:
    """An exported record (``export_record``) as a tagged PDF/UA-1 document on A4; the same record gives the same bytes."""
    return typeset("record.typ", record_content(record, knowledge), on=on)


def record_content(record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """All parts of the document, as texts and rows of texts."""
    patient = record["patient"]
    return {
        **_heading(record),
        "about": _about(patient),
        "team": [[row["person"], listed(row["kind"]), _day(row["recorded_at"]), _day(row["ended_at"]) or say("to date")] for row in record["care_team"]],
        "consents": [
            [row["on"], listed(row["purpose"]), say("given") if row["given"] else say("not given"), row["note"], row["author"]] for row in record["consents"]
        ],
        "care": [[row["on"], say(CARE[row["step"]]), listed(row["reason"]), row["note"], row["author"]] for row in record["care"]],
        "goals": [_goal(row, record["goal_ratings"]) for row in record["goals"]],
        "plans": [_plan(row, knowledge) for row in record["plans"]],
        "draft": [f"{listed(name)}: {_words(value)}" for row in record["plan_draft"] for name, value in row["choices"].items() if value],
        "formulations": [_formulation(row, record, knowledge) for row in record["formulations"]],
        "documents": [
            *(_document(row, record["document_steps"]) for row in sorted(record["documents"], key=lambda row: row["recorded_at"])),
            *(_hidden(row) for row in record["hidden_words"]),
        ],
        "sessions": [_session(row, record) for row in sorted(record["sessions"], key=lambda row: (row["on"], row["number"]))],
        "chains": [_chain(row, knowledge) for row in sorted(record["chain_analyses"], key=lambda row: (row["number"], row["version"]))],
        "diary": [row for part in (_diary(record), _brought(record), _own_goals(record), _declined(record), _around_danger(record)) for row in part],
        "safety_plans": [_safety_plan(row, record, knowledge) for row in sorted(record["safety_plans"], key=lambda row: row["number"])],
        "contacts": [[row["on"], listed(row["how"]), row["words"], row["author"]] for row in record["contacts"]],
        "measures": list(_measures(record, knowledge)),
        "facts": list(_fact_groups(record["facts"], knowledge, {row["series"]: row["words"] for row in record["own_questions"]})),
        "supervision": _supervision(record),
        "reviews": [_review(row, record) for row in record["plan_reviews"]],
        "signals": [_signal(row, record, knowledge) for row in record["signals"]],
        "openings": [[_moment(row["recorded_at"]), row["person"], row["reason"]] for row in record["opened_in_need"]],
        "erasure": [[row["on"], listed(row["step"]), row["reason"], row["author"]] for row in record["erasure"]],
        "left_out": [say(line.partition(": ")[2]) for line in record["left_out"]],
        "words": record_words(),
    }


def _heading(record: dict[str, Any]) -> dict[str, Any]:
    """Whose record it is, and of which day; both stand on every page."""
    name, day = record["patient"]["name"], record["made_on"]
    foot = to_say("Record of {name} · {day} · invented person") if record["synthetic"] else to_say("Record of {name} · {day}")
    kept = to_say(
        "Kept by {clinic}, printed on {day}. Every entry stands with the day it was true and the person who wrote it;"
        " corrected and withdrawn entries stay readable."
    )
    return {
        "title": say("Record of {name}", name=name),
        "running_title": say(foot, name=name, day=day),
        "kept": say(kept, clinic=record["clinic"], day=day),
        "synthetic": record["synthetic"],
    }


def _about(patient: dict[str, Any]) -> list[list[str]]:
    rows = [
        [say("Reference"), patient["reference"]],
        [say("Year of birth"), _words(patient["birth_year"])],
        [say("Language"), patient["language"]],
        [say("Taken on"), _day(patient["taken_on_at"])],
        [say("Care ended"), _day(patient["closed_at"]) or say("it goes on")],
        [say("Legal hold"), say(ANSWERS[patient["legal_hold"]])],
    ]
    return [row for row in rows if row[1]]


def _goal(row: dict[str, Any], ratings: list[dict[str, Any]]) -> dict[str, Any]:
    since = to_say("Since {day}")
    if row["closed"]:
        since = to_say("Since {day}, no longer worked on")
    elif row["replaces"]:
        since = to_say("Since {day}, takes the place of an earlier one")
    corrected = {rating["corrects"] for rating in ratings if rating["corrects"]}
    rated = [_rating(rating, corrected) for rating in sorted(ratings, key=lambda rating: (rating["on"], rating["recorded_at"])) if rating["goal"] == row["id"]]
    return {"words": row["words"], "since": say(since, day=_day(row["recorded_at"])), "levels": row["levels"], "ratings": rated}


def _rating(row: dict[str, Any], corrected: set[str]) -> list[str]:
    said = f"{row['level']:+d}" if row["level"] else "0"
    return [row["on"], _with_fate(said, row, corrected), listed(row["rated_by"]), row["note"], row["author"]]


def _with_fate(said: str, row: dict[str, Any], corrected: set[str]) -> str:
    """An entry with what became of it."""
    if row["withdrawn"]:
        return say("Withdrawn: {entry}", entry=said)
    return say("Corrected later: {entry}", entry=said) if row["id"] in corrected else said


def _plan(row: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One signed plan: its frame, and the modules by status. The plan as such is in the machine-readable export."""
    by_status: dict[str, list[str]] = {}
    for module in row["plan"].get("modules", []):
        if module.get("status") in ("now", "next", "later", "done"):
            by_status.setdefault(module["status"], []).append(module.get("name") or module["id"])
    phase = next((part.name for name, part in knowledge.phases.items() if name.value == row["phase"]), row["phase"])
    return {
        "title": say("Plan {number} of {day}", number=row["number"], day=row["as_of"]),
        "line": say(
            "Phase: {phase}. Signed by {name} on {day}. Review by {review_day}.",
            phase=phase, name=row["signed_by"], day=_day(row["signed_at"]), review_day=row["review_on"],
        ),
        "view": say(VIEWS[row["patient_view"]]),
        "words": row["patient_words"],
        "modules": [[listed(status), ", ".join(names)] for status, names in by_status.items()],
        "choices": [f"{listed(name)}: {_words(value)}" for name, value in row["decisions"].items() if value],
    }  # fmt: skip


def _written_by(row: dict[str, Any]) -> str:
    return say("Written by {author} on {day}.", author=row["author"], day=_day(row["recorded_at"]))


def _formulation(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of the formulation: the patient's lines, every node with what is done about it, and every link as a sentence."""
    nodes = {node["id"]: node for node in row["content"]["nodes"]}
    comments = [one for one in record["formulation_comments"] if one["formulation"] == row["id"]]
    return {
        "title": say("Formulation {number}", number=row["number"]),
        "line": _written_by(row),
        "words": row["lines"].splitlines(),
        "nodes": [[listed(node["kind"]), node["words"], _about_node(node, knowledge)] for node in nodes.values()],
        "links": [f"{nodes[link['from']]['words']} – {link['words']} – {nodes[link['to']]['words']}" for link in row["content"]["links"]],
        "comments": [_comment(one, nodes) for one in comments],
    }


def _about_node(node: dict[str, Any], knowledge: KnowledgeBase) -> str:
    """The impairment it stands for, and the modules that work on it."""
    impairment = knowledge.impairments.get(node["impairment"])
    names = [knowledge.modules[name].short_name if name in knowledge.modules else name for name in node["modules"]]
    return "; ".join(part for part in (impairment.name if impairment else node["impairment"], ", ".join(names)) if part)


def _comment(row: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> str:
    about = {"author": row["author"], "day": _day(row["recorded_at"]), "comment": row["text"]}
    if row["node"] in nodes:
        return say("{author}, {day}, on “{node}”: {comment}", node=nodes[row["node"]]["words"], **about)
    return say("{author}, {day}: {comment}", **about)


def _document(row: dict[str, Any], steps: list[dict[str, Any]]) -> list[str]:
    """One version of a document: what it is, when and by whom it was made, and what became of it. Its text is in the machine-readable export."""
    became = []
    for one in steps:
        if one["document"] == row["id"]:
            line = to_say("{step} on {day} by {author}: {reason}") if one["reason"] else to_say("{step} on {day} by {author}")
            became.append(say(line, step=listed(one["step"]), day=one["on"], author=one["author"], reason=one["reason"]))
    title = say("{title}, version {number}", title=row["content"]["title"], number=row["number"])
    return [title, _day(row["recorded_at"]), row["author"], "; ".join(became) or say("not signed")]


def _hidden(row: dict[str, Any]) -> list[str]:
    """One list of what a case pack hides beside the name."""
    listed_words = ", ".join([*row["names"], *row["words"]]) or say("none")
    return [say("Words to hide in a case pack: {words}", words=listed_words), _day(row["recorded_at"]), row["author"], ""]


def _chain(row: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of a chain analysis, in the order of the chain; what was left open is left out."""
    content, rows = row["content"], list[list[str]]()
    for name, title in CHAIN_PARTS.items():
        rows += [_chain_link(link) for link in content["links"]] if name == "links" else [[say(title), content[name]]] if content[name] else []
    module = knowledge.modules[row["module"]].short_name if row["module"] in knowledge.modules else row["module"]
    where = [part for part in (say("session {number}", number=row["session_number"]) if row["session_number"] else "", module) if part]
    return {
        "title": say("Chain analysis {number}, version {version}, of {day}", number=row["number"], version=row["version"], day=row["on"]),
        "line": " ".join([_written_by(row), *([say("Belongs to {what}.", what=", ".join(where))] if where else [])]),
        "rows": rows,
        "shows": [node["words"] for node in content["shows"]],
    }


def _chain_link(link: dict[str, Any]) -> list[str]:
    said = link["words"]
    if link["strength"] is not None:
        said = say("{link} ({strength} of 100)", link=said, strength=link["strength"])
    if link["instead"]:
        said = say("{link}. Instead: {instead}", link=said, instead=link["instead"])
    return [listed(link["kind"]), said]


def _session(row: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """One signed session: its lines with whose each is, and what was added later."""
    beside = [one for one in record["session_additions"] if one["session"] == row["id"]]
    return {
        "title": say("Session {number}, {day}", number=row["number"], day=row["on"]),
        "line": say("Signed by {author} on {day}.", author=row["author"], day=_day(row["recorded_at"])),
        "rows": [[say(ORIGINS[line["origin"]]), line["text"]] for line in row["content"]["lines"]],
        "beside": [_addition(one) for one in beside],
    }


def _addition(row: dict[str, Any]) -> str:
    """Who wrote what beside a note and when; whose words they are, and why it was written."""
    about = {"author": row["author"], "day": _day(row["recorded_at"]), "kind": listed(row["kind"]), "origin": say(ORIGINS[row["origin"]])}
    if row["reason"]:
        return say("{author}, {day}, {kind} ({origin}): {entry}. Why: {reason}", entry=row["text"], reason=row["reason"], **about)
    return say("{author}, {day}, {kind} ({origin}): {entry}", entry=row["text"], **about) if row["text"] else say("{author}, {day}, {kind}", **about)


def _measures(record: dict[str, Any], knowledge: KnowledgeBase) -> Iterable[list[str]]:
    """Each questionnaire that was given out: when, which, by which route, what became of it, how many answers came, and who asked."""
    for row in record["questionnaires"]:
        ends = (listed(step["step"]) for step in record["questionnaire_steps"] if step["request"] == row["id"] and step["step"] != "begun")
        end = next(ends, say("not finished"))
        items = {answer["item"] for answer in record["questionnaire_answers"] if answer["request"] == row["id"] and answer["value"] is not None}
        name = knowledge.instruments[row["instrument"]].name if row["instrument"] in knowledge.instruments else say("Own questions")
        yield [_day(row["recorded_at"]), name, listed(row["route"]), _how_far(end, len(items)), row["author"]]


def _how_far(state: str, answers: int) -> str:
    return say_number("{state}, {count} answered", "{state}, {count} answered", answers, state=state)


def _supervision(record: dict[str, Any]) -> list[list[str]]:
    """Questions and what was agreed, by day, each with what became of it."""
    ends = {row.get("question") or row.get("decision"): row for row in record["supervision_steps"]}
    rows = [[_day(row["recorded_at"]), say("question"), row["text"], row["author"], _ended(ends.get(row["id"]))] for row in record["supervision_questions"]]
    for row in record["supervision_decisions"]:
        who = say("{person}, until {day}", person=row["by"], day=row["until"]) if row["until"] else row["by"]
        rows.append([row["on"], say("agreed"), row["text"], who, _ended(ends.get(row["id"]))])
    return sorted(rows)


def _ended(row: dict[str, Any] | None) -> str:
    if row is None:
        return say("open")
    line = to_say("{step} ({author}, {day}): {words}") if row["words"] else to_say("{step} ({author}, {day})")
    return say(line, step=listed(row["step"]), author=row["author"], day=_day(row["recorded_at"]), words=row["words"])


def _review(row: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """One review of the plan: what was found, what was decided and why, and what the look-back said."""
    looked = [one for one in record["look_backs"] if one["review"] == row["id"]]
    found = [
        say("{question}: {answer}. {words}", question=listed(one["step"]), answer=listed(one["answer"]), words=one["words"]).strip()
        for one in row["content"]["answers"]
    ]
    line = to_say("Decision: {decision}. {reason} Written by {author}.")
    if row["review_on"]:
        line = to_say("Decision: {decision}. {reason} Looked at again by {review_day}. Written by {author}.")
    return {
        "title": say("Review {number} of {day}", number=row["number"], day=row["on"]),
        "line": say(line, decision=listed(row["decision"]), reason=row["reason"], review_day=row["review_on"] or "", author=row["author"]),
        "found": [*found, *row["content"]["proposed"]],
        "looked": [_look_back(one) for one in looked],
    }


def _look_back(row: dict[str, Any]) -> str:
    return say(
        "Looked back on {day}: {moved}. {said} Plan followed: {followed}. {note}",
        day=row["on"], moved=listed(row["moved"]), said=row["content"]["said"], followed=listed(row["followed"]), note=row["note"],
    )  # fmt: skip


def _signal(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One signal: what was seen, and every step on it."""
    rule = next((rule for rule in knowledge.signals.signals if rule.id == row["rule"]), None)
    steps = [one for one in record["signal_steps"] if one["signal"] == row["id"]]
    return {
        "title": f"{rule.name if rule else row['rule']}, {_day(row['recorded_at'])}",
        "rows": [[_moment(one["recorded_at"]), listed(one["step"]), _signal_said(one), one["author"] or say(ORIGINS["computed"])] for one in steps],
    }


def _signal_said(step: dict[str, Any]) -> str:
    parts = (step["seen"]["seen"] if step["seen"] else "", step["note"], listed(step["outcome"]), step["to"], step["until"] or "")
    return "; ".join(part for part in parts if part)


def _diary(record: dict[str, Any]) -> Iterable[list[str]]:
    """Every diary entry and every level called usual, the earliest first: the day it is about, what it says, when and by whom it was written."""
    cards = {card["id"]: {item["id"]: item["words"] for item in card["content"]["items"]} for card in record["diary_cards"]}
    replaced = {row["corrects"] for row in record["diary"] if row["corrects"]}
    for row in sorted(record["diary"], key=lambda row: (row["about_on"], row["made_at"])):
        names = cards[row["card"]]
        answers = [f"{names.get(name, name)}: {value}" for name, value in row["content"]["values"].items()]
        said = "; ".join(part for part in (*answers, row["content"]["note"]) if part)
        if row["withdrawn"]:
            said = say("Taken back: {entry}", entry=said) if said else say("Taken back")
        elif row["id"] in replaced:
            said = say("Corrected later: {entry}", entry=said)
        yield [row["about_on"], said, _moment(row["made_at"]), row["author"]]
    for row in record["usual_urges"]:
        line = to_say("Usual ({item}): up to {level} until {day}. {reason}")
        if row["level"] is None:
            line = to_say("Usual ({item}): no longer. {reason}")
        said = say(line, item=listed(row["item"]), level=row["level"], day=row["until"], reason=row["reason"])
        yield [_day(row["recorded_at"]), said, _moment(row["recorded_at"]), row["author"]]


def _brought(record: dict[str, Any]) -> Iterable[list[str]]:
    """What the patient wanted to bring up."""
    for row in record["brought_up"]:
        yield [_day(row["recorded_at"]), say("To bring up: {words}", words=row["words"]), _moment(row["recorded_at"]), row["author"]]


def _own_goals(record: dict[str, Any]) -> Iterable[list[str]]:
    """Goals the patient wrote by themselves and shares, and where they said they stand."""
    for row in record["own_goals"]:
        line = to_say("Own goal (let go): {words}") if row["closed"] else to_say("Own goal: {words}")
        yield [_day(row["recorded_at"]), say(line, words=row["words"]), _moment(row["recorded_at"]), row["author"]]
    words = {row["id"]: row["words"] for row in record["own_goals"]}
    for row in record["own_goal_ratings"]:
        said = say("Own goal rated: {goal}: {level} of 10. {words}", goal=words[row["goal"]], level=row["level"], words=row["words"]).strip()
        yield [row["on"], said, _moment(row["recorded_at"]), row["author"]]


def _around_danger(record: dict[str, Any]) -> Iterable[list[str]]:
    """To whom the patient gave their plan, the team's crisis care plan, and conversations about suicide."""
    for row in record["safety_plan_shares"]:
        line = to_say("Safety plan no longer with {person} ({how})") if row["withdrawn"] else to_say("Safety plan given to {person} ({how})")
        yield [row["on"], say(line, person=row["person"], how=listed(row["how"])), _moment(row["recorded_at"]), row["author"]]
    for row in record["crisis_care_plans"]:
        parts = "; ".join(f"{listed(name)}: {words}" for name, words in row["content"].items() if words)
        said = say("Team's crisis care plan {number} (review {day}): {parts}", number=row["number"], day=row["review_on"], parts=parts)
        yield [_day(row["recorded_at"]), said, _moment(row["recorded_at"]), row["author"]]
    for row in record["risk_conversations"]:
        yield [_day(row["recorded_at"]), _conversation(row), _moment(row["recorded_at"]), row["author"]]


def _conversation(row: dict[str, Any]) -> str:
    """One conversation about suicide: answers, what was found, the decision, and until when contact was agreed."""
    line = to_say("Conversation about suicide {number}: {answers}; {parts}; decision: {decision}; next contact by {moment}")
    if row["clears"]:
        line = to_say("Conversation about suicide {number}: {answers}; {parts}; decision: {decision}; cleared by this reassessment")
    return say(
        line,
        number=row["number"],
        answers=", ".join(f"{listed(name)}: {say(ANSWERS[value])}" for name, value in row["content"]["answers"].items()),
        parts="; ".join(f"{listed(name)}: {words}" for name, words in row["content"]["parts"].items() if words),
        decision=listed(row["content"]["decision"]),
        moment=row["next_contact_at"],
    )


def _declined(record: dict[str, Any]) -> Iterable[list[str]]:
    """What the record offered to the formulation and somebody declined, with the reason."""
    for row in record["declined_suggestions"]:
        line = to_say("Offered again: {words}") if row["offered_again"] else to_say("Declined for the formulation ({reason}): {words}")
        yield [_day(row["recorded_at"]), say(line, words=row["words"], reason=row["reason"]), _moment(row["recorded_at"]), row["author"]]


def _safety_plan(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of the patient's own plan, with the times it was practised or used."""
    names = {part.id: part.name for part in knowledge.safety_plan.parts}
    uses = [one for one in record["safety_plan_uses"] if one["plan"] == row["id"]]
    entries = [(names.get(name, name), one) for name, part in row["content"]["parts"].items() for one in part]
    return {
        "title": say("Safety plan {number}", number=row["number"]),
        "line": _written_by(row),
        "rows": [[name, f"{one['words']} {one['number']}".strip(), _likely(one["likely"])] for name, one in entries],
        "uses": [say("{day}, {kind}: {words} ({author})", day=one["on"], kind=listed(one["kind"]), words=one["words"], author=one["author"]) for one in uses],
    }


def _likely(value: int | None) -> str:
    return "" if value is None else say("{likely} of 10", likely=value)


# ---- Facts ---------------------------------------------------------------------------------------------------------------


def _fact_groups(facts: list[dict[str, Any]], knowledge: KnowledgeBase, own: dict[str, str]) -> Iterable[dict[str, Any]]:
    corrected = {row["corrects"] for row in facts if row["corrects"]}
    for kind, title in KINDS.items():
        rows = sorted((row for row in facts if row["kind"] == kind), key=lambda row: (row["true_on"], row["recorded_at"]))
        if rows:
            yield {"title": say(title), "rows": [_fact(row | {"key": own.get(row["key"], row["key"])}, corrected, knowledge) for row in rows]}


def _fact(row: dict[str, Any], corrected: set[str], knowledge: KnowledgeBase) -> list[str]:
    said = _said(row, knowledge)
    if row["note"]:
        said = f"{said}. {row['note']}" if said else row["note"]
    return [row["true_on"], _named(row["kind"], row["key"], knowledge), _with_fate(said, row, corrected), row["author"]]


def _named(kind: str, key: str, knowledge: KnowledgeBase) -> str:
    if kind == "rating" and key in knowledge.impairments:
        return knowledge.impairments[key].name
    if kind == "score" and key in knowledge.instruments:
        return knowledge.instruments[key].name
    if kind == "module" and key in knowledge.modules:
        return f"{key} {knowledge.modules[key].name}"
    if kind == "general_module" and key in knowledge.general_modules:
        return f"{key} {knowledge.general_modules[key].name}"
    if kind == "diagnosis":
        return say(DIAGNOSES.get(key, key))
    return listed(key)


def _said(row: dict[str, Any], knowledge: KnowledgeBase) -> str:
    value = row["value"]
    if row["kind"] == "rating":
        level = value.get("severity") if isinstance(value, dict) else value
        if isinstance(level, int | float):
            return say("{level} of 4 ({severity})", level=f"{level:g}", severity=say(level_word(row["key"], float(level))))
        return _words(level)
    hidden = {"id", "instrument", "kind", "code"}
    if isinstance(value, dict):
        return "; ".join(f"{listed(name)}: {_words(part)}" for name, part in value.items() if name not in hidden)
    return _words(value)


def _words(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return say(ANSWERS[value])
    if isinstance(value, dict):
        return "; ".join(f"{listed(name)}: {_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(part) for part in value)
    return listed(str(value))


def _day(moment: str | None) -> str:
    return moment[:10] if moment else ""


def _moment(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC{moment[-6:]}"
