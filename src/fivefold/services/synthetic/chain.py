"""A chain analysis of the last session of some synthetic patients: what they did, and where another way was open."""

from datetime import date, timedelta
from typing import Protocol

from fivefold.records.models import Patient
from fivefold.services import chains
from fivefold.services.access import Actor
from fivefold.services.chain_content import ChainContent, ChainLink, ChainLinkKind
from fivefold.services.synthetic.story import Story

EVERY = 4  # one patient of so many
DAYS_BEFORE = 2
THOUGHT, FEELING, SENSATION, ACTION, EVENT = ChainLinkKind
# By impairment, in the words of the two who wrote it. None of them is an event that the safety rules look at.
CHAINS = {
    "abandonment_rejection_sensitivity": ChainContent(
        behaviour="Wrote eleven messages in an hour, then blocked the number",
        prompt="The friend cancelled the evening with one line",
        vulnerability="Four hours of sleep; nothing eaten since the morning",
        links=(
            ChainLink(THOUGHT, "She has had enough of me", 85, "Read the line again and ask one question"),
            ChainLink(SENSATION, "Tight chest, cold hands", 70, "Cold water, slow breath out"),
            ChainLink(FEELING, "Fear, then anger", 90),
            ChainLink(ACTION, "Wrote one message after each minute without an answer", None, "Put the phone into the other room for ten minutes"),
        ),
        short_term="Quiet for a moment: at least it was decided",
        long_term="Ashamed the next day; the friend thought something terrible had happened",
        repair="Unblocked the number and said what had happened, in three sentences",
        pattern="No answer is read as the end; ending it first makes it quiet",
    ),
    "anger": ChainContent(
        behaviour="Shouted at the colleague and walked out of the shop",
        prompt="He said in front of a customer that the shelf was wrong again",
        vulnerability="Third late shift in a row",
        links=(
            ChainLink(THOUGHT, "He wants me to look stupid", 80),
            ChainLink(SENSATION, "Heat in the face, fists", 95, "Step into the store room before answering"),
            ChainLink(FEELING, "Shame, then rage", 90, "Say it inside: this is shame"),
            ChainLink(EVENT, "The customer laughed"),
        ),
        short_term="Strong for a minute",
        long_term="A talk with the manager; afraid of losing the job",
        repair="Told the colleague what the sentence had done, without an apology for being hurt",
    ),
}


class Told(Protocol):
    """What is needed of a patient's way through the clinic."""

    story: Story
    place: int
    therapist: Actor
    patient: Patient | None


def write_chain(course: Told, day: date, session: int) -> int | None:
    """Write the chain that fits the story, for one patient of several; gives its number, None for the others."""
    name = next((name for name in CHAINS if name in course.story.levels), None)
    if course.patient is None or name is None or course.place % EVERY:
        return None
    on = day - timedelta(days=DAYS_BEFORE)
    return chains.save_chain(course.therapist, patient_id=course.patient.pk, content=CHAINS[name], on=on, session_number=session).number
