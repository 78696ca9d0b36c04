"""What the clinician's copy of the plan says by itself: headings, labels of empty lines, heads of tables, standing sentences.

A run between two stars stands out on paper. Quotation marks are typographic here, since a template shows texts as they are.
"""

from fivefold.documents.language import say

Words = dict[str, str | list[str]]


def clinician_words() -> Words:
    """All fixed words of ``plan_clinician.typ``, in the reader's language."""
    return {**_head_words(), **_opening_words(), **_impairment_words(), **_module_words(), **_goal_words(), **_closing_words()}


def _head_words() -> Words:
    return {
        "title": say("Treatment plan"),
        "proposal": say("Proposal for a clinician to decide on"),
        "description": say("A proposal for a clinician to decide on"),
        "safety": say("Safety first"),
        "for_information": say("What follows is for information. Nothing of it is a proposal to begin, safety work aside."),
        "ask_first": say("Ask first"),
        "actions_head": [say("To do"), say("By when"), say("Rule")],
        "signs": say("Answers that count as risk signs"),
        "adapted": say("To be adapted"),
        "nothing_active": say(
            "No safety rule is active on what has been recorded. That never means that there is no risk: ask at each contact."
        ),
        "map": say("The map"),
    }  # fmt: skip


def _opening_words() -> Words:
    """Parts 1 to 4."""
    diagnosis = [say("Diagnosis"), say("Made by, on, on what ground")]
    return {
        "people": say("1 People, dates, version, consent"),
        "no_names": say("The program knows no names. The lines below, and every empty line of this document, are to be filled in by hand."),
        "people_lines": [
            say("Patient, date of birth"),
            say("Responsible clinician"),
            say("Prescriber"),
            say("Others involved, with consent"),
            say("Consent to treatment: given on, to whom"),
            say("Consent to share: with whom, until when"),
        ],
        "diagnoses": say("2 Diagnoses, with their source"),
        "no_diagnosis": say("No diagnosis is made or taken from a score. Write what a clinician has diagnosed, who, when and on what ground."),
        "diagnosis_lines": diagnosis * 3,
        "difficulty": say("Personality difficulty:"),
        "resilience": say("Resilience:"),
        "assumed": say("Assumed, not known."),
        "at_once": say("Modules at once:"),
        "measures_taken": say("Measures taken"),
        "scores_head": [say("Measure"), say("Value ± 95% error"), say("Range, direction"), say("Band"), say("When")],
        "band": say("A band is a word for a score and never a diagnosis."),
        "to_ask": say("Not known, still to ask:"),
        "at_the_head": say("The questions that decide most stand at the head of this plan."),
        "rules": say("Safety rules that speak"),
        "rules_head": [say("Rule"), say("Name"), say("Status"), say("Because"), say("Cleared by")],
        "formulation": say("4 Formulation in five lines, and the patient’s words"),
        "formulation_lines": [
            say("The problem as it is now"),
            say("What sets it off"),
            say("What keeps it going"),
            say("What it protects, and what is strong"),
            say("What we will work on, and why in this order"),
        ],
        "own_words": say("In the patient's own words"),
    }


def _impairment_words() -> Words:
    """Parts 5 and 6."""
    return {
        "impairments": say("5 Impairments: evidence and answer"),
        "levels": say("Levels run from 0 none to 4 extreme, with their 95% error. “Decides”: a clinician has said that this rating settles the level."),
        "impairments_head": [say("Impairment"), say("Level"), say("Evidence"), say("Answer of the plan")],
        "disagree": say("pieces disagree"),
        "not_known": say("Not known:"),
        "unknown": say("Unknown is neither absent nor present."),
        "phase": say("6 Phase now, and what opens the next"),
        "same_everywhere": say("The same in all domains."),
        "phases_head": [say("Domain"), say("Phase")],
        "no_verdict": say("A phase is where the patient is now. Going back is normal and no verdict. The lowest phase sets the priority of sessions."),
        "after_crisis": say("After the crisis:"),
    }


def _module_words() -> Words:
    """Part 7."""
    return {
        "modules": say("7 Modules: why, steps, dose, who"),
        "ground": say("The ground: general modules"),
        "emphasised": say("(emphasised now)"),
        "repair": say("Repair:"),
        "no_module": say("No specific module is proposed for now."),
        "dose": say("Dose:"),
        "tailoring": say("Tailoring:"),
        "done_when": say("Done when:"),
        "module_goals": say("Goals"),
        "cautions": say("Cautions"),
        "module_lines": [say("Who"), say("Start, and review")],
        "waiting": say("Not for now, and what opens it"),
        "declined": say("The patient says no for now."),
        "unclear": say("Not clear yet, and what would settle it"),
        "course": say("Expected course, in weeks from the date of the plan"),
    }


def _goal_words() -> Words:
    """Parts 8 and 9."""
    return {
        "goals": say("8 Goals, with attainment levels"),
        "goals_how": say(
            "Put each goal into the patient’s words, then describe the five levels so that two people would agree which has been reached."
        ),
        "own_goal": say("A goal of the patient's own"),
        "levels_of_goal": [say("−2 much less"), say("−1 somewhat less"), say("0 expected"), say("+1 somewhat more"), say("+2 much more")],
        "measures": say("9 Measures and timetable"),
        "measures_head": [say("Measure"), say("What for"), say("How often"), say("Time")],
        "measure_next": say("Most worth measuring next"),
        "next_head": [say("Measure"), say("Time"), say("It would help to decide"), say("Entry")],
    }  # fmt: skip


def _closing_words() -> Words:
    """Parts 10 to 14, and what stands under them."""
    return {
        "safety_plan": say("10 Safety plan"),
        "safety_plan_apart": say("The safety plan is a document of its own, made with the patient."),
        "safety_plan_lines": [
            say("Made or last looked at on"),
            say("Who has a copy, and where is it"),
            say("Way to reach help at any hour"),
            say("Means made safer: what, by whom"),
        ],
        "alternatives": say("11 Alternatives considered, departures from the proposal"),
        "works_on": say("Works on:"),
        "leaves_out": say("Leaves out:"),
        "costs": say("Costs:"),
        "needs": say("Needs:"),
        "chosen": say("Parts chosen:"),
        "notes": say("Notes:"),
        "no_ranking": say("Information for a talk, never a ranking: nobody knows which programme suits whom."),
        "departures": say("Recorded, or to be recorded before starting"),
        "departures_head": [say("What"), say("State"), say("Detail")],
        "decided": say("Departures decided here"),
        "decided_head": [say("What"), say("Decided"), say("Why")],
        "departure_lines": [say("What differs from the proposal"), say("Why")] * 2,
        "decided_lines": [say("Decided by, on"), say("Discussed with")],
        "view": say("12 The patient’s view, and signatures"),
        "view_words": say("What the patient thinks of this plan, in the patient's words"),
        "view_changes": say("What the patient wants changed, and what was agreed"),
        "signatures": [say("Patient, date"), say("Clinician, date"), say("Supervisor or team, date"), say("Carer, with consent, date")],
        "review": say("13 Next review"),
        "open": say("Not known today, to be known by then:"),
        "copy": say("14 Plain copy"),
        "copy_how": say("The patient copy of this plan says the same in plain words, without codes, scores or predictions. Read it together."),
        "copy_lines": [say("Given and read together on"), say("By")],
        "limits": say("How far this goes"),
        "sources": say("Sources"),
        "sources_head": [say("Id"), say("Work"), say("Read")],
    }
