"""Training: a case is read without its answers, feedback stands beside two keyings and the engine, and all of it is the learner's own."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.training import CaseChoice, Raised, TrainingPlace
from fivefold.concepts.vocabulary import PhaseId
from fivefold.documents.book_pages import Place
from fivefold.engine.training import choice_of
from fivefold.records.models import AuditEntry, TrainingAttempt
from fivefold.services import training
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.training_cases import case_book

SignIn = Callable[[str], Client]
CASE = "v05-pregnant"
WORDS = "I would wait for the midwife"
NOTHING = CaseChoice(PhaseId.P3, places={"S10": TrainingPlace.NOW})


def attempt(cast: Cast, who: str = "amina", case: str = CASE, choice: CaseChoice = NOTHING, words: str = WORDS) -> uuid.UUID:
    return uuid.UUID(training.record_attempt(cast.people[who], case=case, choice=choice, words=words))


def form(**changed: str) -> dict[str, str]:
    base = knowledge()
    fields = {f"rule_{rule.code}": "not_raised" for rule in base.overrides} | {f"place_{name}": "not_now" for name in base.modules}
    return {**fields, "phase": "P3", "withheld": "no", "words": "", **changed}


# ---- Reading and choosing ------------------------------------------------------------------------------------------------


def test_case_is_read_without_any_answer_and_kept_choices_are_what_was_sent(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    shown = browser.get(f"/training/cases/{CASE}").content.decode()
    answer = browser.post(f"/training/cases/{CASE}", form(rule_R14="active", rule_R1="to_ask", place_S01="now", words=WORDS))
    kept = training.see_attempt(cast.amina, attempt_id=TrainingAttempt.objects.get().pk).attempt

    case = case_book(knowledge()).case(CASE)
    assert case.story[:60] in shown.replace("&#x27;", "'") and "Not known:" in shown
    assert not any(key.notes[:40] in shown for key in case.keyings) and case.left_open not in shown
    assert answer["Location"] == f"/training/attempts/{kept.id}"
    assert kept.choice == CaseChoice(PhaseId.P3, False, {"R1": Raised.TO_ASK, "R14": Raised.ACTIVE}, {"S01": TrainingPlace.NOW})
    assert kept.words == WORDS


def test_every_case_opens_with_what_is_known_of_it(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    book = case_book(knowledge())
    wrong = [case.id for case in book.cases if browser.get(f"/training/cases/{case.id}").status_code != 200]

    assert wrong == [] and len(book.cases) == 34
    assert browser.get("/training/cases/v99").status_code == 404


def test_form_without_a_phase_is_refused_and_keeps_everything_else(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("amina").post(f"/training/cases/{CASE}", form(phase="", rule_R14="active", words=WORDS))
    page = answer.content.decode()

    assert answer.status_code == 422 and not TrainingAttempt.objects.exists()
    assert "Nothing is lost" in page and "Choose a phase" in page and WORDS in page
    assert re.search(r'value="active"[^>]*id="id_rule_R14_2"[^>]*checked', page)


def test_choice_with_unknown_names_or_too_many_words_is_refused(cast: Cast) -> None:
    for choice, words in ((CaseChoice(PhaseId.P1, raised={"R99": Raised.ACTIVE}), ""), (NOTHING, "x" * (training.LONGEST_WORDS + 1))):
        with pytest.raises(NotAcceptable):
            attempt(cast, choice=choice, words=words)
    with pytest.raises(UnknownThing):
        attempt(cast, case="v99")


def test_same_form_sent_twice_is_one_attempt(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    places = {browser.post(f"/training/cases/{CASE}", form(once="k1"))["Location"] for _time in range(2)}

    assert len(places) == 1 and TrainingAttempt.objects.count() == 1


# ---- Feedback ------------------------------------------------------------------------------------------------------------


def test_missed_safety_is_said_first_and_modules_after_it(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("amina").get(f"/training/attempts/{attempt(cast)}").content.decode()
    places = [page.index(words) for words in ("Safety first: 4 rules were missed", "R14 ", "The engine alone raises", "statements of", "S10 ")]

    assert places == sorted(places)
    assert "Chosen for now in spite of what has to come first" in page


def test_feedback_shows_both_keyings_the_engine_and_how_far_the_keyings_agree(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("amina").get(f"/training/attempts/{attempt(cast)}")
    page, said = answer.content.decode(), answer.context["said"]
    (item,) = [one for one in said.modules if one.name.startswith("S10")]

    assert [(one.who, one.says, one.word) for one in item.opinions] == [
        ("key A", "now, next or later", "agreed"),
        ("key B", "next or later", "chosen against this opinion"),
        ("the engine", "later", "chosen against this opinion"),
    ]
    assert item.differ and item.url == "/library/specific-modules/S10" and item.opinions[2].reasons
    assert "no substitute for two clinicians" in page.replace("\n", " ") and "0.62" in page and "0.73" in page
    assert "they differ on" in page


def test_agreement_of_the_keyings_is_the_one_of_the_reference_page() -> None:
    found = case_book(knowledge()).agreement

    assert (found.cases, found.modules.pairs, found.rules.pairs) == (28, 980, 392)
    assert (round(found.modules.kappa or 0, 3), round(found.rules.kappa or 0, 3)) == (0.615, 0.732)


def test_full_agreement_misses_nothing_of_that_key(cast: Cast, sign_in: SignIn) -> None:
    key = case_book(knowledge()).case(CASE).keyings[0]
    answer = sign_in("amina").get(f"/training/attempts/{attempt(cast, choice=choice_of(key))}")
    (name, agreed, every) = answer.context["said"].counts[0]

    assert name == "key A" and agreed == every


# ---- Whose it is ---------------------------------------------------------------------------------------------------------


def test_nobody_else_sees_an_attempt_whatever_their_role(cast: Cast, sign_in: SignIn) -> None:
    made = attempt(cast)
    answers = {who: sign_in(who).get(f"/training/attempts/{made}").status_code for who in ("teo", "bruno", "lea", "adrian", "olga", "chidi")}
    desks = [sign_in(who).get("/training").content.decode() for who in ("bruno", "lea")]

    assert set(answers.values()) == {404}
    assert not any(str(made) in page for page in desks)
    assert not AuditEntry.objects.filter(act="record_attempt", patient_id__isnull=False).exists()


def test_words_are_sealed(cast: Cast) -> None:
    attempt(cast)

    assert WORDS.encode() not in bytes(TrainingAttempt.objects.get().content_sealed)


def test_shared_attempt_is_seen_by_that_supervisor_until_it_is_taken_back(cast: Cast, sign_in: SignIn) -> None:
    made = attempt(cast)
    owner, supervisor = sign_in("amina"), sign_in("bruno")
    owner.post(f"/training/attempts/{made}/share", {"with_user": cast.bruno.user.pk})
    seen, listed = supervisor.get(f"/training/attempts/{made}"), supervisor.get("/training").content.decode()
    own_page = owner.get(f"/training/attempts/{made}").content.decode()
    on = sign_in("lea").get(f"/training/attempts/{made}").status_code
    owner.post(f"/training/attempts/{made}/share", {"with_user": cast.bruno.user.pk, "end": "yes"})

    assert seen.status_code == 200 and "Amina Okafor shares this attempt" in seen.content.decode() and WORDS in seen.content.decode()
    assert "Share with a supervisor" not in seen.content.decode() and str(made) in listed
    assert "Shared with Bruno Keller." in own_page and on == 404
    assert supervisor.get(f"/training/attempts/{made}").status_code == 404


def test_only_the_learner_shares_and_only_with_a_supervisor_of_the_clinic(cast: Cast, sign_in: SignIn) -> None:
    made = attempt(cast)
    for actor in (cast.bruno, cast.teo, cast.chidi):
        with pytest.raises(training.NoSuchAttempt):
            training.share_attempt(actor, attempt_id=made, with_user=cast.bruno.user.pk)
    for other in (cast.lea, cast.teo, cast.chidi, cast.amina):
        with pytest.raises(NotAcceptable):
            training.share_attempt(cast.amina, attempt_id=made, with_user=other.user.pk)

    assert sign_in("amina").post(f"/training/attempts/{made}/share", {"with_user": cast.lea.user.pk}).status_code == 422


# ---- What was practised and read -----------------------------------------------------------------------------------------


def test_desk_counts_ones_own_attempts_and_takes_up_what_was_not_tried(cast: Cast) -> None:
    attempt(cast)
    attempt(cast, who="teo", case="v06-sixteen")
    seen = training.see_desk(cast.amina)

    assert [one.case for one in seen.attempts] == [CASE]
    assert (seen.rules.attempts, seen.rules.agreed) == (1, 0)
    assert [(one.name, one.attempts, one.agreed) for one in seen.phases] == [("P3", 1, 1)]
    assert seen.next is not None and seen.next.phase is not PhaseId.P3


def test_every_module_of_the_book_is_practised_on_some_case_and_says_on_which(cast: Cast, sign_in: SignIn) -> None:
    """A module that a keying warns against is practised as well as one that it wants; each is wanted or warned against somewhere."""
    attempt(cast)
    browser, book = sign_in("amina"), case_book(knowledge())
    rows = {row["id"]: row for row in browser.get("/training").context["by_module"]}
    warned = next(name for name in knowledge().modules if any(name in key.must_not_now for one in book.cases for key in one.keyings))
    page = browser.get(f"/library/specific-modules/{warned}").content.decode()

    assert list(rows) == list(knowledge().modules) and [name for name, row in rows.items() if row["cases"] == 0] == []
    assert rows["S11"]["found"] is None  # practised on a case that was not tried yet
    assert {name for name, row in rows.items() if row["found"]} == {one.name for one in training.see_desk(cast.amina).modules}
    assert all(f"/training/cases/{case.id}" in page for case in book.about(warned)[:5]) and book.about(warned)
    assert "/training/cases/p01-the-last-bus" in browser.get("/library/specific-modules/S11").content.decode()


@pytest.mark.parametrize(("case", "first"), [("p02-other-peoples-plans", "key C"), ("03-kevin-17-emergency", "the first key")])
def test_case_keyed_a_second_time_later_shows_both_keys_who_wrote_the_second_and_where_they_differ(cast: Cast, sign_in: SignIn, case: str, first: str) -> None:
    made = attempt(cast, case=case)

    page = sign_in("amina").get(f"/training/attempts/{made}").content.decode()

    assert f"statements of {first}." in page and "statements of key D." in page
    assert "a language-model session and no clinician" in page
    assert "On this case they differ on" in page and "does not count in the figures below" in page
    assert case_book(knowledge()).agreement.cases == 28


@pytest.mark.parametrize(("query", "many"), [("", 34), ("?phase=P1", None), ("?theme=ptsd", None), ("?phase=P9", 0)])
def test_cases_are_chosen_by_phase_and_by_theme(cast: Cast, sign_in: SignIn, query: str, many: int | None) -> None:
    shown: list[Any] = sign_in("amina").get(f"/training{query}").context["cases"]
    book = case_book(knowledge())
    wanted = [case for case in book.cases if "ptsd" in case.themes] if "theme" in query else [case for case in book.cases if case.phase is PhaseId.P1]

    assert len(shown) == (many if many is not None else len(wanted)) and (many is not None or 0 < len(shown) < 34)


def test_pages_are_marked_one_by_one_or_by_the_chapter_and_the_next_one_is_named(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    start = training.see_reading_path(cast.amina)
    browser.post("/training/reading", {"place": "reading/", "read": "yes"})
    browser.post("/training/reading", {"place": "phases/", "read": "yes"})
    browser.post("/training/reading", {"place": "phases/P2", "read": "no"})
    path = training.see_reading_path(cast.amina)

    assert start.next is not None and start.next.place == Place("reading") and start.read == 0
    assert [chapter.name for chapter in path.chapters] == list(training.READING_PATH)
    assert {chapter.name: chapter.read for chapter in path.chapters if chapter.read} == {"reading": 1, "phases": 4}
    assert path.next is not None and path.next.place == Place("principles")
    assert training.see_reading_path(cast.teo).read == 0
    assert browser.post("/training/reading", {"place": "nowhere/x", "read": "yes"}).status_code == 404


def test_everybody_who_sees_the_library_finds_training_and_a_patient_or_stranger_does_not(cast: Cast, sign_in: SignIn) -> None:
    for who in ("amina", "bruno", "lea", "adrian", "olga"):
        assert '<a href="/training" aria-current="page">Training</a>' in sign_in(who).get("/training").content.decode()
    assert Client().get("/training").status_code == 302
