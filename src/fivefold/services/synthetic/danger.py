"""Safety plans in a synthetic clinic; and where danger stays near in a story, conversations about suicide and the team's crisis care plan."""

from collections.abc import Mapping
from datetime import date, timedelta

from fivefold.records import clock
from fivefold.records.models import CrisisCarePlan, Patient, SafetyPlan
from fivefold.services.access import Actor
from fivefold.services.crisis_care import write_crisis_care_plan
from fivefold.services.risk_conversations import QUESTIONS, NewConversation, record_risk_conversation
from fivefold.services.risk_questions import contact_within
from fivefold.services.safety_plan_content import PlanContent, PlanEntry
from fivefold.services.safety_plans import write_safety_plan

# From this level of suicidality on it is spoken about in its own words at the last visits, of whom was seen so lately.
NEAR, SEEN_WITHIN = 2.0, 2
REVIEW_AFTER = timedelta(weeks=6)
PLANS = (
    {
        "notice": ("I stop answering messages.", "My chest gets tight."),
        "alone": ("Cold water on my hands", "The playlist for bad nights", "Ten slow breaths by the window"),
        "company": ("The library until it closes",),
        "ask": ("My cousin; I only write the word blue",),
        "around": ("My sister keeps the tablets.",),
        "hold": ("The dog",),
    },
    {
        "notice": ("I sort everything and cannot sit.",),
        "alone": ("Walk once around the block", "Draw lines on paper"),
        "company": ("The late café at the station",),
        "ask": ("My neighbour on the second floor",),
        "hold": ("The trip in May", "That it has passed before"),
    },
)
# Of what is rated for how likely it is to be done.
RATED = ("alone", "company", "ask", "around")
CARE_PLAN = {
    "call": "{therapist}, extension 12\nCrisis team of the district\nThe brother, as agreed",
    "means": "The brother keeps the tablets. The pharmacy gives out a week at a time.",
    "helps": "To be spoken to slowly and by name; to hear that somebody stays on the line.",
    "worsens": "Being told to calm down; waiting without knowing for how long.",
    "decides": "Whoever treats, with the lead; the crisis team where neither is reached within the hour.",
    "afterwards": "A talk within three days about what happened and what helped.",
}
CONVERSATION = {
    "usual": "Thoughts of being dead on most evenings since the teens, stronger after quarrels.",
    "drivers": "The partner has moved out; the flat is loud at night.",
    "means": "Tablets at home until last week; the brother keeps them now.",
    "protects": "The dog, the trip in May, the colleague who writes at noon.",
    "told": "When we speak next, and whom to call before that.",
}
NOW = {True: "Different from usual: a plan since Sunday.", False: "As usual, no plan, no step towards one."}
REASONS = {
    True: "New against what is usual, and help was asked for. Closer contact, means kept by the brother.",
    False: "As usual, and a call was agreed.",
}


def is_near(levels: Mapping[str, float], last_seen: int) -> bool:
    """Whether danger stays near in a story."""
    return levels.get("suicidality", 0.0) >= NEAR and last_seen <= SEEN_WITHIN


def write_plan_together(therapist: Actor, patient: Patient, number: int) -> None:
    """The patient's safety plan, one of two by ``number``; what is written already stays."""
    if SafetyPlan.objects.filter(clinic=therapist.clinic, patient=patient).exists():
        return
    lines_of = PLANS[number % len(PLANS)]
    parts = {name: tuple(PlanEntry(words, 7 + len(words) % 3 if name in RATED else None) for words in lines) for name, lines in lines_of.items()}
    write_safety_plan(therapist, patient_id=patient.pk, content=PlanContent(parts), version=0)


def speak_of_danger(therapist: Actor, patient: Patient, told: set[str], day: date) -> None:
    """One conversation, with the contact that is agreed in it; before the first the team writes its plan. ``told`` are questions answered yes."""
    if not CrisisCarePlan.objects.filter(clinic=therapist.clinic, patient=patient).exists():
        parts = {name: words.format(therapist=therapist.user.name) for name, words in CARE_PLAN.items()}
        write_crisis_care_plan(therapist, patient_id=patient.pk, parts=parts, review_on=day + REVIEW_AFTER, version=0)
    is_new = bool(told & set(QUESTIONS))
    parts = {**CONVERSATION, "now": NOW[is_new], "reasons": REASONS[is_new]}
    hours, _basis = contact_within()
    new = NewConversation(
        parts=parts,
        answers={name: name in told for name in QUESTIONS},
        decision="closer" if is_new else "as_before",
        next_contact_at=clock.now() + timedelta(hours=min(47.0, hours)),
    )
    record_risk_conversation(therapist, patient_id=patient.pk, new=new)
