"""A patient's whole record on paper: what is known, since when and from whom, in words and not in codes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import DIAGNOSES, severity_of
from fivefold.documents.typesetting import typeset

KINDS = {
    "diagnosis": "Diagnoses",
    "criterion": "DSM-5 criteria",
    "rating": "Ratings by a clinician",
    "score": "Questionnaires",
    "other_result": "Other results",
    "event": "Events",
    "upcoming": "Announced",
    "expected_report": "Reports expected",
    "risk": "Risk questions",
    "cleared": "Reassessments",
    "overruled": "Rules overruled",
    "trauma_readiness": "Readiness for trauma work",
    "resilience": "Resilience",
    "context": "Frame and life around treatment",
    "carers": "Carers",
    "dependants": "Dependants",
    "medication": "Medication",
    "attendance": "Attendance",
    "general_module": "General modules",
    "module": "Modules",
    "history": "Earlier treatments",
    "course": "Course",
    "preference": "Wishes",
    "treatment": "What is available",
    "adaptation": "Adaptations",
    "setting": "Setting",
    "previous": "Phase as last recorded",
    "birth_year": "Year of birth, corrected",
    "own_rating": "Questions in the patient's words",
}
ANSWERS = {True: "yes", False: "no", None: "not known"}
ORIGINS = {"patient": "the patient", "clinician": "clinician", "computed": "program"}
CARE = {"ended": "ended", "again": "taken up again"}
ANSWERS = {True: "yes", False: "no", None: "not known"}


def render_record(record: dict[str, Any], knowledge: KnowledgeBase, *, on: date) -> bytes:
    """An exported record (``export_record``) as a tagged PDF/UA-1 document on A4; the same record gives the same bytes."""
    return typeset("record.typ", record_content(record, knowledge), on=on)


def record_content(record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """All parts of the document, as texts and rows of texts."""
    patient = record["patient"]
    return {
        "name": patient["name"],
        "clinic": record["clinic"],
        "date": record["made_on"],
        "synthetic": record["synthetic"],
        "about": _about(patient),
        "team": [[row["person"], row["kind"], _day(row["recorded_at"]), _day(row["ended_at"]) or "to date"] for row in record["care_team"]],
        "consents": [[row["on"], row["purpose"], "given" if row["given"] else "not given", row["note"], row["author"]] for row in record["consents"]],
        "care": [[row["on"], CARE[row["step"]], row["reason"], row["note"], row["author"]] for row in record["care"]],
        "goals": [_goal(row, record["goal_ratings"]) for row in record["goals"]],
        "plans": [_plan(row, knowledge) for row in record["plans"]],
        "draft": [f"{name}: {_words(value)}" for row in record["plan_draft"] for name, value in row["choices"].items() if value],
        "formulations": [_formulation(row, record, knowledge) for row in record["formulations"]],
        "documents": [_document(row, record["document_steps"]) for row in sorted(record["documents"], key=lambda row: row["recorded_at"])],
        "sessions": [_session(row, record) for row in sorted(record["sessions"], key=lambda row: (row["on"], row["number"]))],
        "chains": [_chain(row, knowledge) for row in sorted(record["chain_analyses"], key=lambda row: (row["number"], row["version"]))],
        "diary": [row for part in (_diary(record), _brought(record), _own_goals(record), _declined(record), _around_danger(record)) for row in part],
        "safety_plans": [_safety_plan(row, record, knowledge) for row in sorted(record["safety_plans"], key=lambda row: row["number"])],
        "contacts": [[row["on"], row["how"].replace("_", " "), row["words"], row["author"]] for row in record["contacts"]],
        "measures": list(_measures(record, knowledge)),
        "facts": list(_fact_groups(record["facts"], knowledge, {row["series"]: row["words"] for row in record["own_questions"]})),
        "supervision": _supervision(record),
        "reviews": [_review(row, record) for row in record["plan_reviews"]],
        "signals": [_signal(row, record, knowledge) for row in record["signals"]],
        "openings": [[_moment(row["recorded_at"]), row["person"], row["reason"]] for row in record["opened_in_need"]],
        "erasure": [[row["on"], row["step"], row["reason"], row["author"]] for row in record["erasure"]],
        "left_out": [line.partition(": ")[2] for line in record["left_out"]],
    }


def _about(patient: dict[str, Any]) -> list[list[str]]:
    rows = [
        ["Reference", patient["reference"]],
        ["Year of birth", _words(patient["birth_year"])],
        ["Language", patient["language"]],
        ["Taken on", _day(patient["taken_on_at"])],
        ["Care ended", _day(patient["closed_at"]) or "it goes on"],
        ["Legal hold", ANSWERS[patient["legal_hold"]]],
    ]
    return [row for row in rows if row[1]]


def _goal(row: dict[str, Any], ratings: list[dict[str, Any]]) -> dict[str, Any]:
    state = "no longer worked on" if row["closed"] else "takes the place of an earlier one" if row["replaces"] else ""
    corrected = {rating["corrects"] for rating in ratings if rating["corrects"]}
    rated = [_rating(rating, corrected) for rating in sorted(ratings, key=lambda rating: (rating["on"], rating["recorded_at"])) if rating["goal"] == row["id"]]
    return {"words": row["words"], "since": _day(row["recorded_at"]), "state": state, "levels": row["levels"], "ratings": rated}


def _rating(row: dict[str, Any], corrected: set[str]) -> list[str]:
    said = f"{row['level']:+d}" if row["level"] else "0"
    said = f"Withdrawn: {said}" if row["withdrawn"] else f"Corrected later: {said}" if row["id"] in corrected else said
    return [row["on"], said, row["rated_by"], row["note"], row["author"]]


def _plan(row: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One signed plan: its frame, and the modules by status. The plan as such is in the machine-readable export."""
    by_status: dict[str, list[str]] = {}
    for module in row["plan"].get("modules", []):
        if module.get("status") in ("now", "next", "later", "done"):
            by_status.setdefault(module["status"], []).append(module.get("name") or module["id"])
    phase = next((part.name for name, part in knowledge.phases.items() if name.value == row["phase"]), row["phase"])
    return {
        "title": f"Plan {row['number']} of {row['as_of']}",
        "line": f"Phase: {phase}. Signed by {row['signed_by']} on {_day(row['signed_at'])}. Review by {row['review_on']}.",
        "view": f"The patient {row['patient_view'].replace('_', ' ')}." if row["patient_view"] != "not_asked" else "The patient was not asked yet.",
        "words": row["patient_words"],
        "modules": [[status, ", ".join(names)] for status, names in by_status.items()],
        "choices": [f"{name.replace('_', ' ')}: {_words(value)}" for name, value in row["decisions"].items() if value],
    }


def _formulation(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of the formulation: the patient's lines, every node with what is done about it, and every link as a sentence."""
    nodes = {node["id"]: node for node in row["content"]["nodes"]}
    comments = [one for one in record["formulation_comments"] if one["formulation"] == row["id"]]
    return {
        "title": f"Formulation {row['number']}",
        "line": f"Written by {row['author']} on {_day(row['recorded_at'])}.",
        "words": row["lines"].splitlines(),
        "nodes": [[node["kind"], node["words"], _about_node(node, knowledge)] for node in nodes.values()],
        "links": [f"{nodes[link['from']]['words']} – {link['words']} – {nodes[link['to']]['words']}" for link in row["content"]["links"]],
        "comments": [f"{one['author']}, {_day(one['recorded_at'])}{_on_node(one['node'], nodes)}: {one['text']}" for one in comments],
    }


def _about_node(node: dict[str, Any], knowledge: KnowledgeBase) -> str:
    """The impairment it stands for, and the modules that work on it."""
    impairment = knowledge.impairments.get(node["impairment"])
    names = [knowledge.modules[name].short_name if name in knowledge.modules else name for name in node["modules"]]
    return "; ".join(part for part in (impairment.name if impairment else node["impairment"], ", ".join(names)) if part)


def _on_node(name: str, nodes: dict[str, dict[str, Any]]) -> str:
    return f", on “{nodes[name]['words']}”" if name in nodes else ""


def _document(row: dict[str, Any], steps: list[dict[str, Any]]) -> list[str]:
    """One version of a document: what it is, when and by whom it was made, and what became of it. Its text is in the machine-readable export."""
    became = [
        f"{one['step']} on {one['on']} by {one['author']}{': ' + one['reason'] if one['reason'] else ''}" for one in steps if one["document"] == row["id"]
    ]
    return [f"{row['content']['title']}, version {row['number']}", _day(row["recorded_at"]), row["author"], "; ".join(became) or "not signed"]


CHAIN_PARTS = {
    "vulnerability": "What made it likelier",
    "prompt": "What set it off",
    "links": "Links",
    "behaviour": "Behaviour",
    "short_term": "At once",
    "long_term": "Later",
    "repair": "Repair",
    "pattern": "What it says about how things hang together",
}


def _chain(row: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of a chain analysis, in the order of the chain; what was left open is left out."""
    content, rows = row["content"], list[list[str]]()
    for name, title in CHAIN_PARTS.items():
        rows += [_chain_link(link) for link in content["links"]] if name == "links" else [[title, content[name]]] if content[name] else []
    module = knowledge.modules[row["module"]].short_name if row["module"] in knowledge.modules else row["module"]
    where = [part for part in (f"session {row['session_number']}" if row["session_number"] else "", module) if part]
    return {
        "title": f"Chain analysis {row['number']}, version {row['version']}, of {row['on']}",
        "line": f"Written by {row['author']} on {_day(row['recorded_at'])}." + (f" Belongs to {', '.join(where)}." if where else ""),
        "rows": rows,
        "shows": [node["words"] for node in content["shows"]],
    }


def _chain_link(link: dict[str, Any]) -> list[str]:
    strength = f" ({link['strength']} of 100)" if link["strength"] is not None else ""
    return [link["kind"], f"{link['words']}{strength}" + (f". Instead: {link['instead']}" if link["instead"] else "")]


def _session(row: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """One signed session: its lines with whose each is, and what was added later."""
    beside = [one for one in record["session_additions"] if one["session"] == row["id"]]
    return {
        "title": f"Session {row['number']}, {row['on']}",
        "line": f"Signed by {row['author']} on {_day(row['recorded_at'])}.",
        "rows": [[ORIGINS[line["origin"]], line["text"]] for line in row["content"]["lines"]],
        "beside": [f"{one['author']}, {_day(one['recorded_at'])}, {one['kind']}: {one['text']} {one['reason']}".strip() for one in beside],
    }


def _measures(record: dict[str, Any], knowledge: KnowledgeBase) -> Iterable[list[str]]:
    """Each questionnaire that was given out: when, which, by which route, what became of it, how many answers came, and who asked."""
    for row in record["questionnaires"]:
        end = next((step["step"] for step in record["questionnaire_steps"] if step["request"] == row["id"] and step["step"] != "begun"), "not finished")
        items = {answer["item"] for answer in record["questionnaire_answers"] if answer["request"] == row["id"] and answer["value"] is not None}
        name = knowledge.instruments[row["instrument"]].name if row["instrument"] in knowledge.instruments else "Own questions"
        yield [_day(row["recorded_at"]), name, row["route"], f"{end}, {len(items)} answered", row["author"]]


def _supervision(record: dict[str, Any]) -> list[list[str]]:
    """Questions and what was agreed, by day, each with what became of it."""
    ends = {row.get("question") or row.get("decision"): row for row in record["supervision_steps"]}
    rows = [[_day(row["recorded_at"]), "question", row["text"], row["author"], _ended(ends.get(row["id"]))] for row in record["supervision_questions"]]
    for row in record["supervision_decisions"]:
        who = f"{row['by']}, until {row['until']}" if row["until"] else row["by"]
        rows.append([row["on"], "agreed", row["text"], who, _ended(ends.get(row["id"]))])
    return sorted(rows)


def _ended(row: dict[str, Any] | None) -> str:
    return f"{row['step']} ({row['author']}, {_day(row['recorded_at'])}): {row['words']}".removesuffix(": ") if row else "open"


def _review(row: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """One review of the plan: what was found, what was decided and why, and what the look-back said."""
    looked = [one for one in record["look_backs"] if one["review"] == row["id"]]
    found = [f"{one['step'].replace('_', ' ')}: {one['answer'].replace('_', ' ')}. {one['words']}".strip() for one in row["content"]["answers"]]
    return {
        "title": f"Review {row['number']} of {row['on']}",
        "line": f"Decision: {row['decision']}. {row['reason']} Written by {row['author']}.",
        "found": [*found, *row["content"]["proposed"]],
        "looked": [f"Looked back on {one['on']}: {one['moved']}. {one['content']['said']} Plan followed: {one['followed']}. {one['note']}" for one in looked],
    }


def _signal(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One signal: what was seen, and every step on it."""
    rule = next((rule for rule in knowledge.signals.signals if rule.id == row["rule"]), None)
    steps = [one for one in record["signal_steps"] if one["signal"] == row["id"]]
    return {
        "title": f"{rule.name if rule else row['rule']}, {_day(row['recorded_at'])}",
        "rows": [[_moment(one["recorded_at"]), one["step"], _signal_said(one), one["author"] or ORIGINS["computed"]] for one in steps],
    }


def _signal_said(step: dict[str, Any]) -> str:
    parts = (step["seen"]["seen"] if step["seen"] else "", step["note"], step["outcome"].replace("_", " "), step["to"], step["until"] or "")
    return "; ".join(part for part in parts if part)


def _diary(record: dict[str, Any]) -> Iterable[list[str]]:
    """Every diary entry and every level called usual, the earliest first: the day it is about, what it says, when and by whom it was written."""
    cards = {card["id"]: {item["id"]: item["words"] for item in card["content"]["items"]} for card in record["diary_cards"]}
    replaced = {row["corrects"] for row in record["diary"] if row["corrects"]}
    for row in sorted(record["diary"], key=lambda row: (row["about_on"], row["made_at"])):
        names = cards[row["card"]]
        answers = [f"{names.get(name, name)}: {value}" for name, value in row["content"]["values"].items()]
        said = "; ".join(part for part in (*answers, row["content"]["note"]) if part)
        mark = "Taken back" if row["withdrawn"] else "Corrected later: " if row["id"] in replaced else ""
        yield [row["about_on"], f"{mark}{said}", _moment(row["made_at"]), row["author"]]
    for row in record["usual_urges"]:
        level = "no longer" if row["level"] is None else f"up to {row['level']} until {row['until']}"
        yield [_day(row["recorded_at"]), f"Usual ({row['item'].replace('_', ' ')}): {level}. {row['reason']}", _moment(row["recorded_at"]), row["author"]]


def _brought(record: dict[str, Any]) -> Iterable[list[str]]:
    """What the patient wanted to bring up."""
    for row in record["brought_up"]:
        yield [_day(row["recorded_at"]), f"To bring up: {row['words']}", _moment(row["recorded_at"]), row["author"]]


def _own_goals(record: dict[str, Any]) -> Iterable[list[str]]:
    """Goals the patient wrote by themselves and shares, and where they said they stand."""
    for row in record["own_goals"]:
        yield [_day(row["recorded_at"]), f"Own goal{' (let go)' if row['closed'] else ''}: {row['words']}", _moment(row["recorded_at"]), row["author"]]
    words = {row["id"]: row["words"] for row in record["own_goals"]}
    for row in record["own_goal_ratings"]:
        said = f"{words[row['goal']]}: {row['level']} of 10. {row['words']}".strip()
        yield [row["on"], f"Own goal rated: {said}", _moment(row["recorded_at"]), row["author"]]


def _around_danger(record: dict[str, Any]) -> Iterable[list[str]]:
    """To whom the patient gave their plan, the team's crisis care plan, and conversations about suicide."""
    for row in record["safety_plan_shares"]:
        said = f"Safety plan {'no longer with' if row['withdrawn'] else 'given to'} {row['person']} ({row['how']})"
        yield [row["on"], said, _moment(row["recorded_at"]), row["author"]]
    for row in record["crisis_care_plans"]:
        said = "; ".join(f"{name}: {words}" for name, words in row["content"].items() if words)
        yield [
            _day(row["recorded_at"]),
            f"Team's crisis care plan {row['number']} (review {row['review_on']}): {said}",
            _moment(row["recorded_at"]),
            row["author"],
        ]
    for row in record["risk_conversations"]:
        parts = "; ".join(f"{name}: {words}" for name, words in row["content"]["parts"].items() if words)
        answers = ", ".join(f"{name.replace('_', ' ')}: {ANSWERS[value]}" for name, value in row["content"]["answers"].items())
        until = "cleared by this reassessment" if row["clears"] else f"next contact by {row['next_contact_at']}"
        said = f"Conversation about suicide {row['number']}: {answers}; {parts}; decision: {row['content']['decision'].replace('_', ' ')}; {until}"
        yield [_day(row["recorded_at"]), said, _moment(row["recorded_at"]), row["author"]]


def _declined(record: dict[str, Any]) -> Iterable[list[str]]:
    """What the record offered to the formulation and somebody declined, with the reason."""
    for row in record["declined_suggestions"]:
        said = "Offered again" if row["offered_again"] else f"Declined for the formulation ({row['reason']})"
        yield [_day(row["recorded_at"]), f"{said}: {row['words']}", _moment(row["recorded_at"]), row["author"]]


def _safety_plan(row: dict[str, Any], record: dict[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """One version of the patient's own plan, with the times it was practised or used."""
    names = {part.id: part.name for part in knowledge.safety_plan.parts}
    uses = [one for one in record["safety_plan_uses"] if one["plan"] == row["id"]]
    entries = [(names.get(name, name), one) for name, part in row["content"]["parts"].items() for one in part]
    return {
        "title": f"Safety plan {row['number']}",
        "line": f"Written by {row['author']} on {_day(row['recorded_at'])}.",
        "rows": [[name, f"{one['words']} {one['number']}".strip(), "" if one["likely"] is None else f"{one['likely']} of 10"] for name, one in entries],
        "uses": [f"{one['on']}, {one['kind']}: {one['words']} ({one['author']})" for one in uses],
    }


# ---- Facts ---------------------------------------------------------------------------------------------------------------


def _fact_groups(facts: list[dict[str, Any]], knowledge: KnowledgeBase, own: dict[str, str]) -> Iterable[dict[str, Any]]:
    corrected = {row["corrects"] for row in facts if row["corrects"]}
    for kind, title in KINDS.items():
        rows = sorted((row for row in facts if row["kind"] == kind), key=lambda row: (row["true_on"], row["recorded_at"]))
        if rows:
            yield {"title": title, "rows": [_fact(row | {"key": own.get(row["key"], row["key"])}, corrected, knowledge) for row in rows]}


def _fact(row: dict[str, Any], corrected: set[str], knowledge: KnowledgeBase) -> list[str]:
    said = _said(row, knowledge)
    if row["note"]:
        said = f"{said}. {row['note']}" if said else row["note"]
    if row["withdrawn"]:
        said = f"Withdrawn: {said}"
    elif row["id"] in corrected:
        said = f"Corrected later: {said}"
    return [row["true_on"], _named(row["kind"], row["key"], knowledge), said, row["author"]]


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
        return DIAGNOSES.get(key, key)
    return key.replace("_", " ")


def _said(row: dict[str, Any], knowledge: KnowledgeBase) -> str:
    value = row["value"]
    if row["kind"] == "rating":
        level = value.get("severity") if isinstance(value, dict) else value
        return "not known" if level is None else f"{level:g} of 4 ({severity_of(float(level)).word})" if isinstance(level, int | float) else _words(level)
    hidden = {"id", "instrument", "kind", "code"}
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_words(part)}" for name, part in value.items() if name not in hidden)
    return _words(value)


def _words(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ANSWERS[value]
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_words(part) for part in value)
    return str(value).replace("_", " ")


def _day(moment: str | None) -> str:
    return moment[:10] if moment else ""


def _moment(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC{moment[-6:]}"
