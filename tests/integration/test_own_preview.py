"""The own pages as the patient sees them, beside the record: the same words, audited, and nothing on them that could be sent."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records import clock
from fivefold.records.models import AuditEntry, Patient
from fivefold.services import diary, own_course, own_formulation, own_goals
from fivefold.services.assessments import record_facts
from fivefold.services.formulation import save_formulation
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.goals import set_goal
from fivefold.services.plans import sign_plan
from fivefold.services.record_file import NewFact
from fivefold.web.my.preview_views import PAGES

SignIn = Callable[[str], Client]
# The line about help is hidden until something that waits on the phone is sent.
WORDS = re.compile(r"<p [^>]* hidden>.*?</p>|<script.*?</script>|<[^>]+>", re.DOTALL)


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with a signed plan, a diary, goals and pages of their own."""
    sam = known_patient(cast.amina)
    me = open_own_pages(cast, sam)
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    diary.set_card(cast.amina, patient_id=sam.pk, items=["sadness", "urge_die"], own=[], is_for_crisis=False, version=0)
    set_goal(cast.amina, patient_id=sam.pk, words="Sleep <b>through</b>", levels=["a", "b", "c", "d", "e"])
    own_goals.write_my_goal(me, patient_id=sam.pk, words="Sing again", private=False)
    on = [clock.today() - timedelta(days=back) for back in (60, 30)]
    facts = [NewFact("score", "phq9", {"instrument": "phq9", "value": value}, day) for day, value in zip(on, (20, 8), strict=True)]
    record_facts(cast.amina, patient_id=sam.pk, facts=facts)
    content = FormulationContent((Node("0000000a", NodeKind.PROBLEM, "I cut"),))
    save_formulation(cast.amina, patient_id=sam.pk, content=content, lines="Too <b>loud</b> inside", version=0)
    own_formulation.share_formulation(cast.amina, patient_id=sam.pk, number=1)
    own_course.release_curves(cast.amina, patient_id=sam.pk, released=["phq9.total"], version=0)
    return sam


def content(page: str) -> list[str]:
    return WORDS.sub(" ", page).split()


@pytest.mark.parametrize("name", list(PAGES))
def test_preview_says_what_the_patients_page_says_and_can_send_nothing(cast: Cast, sam: Patient, sign_in: SignIn, name: str) -> None:
    whole = sign_in("self").get(f"/my/{name}").content.decode()
    theirs = re.search(r"<main[^>]*>(.*)</main>", whole, re.DOTALL)
    page = sign_in("amina").get(f"/patients/{sam.pk}/own-pages/preview/{name}").content.decode()
    shown = re.search(r'<fieldset disabled class="my"><legend[^>]*>[^<]*</legend>(.*)</fieldset></section>', page, re.DOTALL)

    assert theirs is not None and shown is not None
    assert len(content(shown[1])) > 20
    assert content(shown[1]) == content(theirs[1])
    assert not re.search(r"<form|<script|\shref=|formaction|csrfmiddlewaretoken|type=.hidden|<b>(through|loud)", shown[1])
    assert "Preview, read-only" in page
    assert re.findall(r'preview/(\w+)" aria-current="page"', page) == [name]


def test_locked_goal_is_not_in_the_preview(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    own_goals.write_my_goal(cast.people["self"], patient_id=sam.pk, words="zebra-lantern", private=True)

    page = sign_in("amina").get(f"/patients/{sam.pk}/own-pages/preview/goals").content.decode()

    assert "Sing again" in page and "zebra-lantern" not in page


def test_looking_is_audited_and_out_of_reach_answers_like_nobody(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    sign_in("amina").get(f"/patients/{sam.pk}/own-pages/preview")

    assert AuditEntry.objects.filter(patient_id=sam.pk, act="see_as_patient", user_id=cast.amina.user.pk).count() == 1
    assert sign_in("chidi").get(f"/patients/{sam.pk}/own-pages/preview").status_code == 404
    assert sign_in("self").get(f"/patients/{sam.pk}/own-pages/preview").status_code in (403, 404)
    assert sign_in("amina").get(f"/patients/{sam.pk}/own-pages/preview/data").status_code == 404
