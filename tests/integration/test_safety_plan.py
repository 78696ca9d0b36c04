"""The patient's own safety plan: one plan for both sides, in versions, with numbers that are data, and nobody promised at night."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages

from fivefold.records.models import CareRelation, Clinic, PatientPlace, SafetyPlan
from fivefold.services import crisis_contacts, diary, own_pages, safety_plans
from fivefold.services.access import AccessDenied, Actor, NoSuchPatient
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_answers import help_after_refusal, open_form
from fivefold.services.measures import give_out
from fivefold.services.patients import NotAcceptable, record_consent
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.safety_plan_content import PlanContent, PlanEntry

SignIn = Callable[[str], Client]
WALK = PlanContent({"alone": (PlanEntry("Walk to the river", 8),), "ask": (PlanEntry("Mara", 9, "0151 234567"),)})


def mine(cast: Cast) -> tuple[Actor, object]:
    return open_own_pages(cast), cast.rosa.pk


def test_patient_and_therapist_write_the_same_plan_and_every_version_stays(cast: Cast) -> None:
    actor, rosa = mine(cast)

    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)
    mine_now = safety_plans.see_my_safety_plan(actor, patient_id=rosa)
    safety_plans.write_my_safety_plan(actor, patient_id=rosa, content=PlanContent({"alone": (PlanEntry("Call the dog", 7),)}), version=mine_now.number)
    theirs = safety_plans.see_safety_plan(cast.amina, patient_id=rosa)

    assert [version.number for version in theirs.versions] == [2, 1]
    assert [version.written_by for version in theirs.versions] == ["patient", "therapist"]
    assert theirs.versions[1].content == PlanContent({**dict.fromkeys((part.id for part in knowledge().safety_plan.parts), ()), **WALK.parts})
    assert theirs.author == "the patient"


def test_of_two_who_write_at_once_the_second_is_shown_the_first(cast: Cast) -> None:
    actor, rosa = mine(cast)
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)

    with pytest.raises(ChangedMeanwhile) as refused:
        safety_plans.write_my_safety_plan(actor, patient_id=rosa, content=WALK, version=0)

    assert "Walk to the river" in refused.value.theirs.values()
    assert SafetyPlan.objects.count() == 1


def test_page_that_is_sent_twice_is_one_version(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)
    browser = sign_in("self")
    sent = {"version": "0", "label": "", "alone-0-words": "Breathe", "alone-0-likely": "7", "once": "key-1"}

    answers = [browser.post("/my/plan/write", sent).status_code for _ in range(2)]

    assert answers == [302, 302] or answers == [302, 409]
    assert SafetyPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PlanContent(), "at least one entry"),
        (PlanContent({"alone": (PlanEntry("x" * 301),)}), "300 characters"),
        (PlanContent({"ask": (PlanEntry("Mara", None, "call me"),)}), "telephone number"),
        (PlanContent({"alone": (PlanEntry("walk", None, "112"),)}), "telephone number"),
        (PlanContent({"alone": (PlanEntry("walk", 11),)}), "0 to 10"),
        (PlanContent({"notice": (PlanEntry("tight chest", 5),)}), "0 to 10"),
        (PlanContent({"nonsense": (PlanEntry("x"),)}), "parts that are shown"),
        (PlanContent({"alone": tuple(PlanEntry(str(n)) for n in range(13))}), "12 entries"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_was_expected(cast: Cast, content: PlanContent, expected: str) -> None:
    with pytest.raises(NotAcceptable, match=expected):
        safety_plans.write_safety_plan(cast.amina, patient_id=cast.rosa.pk, content=content, version=0)


@pytest.mark.parametrize(("likely", "remake"), [(5, 1), (6, 0), (None, 0)])
def test_entry_that_is_not_likely_to_be_done_is_to_be_remade(cast: Cast, likely: int | None, remake: int) -> None:
    content = PlanContent({"alone": (PlanEntry("Run ten miles", likely),)})
    safety_plans.write_safety_plan(cast.amina, patient_id=cast.rosa.pk, content=content, version=0)

    seen = safety_plans.see_safety_plan(cast.amina, patient_id=cast.rosa.pk)

    assert sum(len(one.remake) for one in seen.parts) == remake


def test_plan_is_to_be_looked_at_when_somebody_has_left_since(cast: Cast) -> None:
    safety_plans.write_safety_plan(cast.amina, patient_id=cast.rosa.pk, content=WALK, version=0)
    before = safety_plans.see_safety_plan(cast.amina, patient_id=cast.rosa.pk)
    CareRelation.objects.filter(user=cast.bruno.user).update(ended_at=timezone.now() + timedelta(seconds=1))

    after = safety_plans.see_safety_plan(cast.amina, patient_id=cast.rosa.pk)

    assert (before.since_left, before.is_due) == (None, False)
    assert after.since_left is not None and after.is_due


def test_practice_is_noted_by_either_and_never_ahead(cast: Cast) -> None:
    actor, rosa = mine(cast)
    today = timezone.localdate()
    with pytest.raises(NotAcceptable, match="written"):
        safety_plans.note_practice(cast.amina, patient_id=rosa, kind="practised", on=today, words="")
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)

    safety_plans.note_practice(cast.amina, patient_id=rosa, kind="practised", on=today, words="in the room")
    safety_plans.note_my_practice(actor, patient_id=rosa, kind="used", on=today, words="the river helped")
    with pytest.raises(NotAcceptable):
        safety_plans.note_my_practice(actor, patient_id=rosa, kind="used", on=today + timedelta(days=1), words="")

    assert {(use.kind, use.words, use.written_by) for use in safety_plans.see_safety_plan(cast.amina, patient_id=rosa).uses} == {
        ("practised", "in the room", "therapist"),
        ("used", "the river helped", "patient"),
    }


@pytest.mark.parametrize("who", ["teo", "adrian", "olga", "chidi", "vera"])
def test_nobody_else_reads_or_writes_it(cast: Cast, who: str) -> None:
    for act in (safety_plans.see_safety_plan, safety_plans.see_my_safety_plan):
        with pytest.raises((AccessDenied, NoSuchPatient)):
            act(cast.people[who], patient_id=cast.rosa.pk)
    with pytest.raises((AccessDenied, NoSuchPatient)):
        safety_plans.write_safety_plan(cast.people[who], patient_id=cast.rosa.pk, content=WALK, version=0)


def test_wording_is_our_own() -> None:
    """The published form may not be put into a record without permission: neither its headings nor its order of steps."""
    form = knowledge().safety_plan
    said = " ".join(text for part in form.parts for text in (part.name, part.question)).casefold()

    for theirs in ("warning signs", "internal coping", "social settings", "distraction", "step 1", "making the environment safe", "agencies"):
        assert theirs not in said


# ---- Numbers -------------------------------------------------------------------------------------------------------------


def numbers(cast: Cast) -> list[str]:
    return [one.number for one in crisis_contacts.contacts_of(Clinic.objects.get(pk=cast.amina.clinic.pk))]


def test_without_a_place_every_emergency_number_is_shown_with_its_place(cast: Cast) -> None:
    shown = crisis_contacts.contacts_of(cast.amina.clinic)

    places = knowledge().crisis_contacts.places
    assert sorted(one.number for one in shown) == sorted({place.contacts[0].number for place in places})
    assert all(any(place.name in one.place and place.contacts[0].number == one.number for one in shown) for place in places)


def test_clinic_chooses_its_place_and_adds_its_own_numbers(cast: Cast, sign_in: SignIn) -> None:
    own = {"name": "Crisis team of the district", "number": "0800 111 222", "open": "weekdays 8 to 20"}

    crisis_contacts.change_contacts(cast.lea, place="GB", own=[own, {"name": "", "number": "", "open": ""}], version=0)

    assert numbers(cast) == ["999", "0800 111 222", "116 123", "111"]
    with pytest.raises(ChangedMeanwhile):
        crisis_contacts.change_contacts(cast.adrian, place="EU", own=[], version=0)
    with pytest.raises(AccessDenied):
        crisis_contacts.change_contacts(cast.amina, place="EU", own=[], version=1)
    page = sign_in("lea").get("/clinic/in-danger").content.decode()
    assert "Crisis team of the district" in page


def test_whoever_is_in_another_country_finds_its_emergency_number_on_the_plan(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)
    without = sign_in("self").get("/my/plan").content.decode()
    crisis_contacts.change_contacts(cast.lea, place="GB", own=[], version=0)
    page = sign_in("self").get("/my/plan").content.decode()

    assert "Numbers in other countries" not in without  # every place is shown already
    abroad = page.split("Numbers in other countries")[1]
    assert 'href="tel:112"' in abroad and 'href="tel:911"' in abroad and "999" not in abroad


def test_patient_is_shown_the_numbers_of_where_they_live_wherever_help_is_shown(cast: Cast, sign_in: SignIn) -> None:
    actor, rosa = mine(cast)
    own = {"name": "Crisis team of the district", "number": "0800 111 222", "open": "weekdays 8 to 20"}
    crisis_contacts.change_contacts(cast.lea, place="GB", own=[own], version=0)
    given = give_out(cast.amina, patient_id=rosa, instrument="phq9", route="portal")
    browser = sign_in("self")

    browser.post("/my/data/place", {"place": "GB-NIR", "version": "0"})

    expected = ["999", "0800 111 222", "0808 808 8000", "116 123"]
    assert [one.number for one in safety_plans.see_my_safety_plan(actor, patient_id=rosa).contacts] == expected
    assert [one.number for one in own_pages.see_today(actor, patient_id=rosa).help.contacts] == expected
    assert [one.number for one in open_form(given.pk).contacts] == expected
    assert [one.number for one in help_after_refusal(given.pk).contacts] == expected
    assert "tel:08088088000" in browser.get("/my/plan").content.decode()
    assert numbers(cast) == ["999", "0800 111 222", "116 123", "111"]  # for everybody else nothing has changed


def test_words_of_the_clinic_for_a_crisis_stand_wherever_its_numbers_do(cast: Cast, sign_in: SignIn) -> None:
    clinic = cast.amina.clinic
    Clinic.objects.filter(pk=clinic.pk).update(settings={**clinic.settings, "crisis_words": "Ring the night ward <b>first</b>."})
    _actor, rosa = mine(cast)
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)
    diary.set_card(cast.amina, patient_id=rosa, items=["anger"], own=[], is_for_crisis=False, version=0)
    given = give_out(cast.amina, patient_id=rosa, instrument="phq9", route="portal")
    words = "Ring the night ward &lt;b&gt;first&lt;/b&gt;."

    assert words in sign_in("self").get("/my/plan").content.decode()
    assert words in sign_in("self").get("/my/today").content.decode()
    beside = sign_in("amina").get(f"/patients/{rosa}/safety-plan").content.decode()
    assert words in beside.split('class="print-card')[1].split("</section>")[0]  # the printed card
    assert words in beside.split("Numbers the patient sees")[1].split("</section>")[0]
    assert open_form(given.pk).crisis_words == help_after_refusal(given.pk).crisis_words == "Ring the night ward <b>first</b>."


def test_team_writes_down_where_the_patient_lives_and_either_side_sees_who_said_so(cast: Cast, sign_in: SignIn) -> None:
    actor, rosa = mine(cast)
    address = f"/patients/{rosa}/safety-plan"
    saved = sign_in("amina").post(f"{address}/place", {"place": "DE", "version": "0"}, follow=True).content.decode()

    assert "For Germany, as Amina Okafor said." in saved
    with pytest.raises(ChangedMeanwhile):
        crisis_contacts.say_my_place(actor, patient_id=rosa, place="AT", version=0)
    crisis_contacts.say_my_place(actor, patient_id=rosa, place="", version=1)
    assert safety_plans.see_my_safety_plan(actor, patient_id=rosa).living.place == ""
    assert "For the place of the clinic" in sign_in("amina").get(address).content.decode()


@pytest.mark.parametrize("who", ["teo", "lea", "bruno"])
def test_nobody_else_says_where_a_patient_lives(cast: Cast, who: str) -> None:
    with pytest.raises((AccessDenied, NoSuchPatient)):
        crisis_contacts.set_place(cast.people[who], patient_id=cast.rosa.pk, place="DE", version=0)


def test_place_that_is_none_is_refused_and_one_that_a_release_no_longer_has_is_the_clinics(cast: Cast) -> None:
    actor, rosa = mine(cast)
    crisis_contacts.change_contacts(cast.lea, place="GB", own=[], version=0)
    with pytest.raises(NotAcceptable):
        crisis_contacts.say_my_place(actor, patient_id=rosa, place="Atlantis", version=0)
    crisis_contacts.say_my_place(actor, patient_id=rosa, place="DE", version=0)
    PatientPlace.objects.update(lives_in="Atlantis")

    assert safety_plans.see_my_safety_plan(actor, patient_id=rosa).contacts[0].number == "999"


@pytest.mark.parametrize(
    "own", [{"name": "x", "number": "abc", "open": "always"}, {"name": "", "number": "112", "open": "x"}, {"name": "x", "number": "112", "open": ""}]
)
def test_number_nobody_can_call_is_refused(cast: Cast, own: dict[str, str]) -> None:
    with pytest.raises(NotAcceptable):
        crisis_contacts.change_contacts(cast.lea, place="EU", own=[own], version=0)

    assert crisis_contacts.see_contacts(cast.lea).place == ""


@pytest.mark.parametrize(("days", "is_old"), [(365, False), (366, True)])
def test_number_is_told_as_unchecked_a_year_after_it_was_looked_at(cast: Cast, days: int, is_old: bool) -> None:
    place = knowledge().crisis_contacts.places[0]
    on = place.contacts[0].reviewed_on + timedelta(days=days)

    assert crisis_contacts.contacts_of(cast.amina.clinic, on)[0].is_old is is_old


# ---- Pages ---------------------------------------------------------------------------------------------------------------


def test_own_page_says_that_nobody_reads_at_night_and_offers_the_numbers(cast: Cast, sign_in: SignIn) -> None:
    _actor, rosa = mine(cast)
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)

    page = sign_in("self").get("/my/plan").content.decode()

    assert "Nobody reads this at night" in page
    assert all(f"tel:{one.dialled}" in page for one in crisis_contacts.contacts_of(cast.amina.clinic))
    assert 'href="tel:0151234567"' in page
    assert "panic" not in page.casefold()


@pytest.mark.parametrize(("phone", "consent", "kept"), [("own", True, "yes"), ("own", False, "no"), ("shared", True, "no"), (None, True, "unknown")])
def test_pages_stay_on_a_phone_only_where_it_is_theirs_and_they_agreed(cast: Cast, sign_in: SignIn, phone: str | None, consent: bool, kept: str) -> None:
    open_own_pages(cast)
    if not consent:
        record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="offline_copy", given=False, on=timezone.localdate())
    browser = sign_in("self")
    if phone:
        browser.post("/my/data/phone", {"phone": phone})

    assert f'data-offline="{kept}"' in browser.get("/my/plan").content.decode()


def test_page_that_says_the_same_carries_the_same_mark_and_what_it_says_once_is_not_to_be_kept(cast: Cast, sign_in: SignIn) -> None:
    _actor, rosa = mine(cast)
    browser = sign_in("self")
    browser.post("/my/data/phone", {"phone": "own"})

    assert browser.get("/my/data").headers.get("X-Own-Passing") == "yes"  # that it is theirs alone is said once
    marks = {path: {browser.get(path)["X-Own-Says"] for _time in range(3)} for path in ("/my/today", "/my/map", "/my/skills", "/my/plan", "/my/data")}
    assert {path: len(found) for path, found in marks.items()} == dict.fromkeys(marks, 1)
    safety_plans.write_safety_plan(cast.amina, patient_id=rosa, content=WALK, version=0)
    assert browser.get("/my/plan")["X-Own-Says"] not in marks["/my/plan"]
    assert "X-Own-Passing" not in browser.get("/my/plan").headers


def test_worker_holds_nothing_of_anybody_and_keeps_these_pages_alone(client: Client, db: None) -> None:
    answer = client.get("/my/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    pages = json.loads(answer.content.decode().partition("PAGES = ")[2].partition(";")[0])
    assert all(page.startswith("/my/") for page in pages)


def test_page_beside_the_record_is_read_by_who_supervises_and_changed_by_who_treats(cast: Cast, sign_in: SignIn) -> None:
    address = f"/patients/{cast.rosa.pk}/safety-plan"
    sent = {"version": "0", "label": "For bad nights", "alone-0-words": "Breathe", "alone-0-likely": "7"}

    assert sign_in("bruno").post(address, sent).status_code == 403
    assert sign_in("amina").post(address, sent).status_code == 302
    assert "Breathe" in sign_in("bruno").get(address).content.decode()
    open_own_pages(cast)
    assert "For bad nights" in sign_in("self").get("/my/plan").content.decode()
    assert sign_in("amina").post(address, {**sent, "version": "1", "ask-0-number": "112"}).status_code == 422


def test_the_map_leads_to_the_plan_and_says_when_none_is_written_here(cast: Cast, sign_in: SignIn) -> None:
    page = f"/patients/{cast.rosa.pk}/map"

    before = sign_in("amina").get(page).content.decode()
    safety_plans.write_safety_plan(cast.amina, patient_id=cast.rosa.pk, content=WALK, version=0)
    after = sign_in("amina").get(page).content.decode()

    assert "It is not written down here" in before and f'href="/patients/{cast.rosa.pk}/safety-plan"' in before
    assert "Open the plan, version 1 of" in after and "It is not written down here" not in after
