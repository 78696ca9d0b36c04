"""The audit trail as an auditor sees it."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from tests.support.acts import all_acts
from tests.support.clinic import Cast

from fivefold.records.models import AuditEntry
from fivefold.services.assessments import see_record

SignIn = Callable[[str], Client]


def test_auditor_sees_who_looked_at_which_record_but_no_name_of_a_patient(cast: Cast, sign_in: SignIn) -> None:
    see_record(cast.amina, patient_id=cast.rosa.pk)

    text = sign_in("olga").get(f"/audit?patient={cast.rosa.pk}").content.decode()

    assert "looked at the record" in text
    assert "Amina Okafor" in text
    assert str(cast.rosa.pk)[:8] in text
    assert "Rosa" not in text


def test_every_act_has_words() -> None:
    from fivefold.web.audit.words import ACT_WORDS

    assert {name.rpartition(".")[2] for name in all_acts()} - set(ACT_WORDS) == set()


def test_trail_of_another_clinic_is_not_seen(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.patients import add_patient

    add_patient(cast.chidi, name="Somebody", birth_year=1980)

    seen = sign_in("olga").get("/audit").context["seen"]

    assert {entry.who for entry in seen.entries} <= {"Amina Okafor", "Olga Reyes"}
    assert "Chidi Eze" not in dict(seen.people).values()


def test_narrowing_down_with_nonsense_is_told_and_pages_go_on(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("olga")
    for _ in range(130):
        see_record(cast.amina, patient_id=cast.rosa.pk)

    wrong = browser.get("/audit?patient=nonsense&on=31.31.2026")
    first = browser.get("/audit?act=see_record").context["seen"]
    second = browser.get(f"/audit?act=see_record&before={first.before}").context["seen"]

    assert wrong.status_code == 422
    assert (len(first.entries), len(second.entries)) == (100, 30)


def test_id_as_the_entries_show_it_finds_its_patient_and_a_shorter_one_nobody(cast: Cast, sign_in: SignIn) -> None:
    see_record(cast.amina, patient_id=cast.rosa.pk)
    browser = sign_in("olga")
    short = str(cast.rosa.pk)[:8]

    found = browser.get(f"/audit?patient={short.upper()}").context["seen"]

    assert found.total and {entry.patient_id for entry in found.entries} == {cast.rosa.pk}
    assert browser.get(f"/audit?patient={short[:3]}").context["seen"].total == 0


def test_acts_of_one_name_are_one_choice_and_a_patient_is_chosen_by_the_id_of_the_entries(cast: Cast, sign_in: SignIn) -> None:
    from tests.support.clinic import open_own_pages

    from fivefold.services.goals import see_goal_sheet, see_goals

    open_own_pages(cast)
    for act in (see_goals, see_goal_sheet):
        act(cast.amina, patient_id=cast.rosa.pk)
    browser = sign_in("olga")

    form = browser.get("/audit").context["form"]
    acts = [value for value, word in form.fields["act"].widget.choices if word == "looked at the goals"]

    assert acts == ["see_goal_sheet,see_goals"]
    assert {entry.act for entry in browser.get(f"/audit?act={acts[0]}").context["seen"].entries} == {"see_goal_sheet", "see_goals"}
    assert f"patient {str(cast.rosa.pk)[:8]}" in dict(form.fields["user_id"].widget.choices).values()


def test_tampered_trail_is_found_and_located(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("olga")
    assert "The trail holds" in browser.post("/audit/check", follow=True).content.decode()
    first = AuditEntry.objects.filter(clinic=cast.olga.clinic).order_by("number")[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_auditentry SET act = 'nothing' WHERE id = %s", [first.pk])

    text = browser.post("/audit/check", follow=True).content.decode()

    assert f"entry {first.number}, its content was changed" in text


def test_trail_is_taken_away_with_its_signed_end(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("olga").post("/audit/export")

    assert answer["Content-Disposition"].startswith("attachment")
    assert b'"anchor"' in answer.content.splitlines()[-1]
