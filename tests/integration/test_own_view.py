"""What a patient sees of what was agreed with them: the same names as in the shared view, and only what was signed; and their data."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient
from tests.support.reading_age import grade, sentences, words

from fivefold.records.models import Consent, Patient, SignalState
from fivefold.services import diary, own_goals, own_pages, own_view, safety_plans
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.goal_ratings import NewRating, rate_goals
from fivefold.services.goals import set_goal
from fivefold.services.measures import give_out
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import sign_plan
from fivefold.services.safety_plan_content import PlanContent, PlanEntry

SignIn = Callable[[str], Client]
LEVELS = ["a", "b", "c", "d", "e"]


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with a signed plan and pages of their own."""
    sam = known_patient(cast.amina)
    open_own_pages(cast, sam)
    return sam


def signed(cast: Cast, sam: Patient) -> None:
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")


def test_proposal_that_nobody_signed_is_not_shown(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    before = own_view.see_my_map(cast.people["self"], patient_id=sam.pk)
    signed(cast, sam)

    after = own_view.see_my_map(cast.people["self"], patient_id=sam.pk)

    assert (before.here, before.now) == (None, ())
    assert after.here is not None and after.now


def test_patient_and_shared_view_use_the_same_names(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    signed(cast, sam)
    seen = own_view.see_my_map(cast.people["self"], patient_id=sam.pk)
    shared = unescape(sign_in("amina").get(f"/patients/{sam.pk}/map?shared=1").content.decode())
    mine = unescape(sign_in("self").get("/my/map").content.decode())

    names = [*(phase.patient.name for phase, _is_here in seen.phases), *(part.name for part in (*seen.now, *seen.next)), *(part.why for part in seen.now)]

    assert len(names) > 8
    assert [name for name in names if name not in shared or (name not in mine and name not in [part.why for part in seen.next])] == []


def test_map_ranks_nobody_and_shows_no_code_or_measure(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    signed(cast, sam)

    page = re.sub(r"<[^>]+>", " ", sign_in("self").get("/my/map").content.decode())

    assert not re.search(r"\b(P[1-5]|S\d\d|R\d+|stage|level|score|phase)\b", page)


def test_question_or_objection_takes_one_tap_and_waits_for_the_session(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    signed(cast, sam)
    part = own_view.see_my_map(cast.people["self"], patient_id=sam.pk).now[0]

    sign_in("self").post("/my/map/ask", {"about": part.id, "say": "object", "once": "k"})
    sign_in("self").post("/my/map/ask", {"about": "nonsense", "say": "ask", "once": "l"})

    said = [row.words for row in diary.brought_up_since_last(sam)]
    assert said == [f"I see this differently: {part.name}", "I have a question about: our map"]


def test_goal_that_is_not_shared_is_not_on_the_map(cast: Cast, sam: Patient) -> None:
    signed(cast, sam)
    set_goal(cast.amina, patient_id=sam.pk, words="Sleep", levels=LEVELS)
    set_goal(cast.amina, patient_id=sam.pk, words="Hidden", levels=LEVELS, shared=False)

    assert [goal.words for goal in own_view.see_my_map(cast.people["self"], patient_id=sam.pk).goals] == ["Sleep"]


def test_skills_hold_the_small_helps_before_any_plan(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    page = sign_in("self").get("/my/skills").content.decode()

    assert all(helper.name in page for helper in own_view.see_my_skills(cast.people["self"], patient_id=sam.pk).helpers)


# ---- Questionnaires ------------------------------------------------------------------------------------------------------


def test_questionnaire_given_out_to_the_own_pages_waits_there_and_is_answered(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    given = give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route="portal")
    browser, address = sign_in("self"), f"/my/questions/{given.pk}"

    assert address in browser.get("/my/today").content.decode()
    assert browser.get(address).status_code == 200
    kept = browser.post(f"{address}/answer", {"item": "9", "value": "1", "client_id": "k-1", "form": given.form_hash})

    assert kept.status_code == 200
    assert SignalState.objects.filter(patient=sam, kind="safety", is_open=True).exists()


def test_questionnaire_of_another_way_or_person_and_one_that_does_not_exist_get_one_answer(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    by_link = give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route="link")
    open_own_pages(cast, cast.rosa, key="rosa", name="calm-harbour")
    foreign = give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="portal")
    browser = sign_in("self")

    answers = [browser.get(f"/my/questions/{key}") for key in (by_link.pk, foreign.pk, uuid4())]
    sent = [browser.post(f"/my/questions/{key}/answer", {"item": "9", "value": "3"}) for key in (foreign.pk, uuid4())]

    assert len({answer.status_code for answer in answers}) == 1 and answers[0].status_code in (404, 410)
    assert [answer.status_code for answer in sent] == [404, 404]
    assert not SignalState.objects.exists()


# ---- My data -------------------------------------------------------------------------------------------------------------


def test_patient_sees_by_name_who_has_looked_and_not_themselves(cast: Cast, sam: Patient) -> None:
    safety_plans.see_safety_plan(cast.amina, patient_id=sam.pk)
    own_view.see_my_map(cast.people["self"], patient_id=sam.pk)

    looked = own_view.see_my_data(cast.people["self"], patient_id=sam.pk).looked

    assert [(one.name, one.role) for one in looked] == [("Amina Okafor", "Therapist")]


def test_consent_of_ones_own_is_taken_back_at_once_and_the_phone_forgets(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser = sign_in("self")
    browser.post("/my/data/phone", {"phone": "own"})
    assert 'data-offline="yes"' in browser.get("/my/today").content.decode()

    answer = browser.post("/my/data/consent", {"purpose": "offline_copy", "given": "no"})

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert 'data-offline="no"' in browser.get("/my/today").content.decode()
    with pytest.raises(NotAcceptable):
        own_view.say_my_consent(cast.people["self"], patient_id=sam.pk, purpose="treatment", given=False)
    assert Consent.objects.filter(patient=sam, purpose="offline_copy").count() == 2


def test_goal_that_the_team_keeps_to_itself_is_not_taken_along(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    levels = ["much less", "less", "hoped", "more", "much more"]
    for wish, shared in (("sleep through", True), ("canary of the team", False)):
        goal = set_goal(cast.amina, patient_id=sam.pk, words=wish, levels=levels, shared=shared)
        rate_goals(cast.amina, patient_id=sam.pk, on=timezone.localdate(), rated_by="together", ratings=[NewRating(goal.pk, 0, f"note on {wish}")])

    taken = sign_in("self").post("/my/data/download").content.decode()

    assert "note on sleep through" in taken
    assert "canary" not in taken


def test_questionnaire_on_ones_own_pages_speaks_of_no_desk_and_leads_back(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    given = give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route="portal")
    browser, page = sign_in("self"), f"/my/questions/{given.pk}"

    shown = browser.get(page).content.decode()
    done = browser.post(page, {"form": given.form_hash, "item9": "2"}).content.decode()

    for text in (shown, done):
        assert "Back to today" in text
        assert not any(words in text for words in ("at the desk", "Give the device back", "For the therapist"))
    assert "help-now" in done


def test_everything_one_wrote_is_taken_along_at_once_and_nothing_of_anybody_else(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    me = cast.people["self"]
    safety_plans.write_my_safety_plan(me, patient_id=sam.pk, content=PlanContent({"alone": (PlanEntry("canary walk"),)}), version=0)
    diary.bring_up(me, patient_id=sam.pk, words="canary words")

    answer = sign_in("self").post("/my/data/download")

    taken = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.content.decode().count("canary") == 2
    assert set(own_view.TAKEN_ALONG) <= set(taken)
    assert not {"sessions", "formulations", "facts", "plans", "supervision_questions"} & set(taken)
    assert cast.rosa.name not in answer.content.decode()


def test_all_one_wrote_can_be_read_and_printed_in_words(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    me, today = cast.people["self"], timezone.localdate()
    diary.set_card(cast.amina, patient_id=sam.pk, items=["sadness"], own=[("skill", "I used: my red box")], is_for_crisis=False, version=0)
    long_ago = diary.NewEntry(uuid4(), 1, today - timedelta(days=1), today, timezone.now(), {"sadness": "4", "own_0": "yes"}, "a loud evening")
    diary.record_entry(me, patient_id=sam.pk, entry=long_ago)
    goal = own_goals.write_my_goal(me, patient_id=sam.pk, words="Sing again", private=True)
    own_goals.rate_my_goal(me, patient_id=sam.pk, goal_id=goal.pk, level=3)
    diary.bring_up(me, patient_id=sam.pk, words="the letter")

    page = " ".join(re.sub(r"<[^>]+>", " ", unescape(sign_in("self").get("/my/data/words").content.decode())).split())

    assert all(words in page for words in ("Sadness 4", "I used: my red box yes", "a loud evening", "Written later", "Sing again", "3 of 10", "the letter"))
    assert "own_0" not in page


def test_signs_in_an_own_question_stay_signs_in_all_one_wrote(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    today = timezone.localdate()
    diary.set_card(cast.amina, patient_id=sam.pk, items=["sadness"], own=[("skill", "<b>red</b> & blue")], is_for_crisis=False, version=0)
    entry = diary.NewEntry(uuid4(), 1, today, today, timezone.now(), {"own_0": "yes"}, "")
    diary.record_entry(cast.people["self"], patient_id=sam.pk, entry=entry)

    page = sign_in("self").get("/my/data/words").content.decode()

    assert "<dt>&lt;b&gt;red&lt;/b&gt; &amp; blue</dt><dd>yes</dd>" in page


@pytest.mark.parametrize("who", ["amina", "lea", "olga"])
def test_staff_take_nothing_by_this_way(cast: Cast, sam: Patient, who: str, sign_in: SignIn) -> None:
    for act in (own_view.see_my_map, own_view.see_my_skills, own_view.see_my_data, own_view.read_my_words, own_view.take_my_data, own_pages.see_today):
        with pytest.raises(AccessDenied):
            act(cast.people[who], patient_id=sam.pk)
    with pytest.raises(NoSuchPatient):
        own_view.take_my_data(cast.people["self"], patient_id=cast.rosa.pk)
    assert sign_in(who).post("/my/data/download").status_code == 403


# ---- Reminders -----------------------------------------------------------------------------------------------------------


def test_reminder_is_a_file_for_the_own_calendar_that_says_nothing_by_itself(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    answer = sign_in("self").post("/my/data/remind", {"title": "", "at": "19:00", "often": "daily"})
    file = answer.content.decode()

    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("text/calendar; charset=utf-8", 'attachment; filename="notes.ics"')
    assert "SUMMARY:Five\r\n" in file and "RRULE:FREQ=DAILY;COUNT=182\r\n" in file
    assert re.search(r"DTSTART:\d{8}T190000\r\n", file)  # without a zone: the time of the place where the phone is
    assert not re.search(r"fivefold|therap|clinic|diary|http|localhost|Sam", file, re.IGNORECASE)


@pytest.mark.parametrize(("at", "often"), [("02:00", "daily"), ("22:00", "daily"), ("19:00", "hourly"), ("", ""), ("19:00;X", "daily")])
def test_nobody_is_reminded_at_night_or_by_another_rhythm(cast: Cast, sam: Patient, sign_in: SignIn, at: str, often: str) -> None:
    assert sign_in("self").post("/my/data/remind", {"at": at, "often": often}).status_code == 302


def test_words_of_a_reminder_stay_words_and_lines_are_short(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    title = "Ä;b,\\c\r\nATTENDEE:x" + "ö" * 20
    file = sign_in("self").post("/my/data/remind", {"title": title, "at": "07:00", "often": "weekly"}).content

    assert b"\r\nATTENDEE" not in file
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert "SUMMARY:Ä\\;b\\,\\\\c ATTENDEE:x" in file.decode().replace("\r\n ", "")


# ---- Words ---------------------------------------------------------------------------------------------------------------

MINE = Path("src/fivefold/web/my/templates/my")
SAID = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')|\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate""", re.DOTALL)
# Modules of the own pages that say something to a patient, up to where they speak to staff.
OF_PATIENTS = (
    "views.py",
    "diary_views.py",
    "plan_views.py",
    "entry_views.py",
    "goal_views.py",
    "course_views.py",
    "reminder_views.py",
    "look_views.py",
    "diary_form.py",
    "words.py",
)
HARDEST, LONGEST = 7.0, 20
HURTS = re.compile(
    r"\b(manipulat\w*|attention[- ]seeking|non-?complian\w*|complian\w*|fail\w*|borderline\w*|only self-harm|streak\w*|panic|symptom\w*|disorder\w*|"
    r"patient|module\w*|phase\w*|you must|you should|you have to|low risk|no risk|well done|great job|congrat\w*|relapse\w*|refus\w*)\b|!",
    re.IGNORECASE,
)


def texts_of_pages() -> list[tuple[str, str]]:
    """Every text that the templates and views of the own pages say to a patient, with its file."""
    found = []
    for path in sorted(MINE.glob("*.html")):
        for double, single, block in SAID.findall(path.read_text(encoding="utf-8")):
            for text in re.split(r"\{%\s*plural\s*%\}", double or single or block):
                found.append((path.name, re.sub(r"\{\{\s*\w+\s*\}\}", "Mara", " ".join(text.split()))))
    for name in OF_PATIENTS:
        source = (MINE.parent.parent / name).read_text(encoding="utf-8").split("# ---- Beside the record")[0]
        found += [(name, re.sub(r"%\(\w+\)s", "Mara", text)) for text in re.findall(r"""_(?:lazy)?\(\s*"([^"]+)",?\s*\)""", source)]
    return found


TEXTS = texts_of_pages()


def test_every_text_of_the_own_pages_is_found() -> None:
    assert len(TEXTS) > 250


@pytest.mark.parametrize(("place", "text"), TEXTS, ids=lambda value: str(value)[:50])
def test_text_is_kind_and_can_be_read_at_twelve(place: str, text: str) -> None:
    assert not HURTS.search(text), f"{place}: {text}"
    if len(words(text)) > 5:
        assert grade(text) <= HARDEST, f"{place}: {grade(text):.1f}: {text}"
        assert max(len(words(sentence)) for sentence in sentences(text)) <= LONGEST, f"{place}: {text}"


@pytest.mark.parametrize("bad", ["You failed to write today", "Well done!", "You must call", "The patient is manipulative", "Your streak is over"])
def test_word_list_finds_what_hurts(bad: str) -> None:
    assert HURTS.search(bad)


def test_days_of_the_diary_are_no_streak(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    diary.set_card(cast.amina, patient_id=sam.pk, items=["sadness"], own=[], is_for_crisis=False, version=0)
    page = re.sub(r"<[^>]+>", " ", sign_in("self").get("/my/today").content.decode())

    assert not re.search(r"in a row|missed|days since|\d+ ?%", page)
    assert timezone.localdate() - timedelta(days=14) == own_pages.see_today(cast.people["self"], patient_id=sam.pk).earliest
