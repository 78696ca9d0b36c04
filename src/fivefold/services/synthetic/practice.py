"""What the people of the synthetic clinic have practised and read: a few attempts of one therapist, one of them shared."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fivefold.concepts.training import CaseChoice, Raised, TrainingPlace
from fivefold.documents.book_pages import Place
from fivefold.engine.training import choice_of
from fivefold.records import clock
from fivefold.records.models import Role
from fivefold.services import training
from fivefold.services.access import Actor
from fivefold.services.knowledge import knowledge
from fivefold.services.training_cases import case_book

PHASES_READ = "phases"
# The hour of yesterday's evening, the case, and the learner's own words: the trail is in the order of the calendar, so it comes last.
# The first goes on with the work in a crisis; the second looks at danger first.
ATTEMPTS = (
    (18, "v04-crisis-paused-module", "The work was going so well that I wanted to go on with it."),
    (19, "v05-pregnant", "Danger first this time: the talk broke off, so I would ask again before anything else."),
)


def practise(people: Mapping[str, Sequence[Actor]], today: date) -> None:
    """Two attempts and some reading of the first therapist; the second attempt is shared with the supervisor."""
    learner, supervisor = people[Role.THERAPIST][0], people[Role.SUPERVISOR][0]
    for hour, case, words in ATTEMPTS:
        with clock.acting_at(timezone.make_aware(datetime.combine(today - timedelta(days=1), time(hour)))):
            made = training.record_attempt(learner, case=case, choice=_choice(case), words=words)
            training.mark_read(learner, place=Place(PHASES_READ), read=True)
            if case == ATTEMPTS[-1][1]:
                training.share_attempt(learner, attempt_id=uuid.UUID(made), with_user=supervisor.user.pk)


def _choice(case: str) -> CaseChoice:
    """Near the first key, and as people do: one rule too few in the first case, one module too early in each."""
    keyed = choice_of(case_book(knowledge()).case(case).keyings[0])
    early = dict.fromkeys(("S10", "S19"), TrainingPlace.NOW)
    if case == ATTEMPTS[0][1]:
        return replace(keyed, raised={}, places={**keyed.places, **early})
    return replace(keyed, raised={**keyed.raised, "R7": Raised.TO_ASK}, places={**keyed.places, "S10": TrainingPlace.NOW})
