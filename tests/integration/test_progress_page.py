"""Progress: what changed and how sure that is, what was done meanwhile on the same time, and that no score clears a danger."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]


def today() -> date:
    from fivefold.records import clock

    return clock.today()


def tell(cast: Cast, *facts: Any) -> None:
    from fivefold.services.assessments import record_facts

    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


def scores(name: str, values: Sequence[float], every: int = 7) -> list[Any]:
    from fivefold.services.record_file import NewFact

    days = [today() - timedelta(days=every * (len(values) - place)) for place in range(len(values))]
    return [NewFact("score", name, {"instrument": name, "value": value}, on) for on, value in zip(days, values, strict=True)]


def page(cast: Cast, sign_in: SignIn, who: str = "amina") -> str:
    answer = sign_in(who).get(f"/patients/{cast.rosa.pk}/progress")
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_measured_says_what_it_takes(cast: Cast, sign_in: SignIn) -> None:
    text = page(cast, sign_in)

    assert "it takes two dated results of one measure" in text
    assert "No measure has been filled in twice yet" in text
    # No key to a time on which nothing is drawn.
    assert "No session, no signed plan and no event yet." in text
    assert "<svg" not in text[text.index("What was done, and what happened") :]


def test_every_curve_names_the_days_below_it(cast: Cast, sign_in: SignIn) -> None:
    tell(cast, *scores("phq9", [24, 3], every=60), *scores("waisr", [30, 58], every=60))

    text = page(cast, sign_in)

    assert text.count('class="curve"') == 2
    assert text.count('class="days"') == 2


@pytest.mark.parametrize(("values", "word"), [((20, 9), "better"), ((20, 19), "within error"), ((9, 20), "worse")])
def test_change_is_told_in_a_word_with_its_numbers_and_doubts(cast: Cast, sign_in: SignIn, values: tuple[int, int], word: str) -> None:
    tell(cast, *scores("phq9", values, every=30))

    text = page(cast, sign_in)

    assert f"<span>{word}, " in text or (word == "better" and "<span>recovered, " in text)
    assert f"From {values[0]} to {values[1]}; 2 values" in text
    assert "A difference counts from" in text
    moved = round(100 * values[1] / values[0]) - 100
    assert f"It is {abs(moved)} percent {'nearer to' if moved < 0 else 'further from'} the best value than at the start." in text
    assert "Basis:" in text


def test_one_result_is_no_change(cast: Cast, sign_in: SignIn) -> None:
    tell(cast, *scores("phq9", [20]))

    assert "One result each, which is no change yet" in page(cast, sign_in)


def test_better_score_clears_no_danger(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact

    tell(cast, NewFact("risk", "new_plan_or_means", True, today()), *scores("phq9", [24, 3], every=30))

    text = page(cast, sign_in)

    assert "A better score clears none of these:" in text
    assert text.index("A better score clears none of these:") < text.index("PHQ-9")


def test_curve_falls_when_it_gets_better_whichever_way_the_scale_points(cast: Cast, sign_in: SignIn) -> None:
    tell(cast, *scores("phq9", [24, 3], every=30), *scores("waisr", [30, 58], every=30))

    curves = {panel["id"].split("-")[0]: panel["curve"] for panel in sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress").context["measures"]}

    for name in ("phq9", "waisr"):
        dots = [dot.removesuffix("h.01").split(" ") for dot in curves[name].points.split("M")[1:]]
        first, last = ([float(place) for place in dot] for dot in (dots[0], dots[-1]))
        assert first[1] < last[1], name  # counted from the top: further down is better
        assert first[0] < last[0], name


def test_gap_stays_a_gap(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact

    told = scores("phq9", [20, 18, 0, 12, 10])
    unscored = NewFact("score", "phq9", {"instrument": "phq9", "items": [1, 1, None, None, None, None, None, 0, 0]}, told[2].true_on)
    tell(cast, *told[:2], unscored, *told[3:])

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")
    panel = answer.context["measures"][0]

    assert len(panel["curve"].pieces) == 2
    assert panel["rows"].count("no score") == 1 and panel["rows"].count("<tr>") == 5
    assert "no score" in answer.content.decode()
    # Where it is pointed at the gap says why; it has a place in time and no height.
    read = panel["reads"].readings
    assert [height is None for _x, height, _words in read] == [False, False, True, False, False]
    assert read[2][2].endswith(": no score, 5 items are missing.") and read[0][2].endswith(": 20, severe.")


def test_what_happened_within_two_weeks_of_a_value_is_told_dangers_and_changes_of_phase_before_the_rest() -> None:
    from fivefold.services.progress import Mark
    from fivefold.web.progress.readings import Surroundings
    from fivefold.web.progress.views import DANGERS, MARK_WORDS

    on = date(2020, 5, 20)
    told = (
        (-60, "plan", "P1"),
        (-14, "crisis", "crisis"),
        (-2, "loss", "loss"),
        (-1, "loss", "loss"),
        (0, "session", "came"),
        (1, "plan", "P2"),
        (15, "crisis", ""),
    )
    around = Surroundings([Mark(kind, on + timedelta(days=days), words) for days, kind, words in told], MARK_WORDS, DANGERS)

    written, near = around.near(on)

    assert written == "20 May 2020"
    assert near.startswith("Within two weeks: crisis (6 May 2020), loss (19 May 2020), change to phase ") and near.endswith(" (21 May 2020), one more.")
    assert around.near(on + timedelta(days=40))[1] == ""


def test_phase_has_its_sign_where_it_begins_and_a_plan_that_keeps_it_is_drawn_quietly() -> None:
    from types import SimpleNamespace

    from fivefold.services.progress import Mark
    from fivefold.web.progress.axis import axis_over
    from fivefold.web.progress.views import _phases, _plans

    begun = today() - timedelta(days=1000)
    seen: Any = SimpleNamespace(marks=[Mark("plan", begun + timedelta(days=days), phase) for days, phase in ((0, "P1"), (300, "P1"), (500, "P2"), (520, "P1"))])
    axis = axis_over([begun], today())

    assert [kind for _x, _on, _name, kind in _plans(seen, axis)] == ["p1", "p1 same", "p2", "p1"]
    assert [sign for _percent, sign in _phases(seen, axis)] == ["P1", "P2 P1"]


def test_modules_sessions_plans_and_crises_stand_on_the_same_time(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    begun, over = today() - timedelta(days=60), today() - timedelta(days=20)
    tell(
        cast,
        NewFact("module", "S08", {"id": "S08", "stage": "recognition"}, begun),
        NewFact("module", "S08", {"id": "S08", "stage": "maintained"}, over),
        NewFact("event", "crisis", {"kind": "crisis", "date": over.isoformat()}, over),
    )
    sign_session(cast.amina, patient_id=cast.rosa.pk, report=SessionReport(on=today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW))

    seen = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress").context

    (bar,) = seen["bars"]
    (mark,) = seen["marks"]
    assert bar["name"] == "Knowing what I feel"
    assert bar["pieces"][0][0] + bar["pieces"][0][1] == pytest.approx(mark["x"], abs=0.2)
    assert mark["is_danger"]
    assert seen["axis_reads"].readings[0][2].endswith(": crisis.")
    assert [kind for kind, places in seen["sessions"] if places] == ["session"]


@pytest.mark.parametrize("who", ["teo", "chidi"])
def test_nobody_else_finds_it(cast: Cast, sign_in: SignIn, who: str) -> None:
    assert sign_in(who).get(f"/patients/{cast.rosa.pk}/progress").status_code == 404


def test_supervisor_reads_it(cast: Cast, sign_in: SignIn) -> None:
    assert "Progress" in page(cast, sign_in, "bruno")


def test_urge_that_jumps_above_what_is_usual_for_this_person_stands_out_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    import uuid

    from django.utils import timezone
    from tests.support.clinic import open_own_pages

    from fivefold.services import diary

    diary.set_card(cast.amina, patient_id=cast.rosa.pk, items=["sadness", "urge_quit", "sleep", "used"], own=[], is_for_crisis=False, version=0)
    own = open_own_pages(cast)
    for place in range(17):
        on = today() - timedelta(days=min(14, 16 - place))
        answers = {"sadness": "2", "urge_quit": "5" if place == 16 else "1", "sleep": "7"}
        answers |= {"used": "3"} if place in (0, 3) else {}
        diary.record_entry(own, patient_id=cast.rosa.pk, entry=diary.NewEntry(uuid.uuid4(), 1, on, today(), timezone.now(), answers))

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")
    text = answer.content.decode()
    # What is counted is added up by week, and a week in which nobody answered is a gap.
    [counted] = answer.context["events"]
    assert counted["name"] == "Drinks or drugs, how many (diary)" and "6 in all, counted by week." in counted["words"]

    section = text.split('id="daily-h"')[1].split("</section>")[0]
    assert "Usual in the last four weeks: 1, and up to 1 (17 entries)." in section
    assert "The last entry, 5, lies far above the usual 1." in section
    assert section.count("lies far above") == 1
    # What is no urge and no mood has no baseline here, and nothing of it is red.
    assert "Hours of sleep" not in section and 'class="mark safety' not in section


def test_weeks_of_the_diary_are_medians_and_a_week_without_entries_stays_a_gap() -> None:
    from tests.support.measured import START, weekly

    from fivefold.concepts.progress import DatedValue
    from fivefold.services.diary_trends import by_week

    series = weekly(1, 5, 3, None, None, None, None, 2, every=2, high=5)

    assert by_week(series).values == (
        DatedValue(START + timedelta(days=4), 3),
        DatedValue(START + timedelta(days=7), None),
        DatedValue(START + timedelta(days=14), 2),
    )


def test_one_looks_down_from_a_change_to_what_was_done_in_that_time_alone(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    before, within = today() - timedelta(days=400), today() - timedelta(days=40)
    tell(
        cast,
        *scores("phq9", (20, 9), every=30),
        NewFact("module", "S08", {"id": "S08", "stage": "recognition"}, within),
        NewFact("module", "S10", {"id": "S10", "stage": "recognition"}, before),
        NewFact("module", "S10", {"id": "S10", "stage": "maintained"}, before + timedelta(days=30)),
        NewFact("event", "loss", {"kind": "loss", "date": within.isoformat()}, within),
        NewFact("event", "crisis", {"kind": "crisis", "date": before.isoformat()}, before),
    )
    sign_session(cast.amina, patient_id=cast.rosa.pk, report=SessionReport(on=within, meeting="in_person", came="came", safety=Safety.NOTHING_NEW))

    panel = next(one for one in sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress").context["measures"] if one["id"].startswith("phq9"))

    assert len(panel["done"]) == 3
    assert panel["done"][0].startswith("Knowing what I feel, from") and panel["done"][0].endswith("to now")
    assert panel["done"][1] == "one session took place"
    assert panel["done"][2].endswith(": loss")


def test_goal_attainment_is_a_series_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    from django.utils import timezone

    from fivefold.records import clock
    from fivefold.records.models import Clinic
    from fivefold.services import goal_ratings, goals

    Clinic.objects.filter(pk=cast.rosa.clinic_id).update(synthetic=True)
    cast.amina.clinic.synthetic = True
    with clock.acting_at(timezone.now() - timedelta(days=40)):
        goal = goals.set_goal(cast.amina, patient_id=cast.rosa.pk, words="sleep", levels=["a", "b", "c", "d", "e"])
    for days_ago, level in ((30, -1), (2, 1)):
        rated = goal_ratings.NewRating(goal.pk, level, "")
        goal_ratings.rate_goals(cast.amina, patient_id=cast.rosa.pk, on=today() - timedelta(days=days_ago), rated_by="together", ratings=[rated])

    tell(cast, *scores("gas", [42, 55]))

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")
    drawn, text = answer.context["goals_drawn"], answer.content.decode()

    heights = [float(dot.removesuffix("h.01").split(" ")[1]) for dot in drawn["curve"].points.split("M")[1:]]
    assert len(heights) == 2 and heights[0] < heights[1]  # counted from the top: further down is better
    # Told in one place: the same number that was entered as a score has no panel of its own beside it.
    assert [one["name"] for one in answer.context["measures"]] == []
    assert "Entered as a score of an instrument, last: 55 on" in text
    assert text.count("from 1 of 1 goals") == 1
    assert '<td class="number">60</td>' in drawn["rows"] and '<td class="number">40</td>' in drawn["rows"]


def test_ratings_by_a_clinician_are_a_series_and_no_difference_of_them_is_called_a_change(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact

    for days_ago, level in ((60, 3), (30, 3), (1, 1)):
        tell(cast, NewFact("rating", "anger", {"severity": level}, today() - timedelta(days=days_ago), note="seen this week"))
    tell(cast, NewFact("rating", "self_harm", {"severity": 2}, today(), note="told me"))

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")

    [panel] = answer.context["rated"]
    assert answer.context["measures"] == [] and "No measure has been filled in twice" not in answer.content.decode()
    assert panel["name"].endswith(", rated by clinicians") and panel["curve"].points.count("M") == 3
    assert panel["word"][0] == "unknown"
    assert "Nobody knows the error of these ratings" in answer.content.decode()
    assert answer.context["once"] == []


def test_events_are_a_series_of_counts_with_gaps_where_nobody_asked_and_a_table_beside_it(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records.models import TreatmentSession
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    monday = today() - timedelta(days=today().weekday())
    days = [monday - timedelta(days=7 * weeks - 1) for weeks in (5, 4, 2, 1)]
    told = (Safety.NOTHING_NEW, Safety.NOTHING_NEW, Safety.NOT_ASKED, Safety.NOT_ASKED)
    for on, safety in zip(days, told, strict=True):
        sign_session(cast.amina, patient_id=cast.rosa.pk, report=SessionReport(on=on, meeting="in_person", came="came", safety=safety))
    sign_session(cast.amina, patient_id=cast.rosa.pk, report=SessionReport(on=days[2] + timedelta(days=2), meeting="in_person", came="missed", safety=None))
    tell(cast, NewFact("event", "self_harm", {"kind": "self_harm", "date": days[2].isoformat()}, days[2]))

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")

    events = {one["name"]: one for one in answer.context["events"]}
    assert list(events) == ["self-harm", "missed session"] and TreatmentSession.objects.count() == 5
    # The second session answers for most of the week of the first; the week of the third has an event; of the rest nobody knows.
    told = [said.partition(".")[0].partition(": ")[2] for _x, _y, said in events["self-harm"]["reads"].readings]
    assert told == ["0", "not known, nobody asked", "not known, nobody asked", "1", "not known, nobody asked"]
    assert events["self-harm"]["curve"].points.count("M") == 2 and events["self-harm"]["bars"].count("V") == 2
    text = answer.content.decode()
    assert "For 3 weeks nobody asked." in events["self-harm"]["words"] and "not known</td>" in text and "Fewer events clear no safety rule" in text


def test_timetable_of_the_programme_and_attendance_stand_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    begun = today() - timedelta(days=70)
    for on, came in ((begun, "came"), (begun + timedelta(days=7), "missed"), (begun + timedelta(days=14), "missed")):
        safety = Safety.NOTHING_NEW if came == "came" else None
        sign_session(cast.amina, patient_id=cast.rosa.pk, report=SessionReport(on=on, meeting="in_person", came=came, safety=safety))
    tell(cast, NewFact("treatment", "protocol", "gpm", begun), NewFact("treatment", "sessions_per_week", 1, begun), *scores("phq9", [15, 14], every=35))

    answer = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")

    told = answer.context["programme"]
    assert [(str(word), when) for _sign, word, _target, when, _action in told["lines"]] == [
        ("due, has not moved", "1 to 3 weeks"), ("not due yet", "9 to 26 weeks"), ("not due yet", "26 to 52 weeks"), ("not due yet", "26 to 78 weeks"),
    ]  # fmt: skip
    assert told["held"] == "Since the first session signed here, 1 of 10 planned sessions were held." and len(told["signs"]) == 2
    text = answer.content.decode()
    assert "What the programme expects by now: GPM" in text and "Check safety, the effect of medication" in text


def test_more_sessions_than_planned_are_no_share_of_the_plan(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    for ago in (7, 5):
        report = SessionReport(on=today() - timedelta(days=ago), meeting="in_person", came="came", safety=Safety.NOTHING_NEW)
        sign_session(cast.amina, patient_id=cast.rosa.pk, report=report)
    tell(cast, NewFact("treatment", "sessions_per_week", 1, today()))

    told = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress").context["programme"]

    assert told["held"] == "Sessions held since the first one signed here: 2; planned until now: 1."


def test_opening_what_the_measures_say_before_the_session_is_counted_for_the_clinic_and_by_no_person(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.records.models import FeedbackLook
    from fivefold.services.feedback_use import FeedbackUse, count_use

    sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")
    sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress")
    sign_in("amina").get(f"/patients/{cast.rosa.pk}/signals")
    sign_in("lea").get(f"/patients/{cast.rosa.pk}/progress")
    assert sorted(FeedbackLook.objects.values_list("page", "user__name")) == [("progress", "Amina Okafor"), ("signals", "Amina Okafor")]

    day, rosa, tom = date(2026, 7, 1), cast.rosa.pk, cast.lea.clinic.pk
    week = timedelta(days=7)
    sessions = [(rosa, day), (rosa, day + week), (rosa, day + 2 * week), (tom, day)]
    # Before the first Rosa's result was opened, before the second it was not; the third followed no new result; Tom's was opened too late.
    results = {rosa: [day - timedelta(days=1), day + timedelta(days=1)], tom: [day]}
    looks = {rosa: [day, day + 2 * week], tom: [day + timedelta(days=1)]}
    assert count_use(sessions, results, looks) == FeedbackUse(sessions=3, opened=1, patients=2, patients_opened=1)  # type: ignore[arg-type,dict-item]

    text = sign_in("lea").get("/clinic/signals").content.decode()
    assert (
        "No share is told for fewer than five patients" in text and "Amina" not in text.partition("Whether feedback is looked at")[2].partition("</section>")[0]
    )
