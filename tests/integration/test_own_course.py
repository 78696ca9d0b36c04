"""How it went: a patient sees the curves of their own answers that the team has released, as they are drawn for the team, and no word of being worse."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.reading_age import grade

from fivefold.documents.clinical.plain_language import BLAME, JARGON, PROMISE, SHOUTING
from fivefold.records import clock
from fivefold.records.models import AuditEntry, CurveRelease, Patient
from fivefold.services import diary, own_course
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.assessments import record_facts
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import NewFact

SignIn = Callable[[str], Client]
PHQ9, SRS = "phq9.total", "srs.total"
# What is for the team alone: codes, bands and verdicts.
FOR_THE_TEAM = re.compile(r"\b(worse|worst|severe|moderate|deteriorat\w*|cut-off|expected|percent\w*|track|recovered|reliab\w*|median)\b", re.IGNORECASE)


def told(cast: Cast, name: str, values: list[float | None], every: int = 30) -> None:
    """Results of a measure of Rosa, the last of them ``every`` days ago; None for one that could not be scored."""
    facts = []
    for place, value in enumerate(values):
        on = clock.today() - timedelta(days=every * (len(values) - place))
        unscored = {"instrument": name, "items": [1, 1, None, None, None, None, None, 0, 0]}
        facts.append(NewFact("score", name, unscored if value is None else {"instrument": name, "value": value}, on))
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)


@pytest.fixture
def rosa(cast: Cast) -> Patient:
    """Rosa with pages of her own and a PHQ-9 that fell, with a gap."""
    open_own_pages(cast)
    told(cast, "phq9", [20, None, 15, 6])
    return cast.rosa


def release(cast: Cast, *keys: str) -> None:
    now = own_course.see_curve_choices(cast.amina, patient_id=cast.rosa.pk)
    own_course.release_curves(cast.amina, patient_id=cast.rosa.pk, released=keys, version=now.version)


def seen(sign_in: SignIn) -> str:
    answer = sign_in("self").get("/my/course")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_nothing_is_seen_until_it_is_released_and_nothing_after_it_is_taken_back(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    before, map_before = seen(sign_in), sign_in("self").get("/my/map").content.decode()
    release(cast, PHQ9)
    between, map_between = seen(sign_in), sign_in("self").get("/my/map").content.decode()
    release(cast)
    after = seen(sign_in)

    assert ["<svg" in page and "PHQ-9" in page for page in (before, between, after)] == [False, True, False]
    assert ["/my/course" in page for page in (map_before, map_between)] == [False, True]


def test_curve_is_drawn_and_named_as_on_the_page_of_progress_and_its_gap_stays_a_gap(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    release(cast, PHQ9)

    (mine,) = sign_in("self").get("/my/course").context["curves"]
    theirs = sign_in("amina").get(f"/patients/{rosa.pk}/progress")
    panel = next(one for one in theirs.context["measures"] if one["id"] == "phq9-total")

    assert mine["name"] == panel["name"]
    assert [re.findall(r",([\d.]+)", piece) for piece in mine["curve"].pieces] == [re.findall(r",([\d.]+)", piece) for piece in panel["curve"].pieces]
    assert len(mine["curve"].pieces) == 1 and mine["rows"].count("<tr>") == 4 and mine["rows"].count("–") == 1
    assert [height is None for _x, height, _words in mine["reads"].readings] == [False, True, False, False]
    assert "the patient sees the line" in theirs.content.decode()


@pytest.mark.parametrize("values", [[6, 20], [20, 19], [20, 6]])
def test_no_set_back_is_called_one_and_nothing_of_the_teams_reading_is_shown(cast: Cast, sign_in: SignIn, values: list[float | None]) -> None:
    open_own_pages(cast)
    told(cast, "phq9", values)
    release(cast, PHQ9)

    content = re.search(r"<main[^>]*>(.*)</main>", seen(sign_in), re.DOTALL)
    assert content is not None
    page = re.sub(r"<script.*?</script>|<[^>]+>", " ", content[1], flags=re.DOTALL)

    assert not FOR_THE_TEAM.search(page)
    assert ("It has become easier since" in page) is (values == [20, 6])
    assert "a hard week is part of it" in page


def test_words_of_not_being_on_track_are_read_only_where_they_were_released_apart(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.feedback import release_feedback
    from fivefold.services.signal_watch import watch_everywhere

    open_own_pages(cast)
    told(cast, "phq9", [6, 21])
    watch_everywhere()
    release(cast, PHQ9)
    without = seen(sign_in)
    release_feedback(cast.amina, patient_id=cast.rosa.pk, given=True, reason="We have talked about it at length.", version=0)

    assert "not got easier yet" not in without
    assert "not got easier yet" in seen(sign_in)
    assert "/my/course" in sign_in("self").get("/my/map").content.decode()


def test_what_a_clinician_has_rated_is_never_offered(cast: Cast, rosa: Patient) -> None:
    for back, level in ((60, 3), (30, 1)):
        on = clock.today() - timedelta(days=back)
        record_facts(cast.amina, patient_id=rosa.pk, facts=[NewFact("rating", "anger", {"severity": level}, on)])
    told(cast, "gaf", [40, 60])

    keys = [one.key for one in own_course.see_curve_choices(cast.amina, patient_id=rosa.pk).curves]

    assert keys == [PHQ9]
    with pytest.raises(NotAcceptable):
        release(cast, "rated.rated_anger")


def test_few_lines_are_released_at_a_time(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    names = ["gad7", "isi", "pcl5", "wsas"]
    for name in names:
        told(cast, name, [10, 8])
    offered = [one.key for one in own_course.see_curve_choices(cast.amina, patient_id=rosa.pk).curves]
    assert len(offered) > own_course.MOST_CURVES

    refused = sign_in("amina").post(f"/patients/{rosa.pk}/own-pages/curves", {"curve": offered, "version": "0"})

    assert refused.status_code == 422 and "at most 4" in refused.content.decode()
    assert not CurveRelease.objects.exists()


def test_weeks_of_the_diary_can_be_released_and_a_week_without_entries_is_a_gap(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    diary.set_card(cast.amina, patient_id=rosa.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
    for back, level in ((13, "4"), (12, "5"), (0, "2")):
        entry = diary.NewEntry(uuid4(), 1, clock.today() - timedelta(days=back), clock.today(), timezone.now(), {"sadness": level})
        diary.record_entry(cast.people["self"], patient_id=rosa.pk, entry=entry)
    release(cast, "diary.sadness")

    page = seen(sign_in)

    assert "Sadness" in page and "mostly" in page


@pytest.mark.parametrize("who", ["amina", "bruno"])
def test_page_beside_the_record_says_whether_anything_is_released(cast: Cast, rosa: Patient, sign_in: SignIn, who: str) -> None:
    def words() -> str:
        page = unescape(sign_in(who).get(f"/patients/{rosa.pk}/own-pages").content.decode())
        return page[page.index('id="curves"') :].split("</section>")[0]

    before = words()
    release(cast, PHQ9)
    after = words()

    assert ["None so far." in page for page in (before, after)] == [True, False]
    assert "The patient sees the line of their own answers" in after
    assert "<ul></ul>" not in before
    assert ["Choose them together." in page for page in (before, after)] == [who == "amina"] * 2


def test_release_is_audited_and_who_decided_after_somebody_else_is_told(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    release(cast, PHQ9)
    page = sign_in("amina").post(f"/patients/{rosa.pk}/own-pages/curves", {"curve": [], "version": "0"})

    assert AuditEntry.objects.filter(act="release_curves", patient_id=rosa.pk, user_id=cast.amina.user.pk).count() == 1
    assert page.status_code == 409 and "meanwhile. Compare both versions and keep what is right. The patient sees now: PHQ-9" in page.content.decode()
    assert list(page.context["ticked"]) == []  # what was chosen, and not what stands, stays ticked
    with pytest.raises(ChangedMeanwhile):
        own_course.release_curves(cast.amina, patient_id=rosa.pk, released=[], version=0)
    seen(sign_in)
    assert AuditEntry.objects.filter(act="see_my_course", patient_id=rosa.pk).exists()


def test_curve_that_has_become_worse_after_its_release_is_told_to_the_team_alone(cast: Cast, sign_in: SignIn) -> None:
    open_own_pages(cast)
    told(cast, "phq9", [6, 21])
    release(cast, PHQ9)

    assert "is released and has become worse" in sign_in("amina").get(f"/patients/{cast.rosa.pk}/own-pages").content.decode()


@pytest.mark.parametrize("who", ["bruno", "chidi", "olga", "self"])
def test_nobody_but_those_who_treat_decides(cast: Cast, rosa: Patient, who: str) -> None:
    with pytest.raises((AccessDenied, NoSuchPatient)):
        own_course.release_curves(cast.people[who], patient_id=rosa.pk, released=[PHQ9], version=0)
    assert not CurveRelease.objects.exists()


def test_words_on_the_page_can_be_read_at_twelve_and_are_kind(cast: Cast, rosa: Patient, sign_in: SignIn) -> None:
    release(cast, PHQ9)
    content = re.search(r"<main[^>]*>(.*)</main>", seen(sign_in), re.DOTALL)
    assert content is not None
    sentences = [text for text in re.findall(r"<p[^>]*>([^<]+)</p>", content[1]) if len(text.split()) > 3]

    assert len(sentences) >= 4
    assert grade(" ".join(sentences)) <= 7
    assert [text for text in sentences if any(rule.search(text) for rule in (JARGON, BLAME, PROMISE, SHOUTING))] == []
