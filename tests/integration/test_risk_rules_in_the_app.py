"""R1 to R14 end to end through the app: what somebody does on a page, what the team sees, what the plan does, and who ends it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.integration.test_signals import at
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records.models import CaseloadRow, ClinicalFact, Patient, SignalState
from fivefold.services.plans import CannotSign, sign_plan, work_out

SignIn = Callable[[str], Client]
REASON = "Asked again today together with her; we agreed what comes next."


@pytest.fixture
def sam(cast: Cast) -> Patient:
    return known_patient(cast.amina)


def post(client: Client, patient: Patient, part: str, form: dict[str, Any]) -> None:
    answer = client.post(f"/patients/{patient.pk}/assessment/{part}", form)
    assert answer.status_code in (200, 302), answer.content.decode()[:500]


def missing_report(cast: Cast, patient: Patient) -> None:
    """A questionnaire for at home whose days have passed, as the page gives it out."""
    from fivefold.services.measures import give_out

    with at(cast, timezone.now() - timedelta(days=40)):
        give_out(cast.amina, patient_id=patient.pk, instrument="phq9", route="link")
    assert ClinicalFact.objects.filter(patient=patient, kind="expected_report").count() == 1


def yes(question: str) -> Callable[[Client, Patient, Cast], None]:
    return lambda client, patient, cast: post(client, patient, "safety", {"only": f"risk.{question}", f"risk.{question}": "yes"})


def event(kind: str, weeks: str) -> Callable[[Client, Patient, Cast], None]:
    return lambda client, patient, cast: post(client, patient, "events", {"event-what": kind, "event-weeks_ago": weeks, "event-assessed": "yes"})


def frame(kind: str, key: str, value: str) -> Callable[[Client, Patient, Cast], None]:
    """An answer on the page of the frame, with the entry that it was shown beside."""

    def does(client: Client, patient: Patient, cast: Cast) -> None:
        was = ClinicalFact.objects.filter(patient=patient, kind=kind, key=key).values_list("pk", flat=True).first()
        post(client, patient, "context", {f"{kind}.{key}": value, f"was.{kind}.{key}": str(was or "")})

    return does


def score(instrument: str, total: str) -> Callable[[Client, Patient, Cast], None]:
    return lambda client, patient, cast: post(client, patient, f"scores/{instrument}", {"total": total, "save": "yes"})


def on_own_phone(client: Client, patient: Patient, cast: Cast) -> None:
    """The patient answers the screener's question about a plan on their own pages; the therapist's client is not used."""
    from fivefold.services import diary

    own = open_own_pages(cast, patient)
    diary.set_card(cast.amina, patient_id=patient.pk, items=("sadness", "attempt"), own=[], is_for_crisis=False, version=0)
    browser = Client()
    browser.force_login(own.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    today = timezone.localdate().isoformat()
    sent = {"client_id": str(uuid.uuid4()), "card": "1", "about_on": today, "attempt": "yes"}
    assert browser.post("/my/today", sent)["Location"].endswith("help=1")


# By the name of the way: the rule, what is done on the pages, and what the plan does then: the phase it moves to, that it is withheld,
# modules that must not be "now", phases that rest. Red for danger, or not.
Way = tuple[str, Callable[[Client, Patient, Cast], None], dict[str, Any]]
WAYS: dict[str, Way] = {
    "an intention is told": ("R1", yes("imminent"), {"phase": "P1", "red": True}),
    "an attempt is written into the diary": ("R1", on_own_phone, {"phase": "P1", "red": True}),
    "somebody else is threatened": ("R2", yes("harm_to_others"), {"phase": "P1", "red": True}),
    "voices": ("R3", yes("psychosis"), {"withheld": True, "red": True}),
    "medical danger": ("R4", yes("medical_red_flag"), {"withheld": True, "red": True}),
    "hurt by somebody": ("R5", yes("ongoing_abuse"), {"closed": ("S19", "S24", "S27"), "red": True}),
    "self-harm three weeks ago": ("R6", event("self_harm", "3"), {"closed": ("S27",)}),
    "urges with reminders": ("R7", frame("trauma_readiness", "urges_controllable_with_cues", "no"), {"closed": ("S27",)}),
    "dependence": ("R8", frame("risk", "dependence", "yes"), {"closed": ("S12", "S27")}),
    "loses orientation": ("R9", frame("risk", "loses_orientation_in_session", "yes"), {"closed": ("S27",)}),
    "a session rated low": ("R10", score("srs", "20"), {"rests": ("P4", "P5")}),
    "nowhere safe to live": ("R11", frame("context", "safe_housing", "no"), {"rests": ("P4", "P5")}),
    "a separation": ("R12", event("separation", "1"), {}),
    "a report from home that did not come": ("R13", lambda client, patient, cast: missing_report(cast, patient), {}),
    "pregnancy": ("R14", frame("adaptation", "pregnancy", "yes"), {"withheld": True}),
}


def is_active(patient: Patient, code: str) -> bool:
    return any(one.code == code and one.status.value == "active" for one in work_out(patient).plan.overrides)


@pytest.mark.parametrize("way", WAYS)
def test_rule_is_raised_on_a_page_told_to_the_team_followed_by_the_plan_and_ended_by_a_clinician_alone(
    cast: Cast, sam: Patient, sign_in: SignIn, way: str
) -> None:
    code, does, follows = WAYS[way]
    client, here = sign_in("amina"), f"/patients/{sam.pk}"
    assert not is_active(sam, code)

    does(client, sam, cast)

    plan = work_out(sam).plan
    [name] = {one.name for one in plan.overrides if one.code == code and one.status.value == "active"}
    assert all(name in client.get(f"{here}/{page}").content.decode() for page in ("assessment/safety", "map"))
    assert (CaseloadRow.objects.get(patient=sam).signal == "safety") is bool(follows.get("red"))
    assert (plan.withheld is not None) is bool(follows.get("withheld"))
    if "phase" in follows:
        assert plan.phase.overall.value == follows["phase"]
    now = {match.id: match for match in plan.modules if match.status.value == "now"}
    assert not set(follows.get("closed", ())) & set(now)
    assert not {match.phase.value for match in now.values()} & set(follows.get("rests", ()))
    if follows.get("withheld"):
        with pytest.raises(CannotSign):
            sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees", patient_words="")

    # A better score ends nothing.
    post(client, sam, "scores/phq9", {"row": "0 0 0 0 0 0 0 0 0", "save": "yes"})
    assert is_active(sam, code)
    client.post(
        f"{here}/assessment/safety", {"decide": "clear" if code in ("R1", "R2", "R3", "R4", "R5", "R12") else "overrule", "code": code, "reason": REASON}
    )
    assert is_active(sam, code) is (code == "R14")


def test_report_from_home_is_expected_until_it_comes_or_is_taken_back(cast: Cast, sam: Patient) -> None:
    from fivefold.services.measure_answers import finish, save_item
    from fivefold.services.measures import cancel_request, give_out

    missing_report(cast, sam)
    assert is_active(sam, "R13")
    later = give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route="link")
    assert is_active(sam, "R13")  # asking again is no answer
    save_item(later.pk, item=1, value=1, form_hash=later.form_hash, client_id="1")
    finish(later.pk)
    assert not is_active(sam, "R13")

    with at(cast, timezone.now() - timedelta(days=40)):
        other = give_out(cast.amina, patient_id=sam.pk, instrument="gad7", route="link")
    assert is_active(sam, "R13")
    cancel_request(cast.amina, patient_id=sam.pk, request_id=other.pk, reason="We spoke on the telephone instead.")
    assert not is_active(sam, "R13")


def test_report_that_does_not_come_in_danger_is_a_signal_about_danger_and_one_at_a_quiet_time_is_none(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    from fivefold.services.signal_watch import watch_all

    missing_report(cast, sam)
    watch_all(cast.amina.clinic)
    assert not SignalState.objects.filter(patient=sam, matter="missing_report:phq9").exists()

    yes("new_plan_or_means")(sign_in("amina"), sam, cast)
    watch_all(cast.amina.clinic)
    state = SignalState.objects.get(patient=sam, matter="missing_report:phq9")
    assert (state.kind, state.is_open) == ("safety", True)


def test_what_is_answered_on_the_tablet_or_in_the_room_is_not_expected_from_home(cast: Cast, sam: Patient) -> None:
    from fivefold.services.measures import give_out

    for route in ("kiosk", "room", "paper"):
        give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route=route)
    assert not ClinicalFact.objects.filter(patient=sam, kind="expected_report").exists()
