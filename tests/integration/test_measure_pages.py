"""The pages of measures and the doors for patients: who reaches what, what a shared screen knows, and what an import refuses."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast
from tests.support.pdf_ua import pdf_ua_problems

from fivefold.records import clock
from fivefold.records.models import CaseloadRow, ClinicalFact, KioskDevice, MeasureAnswer, MeasureRequest, SignalEvent
from fivefold.services.measure_doors import kiosk_code, link_token, register_device
from fivefold.services.measures import give_out, see_measures, set_own_item

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NAMES = (b"Rosa", b"Amina", b"Okafor")


def given(cast: Cast, route: str, instrument: str = "phq9") -> MeasureRequest:
    return give_out(cast.amina, patient_id=cast.rosa.pk, instrument=instrument, route=route)


def link(request: MeasureRequest) -> str:
    return f"/q/{link_token(request.pk)}"


def send_item(browser: Client, address: str, request: MeasureRequest, item: int, value: object, **more: str) -> Any:
    return browser.post(address, {"item": item, "value": value, "form": request.form_hash, "client": f"{item}-{value}", **more})


# ---- The page of a record ------------------------------------------------------------------------------------------------------------


def test_measures_are_planned_given_out_and_taken_back_from_one_page(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/measures"
    assert b"Nothing is planned yet" in browser.get(page).content

    browser.post(page, {"do": "take", "instrument": ["bsl23", "srs"]})
    browser.post(page, {"do": "plan", "plan-instrument": "phq9", "plan-rhythm": "every", "plan-every_days": "14", "plan-route": "link"})
    shown = browser.get(page).content.decode()
    assert "3 measures are due" in shown and "Enter the score" in shown

    answer = browser.post(f"{page}/give", {"instrument": "phq9", "route": "link"}, follow=True)
    assert b'<svg class="qr"' in answer.content and b"/q/" in answer.content
    assert b"3 measures are due" not in browser.get(page).content

    browser.post(answer.redirect_chain[-1][0], {"do": "cancel", "reason": "on paper instead"})
    assert see_measures(cast.amina, patient_id=cast.rosa.pk).requests[0].state == "cancelled"


def test_plan_that_cannot_be_is_refused_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/measures"

    no_items = browser.post(page, {"do": "plan", "plan-instrument": "wsas", "plan-rhythm": "once", "plan-route": "link"})
    no_days = browser.post(page, {"do": "plan", "plan-instrument": "phq9", "plan-rhythm": "every", "plan-every_days": "", "plan-route": "link"})
    not_given = browser.post(f"{page}/give", {"instrument": "wsas", "route": "link"}, follow=True)

    assert (no_items.status_code, no_days.status_code) == (422, 422)
    assert b"may not be shown here" in no_items.content and b"a number from 1 to 400" in no_days.content
    assert b"may not be shown here" in not_given.content and not MeasureRequest.objects.exists()


def test_supervisor_sees_the_measures_and_changes_none(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("bruno"), f"/patients/{cast.rosa.pk}/measures"

    assert b"Give out" not in browser.get(page).content
    assert browser.post(f"{page}/give", {"instrument": "phq9", "route": "link"}).status_code == 403
    assert not MeasureRequest.objects.exists()


def test_positive_answer_stands_in_red_on_the_page_until_a_clinician_has_asked(cast: Cast, sign_in: SignIn) -> None:
    request = given(cast, "link")
    send_item(Client(), f"{link(request)}/answer", request, 9, 1)
    browser = sign_in("amina")

    shown = browser.get(f"/patients/{cast.rosa.pk}/measures").content.decode()

    assert "A risk question was answered yes. Ask now." in shown and "PHQ-9, question 9" in shown
    assert b"mark-safety" in browser.get("/caseload").content


def test_paper_is_typed_in_as_digits_and_a_wrong_one_is_named(cast: Cast, sign_in: SignIn) -> None:
    request = given(cast, "paper", "gad7")
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/measures/given/{request.pk}"
    assert b"Feeling nervous" in browser.get(f"{page}/print").content

    wrong = browser.post(page, {"row": "12a1111"})
    assert wrong.status_code == 422 and b"12a1111" in wrong.content
    browser.post(page, {"row": "121-111"})

    assert ClinicalFact.objects.get(kind="score").value["items"] == [1, 2, 1, None, 1, 1, 1]


def test_own_question_is_kept_in_the_patients_words_and_asked_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    browser, page = sign_in("amina"), f"/patients/{cast.rosa.pk}/measures"
    wrong = browser.post(f"{page}/own", {"own-words": "How numb was I?", "own-low": "", "own-high": "gone", "own-better": "low"})
    assert wrong.status_code == 422 and b"How numb was I?" in wrong.content

    browser.post(f"{page}/own", {"own-words": "How numb was I?", "own-low": "here", "own-high": "gone", "own-better": "low"})

    request = given(cast, "link", "own")
    shown = Client().get(link(request)).content.decode()
    assert "How numb was I?" in shown and "gone" in shown and "Rosa" not in shown


# ---- A link --------------------------------------------------------------------------------------------------------------------------


def test_link_opens_one_questionnaire_without_an_account_and_names_nobody(cast: Cast) -> None:
    request = given(cast, "link")
    address = link(request)
    shown = Client().get(address)

    assert shown.status_code == 200 and b"Who sees your answers, and why" in shown.content
    assert not any(name in shown.content for name in NAMES)
    assert str(cast.rosa.pk) not in address and str(request.pk) not in address
    assert shown["Cache-Control"] == "no-store" and re.findall(r"<script(?! src=| id=)|\son\w+=|style=", shown.content.decode()) == []


def test_answers_by_script_and_the_form_without_it_make_the_same_result(cast: Cast) -> None:
    browser, request = Client(), given(cast, "link", "gad7")
    for item in range(1, 7):
        assert send_item(browser, f"{link(request)}/answer", request, item, 1).json() == {"kept": True, "help": False}

    done = browser.post(link(request), {"form": request.form_hash, **{f"item{item}": "1" for item in range(1, 8)}})

    assert done.status_code == 200 and b"Your answers have arrived" in done.content
    assert ClinicalFact.objects.get(kind="score").value["items"] == [1] * 7
    assert MeasureAnswer.objects.count() == 7


def test_help_stands_in_the_answer_to_a_positive_risk_item_with_the_clinics_contacts(cast: Cast) -> None:
    clinic = cast.amina.clinic
    clinic.settings = {**clinic.settings, "crisis_words": "Night line 0000 111"}
    clinic.save()
    request = given(cast, "link")
    browser = Client()

    assert send_item(browser, f"{link(request)}/answer", request, 9, 2).json() == {"kept": True, "help": True}
    again = browser.get(link(request)).content.decode()
    done = browser.post(link(request), {"form": request.form_hash, "item9": "2"}).content.decode()

    help_now = again[again.index("data-help") : again.index("</section>", again.index("data-help"))]
    assert "hidden" not in help_now and "Night line 0000 111" in help_now and "nobody is watching right now" in help_now
    assert "Night line 0000 111" in done and "Thank you for saying this" in done


def test_unknown_forged_expired_and_sent_links_give_one_page_and_one_answer(cast: Cast) -> None:
    sent, expired, other = given(cast, "link", "gad7"), given(cast, "link"), given(cast, "paper", "rses")
    browser = Client()
    browser.post(link(sent), {"form": sent.form_hash, "item1": "1"})
    MeasureRequest._base_manager.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    good = link(given(cast, "link", "brs"))

    pages, answers = set(), set()
    for address in (link(sent), link(expired), link(other), good[:-1] + ("A" if good[-1] != "A" else "B"), "/q/x", "/q/" + "9" * 200):
        page = browser.get(address)
        answer = browser.post(f"{address}/answer", {"item": "1", "value": "1"})
        pages.add((page.status_code, page.content))
        answers.add((answer.status_code, answer.content))

    assert len(pages) == len(answers) == 1
    assert pages.pop()[0] == answers.pop()[0] == 404


@pytest.mark.parametrize("how", ["too late", "another wording", "sent already"])
def test_positive_risk_answer_that_is_not_taken_is_told_once_and_shows_help(cast: Cast, how: str) -> None:
    request, browser = given(cast, "link"), Client()
    more = {"form": "of another wording"} if how == "another wording" else {}
    if how == "too late":
        MeasureRequest._base_manager.filter(pk=request.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    if how == "sent already":
        browser.post(link(request), {"form": request.form_hash, "item1": "1"})

    harmless = send_item(browser, f"{link(request)}/answer", request, 8, 1, **more).json()
    answers = [send_item(browser, f"{link(request)}/answer", request, 9, 2, **more).json() for _ in range(2)]

    assert "help" not in harmless
    assert all(answer["kept"] is False and answer["help"] is True for answer in answers)
    told = SignalEvent.objects.filter(patient=cast.rosa, step__in=("raised", "again"), signal__rule="rule.signal.positive_risk_item")
    assert told.count() == 1
    assert CaseloadRow.objects.get(patient=cast.rosa).signal == "safety"


def test_answers_are_slowed_down_when_they_come_in_a_flood(cast: Cast, settings: Any) -> None:
    settings.FIVEFOLD_LIMITS = settings.FIVEFOLD_LIMITS | {"answer": (3, 60), "questionnaire": (3, 60)}
    request, browser = given(cast, "link"), Client()

    codes = [send_item(browser, f"{link(request)}/answer", request, 1, 1).status_code for _ in range(4)]

    assert codes == [200, 200, 200, 429]
    assert [browser.get(link(request)).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"item": "x"}, 422), ({"item": "²"}, 422), ({"value": "nan"}, 422), ({"value": "9"}, 422), ({"form": "another"}, 409), ({"at": "yesterday"}, 200)],
    ids=str,
)
def test_answer_that_cannot_be_is_refused_in_words(cast: Cast, sent: dict[str, str], status: int) -> None:
    request = given(cast, "link")

    answer = Client().post(f"{link(request)}/answer", {"item": "1", "value": "1", "form": request.form_hash, "client": "a", **sent})

    assert answer.status_code == status
    assert status == 200 or (answer.json()["kept"] is False and answer.json()["message"])


# ---- A screen that was handed over -----------------------------------------------------------------------------------------------------


def hand_over(cast: Cast, sign_in: SignIn, code: str = "4831") -> tuple[Client, MeasureRequest]:
    request, browser = given(cast, "room"), sign_in("amina")
    answer = browser.post(f"/patients/{cast.rosa.pk}/measures/given/{request.pk}/hand-over", {"code": code})
    assert answer.status_code == 302 and answer["Location"] == "/answer"
    return browser, request


def test_screen_that_was_handed_over_reaches_no_page_of_any_record(cast: Cast, sign_in: SignIn) -> None:
    from tests.support.routes import address_of, every_route

    from fivefold.web.pages import Open

    browser, _request = hand_over(cast, sign_in)
    shown = browser.get("/answer")
    assert shown.status_code == 200 and not any(name in shown.content for name in NAMES)

    for route, view in every_route():
        if view.needs is not Open.TO_ALL and "leave" not in route:
            assert browser.get(address_of(route, patient_id=cast.rosa.pk)).status_code == 302, route


def test_code_leads_back_and_a_few_wrong_ones_leave_the_password_alone(cast: Cast, sign_in: SignIn) -> None:
    browser, request = hand_over(cast, sign_in)
    assert browser.post("/answer/leave", {"code": "0000"}).status_code == 422
    back = browser.post("/answer/leave", {"code": "4831"})
    assert back.status_code == 302 and str(request.pk) in back["Location"] and browser.get("/caseload").status_code == 200

    browser, _request = hand_over(cast, sign_in)
    for _ in range(5):
        browser.post("/answer/leave", {"code": "1111"})
    assert browser.post("/answer/leave", {"code": "4831"}).status_code == 422
    assert b"The code no longer counts" in browser.get("/answer/leave").content
    assert browser.get("/caseload").status_code == 302


def test_screen_is_not_handed_over_without_a_code_or_for_another_route(cast: Cast, sign_in: SignIn) -> None:
    room, link_ = given(cast, "room"), given(cast, "link", "gad7")
    browser, record = sign_in("amina"), f"/patients/{cast.rosa.pk}/measures/given"

    assert browser.post(f"{record}/{room.pk}/hand-over", {"code": "12"}).status_code == 422
    assert browser.post(f"{record}/{link_.pk}/hand-over", {"code": "4831"}).status_code == 422
    assert browser.get("/caseload").status_code == 200


# ---- A tablet --------------------------------------------------------------------------------------------------------------------------


def tablet(cast: Cast) -> Client:
    browser = Client()
    browser.cookies["fivefold_kiosk"] = register_device(cast.lea, name="Tablet by the window")
    return browser


def test_registered_tablet_opens_one_questionnaire_by_its_code_and_forgets_it(cast: Cast) -> None:
    request, browser = given(cast, "kiosk"), tablet(cast)
    code = kiosk_code(request.pk)
    written = f" {code[:3].lower()}-{code[3:]} "

    assert browser.post("/kiosk", {"code": written})["Location"] == "/answer"
    shown = browser.get("/answer")
    assert shown.status_code == 200 and b'data-keeps="nothing"' in shown.content and not any(name in shown.content for name in NAMES)
    assert send_item(browser, "/answer/item", request, 9, 1).json()["help"]
    assert browser.get("/answer/leave")["Location"] == "/kiosk"
    assert browser.get("/answer").status_code == 404


def test_wrong_code_foreign_clinic_unregistered_and_ended_tablet_open_nothing(cast: Cast) -> None:
    request = given(cast, "kiosk")
    code = kiosk_code(request.pk)
    foreign = Client()
    foreign.cookies["fivefold_kiosk"] = register_device(cast.vera, name="Elsewhere")
    here = tablet(cast)

    assert [browser.post("/kiosk", {"code": sent}).status_code for browser, sent in ((foreign, code), (here, "AAAAAA"), (Client(), code))] == [422, 422, 404]
    KioskDevice.objects.filter(name="Tablet by the window").update(ended_at=timezone.now())
    assert here.post("/kiosk", {"code": code}).status_code == 404


def test_device_is_registered_by_who_manages_the_clinic_who_is_signed_out_on_it(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")

    answer = browser.post("/clinic/tablets", {"name": "Tablet by the window"})

    assert answer["Location"] == "/kiosk" and browser.get("/kiosk").status_code == 200
    assert browser.get("/clinic").status_code == 302
    again = sign_in("lea")
    device = KioskDevice.objects.get()
    assert b"Tablet by the window" in again.get("/clinic/tablets").content
    again.post("/clinic/tablets", {"do": "end", "device": str(device.pk)})
    assert browser.get("/kiosk").status_code == 404


# ---- Import ------------------------------------------------------------------------------------------------------------------------------


def paste(browser: Client, cast: Cast, text: str) -> Any:
    return browser.post(f"/patients/{cast.rosa.pk}/measures/import", {"text": text})


def test_table_is_recorded_as_a_whole(cast: Cast, sign_in: SignIn) -> None:
    on = (clock.today() - timedelta(days=30)).isoformat()
    text = f"instrument;date;item_1;item_2;item_3;item_4;item_5;item_6;item_7;value\ngad7;{on};1;2;1;0;3;1;-;\nbrs;{on};;;;;;;;3,5\n"

    assert paste(sign_in("amina"), cast, text).status_code == 302

    assert {fact.key: fact.value for fact in ClinicalFact.objects.filter(kind="score")} == {
        "gad7": {"instrument": "gad7", "items": [1, 2, 1, 0, 3, 1, None]},
        "brs": {"instrument": "brs", "value": 3.5},
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("instrument,date,value\nphq99,2026-01-02,4", "row 2 instrument: found “phq99”, expected the id of an instrument"),
        ("instrument,date,value\nphq9,yesterday,4", "row 2 date: found “yesterday”, expected a day such as"),
        ("instrument,date,value\nphq9,2026-01-02,400", "row 2 value: found “400”, expected 0 to 27"),
        ("instrument,date,value\nphq9,2026-01-02,four", "row 2 value: found “four”, expected a number"),
        ("instrument,date,score\nphq9,2026-01-02,4", "row 1 column 3: found “score”, expected instrument, date"),
        ("instrument,date,item 10\nphq9,2026-01-02,4", "row 1 column 3: found “item 10”"),
        ("instrument,date,item_10\nphq9,2026-01-02,1", "row 2 item 10: found “10”, expected a question from 1 to 9"),
        ("instrument,date,value\nphq9,2026-01-02,4\nphq9,2026-01-02,5", "row 3 date: found “phq9 of 2026-01-02 again”"),
        ("instrument,date,value,patient\nphq9,2026-01-02,4,D-7", "row 2 patient: found “another reference”"),
        ("value\n4", "row 1: found “value”, expected a column instrument"),
        ("", "expected a table with a heading"),
        ('{"resourceType": "Observation"}', "row 1 resourceType: found “Observation”, expected QuestionnaireResponse"),
        ("{", "expected JSON"),
    ],
)
def test_what_is_not_known_is_refused_with_row_value_and_remedy_and_nothing_is_recorded(cast: Cast, sign_in: SignIn, text: str, says: str) -> None:
    answer = paste(sign_in("amina"), cast, text)

    assert answer.status_code == 422 and says in answer.content.decode().replace("&quot;", '"')
    assert not ClinicalFact.objects.filter(kind="score").exists()


def response(**changed: Any) -> dict[str, Any]:
    items = [{"linkId": f"phq9.{number}", "answer": [{"valueInteger": 1}]} for number in range(1, 9)]
    base = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "urn:fivefold:questionnaire:phq9|1",
        "authored": "2026-01-02T10:00:00Z",
    }
    return {**base, "item": [{"linkId": "group", "item": items}], **changed}


def test_questionnaire_response_is_read_with_groups_codings_and_gaps(cast: Cast, sign_in: SignIn) -> None:
    ordinal = {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1}
    coded = {"linkId": "9", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6569-3", "extension": [ordinal]}}]}
    one = response()
    one["item"].append(coded)

    answer = paste(sign_in("amina"), cast, json.dumps({"resourceType": "Bundle", "entry": [{"resource": one}]}))

    assert answer["Location"].endswith("/assessment/safety")
    assert ClinicalFact.objects.get(kind="score").value["items"] == [1] * 9


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"questionnaire": "http://loinc.org/q/44249-1"}, "row 1 questionnaire"),
        ({"questionnaire": "urn:fivefold:questionnaire:phq8"}, "row 1 instrument: found “phq8”"),
        ({"questionnaire": "urn:fivefold:questionnaire:phq9|2"}, "row 1 questionnaire: found “urn:fivefold:questionnaire:phq9|2”, expected version 1 of phq9"),
        ({"status": "in-progress"}, "row 1 status: found “in-progress”"),
        ({"item": [{"linkId": "44250-9", "answer": [{"valueInteger": 1}]}]}, "row 1 linkId: found “44250-9”"),
        ({"item": [{"linkId": "1", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6569-3"}}]}]}, "found “LA6569-3”, expected one number"),
        ({"item": [{"linkId": "1", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "3"}}]}]}, "row 1 question 1: found “3”"),
        ({"item": [{"linkId": "1", "answer": [{"valueInteger": 7}]}]}, "a whole number from 0 to 3 for item 1 of phq9"),
        ({"item": [{"linkId": "1", "answer": [{"valueBoolean": True}]}]}, "row 1 question 1"),
    ],
)
def test_code_or_form_that_is_not_known_is_never_read_as_a_number(cast: Cast, sign_in: SignIn, changed: dict[str, Any], says: str) -> None:
    answer = paste(sign_in("amina"), cast, json.dumps(response(**changed)))

    assert answer.status_code == 422 and says in answer.content.decode()
    assert not ClinicalFact.objects.filter(kind="score").exists()


def test_own_question_of_another_patient_cannot_be_mended(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.patients import add_patient

    other = add_patient(cast.amina, name="Sam", birth_year=1990)
    item = set_own_item(cast.amina, patient_id=other.pk, words="Numb?", low="no", high="yes", better="low")

    answer = sign_in("amina").post(f"/patients/{cast.rosa.pk}/measures/own", {"do": "end", "item": str(item.pk)})

    assert answer.status_code == 409 and see_measures(cast.amina, patient_id=other.pk).own


# ---- Words for patients ------------------------------------------------------------------------------------------------------------------


def test_what_stands_around_a_questionnaire_is_easy_to_read(cast: Cast) -> None:
    from tests.support.reading_age import grade

    request = given(cast, "link")
    send_item(Client(), f"{link(request)}/answer", request, 9, 1)
    page = Client().get(link(request)).content.decode()

    who, help_now = (page[page.index(start) : page.index("</section>", page.index(start))] for start in ('class="who-sees"', "data-help"))
    for part in (who, help_now):
        sentences = re.sub(r"<ul.*?</ul>", "", part, flags=re.S)  # names and numbers are none
        text = re.sub(r"<[^>]+>", " ", sentences[sentences.index(">") + 1 :].replace("</p>", ". ").replace("</h2>", ". "))
        assert grade(re.sub(r"\s+", " ", text)) <= 7, text


# ---- On paper, and behind a sign-in of the patient's own -------------------------------------------------------------------------------


def test_paper_is_a_tagged_document_whose_numbers_are_those_that_are_typed_in(cast: Cast, sign_in: SignIn) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    from fivefold.records.models import MeasureAnswer

    request, browser = given(cast, "paper"), sign_in("amina")

    answer = browser.get(f"/patients/{cast.rosa.pk}/measures/given/{request.pk}/paper.pdf")

    assert answer["Content-Type"] == "application/pdf" and "Rosa" not in answer["Content-Disposition"]
    document = PdfReader(BytesIO(answer.content))
    assert bool(document.trailer["/Root"]["/MarkInfo"]["/Marked"]) and pdf_ua_problems(answer.content) == []  # type: ignore[index]
    text = " ".join(page.extract_text() for page in document.pages)
    assert not any(name.decode() in text for name in NAMES)
    assert "nobody reads this paper before you hand it in" in text.replace("\n", " ")
    numbers = [int(line.split(".")[0]) for line in text.splitlines() if line.split(".")[0].isdigit() and "." in line[:4]]
    assert numbers == list(range(1, 10))
    # The third question is typed in third.
    browser.post(f"/patients/{cast.rosa.pk}/measures/given/{request.pk}", {"row": "003000000"})
    assert MeasureAnswer.objects.get(request=request, item=3).value == 3


def test_paper_of_another_patient_or_of_a_form_that_may_not_be_shown_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.patients import add_patient

    request, other = given(cast, "paper"), add_patient(cast.teo, name="Somebody", birth_year=1990)

    assert sign_in("teo").get(f"/patients/{other.pk}/measures/given/{request.pk}/paper.pdf").status_code == 404


def test_own_pages_are_offered_as_a_way_once_the_patient_has_a_sign_in(cast: Cast, sign_in: SignIn) -> None:
    from tests.support.clinic import open_own_pages

    from fivefold.services.measures import give_out
    from fivefold.services.patients import NotAcceptable

    measures = f"/patients/{cast.rosa.pk}/measures"
    assert b'value="portal"' not in sign_in("amina").get(measures).content.split(b"now-how")[-1].split(b"</select>")[0]
    with pytest.raises(NotAcceptable):
        give_out(cast.amina, patient_id=cast.rosa.pk, instrument="phq9", route="portal")
    open_own_pages(cast)

    ways = sign_in("amina").get(measures).content.split(b"now-how")[-1].split(b"</select>")[0]
    assert b'value="portal"' in ways
    answer = sign_in("amina").post(f"{measures}/give", {"instrument": "phq9", "route": "portal"}, follow=True)
    assert "It waits on the patient’s own pages, under Today." in answer.content.decode()
    assert b"PHQ-9" in sign_in("self").get("/my/today").content


def test_shared_screen_can_be_filled_and_the_therapist_reads_that_this_locks_nothing(cast: Cast, sign_in: SignIn) -> None:
    request = given(cast, "room")
    assert b"locks nothing" in sign_in("amina").get(f"/patients/{cast.rosa.pk}/measures/given/{request.pk}").content

    browser, _request = hand_over(cast, sign_in)

    assert b"data-fill-screen" in browser.get("/answer").content
    assert b"data-fill-screen" not in Client().get(link(given(cast, "link", "gad7"))).content
