"""A clock that jumps: what was recorded last still counts last, the trail holds, and no session lasts for ever."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.records.models import AuditEntry, Clinic, ClinicalFact
from fivefold.services import assessments, audit, caseload, consents, deadlines, goals, installation, patients
from fivefold.services.record_file import NewFact

SignIn = Callable[[str], Client]
NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Europe/Berlin"))
REASON = "Asked again with her sister; no intent, means are away."


class Clock:
    """The clock of the machine, which somebody sets."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def jump(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in place of the machine's, at noon."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def cast(machine: Clock, cast: Cast) -> Cast:  # the clock is set before anybody acts
    return cast


def danger(cast: Cast) -> None:
    assessments.answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={"imminent": True}, on=timezone.localdate())


def signal(cast: Cast) -> str:
    """What the caseload shows, worked out anew from what was recorded."""
    return caseload.refresh(cast.rosa).signal


# ---- What counts last ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 10, 60, 11 * 60])
def test_danger_after_a_reassessment_counts_although_the_clock_was_set_back_between_them(cast: Cast, machine: Clock, minutes: int) -> None:
    danger(cast)
    machine.jump(minutes=1)
    assessments.clear_override(cast.amina, patient_id=cast.rosa.pk, code="R1", reason=REASON)
    assert signal(cast) != "safety"

    machine.jump(minutes=-minutes)
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", True, timezone.localdate())])

    assert signal(cast) == "safety"


def test_reassessment_after_the_clock_was_set_back_clears_what_came_before_it(cast: Cast, machine: Clock) -> None:
    danger(cast)
    machine.jump(hours=-3)

    assessments.clear_override(cast.amina, patient_id=cast.rosa.pk, code="R1", reason=REASON)

    assert signal(cast) != "safety"


def test_consent_that_was_taken_back_stays_taken_back(cast: Cast, machine: Clock) -> None:
    today = timezone.localdate()
    patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="letters", given=True, on=today)
    machine.jump(hours=-2)
    patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="letters", given=False, on=today)

    purposes = {purpose.id: purpose for purpose in consents.see_record_sheet(cast.amina, patient_id=cast.rosa.pk).purposes}

    assert purposes["letters"].standing is not None
    assert purposes["letters"].standing.given is False


def test_history_of_an_entry_and_of_goals_keeps_its_order(cast: Cast, machine: Clock) -> None:
    [first] = assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 1}, timezone.localdate())])
    words = ["Sleep through", "Eat breakfast", "Call my sister"]
    for number, text in enumerate(words):
        machine.jump(hours=-2)
        goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words=text, levels=["a", "b", "c", "d", "e"])
        newest = ClinicalFact.objects.filter(kind="rating").order_by("-recorded_at")[0]
        fact = NewFact("rating", "anger", {"severity": 2 + number % 2}, first.true_on, corrects=str(newest.pk))
        assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[fact])

    chain = assessments.see_fact(cast.amina, patient_id=cast.rosa.pk, fact_id=first.pk).chain

    assert [entry.value["severity"] for entry in chain] == [2, 3, 2, 1]
    assert [entry.state for entry in chain] == ["counts", "corrected", "corrected", "corrected"]
    assert [goal.words for goal in goals.see_goals(cast.amina, patient_id=cast.rosa.pk)] == words


def test_clock_that_was_far_ahead_dates_nothing_after_it_was_set_right(cast: Cast, machine: Clock) -> None:
    machine.jump(days=1500)
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 1}, timezone.localdate())])
    machine.jump(days=-1500)

    danger(cast)

    assert ClinicalFact.objects.get(kind="risk").recorded_at - NOON < timedelta(minutes=1)
    assert signal(cast) == "safety"


# ---- The audit trail -----------------------------------------------------------------------------------------------------


def test_trail_over_jumps_has_no_gap_and_no_broken_link_and_tells_the_steps_back(cast: Cast, machine: Clock) -> None:
    for hours in (3, -5, 26, -24.5, 0.01):
        machine.jump(hours=hours)
        danger(cast)
        goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="Sleep", levels=["a", "b", "c", "d", "e"])

    numbers = list(AuditEntry.objects.filter(clinic=cast.amina.clinic).order_by("id").values_list("number", flat=True))
    told = list(audit.verify(cast.amina.clinic))

    assert numbers == list(range(1, len(numbers) + 1))
    assert {problem.what for problem in told} == {"its time lies before that of the entry before it"}


def test_step_of_a_few_seconds_as_clocks_are_put_right_is_not_told(cast: Cast, machine: Clock) -> None:
    danger(cast)
    machine.jump(seconds=-40)
    danger(cast)
    goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="Sleep", levels=["a", "b", "c", "d", "e"])

    assert list(audit.verify(cast.amina.clinic)) == []


# ---- Sessions ------------------------------------------------------------------------------------------------------------


def moved(browser: Client, **seconds: int) -> Client:
    """The browser with marks of its session as many seconds ago (before now, when positive)."""
    browser.get("/account")
    session = browser.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()
    return browser


def test_session_ends_when_the_clock_was_set_back(sign_in: SignIn) -> None:
    answer = moved(sign_in("amina"), seen_at=-3600).get("/account")

    assert answer["Location"] == "/sign-in?next=/account"


def test_step_of_a_few_seconds_signs_nobody_out(sign_in: SignIn) -> None:
    assert moved(sign_in("amina"), seen_at=-20, began_at=-20).get("/account").status_code == 200


def test_session_that_is_never_idle_ends_after_a_working_day(sign_in: SignIn) -> None:
    browser = sign_in("amina")
    assert moved(browser, began_at=12 * 3600 - 60, seen_at=31).get("/account").status_code == 200

    answer = moved(browser, began_at=12 * 3600 + 1, seen_at=31).get("/account")

    assert answer["Location"] == "/sign-in?next=/account"
    assert "signs in anew" in browser.get("/sign-in").content.decode()


# ---- Summer time and renamed zones -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Europe/Kyiv"]
)
def test_every_moment_of_a_day_of_23_24_or_25_hours_belongs_to_it(zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        for number in range(366):
            day = date(2026, 1, 1) + timedelta(days=number)
            end = deadlines._end_of(day)
            assert timezone.localdate(end) == day
            assert timezone.localdate(end + timedelta(microseconds=1)) == day + timedelta(days=1)


def test_clinic_in_a_zone_that_was_renamed_or_is_gone_still_opens(cast: Cast, sign_in: SignIn, tmp_path: Path) -> None:
    assert "Europe/Gone" not in available_timezones()
    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(time_zone="Europe/Gone")

    assert sign_in("amina").get("/caseload").status_code == 200
    assert any("time zone" in finding.what for finding in installation.diagnose(tmp_path))
