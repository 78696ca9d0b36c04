"""The map, the profile and the care team of a patient: what they say, to whom, and what they keep to themselves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Rosa after her first two visits: self-harm, a cleared risk, one module under way, one score."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=3)
    facts = [
        NewFact("rating", "self_harm", {"severity": 3}, day, note="canary note"),
        NewFact("rating", "emotion_awareness", {"severity": 2}, day),
        NewFact("rating", "anger", {"severity": 0}, day),
        NewFact("score", "phq9", {"instrument": "phq9", "value": 21}, day),
        NewFact("rating", "depression", {"severity": 0}, day),
        NewFact("module", "S04", {"id": "S04", "stage": "exploration"}, day),
        NewFact("module", "S02", {"id": "S02", "stage": "maintained"}, day),
        NewFact("treatment", "sessions_per_week", 1, day),
        *(NewFact("risk", name, False, day) for name in RISK_QUESTIONS),
    ]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


@pytest.fixture
def in_danger(known: Cast) -> Cast:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(known.amina, patient_id=known.rosa.pk, facts=[NewFact("risk", "new_plan_or_means", True, clock.today())])
    return known


def text_of(client: Client, cast: Cast, page: str, status: int = 200) -> str:
    answer = client.get(f"/patients/{cast.rosa.pk}/{page}")
    assert answer.status_code == status
    return answer.content.decode()


# ---- Who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["map", "map?shared=1", "profile", "team"])
@pytest.mark.parametrize("name", ["teo", "chidi", "vera"])
def test_somebody_without_a_relation_finds_no_patient(sign_in: SignIn, cast: Cast, page: str, name: str) -> None:
    assert "Rosa" not in text_of(sign_in(name), cast, page, status=404)


@pytest.mark.parametrize("name", ["adrian", "olga"])
def test_roles_without_clinical_text_are_refused(sign_in: SignIn, cast: Cast, name: str) -> None:
    assert "Rosa" not in text_of(sign_in(name), cast, "map", status=403)


@pytest.mark.parametrize("page", ["map", "profile", "team"])
def test_each_view_of_a_record_is_audited_once(sign_in: SignIn, known: Cast, page: str) -> None:
    from fivefold.records.models import AuditEntry

    before = AuditEntry.objects.filter(patient_id=known.rosa.pk).count()

    text_of(sign_in("bruno"), known, page)

    added = AuditEntry.objects.filter(patient_id=known.rosa.pk).order_by("number")[before:]
    assert [(entry.role, entry.detail["view"]) for entry in added] == [("supervisor", True)]


# ---- The map ------------------------------------------------------------------------------------------------------------


def test_map_marks_one_phase_and_shows_five(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "map")

    assert text.count("you are here") == 1
    assert text.count('class="phase p') == 5
    assert text.count('aria-current="step"') == 1


def test_map_of_an_empty_record_says_where_to_begin(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    text = text_of(browser, cast, "map")

    assert "Nothing has been asked yet" in text
    assert "Nothing has been asked yet" in browser.get(f"/patients/{cast.rosa.pk}").content.decode()
    assert "Ask the safety questions" in text
    # No place on the way is claimed, and nothing is as sure as "the same in all draws".
    assert "you are here" not in text and "<h1>Not known yet</h1>" in text
    assert "in all 100 draws" not in text
    assert "no risk" not in text.lower()


def test_what_opens_the_next_phase_says_what_is_not_known_and_what_settles_it(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "map")

    assert "What opens the next phase" in text
    assert "not known" in text
    assert "Settle it:" in text


def test_every_tile_leads_to_its_reasons_on_the_same_page(sign_in: SignIn, known: Cast) -> None:
    import re

    text = text_of(sign_in("amina"), known, "map")
    led_to = re.findall(r'class="(?:tile|strip)[^"]*" href="#(m-\w+)"', text)

    assert len(led_to) > 20
    assert [name for name in led_to if f'id="{name}"' not in text] == []


def test_map_has_exactly_one_dark_button(sign_in: SignIn, known: Cast) -> None:
    assert text_of(sign_in("amina"), known, "map").count('class="btn main"') == 1
    assert text_of(sign_in("bruno"), known, "map").count('class="btn main"') == 1


def test_red_is_shown_only_while_a_hard_rule_is_active(sign_in: SignIn, known: Cast) -> None:
    assert "guard is-red" not in text_of(sign_in("amina"), known, "map")


def test_danger_is_red_names_its_rule_and_its_deadline(sign_in: SignIn, in_danger: Cast) -> None:
    text = text_of(sign_in("amina"), in_danger, "map")

    assert "guard is-red" in text
    assert "By a time" in text
    assert "within" in text
    assert 'class="mark mark-safety"' in text.split('class="deadlines"')[1].split("</ul>")[0]


def test_deadline_that_is_not_about_danger_is_not_red(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(known.amina, patient_id=known.rosa.pk, facts=[NewFact("general_module", "G2", "red", clock.today())])

    listed = text_of(sign_in("amina"), known, "map").split('class="deadlines"')[1].split("</ul>")[0]

    assert "Alliance in trouble" in listed
    assert "mark-watch" in listed and "mark-safety" not in listed


def test_deadline_of_crisis_work_names_its_phase_and_no_id(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(known.amina, patient_id=known.rosa.pk, facts=[NewFact("rating", "crisis", {"severity": 3}, clock.today())])

    listed = text_of(sign_in("amina"), known, "map").split('class="deadlines"')[1].split("</ul>")[0]

    assert "Review the crisis" in listed and "the phase containment" in listed and "rule." not in listed


def test_map_names_the_signed_plan_and_what_has_changed_since(sign_in: SignIn, known: Cast) -> None:
    from fivefold.services import plans

    plan = plans.work_out(known.rosa)
    if plans.hindrances(plan.plan):
        pytest.fail(f"the sample cannot be signed: {plans.hindrances(plan.plan)}")
    plans.sign_plan(known.amina, patient_id=known.rosa.pk, version=plan.draft_version, patient_view="agrees", patient_words="canary words")

    text = text_of(sign_in("amina"), known, "map")

    assert "plan 1, signed" in text
    assert "Nothing has changed." in text


# ---- The shared view ----------------------------------------------------------------------------------------------------


def test_shared_view_has_no_codes_scores_predictions_or_red(sign_in: SignIn, in_danger: Cast) -> None:
    import re

    text = text_of(sign_in("amina"), in_danger, "map?shared=1")
    body = re.sub(r"<[^>]+>", " ", text[text.index("<main") :])

    assert re.search(r"\bR\d{1,2}\b|\bS\d\d\b|\bG\d\b", body) is None
    assert re.search(r"of 100|standard error|PHQ|severe|not on track|override", body, re.I) is None
    assert "is-red" not in text
    assert "we are here" in body


def test_shared_view_names_modules_in_the_patients_words(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "map?shared=1")

    assert "My plan for bad moments" in text
    assert "canary note" not in text


def test_private_goals_stay_out_of_the_shared_view(sign_in: SignIn, known: Cast) -> None:
    from fivefold.services.goals import set_goal

    levels = ["a", "b", "c", "d", "e"]
    set_goal(known.amina, patient_id=known.rosa.pk, words="shown to both", levels=levels)
    set_goal(known.amina, patient_id=known.rosa.pk, words="kept to ourselves", levels=levels, shared=False)

    shared = text_of(sign_in("amina"), known, "map?shared=1")

    assert "shown to both" in shared
    assert "kept to ourselves" not in shared


# ---- The profile --------------------------------------------------------------------------------------------------------


def test_profile_shows_level_range_age_and_basis_of_each_bar(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "profile")

    row = text[text.index('id="i-self_harm"') :].split("</tr>")[0]
    assert "<b>severe</b> 3" in row
    assert " to " in row
    assert "3 days old" in row
    assert "standard error" in row


def test_profile_draws_what_disagrees_and_says_between_what(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "profile")

    row = text[text.index('id="i-depression"') :].split("</tr>")[0]
    assert "disagrees" in row
    assert "speaks for none" in row or "for none" in row


def test_criterion_answered_long_ago_is_not_told_as_of_today(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("criterion", "7", True, clock.today() - timedelta(days=200))])
    amina = sign_in("amina")

    row = text_of(amina, cast, "profile").split('id="i-emptiness"')[1].split("</tr>")[0]
    listed = text_of(amina, cast, "assessment").split(">Emptiness</a>")[1].split("</tr>")[0]

    assert "holds until changed" in row and "today" not in row
    assert "holds until changed" in listed and "today" not in listed


def test_unknown_is_never_drawn_as_a_bar(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "profile")

    assert 'id="i-anger"' in text  # rated 0: known to be absent
    assert 'id="i-identity"' not in text
    assert "Unknown is not absent" in text


def test_profile_of_an_empty_record_is_all_unknown(sign_in: SignIn, cast: Cast) -> None:
    text = text_of(sign_in("amina"), cast, "profile")

    assert "0 impairments are known" in text
    assert "assumed, because it is not known" in text


# ---- The care team ------------------------------------------------------------------------------------------------------


def test_lead_adds_a_colleague_who_then_reaches_the_record(sign_in: SignIn, cast: Cast) -> None:
    lead = sign_in("lea")

    answer = lead.post(f"/patients/{cast.rosa.pk}/team/add", {"person": cast.teo.user.pk, "kind": "covers"})

    assert answer.status_code == 302
    text_of(sign_in("teo"), cast, "map")
    assert "Teo Brandt" in text_of(lead, cast, "team")


def test_ended_relation_ends_access_and_the_last_one_is_told(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import CareRelation

    own = CareRelation.objects.get(patient=cast.rosa, user=cast.amina.user)

    answer = sign_in("lea").post(f"/patients/{cast.rosa.pk}/team/{own.pk}/end", follow=True)

    assert "Nobody treats this patient now" in answer.content.decode()
    text_of(sign_in("amina"), cast, "map", status=404)


@pytest.mark.parametrize("kind, person", [("owns", "teo"), ("treats", "chidi"), ("treats", "adrian")])
def test_impossible_member_is_refused(cast: Cast, kind: str, person: str) -> None:
    from fivefold.services.care_team import add_member
    from fivefold.services.patients import NotAcceptable

    with pytest.raises(NotAcceptable):
        add_member(cast.lea, patient_id=cast.rosa.pk, user_id=cast.people[person].user.pk, kind=kind)


def test_form_for_a_member_keeps_what_was_chosen_and_says_what_is_missing(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("lea").post(f"/patients/{cast.rosa.pk}/team/add", {"person": "", "kind": "covers"})

    assert answer.status_code == 422
    assert 'value="covers" required id="id_kind_1" checked' in " ".join(answer.content.decode().split()) or "checked" in answer.content.decode()


@pytest.mark.parametrize("name", ["amina", "bruno"])
def test_only_a_lead_changes_the_team(sign_in: SignIn, cast: Cast, name: str) -> None:
    answer = sign_in(name).post(f"/patients/{cast.rosa.pk}/team/add", {"person": cast.teo.user.pk, "kind": "treats"})

    assert answer.status_code == 403


def test_twice_the_same_relation_is_once(cast: Cast) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.care_team import add_member

    for _ in range(2):
        add_member(cast.lea, patient_id=cast.rosa.pk, user_id=cast.teo.user.pk, kind="treats")

    assert CareRelation.objects.filter(patient=cast.rosa, user=cast.teo.user).count() == 1


# ---- Without a relation -------------------------------------------------------------------------------------------------


def test_record_opened_by_its_link_is_readable_not_changeable_and_told_to_the_team(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.services.access import NoSuchPatient
    from fivefold.services.assessments import record_facts

    teo = sign_in("teo")

    answer = teo.post(f"/patients/{cast.rosa.pk}/without-relation", {"reason": "She stands at the desk and Amina is away.", "hours": "1"})

    assert answer.status_code == 302
    text_of(teo, cast, "map")
    with pytest.raises(NoSuchPatient):
        record_facts(cast.teo, patient_id=cast.rosa.pk, facts=[])
    told = sign_in("amina").get("/caseload").content.decode()
    assert "Teo Brandt opened the record of Rosa D." in told
    assert "She stands at the desk" in text_of(sign_in("amina"), cast, "team")


def test_opening_ends_by_itself(sign_in: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from fivefold.services import access

    access.break_glass(cast.teo, patient_id=cast.rosa.pk, reason="She stands at the desk.", hours=1)
    real = timezone.now
    monkeypatch.setattr(access.timezone, "now", lambda: real() + timedelta(hours=1, seconds=1))

    with pytest.raises(access.NoSuchPatient):
        access.patient_for(cast.teo, cast.rosa.pk, access.Permission.SEE_RECORD)


@pytest.mark.parametrize("given", [{"reason": "short", "hours": "1"}, {"reason": "", "hours": "1"}, {"reason": "A long enough reason.", "hours": "9"}])
def test_opening_without_reason_or_for_too_long_is_refused_and_keeps_what_was_typed(sign_in: SignIn, cast: Cast, given: dict[str, Any]) -> None:
    teo = sign_in("teo")

    answer = teo.post(f"/patients/{cast.rosa.pk}/without-relation", given)

    assert answer.status_code == 422
    assert given["reason"] in answer.content.decode()
    text_of(teo, cast, "map", status=404)


def test_form_says_nothing_about_whether_the_patient_exists(sign_in: SignIn, cast: Cast) -> None:
    import re
    import uuid

    teo = sign_in("teo")
    own_token = re.compile(r'(name="csrfmiddlewaretoken" value=|name="once" value=|/patients/)"?[\w-]+')

    real, none = (own_token.sub("", teo.get(f"/patients/{one}/without-relation").content.decode()) for one in (cast.rosa.pk, uuid.uuid4()))

    assert real == none
    assert teo.post(f"/patients/{uuid.uuid4()}/without-relation", {"reason": "A long enough reason.", "hours": "1"}).status_code == 404


def test_other_clinics_cannot_open_a_record(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("chidi").post(f"/patients/{cast.rosa.pk}/without-relation", {"reason": "A long enough reason.", "hours": "1"})

    assert answer.status_code == 404


def test_pages_hold_no_inline_script_or_style(sign_in: SignIn, in_danger: Cast) -> None:
    client = sign_in("amina")

    for page in ("map", "map?shared=1", "profile", "team"):
        text = text_of(client, in_danger, page)
        assert " style=" not in text
        assert "<style" not in text
        assert "onclick" not in text


def test_hostile_text_is_shown_as_text(sign_in: SignIn, known: Cast) -> None:
    from fivefold.services.goals import set_goal

    set_goal(known.amina, patient_id=known.rosa.pk, words="<script>alert(1)</script>", levels=["a"] * 5)

    for page in ("map", "map?shared=1"):
        text = text_of(sign_in("amina"), known, page)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_rules_to_ask_about_again_stand_in_one_line_since_the_plan_was_signed() -> None:
    from types import SimpleNamespace

    from fivefold.services.knowledge import knowledge
    from fivefold.web.patients.map_page import changed
    from fivefold.web.patients.words import MapView

    same = {"phase_before": None, "phase_after": None, "overrides_gone": (), "concurrent_before": 2, "concurrent_after": 2, "changes": ()}
    found = SimpleNamespace(overrides_added=("R1 to ask", "R8 active", "R4 to ask"), **same)
    view = MapView(SimpleNamespace(overrides=()), knowledge())  # type: ignore[arg-type]
    seen = SimpleNamespace(signed=SimpleNamespace(difference=found, protocol="imt"), plan=SimpleNamespace(protocol="imt"))

    names = {rule.code: rule.name for rule in knowledge().overrides}
    moved = SimpleNamespace(**{**vars(found), "overrides_added": ("R10 active",), "overrides_gone": ("R10 to ask", "R8 active")})
    seen_moved = SimpleNamespace(signed=SimpleNamespace(difference=moved, protocol="imt"), plan=SimpleNamespace(protocol="imt"))
    assert changed(view, seen_moved) == [f"{names['R10']}: to ask → active", f"Safety rule gone: {names['R8']}, active"]  # type: ignore[arg-type]
    assert changed(view, seen) == [  # type: ignore[arg-type]
        f"Safety rule added: {names['R8']}, active",
        f"Safety questions to ask again: {names['R1']}; {names['R4']}",
    ]
