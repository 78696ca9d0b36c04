"""The patient's own goals: in their words, rated by them, and behind a lock seen by nobody else in any way."""

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records.models import GoalRating, OwnGoal, OwnGoalRating, Patient
from fivefold.services import goals, own_goals, own_view
from fivefold.services.access import AccessDenied, Actor
from fivefold.services.goals import NoSuchGoal, set_goal
from fivefold.services.operations.record_export import export_record
from fivefold.services.own_goal_course import shared_goals
from fivefold.services.patients import NotAcceptable, add_patient

SignIn = Callable[[str], Client]
LEVELS = ["a", "b", "c", "d", "e"]
SECRET = "zebra-lantern"


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with pages of their own."""
    sam = known_patient(cast.amina)
    open_own_pages(cast, sam)
    return sam


def write(cast: Cast, sam: Patient, words: str = "Sing again", *, private: bool = False) -> OwnGoal:
    return own_goals.write_my_goal(cast.people["self"], patient_id=sam.pk, words=words, private=private)


def rate(cast: Cast, sam: Patient, goal: OwnGoal, level: int, words: str = "") -> OwnGoalRating:
    return own_goals.rate_my_goal(cast.people["self"], patient_id=sam.pk, goal_id=goal.pk, level=level, words=words)


def mine(cast: Cast, sam: Patient) -> own_goals.MyGoals:
    return own_goals.see_my_goals(cast.people["self"], patient_id=sam.pk)


def test_goal_is_written_rated_changed_and_let_go_on_the_page(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser = sign_in("self")
    browser.post("/my/goals", {"words": "Sing again", "private": "no", "once": "a"})
    browser.post("/my/goals", {"words": "Sing again", "private": "no", "once": "a"})
    first = OwnGoal.objects.get()
    browser.post(f"/my/goals/{first.pk}/rate", {"level": "3", "words": "in the shower", "once": "b"})
    browser.post(f"/my/goals/{first.pk}/rate", {"level": "6", "words": "with others", "once": "c"})

    page = browser.get("/my/goals").content.decode()

    assert "Sing again" in page and "<b>6 of 10</b>" in page
    assert [(one.level, one.words) for one in mine(cast, sam).own[0].ratings] == [(6, "with others")]  # of a day the newest counts
    assert OwnGoalRating.objects.count() == 2
    browser.post(f"/my/goals/{first.pk}/change", {"words": "Sing in a choir", "private": "no", "once": "d"})
    (goal,) = mine(cast, sam).own
    assert (goal.words, goal.ratings[0].level) == ("Sing in a choir", 6)
    browser.post(f"/my/goals/{goal.id}/change", {"words": "Sing in a choir", "private": "no", "closed": "yes", "once": "e"})
    assert mine(cast, sam).own == ()


def test_what_the_patient_rates_stands_for_the_therapist_with_its_source_and_counts_in_no_score(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    rate(cast, sam, write(cast, sam), 4, "it is a start")
    agreed = set_goal(cast.amina, patient_id=sam.pk, words="Sleep through", levels=LEVELS)
    own_goals.rate_my_agreed_goal(cast.people["self"], patient_id=sam.pk, goal_id=agreed.pk, level=1, words="most nights")

    sheet = goals.see_goal_sheet(cast.amina, patient_id=sam.pk)
    page = sign_in("amina").get(f"/patients/{sam.pk}/goals").content.decode()
    agenda = re.sub(r"<[^>]+>", " ", sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode())

    assert [(one.words, one.ratings[0].level) for one in sheet.own] == [("Sing again", 4)]
    assert "it is a start" in page and "rated by the patient" in page
    assert GoalRating.objects.get().rated_by == "patient"
    assert sheet.attained[0].rated == 1  # the goal with agreed levels alone
    assert "Their own goal: Sing again: 4 of 10" in agenda and "Goal: Sleep through: d" in agenda and "Rated by the patient" in agenda


def test_goal_with_a_lock_is_read_by_nobody_else_on_any_page_or_copy(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    rate(cast, sam, write(cast, sam, f"{SECRET} goal", private=True), 2, f"{SECRET} note")

    pages = [
        sign_in(who).get(f"/patients/{sam.pk}/{page}").content.decode()
        for who in ("amina", "lea")
        for page in ("goals", "session", "map", "record", "documents", "diary", "own-pages")
    ]
    copy = json.dumps(export_record(cast.amina, patient_id=sam.pk))
    raw = [bytes(row.words_sealed) for row in (*OwnGoal.objects.all(), *OwnGoalRating.objects.all())]

    assert [page for page in pages if SECRET in page] == []
    assert SECRET not in copy and '"own_goals": []' in copy
    assert shared_goals(sam) == ()
    assert SECRET in json.dumps(own_view.take_my_data(cast.people["self"], patient_id=sam.pk))
    assert SECRET in sign_in("self").get("/my/goals").content.decode()
    assert all(text and SECRET.encode() not in text for text in raw)


def test_taking_the_lock_off_shares_nothing_that_was_said_under_it_and_putting_it_on_hides_all(cast: Cast, sam: Patient) -> None:
    me, locked = cast.people["self"], write(cast, sam, f"{SECRET} goal", private=True)
    rate(cast, sam, locked, 2, f"{SECRET} note")

    opened = own_goals.change_my_goal(me, patient_id=sam.pk, goal_id=locked.pk, words="Sing again", private=False)
    rate(cast, sam, opened, 5)

    assert [(one.words, [rating.level for rating in one.ratings]) for one in shared_goals(sam)] == [("Sing again", [5])]
    assert SECRET not in json.dumps(export_record(cast.amina, patient_id=sam.pk))
    own_goals.change_my_goal(me, patient_id=sam.pk, goal_id=opened.pk, words="Sing again", private=True)
    assert shared_goals(sam) == ()
    assert export_record(cast.amina, patient_id=sam.pk)["own_goals"] == []
    assert len(mine(cast, sam).own) == 1


@pytest.mark.parametrize("level", [-1, 11])
def test_number_outside_is_refused_and_nothing_is_kept(cast: Cast, sam: Patient, sign_in: SignIn, level: int) -> None:
    goal = write(cast, sam)

    answer = sign_in("self").post(f"/my/goals/{goal.pk}/rate", {"level": str(level), "once": "a"})

    assert answer.status_code == 422 and "from 0 to 10" in answer.content.decode()
    assert OwnGoalRating.objects.count() == 0


@pytest.mark.parametrize("words", ["", "  ", "x" * 601])
def test_goal_without_words_or_with_too_many_is_refused(cast: Cast, sam: Patient, words: str) -> None:
    with pytest.raises(NotAcceptable):
        write(cast, sam, words)


def test_foreign_goal_hidden_goal_and_one_that_does_not_exist_get_one_answer(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    other = add_patient(cast.amina, name="Ada B.", birth_year=1990)
    theirs = open_own_pages(cast, other, key="ada", name="green-teapot")
    foreign = own_goals.write_my_goal(theirs, patient_id=other.pk, words="Run", private=False)
    hidden = set_goal(cast.amina, patient_id=sam.pk, words="Hidden", levels=LEVELS, shared=False)
    browser = sign_in("self")

    answers = [browser.post(f"/my/goals/{key}/{act}", {"level": "1", "words": "mine"}) for key in (foreign.pk, uuid4()) for act in ("rate", "change", "agreed")]
    answers.append(browser.post(f"/my/goals/{hidden.pk}/agreed", {"level": "1"}))

    assert {answer.status_code for answer in answers} == {422}
    assert len({re.search(r'role="alert">.*?</p>', answer.content.decode(), re.DOTALL)[0] for answer in answers}) == 1  # type: ignore[index]
    assert OwnGoalRating.objects.count() == GoalRating.objects.count() == 0
    assert own_goals.see_my_goals(theirs, patient_id=other.pk).own[0].words == "Run"


def test_goal_that_was_changed_meanwhile_is_not_rated_by_its_old_words(cast: Cast, sam: Patient) -> None:
    old = write(cast, sam)
    own_goals.change_my_goal(cast.people["self"], patient_id=sam.pk, goal_id=old.pk, words="Other", private=False)

    with pytest.raises(NoSuchGoal):
        rate(cast, sam, old, 3)


@pytest.mark.parametrize("who", ["amina", "lea", "bruno"])
def test_staff_neither_read_nor_write_here(cast: Cast, sam: Patient, who: str) -> None:
    actor: Actor = cast.people[who]

    with pytest.raises(AccessDenied):
        own_goals.see_my_goals(actor, patient_id=sam.pk)
    with pytest.raises(AccessDenied):
        own_goals.write_my_goal(actor, patient_id=sam.pk, words="x", private=False)


def test_day_of_a_rating_is_today(cast: Cast, sam: Patient) -> None:
    assert rate(cast, sam, write(cast, sam), 0).on == timezone.localdate()
