"""What is due by a time is due on the same day whenever somebody looks, and a standing yes is not talked away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.support.clinic import Cast

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import InputRefused
from fivefold.exchange.assessment_reader import read_assessment_values
from fivefold.records import clock
from fivefold.records.models import CaseloadRow, Clinic
from fivefold.services import assessments, caseload, deadlines, patients
from fivefold.services.deadlines import active_since
from fivefold.services.plans import work_out
from fivefold.services.record_file import NewFact

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture
def past(cast: Cast) -> Cast:
    """The cast in a synthetic clinic, whose past may be written."""
    Clinic.objects.filter(pk=cast.amina.clinic.pk).update(synthetic=True)
    cast.amina.clinic.refresh_from_db()
    return cast


@contextmanager
def on(day: date, hour: int = 9) -> Iterator[None]:
    with clock.acting_at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC)):
        yield


def days_after(count: int) -> date:
    return MONDAY + timedelta(days=count)


def say(cast: Cast, name: str, answer: bool) -> None:
    assessments.answer_risk(cast.amina, patient_id=cast.rosa.pk, answers={name: answer}, on=clock.today())


def due(cast: Cast) -> dict[str, str]:
    """By when the first action of each active rule is due, as the plan of today says it."""
    found: dict[str, str] = {}
    for action in work_out(cast.rosa).plan.actions:
        found.setdefault(action.rule, action.by_when)
    return found


def test_deadline_stays_on_its_day_however_often_somebody_looks(past: Cast) -> None:
    with on(MONDAY):
        say(past, "new_plan_or_means", True)
        first = due(past)["R1"].rpartition(" ")[2]
    with on(days_after(1)):
        assert due(past)["R1"].rpartition(" ")[2] == first


def test_what_is_past_its_time_says_so_on_plan_and_caseload(past: Cast) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
        assert "overdue" not in due(past)["R1"]
    with on(days_after(9)):
        assert "overdue since" in due(past)["R1"]
        row = caseload.refresh(past.rosa)

    assert "overdue since" in row.next_action


def test_neither_another_entry_nor_a_new_caseload_row_moves_a_deadline(past: Cast) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
    with on(days_after(2)):
        assessments.record_facts(past.amina, patient_id=past.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 2}, clock.today())])
        say(past, "imminent", True)
        CaseloadRow.objects.filter(patient=past.rosa).delete()
        caseload.refresh(past.rosa)

        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": MONDAY}


@pytest.mark.parametrize("later", [59, 61, 400])
def test_silence_however_long_does_not_make_overdue_due_again(past: Cast, later: int) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
    with on(days_after(later)):
        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": MONDAY}
        assert due(past)["R1"] == f"within 24 hours, overdue since {days_after(1)}"


def test_entries_on_many_days_do_not_move_a_deadline(past: Cast) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
    for day in range(1, 13):
        with on(days_after(day)):
            assessments.record_facts(past.amina, patient_id=past.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 2}, clock.today())])

            assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": MONDAY}


def test_day_that_can_no_longer_be_read_breaks_nothing(past: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
    with on(days_after(2)):
        assessments.record_facts(past.amina, patient_id=past.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 2}, clock.today())])
    with on(days_after(4)):
        monkeypatch.setattr(deadlines, "read_assessment_values", refusing(days_after(2)))

        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": MONDAY}


def refusing(day: date) -> Callable[..., Assessment]:
    """Reading as it is, except that the record of one day is refused."""

    def read(written: dict[str, Any], *given: Any, **named: Any) -> Assessment:
        if written["as_of"] == day.isoformat():
            raise InputRefused([])
        return read_assessment_values(written, *given, **named)

    return read


def test_past_day_is_worked_out_once_however_often_somebody_looks(past: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[date] = []
    work = deadlines._work_out
    monkeypatch.setattr(deadlines, "_work_out", lambda facts, day, end: worked_out.append(day) or work(facts, day, end))
    with on(MONDAY):
        say(past, "imminent", True)
    for day in (3, 4):
        with on(days_after(day)):
            due(past)

    assert worked_out.count(MONDAY) == 1


def test_past_that_is_told_later_is_worked_out_again(past: Cast) -> None:
    with on(MONDAY):
        assessments.record_facts(past.amina, patient_id=past.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 2}, MONDAY)])
    with on(days_after(2)):
        say(past, "imminent", True)
    with on(days_after(4)):
        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": days_after(2)}
    with on(MONDAY, hour=10):  # the past of an invented clinic is made piece by piece
        say(past, "imminent", True)
    with on(days_after(4)):
        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": MONDAY}


def test_what_was_reassessed_and_comes_back_counts_anew(past: Cast) -> None:
    with on(MONDAY):
        say(past, "imminent", True)
    with on(days_after(1)):
        assessments.clear_override(past.amina, patient_id=past.rosa.pk, code="R1", reason="Seen together with the team; safe for now.")
    with on(days_after(3)):
        say(past, "imminent", True)
    with on(days_after(4)):
        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": days_after(3)}


def test_rule_that_time_alone_made_active_dates_from_that_day(past: Cast) -> None:
    with on(MONDAY):
        report = {"instrument": "phq9", "due": days_after(5).isoformat(), "received": False}
        assessments.record_facts(past.amina, patient_id=past.rosa.pk, facts=[NewFact("expected_report", "", report, MONDAY)])
    with on(days_after(4)):
        assert "R13" not in due(past)
    with on(days_after(12)):
        since = active_since(past.rosa, ["R13"], clock.today())["R13"]

        assert days_after(5) <= since <= days_after(6)
        assert "overdue since" in due(past)["R13"]


def test_nobody_elses_entries_are_looked_at(past: Cast) -> None:
    with on(MONDAY):
        other = patients.add_patient(past.amina, name="Ines K.", birth_year=1990)
        assessments.answer_risk(past.amina, patient_id=other.pk, answers={"imminent": True}, on=MONDAY)
    with on(days_after(2)):
        say(past, "imminent", True)

        assert active_since(past.rosa, ["R1"], clock.today()) == {"R1": days_after(2)}


# ---- A yes that stands ------------------------------------------------------------------------------------------------------


def test_no_service_lets_a_no_follow_a_standing_yes(cast: Cast) -> None:
    today = clock.today()
    say(cast, "imminent", True)

    for value in (False, "unknown"):
        with pytest.raises(assessments.ReassessmentNeeded, match="the yes stands"):
            assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", value, today)])

    known = assessments.see_record(cast.amina, patient_id=cast.rosa.pk)
    assert known.assessment.risk["imminent"].value is True


def test_a_no_of_an_earlier_day_is_history_and_is_taken(cast: Cast) -> None:
    say(cast, "imminent", True)

    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", False, clock.today() - timedelta(days=30))])

    assert assessments.see_record(cast.amina, patient_id=cast.rosa.pk).assessment.risk["imminent"].value is True


def test_after_a_reassessment_a_no_is_an_answer_again(cast: Cast) -> None:
    say(cast, "imminent", True)
    assessments.clear_override(cast.amina, patient_id=cast.rosa.pk, code="R1", reason="Seen together with the team; safe for now.")

    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("risk", "imminent", False, clock.today())])

    assert assessments.see_record(cast.amina, patient_id=cast.rosa.pk).assessment.risk["imminent"].value is False


def test_the_way_back_is_gone_once_until_something_is_recorded(past: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ways: list[date] = []
    monkeypatch.setattr(deadlines, "_look_back", lambda facts, since, today: ways.append(today) or since)
    with on(MONDAY):
        say(past, "new_plan_or_means", True)
        ways.clear()

        for _ in range(3):
            work_out(past.rosa)
        before = len(ways)
        tell_rating(past)
        work_out(past.rosa)
        after = len(ways)
    with on(days_after(1)):
        work_out(past.rosa)

    assert before == 0
    assert after == 1
    assert ways == [MONDAY, days_after(1)]


def tell_rating(cast: Cast) -> None:
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 2}, clock.today())])


# ---- Containment ---------------------------------------------------------------------------------------------------------


def in_a_crisis(cast: Cast) -> None:
    from fivefold.concepts.vocabulary import RISK_QUESTIONS

    facts = [NewFact("risk", name, False, clock.today()) for name in RISK_QUESTIONS]
    facts += [NewFact("rating", "crisis", {"severity": 3}, clock.today()), NewFact("rating", "suicidality", {"severity": 0}, clock.today())]
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


def calm(cast: Cast) -> None:
    facts = [NewFact("rating", "crisis", {"severity": 0}, clock.today())]
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


def review_due(cast: Cast) -> str:
    plan = work_out(cast.rosa).plan
    assert plan.phase.overall.value == "P2"
    return next(action.by_when for action in plan.actions if action.what.startswith("Review the crisis"))


def test_review_of_a_crisis_counts_from_its_beginning_however_often_somebody_looks(past: Cast) -> None:
    with on(MONDAY):
        in_a_crisis(past)
        assert review_due(past).endswith(f"by {days_after(3)}")
    for later in (1, 2):
        with on(days_after(later)):
            assert review_due(past).endswith(f"by {days_after(3)}")
    with on(days_after(5)):
        assert review_due(past).endswith(f"overdue since {days_after(3)}")


@pytest.mark.parametrize(("came", "safety", "counts"), [("came", "nothing_new", True), ("came", "not_asked", False), ("missed", None, False)])
def test_review_is_done_by_a_session_that_took_place_and_asked(past: Cast, came: str, safety: str | None, counts: bool) -> None:
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    with on(MONDAY):
        in_a_crisis(past)
    with on(days_after(2)):
        report = SessionReport(on=clock.today(), meeting="in_person", came=came, safety=Safety(safety) if safety else None)
        sign_session(past.amina, patient_id=past.rosa.pk, report=report)
    with on(days_after(4)):
        assert review_due(past).endswith(f"by {days_after(5)}" if counts else f"overdue since {days_after(3)}")


def team_review_due(cast: Cast) -> str:
    return next(action.by_when for action in work_out(cast.rosa).plan.actions if action.what.startswith("Team review"))


@pytest.mark.parametrize(("apart", "at_once"), [(20, True), (41, True), (44, False)])
def test_team_review_is_due_at_once_on_a_second_return_within_six_weeks(past: Cast, apart: int, at_once: bool) -> None:
    with on(MONDAY):
        in_a_crisis(past)
        assert team_review_due(past).endswith(f"by {days_after(14)}")
    with on(days_after(3)):
        calm(past)
    back = days_after(3 + apart)
    with on(back):
        in_a_crisis(past)
        due = back if at_once else back + timedelta(days=14)
        assert team_review_due(past).endswith(f"by {due}")
        assert review_due(past).endswith(f"by {back + timedelta(days=3)}")


def hold_team_review(cast: Cast, decision: str) -> None:
    from fivefold.services import reviews

    given = {"answers": [], "reason": "The team read the formulation anew.", "measure": "", "version": 0}
    later = clock.today() + timedelta(days=5) if decision == "wait" else None
    reviews.record_review(cast.amina, patient_id=cast.rosa.pk, decision=decision, look_back_on=later, **given)


@pytest.mark.parametrize(("decision", "counts"), [("keep", True), ("wait", False)])
def test_team_review_that_decides_counts_and_one_that_waits_does_not(past: Cast, decision: str, counts: bool) -> None:
    with on(MONDAY):
        in_a_crisis(past)
    with on(days_after(10)):
        hold_team_review(past, decision)
    with on(days_after(16)):
        assert team_review_due(past).endswith(f"by {days_after(24)}" if counts else f"overdue since {days_after(14)}")


def test_team_review_counts_safety_work_and_containment_as_one(past: Cast) -> None:
    with on(MONDAY):
        in_a_crisis(past)
        say(past, "imminent", True)
        assert work_out(past.rosa).plan.phase.overall.value == "P1"
    with on(days_after(9)):
        assessments.clear_override(past.amina, patient_id=past.rosa.pk, code="R1", reason="Seen together with the team; safe for now.")
        assert team_review_due(past).endswith(f"by {days_after(14)}") and review_due(past).endswith(f"by {days_after(12)}")


# ---- Signals of it -------------------------------------------------------------------------------------------------------


def waits(cast: Cast, matter: str) -> bool:
    from fivefold.records.models import SignalState
    from fivefold.services.signal_watch import watch_all

    watch_all(cast.amina.clinic)
    return SignalState.objects.filter(patient=cast.rosa, matter=matter, is_open=True).exists()


def test_crisis_that_nobody_looked_at_is_told_once_and_a_session_that_asked_settles_it(past: Cast) -> None:
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    with on(MONDAY):
        in_a_crisis(past)
    with on(days_after(3)):
        assert not waits(past, "crisis_review")
    with on(days_after(4)):
        assert waits(past, "crisis_review")
        sign_session(past.amina, patient_id=past.rosa.pk, report=SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW))
        assert not waits(past, "crisis_review")
    with on(days_after(10)):  # weekly sessions go on, and an old crisis does not cry wolf
        assert not waits(past, "crisis_review")


def test_crisis_that_goes_on_is_told_until_the_team_has_reviewed_it(past: Cast) -> None:
    with on(MONDAY):
        in_a_crisis(past)
    with on(days_after(14)):
        assert not waits(past, "team_review")
    with on(days_after(15)):
        assert waits(past, "team_review")
        hold_team_review(past, "keep")
        assert not waits(past, "team_review")


def test_crisis_that_is_over_is_told_no_more(past: Cast) -> None:
    with on(MONDAY):
        in_a_crisis(past)
    with on(days_after(15)):
        assert waits(past, "team_review") and waits(past, "crisis_review")
        calm(past)
        assert not waits(past, "team_review") and not waits(past, "crisis_review")


def tell_event(cast: Cast, kind: str) -> None:
    told = {"kind": kind, "date": clock.today().isoformat()}
    assessments.record_facts(cast.amina, patient_id=cast.rosa.pk, facts=[NewFact("event", kind, told, clock.today())])


def test_safety_rule_that_an_event_made_active_is_told_once_its_time_has_passed_and_a_reassessment_ends_it(past: Cast) -> None:
    from fivefold.records.models import SignalEvent

    with on(MONDAY):
        tell_event(past, "violence")
        assert "R2" in due(past) and not waits(past, "missed_deadline:R2")
    with on(days_after(1)):
        assert not waits(past, "missed_deadline:R2")
    with on(days_after(2)):
        assert waits(past, "missed_deadline:R2")
        steps = SignalEvent.objects.count()
        assert waits(past, "missed_deadline:R2") and SignalEvent.objects.count() == steps
    with on(MONDAY + timedelta(days=3)):
        assessments.clear_override(past.amina, patient_id=past.rosa.pk, code="R2", reason="Seen together; nobody is in danger now.")
        assert "R2" not in due(past)


def test_standing_yes_is_told_by_the_hour_and_not_a_second_time(past: Cast) -> None:
    from fivefold.records.models import SignalState

    with on(MONDAY):
        tell_event(past, "violence")
        say(past, "harm_to_others", True)
    with on(days_after(3)):
        assert not waits(past, "missed_deadline:R2")  # the record's round leaves it to the round of the hour
    assert not SignalState.objects.filter(patient=past.rosa, matter="missed_deadline:R2").exists()


def test_attempt_that_somebody_has_spoken_about_is_followed_by_its_next_contact_alone(past: Cast) -> None:
    from fivefold.records.models import RiskConversation
    from fivefold.services.deadlines import late_rules
    from fivefold.services.record_file import read_record
    from fivefold.services.signal_watch import course_of

    with on(MONDAY):
        tell_event(past, "suicide_attempt")
    with on(days_after(2)):
        assert waits(past, "missed_deadline:R1")
    with on(days_after(3)):
        conversation = RiskConversation(clinic=past.amina.clinic, patient=past.rosa, number=1, author=past.amina.user, clears=False)
        conversation.content, conversation.next_contact_at = "{}", clock.now() + timedelta(days=1)
        conversation.save()
        assert late_rules(past.rosa, course_of(past.rosa, read_record(past.rosa, clock.today()), None)) == ()
