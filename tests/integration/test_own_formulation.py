"""The formulation between patient and team: nothing is seen before it is shown, and what the patient says stands beside the line."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient

from fivefold.records.models import AuditEntry, FormulationReply, FormulationShare, Patient, Signal
from fivefold.services import own_formulation, own_view
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.formulation import save_formulation, see_formulation
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.operations.record_export import export_record
from fivefold.services.own_formulation import WordsAreNew
from fivefold.services.patients import NotAcceptable

SignIn = Callable[[str], Client]
LINES = "When nobody answers, I am sure it is over\nThen it gets loud and I cut"
SECRET = "she expects to be left"


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient with pages of their own, and a formulation with two lines that nobody has shown."""
    sam = known_patient(cast.amina)
    open_own_pages(cast, sam)
    write(cast, sam)
    return sam


def write(cast: Cast, sam: Patient, lines: str = LINES, version: int = 0) -> None:
    content = FormulationContent((Node("0000000a", NodeKind.CAUSE, SECRET),))
    save_formulation(cast.amina, patient_id=sam.pk, content=content, lines=lines, version=version)


def show(cast: Cast, sam: Patient, number: int = 1) -> FormulationShare:
    return own_formulation.share_formulation(cast.amina, patient_id=sam.pk, number=number)


def say(cast: Cast, sam: Patient, place: int, fits: str, words: str = "", number: int = 1) -> FormulationReply:
    return own_formulation.say_of_my_formulation(cast.people["self"], patient_id=sam.pk, number=number, place=place, fits=fits, words=words)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# ---- What the patient sees -------------------------------------------------------------------------------------------------


def test_nothing_is_seen_before_a_clinician_shows_it_and_then_the_lines_alone(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    browser = sign_in("self")
    before = [browser.get(path).content.decode() for path in ("/my/formulation", "/my/map")]
    sign_in("amina").post(f"/patients/{sam.pk}/formulation/shown", {"show": "yes", "number": "1", "once": "a"})

    page, map_page = (browser.get(path).content.decode() for path in ("/my/formulation", "/my/map"))

    assert not [page for page in before if "I am sure it is over" in page or 'href="/my/formulation"' in page]
    assert "I am sure it is over" in page and "Then it gets loud" in page and SECRET not in page
    assert 'href="/my/formulation"' in map_page
    assert "Nobody reads it at night. If you are in danger, call for help." in words_of(page)


def test_newer_version_is_not_shown_by_itself_and_the_team_is_told_so(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    show(cast, sam)
    write(cast, sam, "It is over each time", version=1)

    theirs = sign_in("self").get("/my/formulation").content.decode()
    ours = sign_in("amina").get(f"/patients/{sam.pk}/formulation").content.decode()

    assert "I am sure it is over" in theirs and "It is over each time" not in theirs
    assert "The lines of the newest version are other ones" in ours and "Show the patient these lines" in ours
    show(cast, sam, 2)
    assert "It is over each time" in sign_in("self").get("/my/formulation").content.decode()
    assert "The lines of the newest version are other ones" not in sign_in("amina").get(f"/patients/{sam.pk}/formulation").content.decode()


def test_what_is_taken_back_is_seen_no_more_and_what_was_said_stays(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    show(cast, sam)
    say(cast, sam, 1, "not", "not always")
    sign_in("amina").post(f"/patients/{sam.pk}/formulation/shown", {"show": "no", "once": "b"})

    assert "I am sure it is over" not in sign_in("self").get("/my/formulation").content.decode()
    assert "not always" in sign_in("amina").get(f"/patients/{sam.pk}/formulation").content.decode()
    with pytest.raises(WordsAreNew):
        say(cast, sam, 1, "fits")


@pytest.mark.parametrize(("lines", "number"), [("", 1), (LINES, 0), (LINES, 2)])
def test_only_the_newest_version_with_lines_can_be_shown(cast: Cast, lines: str, number: int) -> None:
    sam = known_patient(cast.amina)
    write(cast, sam, lines)

    with pytest.raises(NotAcceptable):
        show(cast, sam, number)
    assert not FormulationShare.objects.exists()


# ---- What the patient says -------------------------------------------------------------------------------------------------


def test_what_the_patient_says_stands_beside_the_line_and_on_the_agenda(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    show(cast, sam)
    browser = sign_in("self")
    for key, (place, fits, words) in enumerate([(1, "partly", "only when it is my sister"), (2, "fits", ""), (0, "not", "the nights are missing")]):
        browser.post("/my/formulation", {"number": "1", "place": str(place), "fits": fits, "words": words, "once": f"k{key}"})
    browser.post("/my/formulation", {"number": "1", "place": "0", "fits": "not", "words": "the nights are missing", "once": "k2"})

    page = sign_in("amina").get(f"/patients/{sam.pk}/formulation").content.decode()
    beside = re.search(r'<blockquote class="lines">(.*?)</blockquote>', page, re.DOTALL)
    agenda = words_of(sign_in("amina").get(f"/patients/{sam.pk}/session").content.decode())

    assert FormulationReply.objects.count() == 3  # a form sent twice is one
    assert beside is not None
    assert words_of(beside[1]) == "When nobody answers, I am sure it is over it fits in part only when it is my sister Then it gets loud and I cut it fits"
    assert "it does not fit the nights are missing" in words_of(page) and "all of it together" in page
    assert "Formulation, as a whole: the patient says it does not fit the nights are missing" in agenda
    assert "the patient says it fits in part only when it is my sister" in agenda
    assert "I cut”: the patient says it fits" not in agenda  # a bare yes needs no minute of the hour


def test_newest_word_on_a_line_counts_and_outlives_a_version_that_leaves_the_line_as_it_is(cast: Cast, sam: Patient) -> None:
    show(cast, sam)
    say(cast, sam, 1, "not")
    say(cast, sam, 1, "fits", "now it does")
    write(cast, sam, LINES.replace("and I cut", "and I run"), version=1)

    sheet = see_formulation(cast.amina, patient_id=sam.pk)

    assert [(line, reply.fits if reply else None) for line, reply in sheet.lines] == [
        ("When nobody answers, I am sure it is over", "fits"),
        ("Then it gets loud and I run", None),
    ]
    assert [one.fits for one in sheet.replies] == ["fits", "not"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"place": "3"}, "look at them once more"),
        ({"place": "x"}, "look at them once more"),
        ({"number": "2"}, "look at them once more"),
        ({"fits": "perhaps"}, "whether it fits"),
        ({"words": "x" * 1001}, "at most 1000"),
    ],
)
def test_what_cannot_be_kept_is_given_back(cast: Cast, sam: Patient, sign_in: SignIn, changes: dict[str, str], says: str) -> None:
    show(cast, sam)
    sent = {"number": "1", "place": "1", "fits": "not", "words": "the nights"} | changes

    answer = sign_in("self").post("/my/formulation", sent)

    assert answer.status_code == 422 and says in answer.content.decode()
    assert "place" in changes or sent["words"] in answer.content.decode()
    assert not FormulationReply.objects.exists()


def test_no_word_of_the_patient_here_raises_a_signal(cast: Cast, sam: Patient) -> None:
    """The words are read by people and by no rule: a program that looked for danger in them would be trusted to find it."""
    show(cast, sam)
    before = Signal.objects.count()
    say(cast, sam, 0, "not", "I want to die")

    assert Signal.objects.count() == before


# ---- Who may ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bruno", "lea", "chidi", "olga", "self"])
def test_only_who_treats_shows_it_and_takes_it_back(cast: Cast, sam: Patient, sign_in: SignIn, who: str) -> None:
    show(cast, sam)
    browser = sign_in(who)
    for shown in ("yes", "no"):
        assert browser.post(f"/patients/{sam.pk}/formulation/shown", {"show": shown, "number": "1"}).status_code in (403, 404)

    assert FormulationShare.objects.count() == 1


def test_one_patient_answers_for_no_other_and_every_act_is_in_the_trail(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    show(cast, sam)
    rosa = open_own_pages(cast, key="rosa", name="other-lantern")
    with pytest.raises(NoSuchPatient):
        own_formulation.say_of_my_formulation(rosa, patient_id=sam.pk, number=1, place=1, fits="fits")
    with pytest.raises(AccessDenied):
        own_formulation.say_of_my_formulation(cast.amina, patient_id=sam.pk, number=1, place=1, fits="fits")
    sign_in("self").get("/my/formulation")
    say(cast, sam, 1, "fits")
    own_formulation.take_formulation_back(cast.amina, patient_id=sam.pk)

    acts = set(AuditEntry.objects.filter(patient_id=sam.pk).values_list("act", flat=True))

    assert {"share_formulation", "see_my_formulation", "say_of_my_formulation", "take_formulation_back"} <= acts


def test_words_are_sealed_stay_text_and_are_in_every_copy(cast: Cast, sam: Patient, sign_in: SignIn) -> None:
    evil = "<script>alert(1)</script> zebra"
    show(cast, sam)
    say(cast, sam, 1, "not", evil)

    pages = [sign_in("amina").get(f"/patients/{sam.pk}/{path}").content.decode() for path in ("formulation", "session")]
    pages += [sign_in("self").get(f"/my/{path}").content.decode() for path in ("formulation", "data/words")]
    copy = export_record(cast.amina, patient_id=sam.pk)
    mine = own_view.take_my_data(cast.people["self"], patient_id=sam.pk)

    assert all("zebra" in page and "<script>alert" not in page for page in pages)
    assert b"zebra" not in bytes(FormulationReply.objects.get().words_sealed)
    assert copy["formulation_replies"][0]["words"] == evil and len(copy["formulation_shares"]) == 1
    (kept,) = mine["formulation_replies"]
    assert (kept["words"], kept["line"]) == (evil, "When nobody answers, I am sure it is over")
    assert SECRET not in json.dumps(mine)
