"""The library in the app: every page of the book opens, plain words lead to it, and a clinic's own notes stand beside it, apart."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.documents import book_pages
from fivefold.records.models import AuditEntry, ClinicNote
from fivefold.services import clinic_notes, library
from fivefold.services.access import AccessDenied
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.library.glossary import WORDS
from fivefold.web.library.shelf import url_of

SignIn = Callable[[str], Client]
ATTACK = "'\"><img src=x onerror=alert(2)><script>alert(1)</script>{{ 7*7 }}"


# ---- Pages ---------------------------------------------------------------------------------------------------------------


def test_every_page_of_the_book_opens_under_its_title(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    wrong = []
    for place, page in library.open_book(cast.amina).pages.items():
        answer = browser.get(url_of(place))
        if answer.status_code != 200 or answer.context["page"].section.title != page.section.title:
            wrong.append(place)

    assert wrong == []


def test_every_link_inside_the_library_leads_to_a_page(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    addresses = ["/library", "/library/glossary", *(url_of(place) for place in library.open_book(cast.amina).pages)]
    found = {link.partition("#")[0] for address in addresses for link in re.findall(r'href="(/library[^"]*)"', browser.get(address).content.decode())}

    assert [link for link in sorted(found) if browser.get(link).status_code != 200] == []
    assert len(found) > 150


@pytest.mark.parametrize("who", ["amina", "teo", "bruno", "lea", "adrian", "olga"])
def test_everybody_on_the_staff_reads_it_and_finds_it_in_the_navigation(cast: Cast, sign_in: SignIn, who: str) -> None:
    answer = sign_in(who).get("/library")

    assert answer.status_code == 200
    assert '<a href="/library" aria-current="page">Library</a>' in answer.content.decode()


def test_first_page_of_a_role_is_still_its_own(sign_in: SignIn) -> None:
    assert [sign_in(who).get("/")["Location"] for who in ("amina", "lea", "adrian", "olga")] == ["/caseload", "/caseload", "/clinic", "/audit"]


@pytest.mark.parametrize("address", ["/library/specific-modules/S99", "/library/nothing", "/library/phases/p1", "/library/notes/S99/versions"])
def test_page_that_the_book_does_not_have_is_not_found(sign_in: SignIn, address: str) -> None:
    assert sign_in("amina").get(address).status_code == 404


def test_start_page_shows_phases_ground_modules_by_domain_and_the_honest_limits(cast: Cast, sign_in: SignIn) -> None:
    text = sign_in("amina").get("/library").content.decode()
    base = library.open_book(cast.amina).knowledge

    places = [text.index(f'href="/library/phases/{phase.value}"') for phase in base.phases]
    assert places == sorted(places)
    assert [key for key in base.general_modules if f'href="/library/general-modules/{key}"' not in text] == []
    assert [key for key in base.modules if f'href="/library/specific-modules/{key}"' not in text] == []
    assert 'href="/library/protocols/gpm"' in text
    assert "no randomised trial" in text


def test_module_page_says_how_sure_it_is_and_what_it_leans_on(sign_in: SignIn) -> None:
    answer = sign_in("amina").get("/library/specific-modules/S04")
    text = answer.content.decode()

    assert "How sure is this?" in text
    assert sum(one.share for one in answer.context["sure"]) == pytest.approx(1)
    assert "to be checked by a clinician" in text
    assert "Sources of this page" in text
    for part in ("Indications", "Cautions", "The four change stages", "Session by session", "Stance", "A worked example", "Homework", "Materials", "Evidence"):
        assert part in text


def test_book_is_written_once_for_a_release_however_many_pages_are_opened(cast: Cast, sign_in: SignIn, monkeypatch: Any) -> None:
    library._written.cache_clear()
    calls: list[KnowledgeBase] = []

    def write_pages(base: KnowledgeBase) -> book_pages.PagedBook:
        calls.append(base)
        return book_pages.write_pages(base)

    monkeypatch.setattr(library, "write_pages", write_pages)
    browser = sign_in("amina")

    for address in ("/library", "/library/specific-modules/S04", "/library/phases/P1", "/library/impairments"):
        browser.get(address)
    sign_in("chidi").get("/library")

    assert len(calls) == 1


def test_clinic_on_another_release_reads_the_book_of_that_release(cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    import shutil

    from fivefold.knowledge.loader import KNOWLEDGE_FOLDER

    folder = tmp_path / "releases" / "older"
    shutil.copytree(KNOWLEDGE_FOLDER, folder)
    file = next(one for one in (folder / "phases").glob("*.yaml") if "Someone may be in danger." in one.read_text("utf-8"))
    file.write_text(file.read_text("utf-8").replace("Someone may be in danger.", "Somebody here may be in danger."), encoding="utf-8")
    settings.FIVEFOLD_RELEASES = str(tmp_path / "releases")
    cast.amina.clinic.settings = {"release": "older"}
    cast.amina.clinic.save()

    assert "Somebody here may be in danger." in sign_in("amina").get("/library/phases/P1").content.decode()
    assert "Somebody here may be in danger." not in sign_in("chidi").get("/library/phases/P1").content.decode()


def test_glossary_says_what_the_glossary_of_the_project_says() -> None:
    rows = [line for line in Path("GLOSSARY.md").read_text("utf-8").splitlines() if line.startswith("| **")]
    told = {line.split("**")[1]: [re.sub(r"\*(\w[^*]*)\*|`", r"\1", cell.strip()) for cell in line.strip("| ").split(" | ")] for line in rows}

    assert list(told) == [str(word.name) for word in WORDS]
    assert [str(word.name) for word in WORDS if str(word.means) != told[str(word.name)][1]] == []
    assert [word.name for word in WORDS if str(word.is_not) != told[str(word.name)][3].strip("–-")] == []


# ---- Search by a plain description ---------------------------------------------------------------------------------------

DESCRIPTIONS = [
    ("she cuts after arguments", "S04 self_harm"),
    ("panic when left alone", "S19 abandonment_rejection_sensitivity"),
    ("he punches walls when he is angry", "S15 anger"),
    ("burns herself with cigarettes", "S04 self_harm"),
    ("drinks a bottle of wine every night", "S06 substance_use"),
    ("takes overdoses when her boyfriend leaves", "S01 suicidality"),
    ("wants to kill himself", "S01 suicidality"),
    ("cannot say what she feels", "S08 emotion_awareness"),
    ("feels nothing, like a robot", "S14 dissociation"),
    ("does not know who he is", "S26 identity"),
    ("sees people as all good or all bad", "S21 S25 hostility_conflict"),
    ("cannot sleep at night", "S16 sleep"),
    ("flashbacks of the assault", "S27 ptsd"),
    ("hears voices when stressed", "S14 psychotic_like"),
    ("has no job and sits at home all day", "S30 constricted_life_role"),
    ("spends money she does not have", "S13 impulsivity"),
    ("has sex with strangers and regrets it", "S13 impulsivity"),
    ("perfectionist who never rests", "compulsivity"),
    ("avoids people because of shame", "S28 shame_self_criticism"),
    ("does everything for others and never says no", "S20 submissiveness"),
    ("misses sessions and comes late", "G2 alliance_problem"),
    ("wants to drop out of therapy", "G6 motivation_low"),
    ("worthless and hates her body", "S28 shame_self_criticism"),
    ("throws up after eating", "S18 eating"),
    ("mother of a small child is overwhelmed", "S32 family_burden"),
    ("stops taking medication", "S05 medication_problem"),
    ("family shouts and criticises all the time", "S32 family_burden"),
    ("cannot calm down once upset", "S10 emotion_regulation"),
    ("mood swings from hour to hour", "S10 emotion_regulation"),
    ("worries all the time", "S17 S11 anxiety"),
    ("acts before thinking", "S13 impulsivity"),
    ("reads bad intentions into everything", "S24 mentalizing"),
    ("no close friends, trusts nobody", "S22 intimacy"),
    ("ending therapy is frightening", "S34"),
    ("nothing helps any more, we are stuck", "S35"),
    ("hurts herself when she is ashamed", "S04 self_harm"),
    ("dissosiation", "S14 dissociation"),
    ("suicdal thoughts", "S01 suicidality"),
]


@pytest.mark.parametrize(("description", "wanted"), DESCRIPTIONS)
def test_plain_description_leads_to_the_right_page_among_the_first_five(cast: Cast, description: str, wanted: str) -> None:
    found = [one.page.place.name for one in library.find_pages(cast.amina, description=description)[:5]]

    assert set(wanted.split()) & set(found), found


def test_each_page_is_found_once_and_says_why(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("amina").post("/library/search", {"description": "dissosiation when she feels alone"})
    urls = [one.url for one in answer.context["results"]]
    text = answer.content.decode()

    assert len(urls) == len(set(urls))
    assert "“dissosiation” read as “dissociation”" in text
    assert all(one.why for one in answer.context["results"])


def test_what_somebody_looked_for_stands_in_no_address_and_no_trail(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    before = AuditEntry.objects.count()

    answer = browser.post("/library/search", {"description": "bites her hands at night"})

    assert answer.status_code == 200
    assert 'value="bites her hands at night"' in answer.content.decode()
    assert "bites" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    assert AuditEntry.objects.count() == before
    assert "bites" not in browser.get("/library/search?description=bites").content.decode()


def test_search_for_nothing_says_what_to_type_and_for_the_unknown_what_to_try(sign_in: SignIn) -> None:
    browser = sign_in("amina")
    empty, unknown = browser.post("/library/search", {"description": " "}), browser.post("/library/search", {"description": "qqqq"})

    assert empty.status_code == 422
    assert "Say what it is about" in empty.content.decode()
    assert unknown.status_code == 200
    assert "Try other words" in unknown.content.decode()


# ---- How we do it here -----------------------------------------------------------------------------------------------------


def write(browser: Client, text: str, version: int, module: str = "S04") -> Any:
    return browser.post(f"/library/notes/{module}", {"text": text, "version": version})


def test_note_stands_beside_the_module_apart_from_the_book(sign_in: SignIn) -> None:
    assert write(sign_in("lea"), "Skills group on Tuesdays.\n\nCards in the yellow drawer.", 0).status_code == 302

    text = sign_in("amina").get("/library/specific-modules/S04").content.decode()
    own = text[text.index('class="own"') : text.index('class="book"')]
    assert "Skills group on Tuesdays." in own
    assert "the clinic&#x27;s own words" in own or "the clinic's own words" in own
    assert "Version 1, Lea Winter" in own
    assert "Skills group" not in text[text.index('class="book"') :]
    assert "our note" in sign_in("amina").get("/library").content.decode()


def test_note_of_another_clinic_is_never_seen(cast: Cast, sign_in: SignIn) -> None:
    write(sign_in("lea"), "Ours alone", 0)

    for address in ("/library/specific-modules/S04", "/library/notes/S04/versions"):
        assert "Ours alone" not in sign_in("chidi").get(address).content.decode()
    assert clinic_notes.modules_with_notes(cast.chidi) == frozenset()


@pytest.mark.parametrize(("who", "may"), [("lea", True), ("bruno", True), ("amina", False), ("adrian", False), ("olga", False)])
def test_lead_and_supervisor_write_and_everybody_reads(cast: Cast, sign_in: SignIn, who: str, may: bool) -> None:
    clinic_notes.write_note(cast.lea, module="S04", text="As agreed", version=0)
    browser = sign_in(who)

    assert write(browser, "Changed", 1).status_code == (302 if may else 403)
    assert browser.get("/library/notes/S04/versions").status_code == 200
    assert ("Change it" in browser.get("/library/specific-modules/S04").content.decode()) is may
    assert ClinicNote.objects.count() == (2 if may else 1)


def test_act_itself_refuses_a_therapist(cast: Cast) -> None:
    with pytest.raises(AccessDenied):
        clinic_notes.write_note(cast.amina, module="S04", text="no", version=0)


def test_two_who_change_a_note_meet_and_nothing_is_lost(sign_in: SignIn) -> None:
    lea, bruno = sign_in("lea"), sign_in("bruno")
    write(lea, "By Lea", 0)

    answer = write(bruno, "By Bruno", 0)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Lea Winter has changed this note meanwhile" in text
    assert "By Lea" in text
    assert "By Bruno" in text
    assert 'name="version" value="1"' in text
    assert write(bruno, "By both", 1).status_code == 302
    assert list(ClinicNote.objects.order_by("number").values_list("number", "text")) == [(1, "By Lea"), (2, "By both")]


def test_changed_meanwhile_is_raised_for_a_version_that_is_not_the_newest(cast: Cast) -> None:
    clinic_notes.write_note(cast.lea, module="G2", text="one", version=0)

    for version in (0, 2):
        with pytest.raises(ChangedMeanwhile):
            clinic_notes.write_note(cast.bruno, module="G2", text="two", version=version)


def test_versions_stay_readable_also_when_the_note_was_taken_away(cast: Cast, sign_in: SignIn) -> None:
    lea = sign_in("lea")
    write(lea, "First", 0)
    write(lea, "", 1)

    text = lea.get("/library/notes/S04/versions").content.decode()
    assert "First" in text
    assert "The note was taken away." in text
    assert clinic_notes.modules_with_notes(cast.lea) == frozenset()
    assert "Nothing is written down yet" in lea.get("/library/specific-modules/S04").content.decode()


def test_saving_the_same_words_makes_no_version(cast: Cast) -> None:
    assert clinic_notes.write_note(cast.lea, module="S04", text="Same\r\nwords ", version=0) == 1
    assert clinic_notes.write_note(cast.lea, module="S04", text="Same\nwords", version=1) == 1
    assert ClinicNote.objects.count() == 1


def test_writing_a_note_is_in_the_trail_without_its_words(cast: Cast) -> None:
    clinic_notes.write_note(cast.lea, module="S04", text="Skills group", version=0)

    entry = AuditEntry.objects.filter(clinic=cast.lea.clinic).latest("number")
    assert entry.act == "write_note"
    assert "Skills" not in str(entry.detail)


def test_hostile_note_stays_text(sign_in: SignIn) -> None:
    lea = sign_in("lea")
    write(lea, ATTACK, 0)

    for address in ("/library/specific-modules/S04", "/library/notes/S04", "/library/notes/S04/versions"):
        text = lea.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "{{ 7*7 }}" in text


def test_note_that_is_too_long_is_refused_and_kept_on_the_page(cast: Cast, sign_in: SignIn) -> None:
    answer = write(sign_in("lea"), "x" * (clinic_notes.LONGEST + 1), 0)

    assert answer.status_code == 422
    assert "x" * 6001 in answer.content.decode()
    with pytest.raises(NotAcceptable):
        clinic_notes.write_note(cast.lea, module="S04", text="x" * (clinic_notes.LONGEST + 1), version=0)


def test_page_of_a_note_says_that_nothing_about_a_patient_belongs_there(sign_in: SignIn) -> None:
    assert "Nothing about a patient belongs here" in sign_in("lea").get("/library/notes/G1").content.decode()


# ---- From the pages of a record and back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["map", "plan"])
def test_module_on_map_and_plan_leads_to_its_page_and_back(cast: Cast, sign_in: SignIn, page: str) -> None:
    sam = known_patient(cast.amina)
    browser = sign_in("amina")
    here = f"/patients/{sam.pk}/{page}"

    assert 'href="/library/specific-modules/S04"' in browser.get(here).content.decode()
    back = browser.get("/library/specific-modules/S04", HTTP_REFERER=f"http://testserver{here}").content.decode()
    elsewhere = browser.get("/library/specific-modules/S04", HTTP_REFERER=f"http://evil.example{here}").content.decode()

    assert f'href="{here}#m-S04"' in back
    assert str(sam.pk) not in elsewhere


# ---- The caseload --------------------------------------------------------------------------------------------------------


def test_caseload_is_laid_beside_the_library_within_ones_reach_and_names_nobody(cast: Cast, sign_in: SignIn) -> None:
    """Sam needs an answer to self-harm, for which the library has modules; Rosa's row is from before needs were kept."""
    from fivefold.records.models import CaseloadRow

    sam = known_patient(cast.amina, "Sam Uhl")
    CaseloadRow.objects.filter(patient=cast.rosa).update(needs=None)
    seen = sign_in("amina").get("/library/our-caseload")

    assert seen.context["seen"].patients == 2 and seen.context["seen"].not_yet == 1
    assert "self_harm" in {one.impairment for one in seen.context["seen"].map.impairments}
    assert seen.context["seen"].map.patients == 1 and not seen.context["uncovered"]
    page = seen.content.decode()
    assert "Sam Uhl" not in page and str(sam.pk) not in page
    assert sign_in("lea").get("/library/our-caseload").context["seen"].patients >= 2
    assert sign_in("adrian").get("/library/our-caseload").status_code == 403
    assert "/library/our-caseload" not in sign_in("adrian").get("/library").content.decode()


def test_caseload_beside_some_modules_says_what_they_do_not_answer(cast: Cast, sign_in: SignIn) -> None:
    known_patient(cast.amina)
    whole = sign_in("amina").get("/library/our-caseload").context["seen"].map
    treats = next(one for one in whole.impairments if one.impairment == "self_harm").modules
    far = next(name for name in ("S35", "S34", "S33", "S30") if name not in treats)
    part = sign_in("amina").get("/library/our-caseload", {"with": [far, "S99"]})

    assert "self_harm" in {one.impairment for one in part.context["seen"].map.uncovered}
    assert part.context["seen"].map.answerable < whole.answerable
    assert f'value="{far}" checked' in part.content.decode()
