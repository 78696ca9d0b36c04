"""The clinic's pages: people, instruments, the knowledge in use, settings."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
from fivefold.library import load_knowledge
from fivefold.records import clock
from fivefold.records.models import CaseloadRow, Clinic, InstrumentPermission, Membership
from fivefold.services import installation, instruments, releases
from fivefold.services import knowledge as loaded
from fivefold.services.access import AccessDenied
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.patients import NotAcceptable, add_patient

SignIn = Callable[[str], Client]
BSL_ITEMS = tuple(f"own words {number}" for number in range(1, 24))


def forget_releases() -> None:
    """As after a restart."""
    loaded._load_or_refusal.cache_clear()
    loaded._load.cache_clear()


def membership_of(cast: Cast, who: str) -> int:
    return Membership.objects.get(user=cast.people[who].user).pk


# ---- People --------------------------------------------------------------------------------------------------------------


def test_people_page_shows_caseloads_and_what_waits(cast: Cast, sign_in: SignIn) -> None:
    CaseloadRow.objects.filter(patient=cast.rosa).update(signal="safety", review_on=timezone.localdate() - timedelta(days=1))

    answer = sign_in("lea").get("/clinic")

    amina = next(one for one in answer.context["colleagues"] if one.name == "Amina Okafor")
    assert (amina.patients, amina.overdue_reviews, amina.safety_signals) == (1, 1, 1)
    text = answer.content.decode()
    assert "1 safety signal<" in text
    assert "1 review overdue" in text
    assert "Chidi" not in text


def test_administrator_sees_people_and_numbers_but_no_patient(cast: Cast, sign_in: SignIn) -> None:
    text = sign_in("adrian").get("/clinic").content.decode()

    assert "Amina Okafor" in text
    assert "Rosa" not in text


def test_number_of_queries_does_not_grow_with_people_and_patients(cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        add_patient(cast.teo, name=f"Patient {number}", birth_year=1990)
    browser = sign_in("lea")
    browser.get("/clinic")

    with django_assert_max_num_queries(32):
        browser.get("/clinic")


def test_link_of_an_invitation_is_shown_once(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")

    browser.post("/clinic/invite", {"name": "Nadia", "email": "nadia@clinic.example", "role": "therapist"})
    first, second = browser.get("/clinic").content.decode(), browser.get("/clinic").content.decode()

    assert "/join/" in first
    assert "/join/" not in second
    assert "Nadia" in second


def test_invitation_with_a_mistake_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("lea").post("/clinic/invite", {"name": "Amina again", "email": "amina@clinic.example", "role": "lead"})

    assert answer.status_code == 422
    assert 'value="Amina again"' in answer.content.decode()
    assert "already does" in answer.content.decode()


def test_leaving_warns_of_patients_nobody_treats(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")

    answer = browser.post(f"/clinic/people/{membership_of(cast, 'amina')}/end", follow=True)

    assert "1 patient has nobody who treats them now" in answer.content.decode()
    assert "One person has nobody who treats them." in answer.content.decode()


def test_last_manager_who_leaves_is_told_why_not(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("lea")
    browser.post(f"/clinic/people/{membership_of(cast, 'adrian')}/end")

    answer = browser.post(f"/clinic/people/{membership_of(cast, 'lea')}/end")

    assert answer.status_code == 422
    assert "Invite another lead" in answer.content.decode()


def test_person_of_another_clinic_is_not_found(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in("lea").get(f"/clinic/people/{membership_of(cast, 'chidi')}").status_code == 404


# ---- Settings ------------------------------------------------------------------------------------------------------------


def test_two_who_change_the_settings_meet_at_a_merge_page(cast: Cast, sign_in: SignIn) -> None:
    lea, adrian = sign_in("lea"), sign_in("adrian")
    sent = {"time_zone": "Europe/Berlin", "crisis_words": "", "version": "0"}

    assert lea.post("/clinic/settings", {**sent, "name": "Named by Lea"}).status_code == 302
    answer = adrian.post("/clinic/settings", {**sent, "name": "Named by Adrian"})

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Named by Lea" in text
    assert "Named by Adrian" in text
    assert Clinic.objects.get(pk=cast.lea.clinic.pk).name == "Named by Lea"


HEADINGS = {"heading_brought": "Topics <b>today</b>", "heading_done": "Work", "heading_agreed": "Until next time"}


def test_clinic_names_the_headings_of_its_notes_itself(cast: Cast, sign_in: SignIn) -> None:
    from fivefold.services.clinic import see_settings
    from fivefold.services.session_note import Role

    sent = {"name": "Practice", "time_zone": "Europe/Berlin", "crisis_words": "", "version": "0", "note_style": "own", **HEADINGS}
    assert sign_in("lea").post("/clinic/settings", sent).status_code == 302

    kept = see_settings(cast.lea).notes
    assert kept.first == "own"
    assert kept.own == (("Topics <b>today</b>", (Role.BROUGHT, Role.SEEN)), ("Work", (Role.DONE, Role.WENT)), ("Until next time", (Role.AGREED,)))
    assert 'value="Topics &lt;b&gt;today&lt;/b&gt;"' in sign_in("lea").get("/clinic/settings").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"note_style": "own"}, "write at least one heading"),
        ({"note_style": "limerick"}, "limerick"),
        ({**HEADINGS, "heading_seen": "work"}, "each heading once"),
        ({"heading_seen": "x" * 41}, "40"),
    ],
)
def test_headings_that_cannot_be_kept_are_refused_and_nothing_entered_is_lost(cast: Cast, sign_in: SignIn, wrong: dict[str, str], said: str) -> None:
    sent = {"name": "Named anew", "time_zone": "Europe/Berlin", "crisis_words": "", "version": "0", **wrong}

    answer = sign_in("lea").post("/clinic/settings", sent)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert "Named anew" in text
    assert all(heading.replace("<", "&lt;").replace(">", "&gt;") in text for name, heading in wrong.items() if name.startswith("heading_"))


# ---- Instruments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "page"), [("lea", "/clinic/instruments"), ("amina", "/patients/{rosa}/assessment/scores")])
def test_list_of_instruments_says_what_the_letters_of_licences_mean(cast: Cast, sign_in: SignIn, who: str, page: str) -> None:
    text = sign_in(who).get(page.format(rosa=cast.rosa.pk)).content.decode()

    key = text[text.index("licence-key") :].split("</p>")[0]
    assert all(f"<b>{letter}</b>" in key for letter in ("A", "A*", "B", "C"))
    assert "free under conditions" in key


def test_clinic_with_a_permission_loads_its_own_items(cast: Cast, sign_in: SignIn) -> None:
    assert instruments.item_texts(cast.amina, "bsl23") == ()

    answer = sign_in("lea").post("/clinic/instruments/bsl23", {"version": 0, "licence": "Letter of the authors, 3 March 2026", "items": "\n".join(BSL_ITEMS)})

    assert answer.status_code == 302
    assert instruments.item_texts(cast.amina, "bsl23") == BSL_ITEMS
    assert instruments.item_texts(cast.chidi, "bsl23") == ()

    both = sign_in("lea").post("/clinic/instruments/bsl23", {"version": 0, "licence": "Another letter, found in the drawer", "items": ""})
    assert both.status_code == 409
    assert all(words in both.content.decode() for words in ("Letter of the authors, 3 March 2026", "Another letter, found in the drawer", BSL_ITEMS[0]))
    assert instruments.item_texts(cast.amina, "bsl23") == BSL_ITEMS


def test_wrong_number_of_items_is_refused_and_nothing_is_lost(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("lea").post("/clinic/instruments/bsl23", {"version": 0, "licence": "Letter of the authors, 3 March 2026", "items": "one\ntwo"})

    assert answer.status_code == 422
    assert "23 lines" in answer.content.decode()
    assert "one\ntwo" in answer.content.decode()
    assert not InstrumentPermission.objects.exists()


def test_permission_that_ran_out_or_was_ended_shows_no_items(cast: Cast) -> None:
    yesterday, tomorrow = (timezone.localdate() + timedelta(days=days) for days in (-1, 1))
    InstrumentPermission(
        clinic=cast.lea.clinic, instrument="bsl23", given=True, licence="A letter", valid_until=yesterday, items=list(BSL_ITEMS), author=cast.lea.user
    ).save()
    ran_out = instruments.see_instrument(cast.lea, instrument="bsl23")
    instruments.record_permission(cast.lea, instrument="bsl23", licence="Letter of the authors", valid_until=tomorrow, items=BSL_ITEMS)
    again = instruments.item_texts(cast.amina, "bsl23")
    instruments.end_permission(cast.lea, instrument="bsl23")

    assert (ran_out.is_over, ran_out.items) == (True, ())
    assert again == BSL_ITEMS
    assert instruments.item_texts(cast.amina, "bsl23") == ()


def test_therapist_cannot_record_a_permission(cast: Cast) -> None:
    with pytest.raises(AccessDenied):
        instruments.record_permission(cast.amina, instrument="bsl23", licence="Letter of the authors")


def test_shipped_items_need_no_permission(cast: Cast) -> None:
    assert len(instruments.item_texts(cast.amina, "phq9")) == 9


def test_permission_without_a_statement_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAcceptable):
        instruments.record_permission(cast.lea, instrument="bsl23", licence="yes")


# ---- Knowledge -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def another_release(settings: Any, tmp_path: Path) -> Iterator[str]:
    """The name of a kept release with another version."""
    settings.FIVEFOLD_RELEASES = tmp_path
    name = "9.9.9-another0"
    shutil.copytree(KNOWLEDGE_FOLDER, tmp_path / name)
    identity = tmp_path / name / "release.yaml"
    identity.write_text(identity.read_text(encoding="utf-8").replace("1.0.0", "9.9.9"), encoding="utf-8")
    yield name


def test_release_of_the_program_is_kept_once(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.FIVEFOLD_RELEASES = tmp_path

    name = releases.keep_release()
    releases.keep_release()

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert [one.name for one in releases.see_releases(cast.lea)] == [""]


def test_effect_of_another_release_is_worked_out_before_the_switch(cast: Cast, sign_in: SignIn, another_release: str) -> None:
    browser = sign_in("lea")
    page = browser.get("/clinic/knowledge").content.decode()

    answer = browser.get(f"/clinic/knowledge/effect?release={another_release}")

    assert "9.9.9" in page
    assert answer.status_code == 200
    assert answer.context["effect"].looked_at == 1
    assert Clinic.objects.get(pk=cast.lea.clinic.pk).settings.get("release", "") == ""


def test_effect_is_worked_out_for_some_records_at_a_time(cast: Cast, sign_in: SignIn, another_release: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "RECORDS_AT_ONCE", 2)
    for number in range(4):
        add_patient(cast.amina, name=f"Somebody {number}", birth_year=1990)
    browser = sign_in("lea")

    pages = [browser.get("/clinic/knowledge/effect", {"release": another_release, "page": page}) for page in ("1", "3", "99", "x")]

    assert [answer.context["effect"].looked_at for answer in pages] == [2, 1, 1, 2]
    assert [answer.context["effect"].page for answer in pages] == [1, 3, 3, 1]
    assert "Part 1 of 3; the clinic has 5 current records." in pages[0].content.decode()
    assert "Previous part" not in pages[0].content.decode()
    assert "Next part" not in pages[1].content.decode()


def test_clinic_that_switches_works_with_the_other_release_and_no_other_clinic_does(cast: Cast, sign_in: SignIn, another_release: str) -> None:
    answer = sign_in("lea").post("/clinic/knowledge/switch", {"release": another_release}, follow=True)

    assert "1 record was looked at anew" in answer.content.decode()
    with knowledge_of(Clinic.objects.get(pk=cast.lea.clinic.pk)):
        assert knowledge().release.version == "9.9.9"
    with knowledge_of(Clinic.objects.get(pk=cast.vera.clinic.pk)):
        assert knowledge().release.version == "1.0.0"


def test_records_of_a_large_clinic_that_a_switch_leaves_behind_are_told_and_looked_at_when_they_are_opened(
    cast: Cast, sign_in: SignIn, another_release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "ANEW_AT_ONCE", 2)
    for number in range(4):
        add_patient(cast.amina, name=f"Somebody {number}", birth_year=1990)

    browser = sign_in("lea")
    answer = browser.post("/clinic/knowledge/switch", {"release": another_release}, follow=True)

    assert "2 records were looked at anew. 3 others are looked at anew when" in answer.content.decode()
    behind = CaseloadRow.objects.filter(clinic=cast.lea.clinic, updated_at__lt=clock.now() - timedelta(days=2))
    assert behind.count() == 3
    browser.get("/caseload")
    assert behind.count() == 0


def test_kept_release_that_cannot_be_read_any_more_is_said_and_not_used(cast: Cast, sign_in: SignIn, another_release: str, settings: Any) -> None:
    releases.switch_release(cast.lea, name=another_release)
    (Path(settings.FIVEFOLD_RELEASES) / another_release / "phases" / "phases.yaml").write_text("broken: [", encoding="utf-8")
    forget_releases()

    answer = sign_in("lea").get("/clinic/knowledge")

    assert "can no longer read it" in answer.content.decode()
    with knowledge_of(Clinic.objects.get(pk=cast.lea.clinic.pk)):
        assert knowledge().release.version == "1.0.0"


def test_upgrade_that_watches_something_new_is_survived_and_told_until_the_lead_switches(
    cast: Cast, sign_in: SignIn, another_release: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Path(settings.FIVEFOLD_RELEASES) / another_release / "rules" / "signals.yaml"
    rules.write_text(re.sub(r"  - id: rule\.signal\.expected_course\n(?:    .*\n)+", "", rules.read_text(encoding="utf-8")), encoding="utf-8")
    Clinic.objects.filter(pk=cast.lea.clinic.pk).update(settings={"release": another_release})
    forget_releases()
    read: list[object] = []
    monkeypatch.setattr(loaded, "load_knowledge", lambda *folder: read.append(folder) or load_knowledge(*folder))

    (told,) = installation.releases_left_behind()
    pages = [sign_in("amina").get(f"/patients/{cast.rosa.pk}/{page}").status_code for page in ("map", "plan", "signals")]

    assert (
        told.state == "bad" and another_release in told.what and "a rule that watches expected_course" in told.what and "choose the new release" in told.remedy
    )
    assert pages == [200, 200, 200]
    assert len([folder for folder in read if folder]) == 1  # finding out that it cannot be used takes seconds: not at every request
    sign_in("lea").post("/clinic/knowledge/switch", {"release": ""})
    assert list(installation.releases_left_behind()) == []


@pytest.mark.parametrize("name", ["../../etc", "none", "."])
def test_release_that_does_not_exist_is_not_found(cast: Cast, sign_in: SignIn, another_release: str, name: str) -> None:
    browser = sign_in("lea")

    assert browser.get("/clinic/knowledge/effect", {"release": name}).status_code == 404
    browser.post("/clinic/knowledge/switch", {"release": name})

    assert Clinic.objects.get(pk=cast.lea.clinic.pk).settings.get("release", "") == ""


def test_administrator_cannot_switch_clinical_knowledge(cast: Cast) -> None:
    with pytest.raises(AccessDenied):
        releases.switch_release(cast.adrian, name="")
