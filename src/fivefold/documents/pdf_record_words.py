"""What the printed record says by itself: headings, heads of tables, and the words of the closed lists of the record.

The record keeps the members of its closed lists as ids (``crisis_care``); on paper they are words, and are translated as such.
Quotation marks are typographic here, since a template shows texts as they are.
"""

import re

from fivefold.documents.language import say, to_say

ID = re.compile(r"[a-z][a-z0-9_]*")
# Kinds of facts in the order of the document, with their headings.
KINDS = {
    "diagnosis": to_say("Diagnoses"),
    "criterion": to_say("DSM-5 criteria"),
    "rating": to_say("Ratings by a clinician"),
    "score": to_say("Questionnaires"),
    "other_result": to_say("Other results"),
    "event": to_say("Events"),
    "upcoming": to_say("Announced"),
    "expected_report": to_say("Reports expected"),
    "risk": to_say("Risk questions"),
    "cleared": to_say("Reassessments"),
    "overruled": to_say("Rules overruled"),
    "trauma_readiness": to_say("Readiness for trauma work"),
    "resilience": to_say("Resilience"),
    "context": to_say("Frame and life around treatment"),
    "carers": to_say("Carers"),
    "dependants": to_say("Dependants"),
    "medication": to_say("Medication"),
    "attendance": to_say("Attendance"),
    "general_module": to_say("General modules"),
    "module": to_say("Modules"),
    "history": to_say("Earlier treatments"),
    "course": to_say("Course"),
    "preference": to_say("Wishes"),
    "treatment": to_say("What is available"),
    "adaptation": to_say("Adaptations"),
    "setting": to_say("Setting"),
    "previous": to_say("Phase as last recorded"),
    "birth_year": to_say("Year of birth, corrected"),
    "own_rating": to_say("Questions in the patient's words"),
}
ANSWERS = {True: to_say("yes"), False: to_say("no"), None: to_say("not known")}
ORIGINS = {"patient": to_say("the patient"), "clinician": to_say("clinician"), "computed": to_say("program")}
CARE = {"ended": to_say("ended"), "again": to_say("taken up again")}
VIEWS = {
    "agrees": to_say("The patient agrees."),
    "partly": to_say("The patient agrees in part."),
    "disagrees": to_say("The patient disagrees."),
    "not_asked": to_say("The patient was not asked yet."),
}
CHAIN_PARTS = {
    "vulnerability": to_say("What made it likelier"),
    "prompt": to_say("What set it off"),
    "links": to_say("Links"),
    "behaviour": to_say("Behaviour"),
    "short_term": to_say("At once"),
    "long_term": to_say("Later"),
    "repair": to_say("Repair"),
    "pattern": to_say("What it says about how things hang together"),
}
# Members of closed lists as they read on paper; those that pages say as well are in the catalogue from there.
LISTED = (
    # who cares, consents, ends of care, erasure
    to_say("treats"), to_say("supervises"), to_say("covers"), to_say("treatment"), to_say("carers"), to_say("supervision"), to_say("letters"),
    to_say("research"), to_say("messages"), to_say("own pages"), to_say("offline copy"), to_say("completed"), to_say("agreed"), to_say("stopped"),
    to_say("moved"), to_say("died"), to_say("other"), to_say("asked"), to_say("refused"), to_say("withdrawn"), to_say("decided"), to_say("kept"),
    to_say("hold"), to_say("free"), to_say("erased"),
    # goals, plans, choices
    to_say("together"), to_say("patient"), to_say("therapist"), to_say("now"), to_say("next"), to_say("later"), to_say("done"), to_say("begun"),
    to_say("changes"), to_say("declined"), to_say("deferred"), to_say("first"), to_say("left open"), to_say("formulation"), to_say("past"),
    to_say("programme"),
    # formulation, chains, documents
    to_say("problem"), to_say("cause"), to_say("trigger"), to_say("loop"), to_say("strength"), to_say("thought"), to_say("feeling"),
    to_say("sensation"), to_say("action"), to_say("event"), to_say("signed"),
    # sessions, contacts, questionnaires, supervision
    to_say("amended"), to_say("cosigned"), to_say("call"), to_say("message"), to_say("crisis"), to_say("third party"), to_say("room"),
    to_say("kiosk"), to_say("link"), to_say("paper"), to_say("portal"), to_say("score"), to_say("finished"), to_say("cancelled"),
    to_say("answered"), to_say("dropped"),
    # reviews and signals
    to_say("change"), to_say("keep"), to_say("wait"), to_say("better"), to_say("same"), to_say("worse"), to_say("unknown"), to_say("yes"),
    to_say("partly"), to_say("no"), to_say("fine"), to_say("not known"), to_say("to work on"), to_say("alliance"), to_say("diagnosis medication"),
    to_say("dose"), to_say("module fit"), to_say("motivation"), to_say("stressors"), to_say("raised"), to_say("again"), to_say("seen"),
    to_say("assigned"), to_say("acted"), to_say("snoozed"), to_say("escalated"), to_say("closed"), to_say("settled"), to_say("plan changed"),
    to_say("known before"), to_say("false alarm"), to_say("passed"),
    # safety plan, crisis care plan, conversations about suicide
    to_say("practised"), to_say("used"), to_say("card"), to_say("copy"), to_say("usual"), to_say("drivers"), to_say("means"), to_say("protects"),
    to_say("reasons"), to_say("told"), to_say("as before"), to_say("closer"), to_say("crisis team"), to_say("emergency"), to_say("admission"),
    # names and values of facts
    to_say("source"), to_say("status"), to_say("current"), to_say("clinician"), to_say("severity"), to_say("value"), to_say("items"),
    to_say("assessed"), to_say("class"), to_say("since"), to_say("target"), to_say("planned"), to_say("missed"), to_say("stage"), to_say("paused"),
    to_say("reason"), to_say("due"), to_say("received"), to_say("date"), to_say("outcome"), to_say("sessions"), to_say("attained"),
    to_say("not started"), to_say("provisional"), to_say("red"), to_say("started"), to_say("alternatives"), to_say("exploration"),
    to_say("generalisation"), to_say("maintained"), to_say("recognition"), to_say("queued"), to_say("abandoned"), to_say("unchanged"),
    to_say("deteriorated"), to_say("improved"), to_say("outpatient"), to_say("inpatient"), to_say("protocol"), to_say("sessions per week"),
    to_say("priorities"), to_say("available"), to_say("consent"), to_say("present"), to_say("safe"), to_say("agreement"), to_say("confidant"),
    to_say("contact route"), to_say("hours of role"), to_say("role"), to_say("safe housing"), to_say("top goal"), to_say("tolerates strong emotion"),
    to_say("urges controllable with cues"), to_say("no serious interfering behaviour"), to_say("acute on chronic"), to_say("delirium"),
    to_say("dependence"), to_say("harm to others"), to_say("imminent"), to_say("intoxication"), to_say("leave taking"),
    to_say("loses orientation in session"), to_say("mania"), to_say("medical red flag"), to_say("named victim or weapon"),
    to_say("new plan or means"), to_say("ongoing abuse"), to_say("psychosis"), to_say("severe withdrawal"), to_say("sudden improvement"),
    to_say("antidepressant"), to_say("antipsychotic"), to_say("benzodiazepine"), to_say("mood stabiliser"), to_say("stimulant"), to_say("z drug"),
    to_say("older adult"), to_say("pregnancy"), to_say("under 18"), to_say("birth"), to_say("end of treatment"), to_say("self harm"),
    to_say("emergency visit"), to_say("intoxicated session"), to_say("missed session"), to_say("suicidal communication"), to_say("suicide attempt"),
    to_say("discharge"), to_say("separation"), to_say("loss"), to_say("threat"), to_say("abuse"), to_say("anger"), to_say("anxiety"),
    to_say("attention"), to_say("depression"), to_say("sleep"), to_say("treatment target"),
)  # fmt: skip


def listed(member: str) -> str:
    """A member of a closed list in words; free text stays as it is."""
    return say(member.replace("_", " ")) if ID.fullmatch(member) else member.replace("_", " ")


def record_words() -> dict[str, str | list[str]]:
    """All fixed words of ``record.typ``, in the reader's language."""
    written, day, author = say("Written by"), say("Day"), say("By")
    return {
        "description": say("Everything kept about one patient"),
        "invented": say("This person is invented: the record belongs to a synthetic clinic."),
        "about": [say("About"), ""],
        "team": say("Who cares, and from when to when"),
        "team_head": [say("Person"), say("Does"), say("From"), say("To")],
        "care": say("Ends of care"),
        "care_head": [day, say("Step"), say("Reason"), say("Note"), written],
        "consents": say("Consents"),
        "consents_head": [day, say("Purpose"), say("Answer"), say("Note"), written],
        "goals": say("Goals in the patient’s words"),
        "ratings_head": [day, say("Level"), say("Rated by"), say("Note"), written],
        "plans": say("Signed plans"),
        "modules_head": [say("Status"), say("Modules")],
        "draft": say("Choices that nobody has signed yet"),
        "formulations": say("How it hangs together"),
        "nodes_head": [say("Kind"), say("Words"), say("Stands for; worked on with")],
        "documents": say("Documents made from it"),
        "documents_head": [say("Document"), say("Made"), say("Made by"), say("What became of it")],
        "chains": say("Chain analyses"),
        "chain_head": [say("Part"), say("What happened")],
        "chain_shows": say("Seen again of the formulation:"),
        "sessions": say("Sessions"),
        "lines_head": [say("Whose words"), say("Line")],
        "measures": say("Questionnaires given out"),
        "measures_head": [say("Given out"), say("Which"), say("How"), say("What became of it"), say("Asked by")],
        "contacts": say("Contacts between sessions"),
        "contacts_head": [day, say("How"), say("What it was about"), written],
        "supervision": say("Supervision"),
        "supervision_head": [day, say("What"), say("Words"), say("Who"), say("What became of it")],
        "reviews": say("Reviews of the plan"),
        "signals": say("Signals and what was done about them"),
        "steps_head": [say("When"), say("Step"), say("Words"), author],
        "diary": say("Diary"),
        "diary_head": [say("About"), say("Entry"), say("Written"), written],
        "safety_plans": say("The patient’s own safety plan"),
        "safety_plan_head": [say("Part"), say("Entry"), say("Likely")],
        "facts": say("What is known"),
        "facts_head": [day, say("About"), say("Entry"), written],
        "openings": say("Opened without a care relation"),
        "openings_head": [say("When"), author, say("Reason")],
        "erasure": say("Requests to erase the record"),
        "erasure_head": [day, say("Step"), say("Reason"), written],
        "left_out": say("What is not in this document"),
    }
