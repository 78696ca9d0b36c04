"""Rating goals: levels over time with day, rater and note, one T-score with what it rests on, and corrections as new entries."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]
LEVELS = ["every evening", "most evenings", "one in four", "one in <ten>", "none"]


@pytest.fixture
def goal(cast: Cast) -> Any:
    """Rosa's one goal, written down ten days ago with weight 2."""
    return write(cast, "Get through the evening", days_ago=10, weight=2)


def write(cast: Cast, words: str, *, days_ago: int = 10, **more: Any) -> Any:
    from django.utils import timezone

    from fivefold.records import clock
    from fivefold.services.goals import set_goal

    cast.amina.clinic.synthetic = True  # only there may the past be written
    with clock.acting_at(timezone.now() - timedelta(days=days_ago)):
        return set_goal(cast.amina, patient_id=cast.rosa.pk, words=words, levels=more.pop("levels", LEVELS), **more)


def day(ago: int = 0) -> date:
    from fivefold.records import clock

    return clock.today() - timedelta(days=ago)


def rate(cast: Cast, *levels: tuple[Any, int], ago: int = 0, note: str = "", **more: Any) -> list[Any]:
    from fivefold.services.goal_ratings import NewRating, rate_goals

    ratings = [NewRating(goal.pk, level, note) for goal, level in levels]
    return rate_goals(cast.amina, patient_id=cast.rosa.pk, on=day(ago), rated_by=more.pop("rated_by", "together"), ratings=ratings, **more)


def sheet(cast: Cast) -> Any:
    from fivefold.services.goals import see_goal_sheet

    return see_goal_sheet(cast.amina, patient_id=cast.rosa.pk)


def form(goal: Any, level: str, **more: str) -> dict[str, str]:
    return {f"level_{goal.pk.hex}": level, f"note_{goal.pk.hex}": more.pop("note", ""), "on": more.pop("on", day().isoformat()), "rated_by": "together", **more}


# ---- Rating -------------------------------------------------------------------------------------------------------------


def test_rating_stands_below_its_goal_with_day_rater_note_and_author(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    amina = sign_in("amina")

    answer = amina.post(f"/patients/{cast.rosa.pk}/goals/rate", form(goal, "1", note="two <bad> evenings", rated_by="patient"))

    assert answer.status_code == 302
    text = amina.get(f"/patients/{cast.rosa.pk}/goals").content.decode()
    for words in ("one in &lt;ten&gt;", "two &lt;bad&gt; evenings", "rated by the patient", "Amina Okafor", 'class="here"'):
        assert words in text


def test_levels_over_time_are_kept_and_the_latest_day_counts_whatever_was_written_last(cast: Cast, goal: Any) -> None:
    rate(cast, (goal, 1), ago=1)
    rate(cast, (goal, -2), ago=8)

    told = sheet(cast).goals[0]

    assert [(one.level, one.on) for one in told.ratings] == [(1, day(1)), (-2, day(8))]
    assert told.seen.reached.level == 1


def test_goal_that_is_not_rated_now_stays_as_it_was(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    other = write(cast, "See a friend")
    rate(cast, (goal, 1), (other, 0), ago=5)

    sign_in("amina").post(f"/patients/{cast.rosa.pk}/goals/rate", form(goal, "2"))

    assert [(told.seen.reached.level, len(told.ratings)) for told in sheet(cast).goals] == [(2, 2), (0, 1)]


def test_goal_of_the_library_fills_the_form_and_is_kept_by_nobody_but_a_clinician(sign_in: SignIn, cast: Cast) -> None:
    from tests.support.known_patient import known_patient

    from fivefold.services.knowledge import knowledge

    sam = known_patient(cast.amina)
    browser, page = sign_in("amina"), f"/patients/{sam.pk}/goals"
    name, wanted = browser.get(page).context["ideas"][0]
    key, words = wanted[0]
    form = browser.get(page, {"idea": key}).context["form"]

    assert knowledge().modules[key.partition("-")[0]].short_name == name
    assert form.initial == {"words": words, "module": key.partition("-")[0]}
    assert [browser.get(page, {"idea": odd}).context["form"].initial for odd in ("S99-0", f"{key}9", "S10-x", "S10")] == [{}, {}, {}, {}]
    assert not sam.goals.exists()


@pytest.mark.parametrize(("ago", "fits"), [(-1, False), (0, True), (10, True), (11, False)])
def test_day_lies_between_the_writing_of_the_levels_and_today(sign_in: SignIn, cast: Cast, goal: Any, ago: int, fits: bool) -> None:
    answer = sign_in("amina").post(f"/patients/{cast.rosa.pk}/goals/rate", form(goal, "1", on=day(ago).isoformat(), note="kept words"))

    assert answer.status_code == (302 if fits else 422)
    assert fits or ("when the levels were written" in answer.content.decode() and "kept words" in answer.content.decode())


@pytest.mark.parametrize("ago", [-1, 11])
def test_service_refuses_such_a_day_as_well(cast: Cast, goal: Any, ago: int) -> None:
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable, match="Day"):
        rate(cast, (goal, 1), ago=ago)


@pytest.mark.parametrize("level", [-3, 3, 7])
def test_level_outside_the_five_is_refused_by_service_and_database(cast: Cast, goal: Any, level: int) -> None:
    from django.db import IntegrityError, transaction

    from fivefold.records.models import GoalRating
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable, match="from -2 to"):
        rate(cast, (goal, level))
    row = GoalRating(clinic=cast.amina.clinic, patient=cast.rosa, goal=goal, level=level, on=day(), rated_by="together", author=cast.amina.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_one_rating_that_cannot_be_taken_holds_back_all(cast: Cast, goal: Any) -> None:
    from fivefold.records.models import GoalRating
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable):
        rate(cast, (goal, 1), (write(cast, "See a friend"), 5))

    assert GoalRating.objects.count() == 0


def test_form_without_any_level_and_a_note_without_its_level_say_what_is_missing(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    amina = sign_in("amina")

    nothing = amina.post(f"/patients/{cast.rosa.pk}/goals/rate", form(goal, ""))
    alone = amina.post(f"/patients/{cast.rosa.pk}/goals/rate", form(goal, "", note="only words"))

    assert (nothing.status_code, alone.status_code) == (422, 422)
    assert "No goal was rated" in nothing.content.decode()
    assert "A note was written without a level" in alone.content.decode()
    assert "only words" in alone.content.decode()


def test_goal_that_was_reworded_or_closed_meanwhile_is_not_rated_by_its_old_words(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    from fivefold.services.goals import NoSuchGoal, close_goal
    from fivefold.services.plans import ChangedMeanwhile

    newer = write(cast, "Get through the night", days_ago=1, replaces=goal.pk)

    with pytest.raises(ChangedMeanwhile):
        rate(cast, (goal, 1))
    closed = close_goal(cast.amina, patient_id=cast.rosa.pk, goal_id=newer.pk)
    with pytest.raises(ChangedMeanwhile):
        rate(cast, (newer, 1))
    with pytest.raises(NoSuchGoal):
        rate(cast, (closed, 1))


def test_rating_names_a_goal_of_this_patient_alone(cast: Cast) -> None:
    from fivefold.services.goals import NoSuchGoal, set_goal
    from fivefold.services.patients import add_patient

    other = add_patient(cast.amina, name="Other", birth_year=1990)
    theirs = set_goal(cast.amina, patient_id=other.pk, words="theirs", levels=LEVELS)

    with pytest.raises(NoSuchGoal):
        rate(cast, (theirs, 1))


def test_sent_twice_rates_once(cast: Cast, goal: Any) -> None:
    from fivefold.records.models import GoalRating

    for _ in range(2):
        rate(cast, (goal, 1), once="key")

    assert GoalRating.objects.count() == 1


def test_notes_lie_sealed_in_the_database(cast: Cast, goal: Any) -> None:
    from fivefold.records.models import GoalRating

    rate(cast, (goal, 1), note="canary note")

    assert "canary" not in str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in GoalRating.objects.values().get().items()})


def test_nobody_rates_without_the_permission(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    rating = rate(cast, (goal, 1))[0]
    bruno = sign_in("bruno")

    assert bruno.get(f"/patients/{cast.rosa.pk}/goals/rate").status_code == 403
    assert bruno.get(f"/patients/{cast.rosa.pk}/goals/ratings/{rating.pk}").status_code == 403
    text = bruno.get(f"/patients/{cast.rosa.pk}/goals").content.decode()
    assert "1 rating" in text
    assert "goals/rate" not in text
    assert f"goals/ratings/{rating.pk}" not in text


# ---- The T-score --------------------------------------------------------------------------------------------------------


def test_t_score_is_weighted_and_says_from_how_many_goals(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    from fivefold.engine.goal_attainment import goal_attainment_t

    other = write(cast, "See a friend")
    write(cast, "Never rated")
    rate(cast, (goal, 2), (other, -1))

    found = sheet(cast).attained[0]

    assert (found.t, found.rated, found.goals) == (round(goal_attainment_t([2, -1], [2, 1]), 1), 2, 3)
    text = " ".join(sign_in("amina").get(f"/patients/{cast.rosa.pk}/goals").content.decode().split())
    assert f"<b>{found.t}</b>" in text
    assert "from 2 of 3 goals" in text
    assert "left out, not counted as zero" in text
    assert "Turner-Stokes" in text


def test_without_a_rating_there_is_no_t_score(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    assert sheet(cast).attained == ()
    assert "No goal has been rated yet" in sign_in("amina").get(f"/patients/{cast.rosa.pk}/goals").content.decode()


def test_each_day_has_its_t_score_from_what_was_last_rated_by_then(cast: Cast, goal: Any) -> None:
    other = write(cast, "See a friend")
    rate(cast, (goal, -1), ago=9)
    rate(cast, (other, 0), ago=5)
    rate(cast, (goal, 0), ago=1)

    found = sheet(cast).attained

    assert [(one.on, one.rated) for one in found] == [(day(1), 2), (day(5), 2), (day(9), 1)]
    assert [one.t for one in found] == [50.0, 42.0, 40.0]


def test_goal_that_is_closed_leaves_the_t_score_and_keeps_its_last_level(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    from fivefold.services.goals import close_goal

    other = write(cast, "See a friend")
    rate(cast, (goal, 2), (other, 0))

    close_goal(cast.amina, patient_id=cast.rosa.pk, goal_id=goal.pk)

    assert [(one.t, one.rated, one.goals) for one in sheet(cast).attained] == [(50.0, 1, 1)]
    assert sheet(cast).closed[0].seen.reached.meaning == "none"


# ---- Another wording ----------------------------------------------------------------------------------------------------


def test_ratings_go_on_counting_while_the_five_levels_stay(cast: Cast, goal: Any) -> None:
    rate(cast, (goal, 1), ago=3)

    write(cast, "The same in other words", days_ago=1, replaces=goal.pk)

    told = sheet(cast).goals[0]
    assert told.seen.reached.level == 1
    assert told.rated_from == day(10)


def test_new_levels_begin_anew_and_the_old_ratings_are_only_read(cast: Cast, goal: Any) -> None:
    from fivefold.services.goal_ratings import correct_rating
    from fivefold.services.patients import NotAcceptable

    rating = rate(cast, (goal, 1), ago=3)[0]

    write(cast, "Harder now", days_ago=1, replaces=goal.pk, levels=["a", "b", "c", "d", "e"])

    told = sheet(cast).goals[0]
    assert told.seen.reached is None
    assert [(one.state, one.meaning) for one in told.ratings] == [("other_scale", "one in <ten>")]
    assert sheet(cast).attained == ()
    with pytest.raises(NotAcceptable, match="earlier levels"):
        correct_rating(cast.amina, patient_id=cast.rosa.pk, rating_id=rating.pk, level=0, on=day(), rated_by="together")


# ---- Corrections --------------------------------------------------------------------------------------------------------


def test_correction_is_a_new_entry_and_the_old_one_stays(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    from fivefold.records.models import GoalRating

    old = rate(cast, (goal, -2), ago=2, note="wrong line")[0]
    amina = sign_in("amina")
    given = {"level": "1", "on": day(2).isoformat(), "rated_by": "together", "note": "right line", "once": uuid.uuid4().hex}

    answer = amina.post(f"/patients/{cast.rosa.pk}/goals/ratings/{old.pk}", given)

    assert answer.status_code == 302
    assert GoalRating.objects.count() == 2
    told = sheet(cast).goals[0]
    assert {one.state: (one.level, one.note) for one in told.ratings} == {"counts": (1, "right line"), "corrected": (-2, "wrong line")}
    assert sheet(cast).attained[0].t == 60.0
    text = amina.get(f"/patients/{cast.rosa.pk}/goals").content.decode()
    assert "corrected since" in text
    assert "wrong line" in text


def test_correction_that_changes_nothing_is_told_so(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    old = rate(cast, (goal, 1))[0]

    answer = sign_in("amina").post(
        f"/patients/{cast.rosa.pk}/goals/ratings/{old.pk}", {"level": "1", "on": day().isoformat(), "rated_by": "together", "note": ""}
    )

    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()


def test_two_who_correct_one_rating_see_both_and_lose_nothing(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    old = rate(cast, (goal, -2))[0]
    address, given = f"/patients/{cast.rosa.pk}/goals/ratings/{old.pk}", {"on": day().isoformat(), "rated_by": "together"}
    amina = sign_in("amina")
    amina.post(address, given | {"level": "1", "note": "first of two"})

    answer = amina.post(address, given | {"level": "0", "note": "second of two"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "first of two" in text
    assert "second of two" in text


def test_withdrawn_rating_counts_no_more_and_stays_with_its_reason(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    rate(cast, (goal, 0), ago=5)
    wrong = rate(cast, (goal, 2), ago=1)[0]
    amina = sign_in("amina")
    address = f"/patients/{cast.rosa.pk}/goals/ratings/{wrong.pk}"

    refused = amina.post(address, {"do": "withdraw", "reason": " "})
    amina.post(address, {"do": "withdraw", "reason": "of another patient"})

    assert refused.status_code == 422
    assert sheet(cast).goals[0].seen.reached.level == 0
    assert "of another patient" in amina.get(f"/patients/{cast.rosa.pk}/goals").content.decode()
    assert "no longer counts" in amina.get(address).content.decode()


def test_rating_that_does_not_exist_is_not_found(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    from fivefold.services.goal_ratings import NoSuchRating, withdraw_rating

    assert sign_in("amina").get(f"/patients/{cast.rosa.pk}/goals/ratings/{uuid.uuid4()}").status_code == 404
    with pytest.raises(NoSuchRating):
        withdraw_rating(cast.amina, patient_id=cast.rosa.pk, rating_id=uuid.uuid4(), reason="nothing there")


def test_rating_is_never_changed_or_deleted(cast: Cast, goal: Any) -> None:
    from fivefold.records.models import GoalRating
    from fivefold.records.models.base import NeverChanged

    row = rate(cast, (goal, 1))[0]

    with pytest.raises(NeverChanged):
        row.save()
    with pytest.raises(NeverChanged):
        GoalRating.objects.all().delete()


# ---- Elsewhere ----------------------------------------------------------------------------------------------------------


def test_map_tells_what_was_reached_and_the_shared_view_keeps_to_the_words_of_the_goal(sign_in: SignIn, cast: Cast, goal: Any) -> None:
    rate(cast, (goal, -1), ago=1)
    amina = sign_in("amina")

    assert "most evenings" in amina.get(f"/patients/{cast.rosa.pk}/map").content.decode()
    assert "most evenings" not in amina.get(f"/patients/{cast.rosa.pk}/map?shared=1").content.decode()


def test_copies_of_the_record_hold_every_rating(cast: Cast, goal: Any) -> None:
    from fivefold.services.goal_ratings import withdraw_rating
    from fivefold.services.operations.record_export import export_record, export_record_pdf

    rating = rate(cast, (goal, 1), note="two evenings")[0]
    withdraw_rating(cast.amina, patient_id=cast.rosa.pk, rating_id=rating.pk, reason="of another day")

    told = export_record(cast.amina, patient_id=cast.rosa.pk)["goal_ratings"]

    assert [(row["level"], row["withdrawn"], row["note"]) for row in told] == [(1, False, "two evenings"), (1, True, "of another day")]
    assert export_record_pdf(cast.amina, patient_id=cast.rosa.pk).startswith(b"%PDF")


def test_number_of_queries_does_not_grow_with_the_ratings(sign_in: SignIn, cast: Cast, goal: Any, django_assert_max_num_queries: Any) -> None:
    for ago in range(9):
        rate(cast, (goal, ago % 3 - 1), ago=ago)
    amina = sign_in("amina")

    with django_assert_max_num_queries(24):
        text = amina.get(f"/patients/{cast.rosa.pk}/goals").content.decode()

    assert re.search(r"9 ratings", text)
