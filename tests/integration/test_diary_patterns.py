"""Patterns of the diary: honest counts, offered to the formulation and declined with a reason, and chain analyses that begin in an entry."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records.models import ChainAnalysis, Formulation, Patient
from fivefold.services import diary, formulation
from fivefold.services.diary import NewEntry, SeenEntry
from fivefold.services.diary_content import Answers, checked_card
from fivefold.services.diary_patterns import FoundPattern, find_patterns
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable

SignIn = Callable[[str], Client]
TODAY = date(2026, 11, 20)
CARD = checked_card(["urge_hurt", "sleep", "hurt", "sadness"], [], is_for_crisis=False)
SLEEP, URGE = "sleep", "urge_hurt"


def seen(ago: int, **values: float) -> SeenEntry:
    on = TODAY - timedelta(days=ago)
    moment = timezone.now()
    return SeenEntry(uuid.uuid4(), CARD, 1, on, on, moment, moment, Answers(dict(values), ""), False, "")


def days(short: list[int], long: list[int]) -> list[SeenEntry]:
    """So many days of four and of eight hours of sleep, each with its urge."""
    rows = [(4.0, urge) for urge in short] + [(8.0, urge) for urge in long]
    return [seen(ago, sleep=hours, urge_hurt=urge) for ago, (hours, urge) in enumerate(rows)]


def found(entries: list[SeenEntry]) -> dict[str, FoundPattern]:
    return {one.pattern.id: one for one in find_patterns(knowledge().diary, entries, TODAY)}


def test_pattern_says_on_how_many_days_of_how_many_on_both_sides_and_what_is_left_out() -> None:
    one = found([*days([4, 4, 4, 4, 1], [1, 1, 1, 1, 4, 1]), seen(20, sleep=3), seen(21, urge_hurt=5)])["sleep_hurt"]

    assert (one.with_it.days, one.with_it.of) == (4, 5)
    assert (one.without.days, one.without.of) == (1, 6)
    assert one.left_out == 2
    assert (one.first, one.last) == (TODAY - timedelta(days=10), TODAY)


@pytest.mark.parametrize(
    ("short", "long", "fires"),
    [
        ([4, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1], True),
        ([4, 4, 4, 4], [1, 1, 1, 1, 1, 1], False),  # four days of little sleep are too few
        ([4] * 13 + [1] * 7, [4] * 7 + [1] * 14, True),  # 65 to 33 percent
        ([4] * 12 + [1] * 8, [4] * 8 + [1] * 13, False),  # 60 to 38 percent
        ([1, 1, 1, 1, 1], [4, 4, 4, 4, 4, 4], False),  # the other way round
        ([], [], False),
    ],
)
def test_pattern_is_offered_from_the_days_and_the_difference_of_the_knowledge_base_on(short: list[int], long: list[int], fires: bool) -> None:
    assert ("sleep_hurt" in found(days(short, long))) is fires


def test_day_without_an_answer_is_no_zero_and_what_is_long_ago_does_not_count() -> None:
    good = days([4, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1])

    assert found([replace(entry, answers=Answers({"sleep": entry.answers.values["sleep"]}, "")) for entry in good]) == {}
    assert found([replace(entry, about_on=entry.about_on - timedelta(days=56)) for entry in good]) == {}


def test_of_several_entries_a_day_the_worst_counts_once() -> None:
    entries = days([4, 4, 4, 4, 4], [1, 1, 1, 1, 1, 1])

    one = found([*entries, seen(0, sleep=4, urge_hurt=0), seen(0, sleep=9, urge_hurt=2)])["sleep_hurt"]

    assert (one.with_it.days, one.with_it.of) == (5, 5)


# ---- In the record -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with twelve days in the diary: short nights and strong urges."""
    sam = known_patient(cast.amina)
    me, today = open_own_pages(cast, sam), timezone.localdate()
    diary.set_card(cast.amina, patient_id=sam.pk, items=["urge_hurt", "sleep", "hurt"], own=[], is_for_crisis=False, version=0)
    for ago in range(12):
        short, on = ago % 2 == 1, today - timedelta(days=ago)
        answers = {"sleep": 4 if short else 8, "urge_hurt": 4 if short else 1, "hurt": 2 if ago == 1 else 0}
        note = "a row with my <sister>" if ago == 1 else ""
        diary.record_entry(me, patient_id=sam.pk, entry=NewEntry(uuid.uuid4(), 1, on, on, timezone.now(), answers, note))
    return sam


def test_pattern_is_offered_with_its_source_and_taken_or_declined_with_a_reason(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser, address = sign_in("amina"), f"/patients/{sam.pk}/formulation"
    page = browser.get(address).content.decode()

    assert "from the diary, entered by the patient" in page and "on 6 of 6 such days, and on 0 of 6 other days" in page
    assert "a count, not a cause" in page
    assert not Formulation.objects.exists()  # nothing goes in by itself
    with pytest.raises(NotAcceptable):
        formulation.decline_suggestion(cast.amina, patient_id=sam.pk, key="diary.sleep_hurt", reason="no")
    browser.post(f"{address}/declined", {"key": "diary.sleep_hurt", "reason": "the night shift explains both", "once": "a"})
    keys = {one.key for one in formulation.see_formulation(cast.amina, patient_id=sam.pk).suggestions}
    assert "diary.sleep_hurt" not in keys
    assert "the night shift explains both" in browser.get(address).content.decode()
    browser.post(f"{address}/offered", {"key": "diary.sleep_hurt", "once": "b"})
    assert "diary.sleep_hurt" in {one.key for one in formulation.see_formulation(cast.amina, patient_id=sam.pk).suggestions}


def test_pattern_that_was_taken_over_goes_on_being_counted_and_is_offered_no_more_in_other_words(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser, address = sign_in("amina"), f"/patients/{sam.pk}/formulation"
    form = browser.post(address, {"version": "0", "take": "diary.sleep_hurt"}).context["form"].typed
    row = form.nodes[0]
    assert (row["source"], row["kind"]) == ("diary.sleep_hurt", "trigger")
    words = {**{f"node-0-{name}": row[name] for name in ("id", "source", "kind")}, "node-0-words": "After a short night I want to hurt myself"}
    browser.post(address, {**words, "version": "0"})

    page = browser.get(address).content.decode()
    assert "Today: from the diary" in page and "on 6 of 6 such days" in page
    assert "diary.sleep_hurt" not in {one.key for one in formulation.see_formulation(cast.amina, patient_id=sam.pk).suggestions}
    calm: dict[str, object] = {"sleep": 8, "urge_hurt": 1, "hurt": 0}
    for entry in [one for one in diary.entries_of(sam) if one.answers.values["sleep"] == 4][:3]:
        corrected = NewEntry(uuid.uuid4(), 1, entry.about_on, timezone.localdate(), timezone.now(), calm, "", corrects=entry.client_id)
        diary.record_entry(cast.people["self"], patient_id=sam.pk, entry=corrected)
    assert "do not bear it out" in browser.get(address).content.decode()
    assert "do not bear it out" not in browser.get(f"{address}/1").content.decode()  # a version stays as it was


def test_what_is_not_offered_cannot_be_declined(cast: Cast, sam: Patient) -> None:
    with pytest.raises(NotAcceptable):
        formulation.decline_suggestion(cast.amina, patient_id=sam.pk, key="diary.anger_hurt", reason="nobody has offered it")


def test_patient_sees_no_pattern(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    pages = [sign_in("self").get(path).content.decode() for path in ("/my/today", "/my/map", "/my/diary", "/my/goals")]

    assert [page for page in pages if "such days" in page or "median" in page] == []


def test_chain_begins_with_the_day_and_what_the_patient_entered_and_saves_nothing(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    entry = next(one for one in diary.entries_of(sam) if one.answers.note)
    browser = sign_in("amina")

    assert f"chains/new?entry={entry.client_id}" in browser.get(f"/patients/{sam.pk}/diary").content.decode()
    page = unescape(browser.get(f"/patients/{sam.pk}/chains/new?entry={entry.client_id}").content.decode())

    assert f'value="{entry.about_on.isoformat()}"' in page
    assert "How often I hurt myself: 2" in page and "entered by the patient" in page and "Hours of sleep: 4" in page
    assert '<option value="self_harm" selected>' in page
    assert "<sister>" not in browser.get(f"/patients/{sam.pk}/chains/new?entry={entry.client_id}").content.decode()
    assert not ChainAnalysis.objects.exists()


def test_entry_without_an_act_leaves_open_what_was_done(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    entry = diary.entries_of(sam)[0]

    page = sign_in("amina").get(f"/patients/{sam.pk}/chains/new?entry={entry.client_id}").content.decode()

    assert '<option value="self_harm" selected>' not in page and "entered by the patient" in page


def test_foreign_entry_and_one_that_does_not_exist_get_one_answer(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    entry, browser = diary.entries_of(sam)[0], sign_in("amina")

    asked = [(cast.rosa.pk, entry.client_id), (sam.pk, uuid.uuid4()), (sam.pk, "x")]

    assert {browser.get(f"/patients/{patient}/chains/new?entry={key}").status_code for patient, key in asked} == {404}
    assert sign_in("bruno").get(f"/patients/{sam.pk}/chains/new?entry={entry.client_id}").status_code in (403, 404)
