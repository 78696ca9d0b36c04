"""The record's page: consents by purpose and day, copies of everything, the end of care and its taking up again."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, add_lead

from fivefold.records import clock
from fivefold.records.models import AuditEntry, CareStep, Consent, ErasureStep, Patient, ProcessNote
from fivefold.services import consents, patients
from fivefold.services.operations.erasure import ALONE_DAYS, month_after
from fivefold.services.operations.record_export import export_record
from fivefold.web.ui.templatetags.ui import day

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
CANARY = "canary-of-the-process-notes"


def address(cast: Cast, rest: str = "") -> str:
    return f"/patients/{cast.rosa.pk}/record{rest}"


def agreed(cast: Cast, purpose: str) -> "bool | None":
    sheet = consents.see_record_sheet(cast.amina, patient_id=cast.rosa.pk)
    standing = next(one for one in sheet.purposes if one.id == purpose).standing
    return standing.given if standing else None


def send(browser: Client, cast: Cast, **changes: str):
    sent = {"purpose": "letters", "given": "yes", "on": clock.today().isoformat(), "note": "", **changes}
    return browser.post(address(cast), sent)


# ---- Consent -------------------------------------------------------------------------------------------------------------


def test_nothing_asked_is_neither_given_nor_refused(sign_in: SignIn, cast: Cast) -> None:
    text = sign_in("amina").get(address(cast)).content.decode()

    assert agreed(cast, "letters") is None
    assert text.count("not asked yet") == 8


def test_consent_and_withdrawal_are_kept_beside_each_other(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    earlier = (clock.today() - timedelta(days=9)).isoformat()

    assert send(browser, cast, on=earlier, note="For the family doctor only.").status_code == 302
    assert agreed(cast, "letters") is True
    assert send(browser, cast, given="no").status_code == 302

    assert agreed(cast, "letters") is False
    assert "For the family doctor only." in browser.get(address(cast)).content.decode()
    assert Consent.objects.filter(patient=cast.rosa).count() == 2


def test_what_was_said_earlier_does_not_undo_what_was_said_later(cast: Cast) -> None:
    today = clock.today()
    patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="research", given=False, on=today)
    patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="research", given=True, on=today - timedelta(days=30))

    assert agreed(cast, "research") is False


def test_day_to_come_and_missing_purpose_are_refused_and_what_was_typed_stays(sign_in: SignIn, cast: Cast) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = send(sign_in("amina"), cast, on=tomorrow, purpose="", note="typed words")

    assert answer.status_code == 422
    assert "still to come" in answer.content.decode() and "typed words" in answer.content.decode()
    assert not Consent.objects.exists()


@pytest.mark.parametrize(("purpose", "on"), [("advertising", date(2026, 1, 1)), ("letters", date(2999, 1, 1))])
def test_service_refuses_an_unknown_purpose_and_a_day_to_come(cast: Cast, purpose: str, on: date) -> None:
    with pytest.raises(patients.NotAcceptable):
        patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose=purpose, given=True, on=on)


def test_form_sent_twice_writes_one_line(sign_in: SignIn, cast: Cast) -> None:
    browser, key = sign_in("amina"), uuid4().hex

    send(browser, cast, once=key)
    send(browser, cast, once=key)

    assert Consent.objects.count() == 1


def test_supervisor_reads_and_changes_nothing(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("bruno")
    text = browser.get(address(cast)).content.decode()

    assert "Consents" in text
    assert "Write it down" not in text and "Close the record" not in text and "For another program" not in text
    assert send(browser, cast).status_code in (403, 404)
    assert not Consent.objects.exists()


# ---- Copies ----------------------------------------------------------------------------------------------------------------


def test_copy_for_programs_holds_everything_but_process_notes(sign_in: SignIn, cast: Cast) -> None:
    patients.record_consent(cast.amina, patient_id=cast.rosa.pk, purpose="letters", given=True, on=clock.today(), note="a note")
    note = ProcessNote(clinic=cast.amina.clinic, patient=cast.rosa, author=cast.amina.user)
    note.text = CANARY
    note.save()

    answer = sign_in("amina").post(address(cast, "/copy/json"))

    read = json.loads(answer.content)
    assert read["consents"][0]["note"] == "a note" and read["patient"]["name"] == "Rosa D."
    assert CANARY not in answer.content.decode()
    assert "Rosa" not in answer["Content-Disposition"] and answer["Content-Disposition"].startswith("attachment")


def test_copy_to_read_is_a_tagged_pdf_and_is_audited(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("amina").post(address(cast, "/copy/pdf"))

    assert answer.content.startswith(b"%PDF-") and b"/MarkInfo" in answer.content
    assert "export_record" in AuditEntry.objects.latest("id").act


def test_copy_is_taken_by_a_form_and_in_no_other_form(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")

    assert browser.get(address(cast, "/copy/json")).status_code == 405
    assert browser.post(address(cast, "/copy/xml")).status_code == 404


# ---- End of care -----------------------------------------------------------------------------------------------------------


def end(browser: Client, cast: Cast, **changes: str):
    return browser.post(address(cast, "/end"), {"end-on": clock.today().isoformat(), "end-reason": "completed", **changes})


def close(cast: Cast, *, years_ago: int = 0) -> None:
    """Care has ended, so many years ago."""
    patients.end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="completed")
    Patient.objects.filter(pk=cast.rosa.pk).update(closed_at=clock.now() - timedelta(days=366 * years_ago))


def taken_on(cast: Cast, *, days_ago: int) -> None:
    Patient.objects.filter(pk=cast.rosa.pk).update(created_at=clock.now() - timedelta(days=days_ago))


def test_ending_care_closes_the_record_and_says_until_when_it_is_kept(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")

    assert end(browser, cast).status_code == 302

    text = browser.get(address(cast)).content.decode()
    assert "Care ended on" in text and str(clock.today().year + 10) in text and "completed as planned" in text
    assert "Rosa D." not in browser.get("/caseload").content.decode()


def test_duty_to_keep_counts_from_the_day_on_which_care_ended(sign_in: SignIn, cast: Cast) -> None:
    taken_on(cast, days_ago=900)
    ended = clock.today() - timedelta(days=800)

    assert end(sign_in("amina"), cast, **{"end-on": ended.isoformat()}).status_code == 302

    sheet = consents.see_record_sheet(cast.amina, patient_id=cast.rosa.pk)
    assert sheet.keep_until is not None and sheet.keep_until.year == ended.year + 10
    assert sheet.end is not None and sheet.end.on == ended


@pytest.mark.parametrize(("days", "says"), [(1, "still to come"), (-31, "Care began here on")])
def test_care_ends_neither_in_the_future_nor_before_it_began(sign_in: SignIn, cast: Cast, days: int, says: str) -> None:
    taken_on(cast, days_ago=30)

    answer = end(sign_in("amina"), cast, **{"end-on": (clock.today() + timedelta(days=days)).isoformat(), "end-note": "typed words"})

    assert answer.status_code == 422 and says in answer.content.decode() and "typed words" in answer.content.decode()
    assert not CareStep.objects.exists()
    with pytest.raises(patients.NotAcceptable):
        patients.end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today() + timedelta(days=days), reason="completed")


def test_care_may_end_on_the_day_it_began(sign_in: SignIn, cast: Cast) -> None:
    taken_on(cast, days_ago=30)

    assert end(sign_in("amina"), cast, **{"end-on": timezone.localdate(clock.now() - timedelta(days=30)).isoformat()}).status_code == 302


@pytest.mark.parametrize("reason", ["", "won the lottery", "other"])
def test_end_needs_a_reason_of_the_list_or_words(sign_in: SignIn, cast: Cast, reason: str) -> None:
    assert end(sign_in("amina"), cast, **{"end-reason": reason}).status_code == 422

    assert Patient.objects.get(pk=cast.rosa.pk).closed_at is None
    with pytest.raises(patients.NotAcceptable):
        patients.end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason=reason)


def test_what_has_ended_is_not_ended_again_and_its_day_stays(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    close(cast, years_ago=3)
    before = Patient.objects.get(pk=cast.rosa.pk).closed_at

    answer = end(browser, cast)

    assert answer.status_code == 422 and "ended already" in answer.content.decode()
    assert Patient.objects.get(pk=cast.rosa.pk).closed_at == before
    assert CareStep.objects.count() == 1


def test_end_sent_twice_is_one_end(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")

    assert [end(browser, cast, once="key").status_code for _ in range(2)] == [302, 302]

    assert CareStep.objects.count() == 1


def test_care_can_be_taken_up_again_and_the_earlier_end_stays(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    end(browser, cast, **{"end-reason": "moved", "end-note": "To the clinic by the sea."})

    browser.post(address(cast, "/again"))

    assert Patient.objects.get(pk=cast.rosa.pk).closed_at is None
    assert "Rosa D." in browser.get("/caseload").content.decode()
    assert "To the clinic by the sea." in browser.get(address(cast)).content.decode()
    assert [entry.step for entry in consents.see_record_sheet(cast.amina, patient_id=cast.rosa.pk).care] == ["again", "ended"]
    assert browser.post(address(cast, "/again")).status_code == 422


def test_page_of_a_person_who_has_died_says_so_and_offers_nothing_cheerful(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    end(browser, cast, **{"end-reason": "died"})

    text = browser.get(address(cast)).content.decode()

    assert "The person has died" in text and "This is a mistake: open the record again" in text
    assert "Take up care again" not in text and "may have it erased" not in text


def test_ends_of_care_are_in_the_copy(cast: Cast) -> None:
    patients.end_care(cast.amina, patient_id=cast.rosa.pk, on=clock.today(), reason="other", note="Went back to study.")

    care = export_record(cast.amina, patient_id=cast.rosa.pk)["care"]

    assert [(row["step"], row["reason"], row["note"], row["author"]) for row in care] == [("ended", "other", "Went back to study.", "Amina Okafor")]


def test_consent_without_a_note_says_who_wrote_it_down(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("amina")
    send(browser, cast)

    text = browser.get(address(cast)).content.decode()
    assert "Amina Okafor" in text[text.index('id="agreed-h"') : text.index('id="say-h"')]


# ---- Erasure ---------------------------------------------------------------------------------------------------------------


REASON = "By letter, signed by hand."


def step(browser: Client, cast: Cast, name: str, reason: str = REASON, **more: str):
    return browser.post(address(cast, "/erasure"), {"step": name, "reason": reason, **more})


def asked(browser: Client, cast: Cast, days_ago: int = 0, **more: str):
    return step(browser, cast, "asked", on=(clock.today() - timedelta(days=days_ago)).isoformat(), **more)


def erase(browser: Client, cast: Cast, **more: str):
    return browser.post(address(cast, "/erasure/now"), {"last-reason": "The duty to keep it has ended.", "last-sure": "on", **more})


def page_of(browser: Client, cast: Cast) -> str:
    return browser.get(address(cast, "/erasure")).content.decode()


def test_erasure_says_everything_that_stands_against_it(sign_in: SignIn, cast: Cast) -> None:
    text = page_of(sign_in("lea"), cast)

    assert "cannot be erased now" in text and "Care has not ended" in text and "Nobody has decided" in text
    assert "Erase the record" not in text and "legal hold lifted" not in text


def test_request_and_hold_are_noted_with_reason_and_name(sign_in: SignIn, cast: Cast) -> None:
    lea = sign_in("lea")

    assert asked(lea, cast).status_code == 302
    assert step(lea, cast, "hold", "The court has asked for the record.").status_code == 302

    text = page_of(lea, cast)
    assert REASON in text
    assert "by Lea Winter (“The court has asked for the record.”)" in text


def test_days_are_written_as_people_write_them(sign_in: SignIn, cast: Cast) -> None:
    close(cast, years_ago=3)
    until = consents.see_record_sheet(cast.amina, patient_id=cast.rosa.pk).keep_until

    text = page_of(sign_in("lea"), cast)

    assert until is not None
    assert f"lasts until {day(until)}." in text and until.isoformat() not in text


def test_open_request_shows_until_when_it_is_answered_and_when_that_is_past(sign_in: SignIn, cast: Cast) -> None:
    lea = sign_in("lea")
    asked(lea, cast, days_ago=3)
    text = page_of(lea, cast)
    assert "Where the GDPR applies" in text and day(month_after(clock.today() - timedelta(days=3))) in text
    assert "this day is past" not in text

    step(lea, cast, "refused", "The duty to keep it lasts.")
    asked(lea, cast, days_ago=40)

    assert "this day is past" in page_of(lea, cast)


@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("asked", {}, "Enter the day on which the request was received"),
        ("asked", {"on": "2999-01-01"}, "still to come"),
        ("hold", {"on": "2026-01-01"}, "belongs to a request"),
        ("hold", {"review_on": "2020-01-01"}, "looked at again on a day to come"),
        ("asked", {"on": "2026-01-01", "review_on": "2999-01-01"}, "belongs to a legal hold"),
        ("free", {}, "nothing to lift"),
        ("refused", {}, "No request is open"),
        ("kept", {}, "nothing to take back"),
        ("decided", {}, "Care has not ended"),
    ],
)
def test_step_that_does_not_fit_is_refused_and_what_was_typed_stays(sign_in: SignIn, cast: Cast, name: str, more: dict[str, str], says: str) -> None:
    answer = step(sign_in("lea"), cast, name, **more)

    assert answer.status_code == 422
    assert says in answer.content.decode() and REASON in answer.content.decode()
    assert not ErasureStep.objects.exists()


def test_step_sent_twice_is_written_once(sign_in: SignIn, cast: Cast) -> None:
    lea = sign_in("lea")

    assert 'name="once"' in page_of(lea, cast)
    assert [asked(lea, cast, once="a").status_code for _ in range(2)] == [302, 302]
    assert [step(lea, cast, "hold", once="b").status_code for _ in range(2)] == [302, 302]
    assert [step(lea, cast, "free", once="c").status_code for _ in range(2)] == [302, 302]

    assert [one.step for one in ErasureStep.objects.order_by("recorded_at")] == ["asked", "hold", "free"]


def test_step_without_a_reason_is_refused_and_says_what_to_do(sign_in: SignIn, cast: Cast) -> None:
    answer = asked(sign_in("lea"), cast, reason="no")

    assert answer.status_code == 422 and "at least 10" in answer.content.decode()


def test_erasing_takes_a_decision_another_lead_and_the_tick(sign_in: SignIn, cast: Cast) -> None:
    add_lead(cast)
    lea, noor = sign_in("lea"), sign_in("noor")
    close(cast, years_ago=11)
    assert step(lea, cast, "decided", "The duty to keep it has ended.").status_code == 302

    assert "Lea Winter decided it on" in page_of(lea, cast) and "Erase the record" not in page_of(lea, cast)
    alone = erase(lea, cast)
    assert alone.status_code == 422 and "It was not erased" in alone.content.decode()
    unsure = erase(noor, cast, **{"last-sure": ""})
    assert unsure.status_code == 422 and "Tick this" in unsure.content.decode()
    assert 'name="once"' in page_of(noor, cast)
    assert erase(noor, cast).status_code == 302

    assert Patient.objects.get(pk=cast.rosa.pk).erased_at is not None
    assert noor.get(address(cast)).status_code == 404


def test_erasure_sent_twice_is_answered_like_the_first_time(sign_in: SignIn, cast: Cast) -> None:
    add_lead(cast)
    noor = sign_in("noor")
    close(cast, years_ago=11)
    step(sign_in("lea"), cast, "decided", "The duty to keep it has ended.")

    assert [erase(noor, cast, once="key").status_code for _ in range(2)] == [302, 302]

    assert ErasureStep.objects.filter(step="erased").count() == 1
    assert erase(noor, cast, once="another key").status_code == 404
    assert erase(sign_in("lea"), cast, once="key").status_code == 404


def test_sole_lead_is_told_from_which_day_on(sign_in: SignIn, cast: Cast) -> None:
    lea = sign_in("lea")
    close(cast, years_ago=11)
    step(lea, cast, "decided", "The duty to keep it has ended.")

    assert day(clock.today() + timedelta(days=ALONE_DAYS)) in page_of(lea, cast)
    assert erase(lea, cast).status_code == 422


def test_hold_stops_an_erasure_that_is_sent_all_the_same(sign_in: SignIn, cast: Cast) -> None:
    add_lead(cast)
    lea, noor = sign_in("lea"), sign_in("noor")
    close(cast, years_ago=11)
    step(lea, cast, "decided", "The duty to keep it has ended.")
    step(lea, cast, "hold", "The court has asked for the record.")

    answer = erase(noor, cast)

    assert answer.status_code == 422 and "legal hold" in answer.content.decode()
    assert "The duty to keep it has ended." in answer.content.decode()
    assert Patient.objects.get(pk=cast.rosa.pk).erased_at is None


def test_every_table_that_goes_has_a_name_for_people() -> None:
    from fivefold.services.operations.erasure import NOT_COUNTED
    from fivefold.services.operations.rows import models_about_patients
    from fivefold.web.patients.forms import TABLE_WORDS

    assert {model.__name__ for model in models_about_patients()} - set(NOT_COUNTED) <= set(TABLE_WORDS)


def test_number_of_process_notes_is_not_shown(sign_in: SignIn, cast: Cast) -> None:
    for _ in range(7):
        ProcessNote(clinic=cast.amina.clinic, patient=cast.rosa, author=cast.amina.user).save()

    text = page_of(sign_in("lea"), cast)

    assert "process notes: 7" not in text and "is not shown" in text


@pytest.mark.parametrize("who", ["amina", "bruno", "adrian"])
def test_nobody_but_a_lead_sees_or_takes_a_step(sign_in: SignIn, cast: Cast, who: str) -> None:
    browser = sign_in(who)

    assert browser.get(address(cast, "/erasure")).status_code in (403, 404)
    assert step(browser, cast, "hold").status_code in (403, 404)
    assert not ErasureStep.objects.exists()
