"""On every own page with an identifier in its address, another patient's gets the answer of one that does not exist."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages

from fivefold.records.models import DiaryEntry, OwnGoal, OwnGoalRating, SafetyPlanShare, SignalState
from fivefold.services import diary, own_goals, safety_plan_shares, safety_plans
from fivefold.services.goals import set_goal
from fivefold.services.measures import give_out
from fivefold.services.patients import add_patient
from fivefold.services.safety_plan_content import PlanContent, PlanEntry
from fivefold.web.my.urls import urlpatterns

SignIn = Callable[[str], Client]
# What the form of each act sends; a page that only reads sends nothing.
SENT = {"level": "1", "words": "mine", "private": "no", "sadness": "1", "card": "1", "item": "9", "value": "3"}
# What differs between two answers that say the same: keys of forms, and the identifier itself.
VARIES = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|name=\"csrfmiddlewaretoken\" value=\"[^\"]*\"")


def with_identifier() -> list[URLPattern]:
    return [one for one in urlpatterns if str(one.pattern).startswith("my/") and "<uuid:" in str(one.pattern)]


def test_identifier_of_another_patient_answers_like_one_that_does_not_exist_on_every_own_page(cast: Cast, sign_in: SignIn) -> None:
    mine = open_own_pages(cast)
    ada = add_patient(cast.amina, name="Ada B.", birth_year=1990)
    theirs, today = open_own_pages(cast, ada, key="ada", name="green-teapot"), timezone.localdate()
    for patient in (cast.rosa, ada):
        diary.set_card(cast.amina, patient_id=patient.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
        plan = PlanContent({"alone": (PlanEntry("zebra-lantern", 8),)})
        safety_plans.write_safety_plan(cast.amina, patient_id=patient.pk, content=plan, version=0)
    key = uuid4()
    diary.record_entry(theirs, patient_id=ada.pk, entry=diary.NewEntry(key, 1, today, today, timezone.now(), {"sadness": "2"}, "green kettle"))
    foreign: dict[str, list[UUID]] = {
        "client_id": [key],
        "request_id": [give_out(cast.amina, patient_id=ada.pk, instrument="phq9", route="portal").pk],
        "goal_id": [
            own_goals.write_my_goal(theirs, patient_id=ada.pk, words="green kettle", private=False).pk,
            set_goal(cast.amina, patient_id=ada.pk, words="green kettle", levels=list("abcde")).pk,
        ],
        "share_id": [safety_plan_shares.share_my_plan(theirs, patient_id=ada.pk, person="green kettle", how="card").pk],
    }
    browser, differs = sign_in("self"), []
    before = [model.objects.count() for model in (DiaryEntry, OwnGoal, OwnGoalRating, SafetyPlanShare, SignalState)]

    for route in with_identifier():
        (name,) = route.pattern.converters
        for theirs_key in foreign[name]:
            for method in ("get", "post"):
                answers = [getattr(browser, method)(reverse(route.name or "", args=[one]), SENT if method == "post" else {}) for one in (theirs_key, uuid4())]
                said = {(answer.status_code, VARIES.sub("", answer.content.decode())) for answer in answers}
                if len(said) != 1 or any(answer.status_code in (200, 302) or b"green kettle" in answer.content for answer in answers):
                    differs.append((route.name, method, [answer.status_code for answer in answers]))

    assert len(with_identifier()) >= 7
    assert differs == []
    assert [model.objects.count() for model in (DiaryEntry, OwnGoal, OwnGoalRating, SafetyPlanShare, SignalState)] == before
    assert mine.user != theirs.user
