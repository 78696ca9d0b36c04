"""Search by a plain description."""

import pytest
from tests.support.readings import knowledge

from fivefold.knowledge.search import FoundWord, Hit, How, hits_text, search, stem


def ids(description: str, limit: int = 4, **options: object) -> list[str]:
    return [hit.id for hit in search(knowledge(), description, limit=limit, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("description", "wanted"),
    [
        ("cannot bear being alone", "abandonment_rejection_sensitivity"),
        ("cannot bear being alone", "S19"),
        ("cutting", "S04"),
        ("flies into rages", "S15"),
        ("drinks too much", "S06"),
        ("thinks about killing herself", "suicidality"),
        ("empty inside", "emptiness"),
        ("does not trust anyone", "S22"),
        ("nightmares after abuse", "S16"),
        ("bingeing and vomiting", "S18"),
        ("zones out under stress", "S14"),
        ("hates herself", "S28"),
        ("how do I end treatment", "S34"),
        ("what to do when nothing helps and we are stuck", "S35"),
        ("depression questionnaire", "promisdep"),
        ("missing report", "R13"),
    ],
)
def test_what_a_person_says_leads_to_what_the_field_calls_it(description: str, wanted: str) -> None:
    assert wanted in ids(description)


def test_name_of_an_entry_finds_it_first() -> None:
    base = knowledge()
    missed = [module.id for module in base.modules.values() if module.id not in ids(module.name, limit=3)]

    assert missed == []


def test_hit_names_the_field_and_shows_the_words() -> None:
    hit = next(hit for hit in search(knowledge(), "capacity to be alone") if hit.id == "S19" and hit.kind == "specific module")

    assert hit.field == "summary"
    assert "alone" in hit.excerpt


def test_better_hits_come_first_and_the_same_question_has_the_same_answer() -> None:
    first, second = search(knowledge(), "fear of being left"), search(knowledge(), "fear of being left")

    assert first == second
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)


def test_kinds_can_be_chosen() -> None:
    kinds = {hit.kind for hit in search(knowledge(), "anger", kinds=("instrument", "intervention"))}

    assert kinds == {"instrument", "intervention"} or kinds == {"intervention"}


@pytest.mark.parametrize("description", ["", "   ", "the of and", "xyzzy", "!?", "\\[("])
def test_nothing_is_found_where_nothing_was_said(description: str) -> None:
    hits = search(knowledge(), description)

    assert hits == ()
    assert "Nothing in the knowledge base" in hits_text(hits, description)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("she cuts after arguments", {"S04", "self_harm"}),
        ("cuts herself when drunk", {"S04", "self_harm"}),
        ("selfharm at nigth", {"S04", "self_harm"}),
        ("self harm at night", {"S04", "self_harm"}),
        ("overdose last week", {"R1", "suicidality"}),
        ("PHQ-9", {"phq9"}),
        ("phq9", {"phq9"}),
    ],
)
def test_danger_is_found_first_and_a_name_of_two_parts_is_one_word(said: str, first: set[str]) -> None:
    hits = search(knowledge(), said)

    assert {hit.id for hit in hits[: len(first)]} == first
    assert not {"self", "9"} & {word.found for hit in hits for word in hit.words}


@pytest.mark.parametrize("said", ["harm", "criticism"])
def test_part_of_a_name_of_two_parts_is_found_as_well(said: str) -> None:
    assert {hit.id for hit in search(knowledge(), said)} & {"self_harm", "shame_self_criticism"}


def test_a_cut_off_is_not_a_cut() -> None:
    assert all("off" not in hit.excerpt.lower().partition("cut")[2][:5] for hit in search(knowledge(), "cut"))


def test_results_fit_a_terminal() -> None:
    text = hits_text(search(knowledge(), "anger at people who leave", limit=20), "anger at people who leave")

    assert max(map(len, text.splitlines())) <= 80


def test_results_without_a_hit_say_what_to_try() -> None:
    hit = Hit("impairment", "anger", "Anger", 1.0, "name", "Anger")

    assert hits_text([hit], "anger") == "anger  Anger (impairment)\n    name: Anger\n"


# ---- Words that nobody knows, and words that mean another ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "wanted"),
    [
        ("selfharm", "S04"),
        ("dissosiation", "S14"),
        ("emtpy inside", "emptiness"),
        ("suicdal thoughts", "S01"),
        ("abandoment fear", "S19"),
        ("agression", "S15"),
        ("alkohol", "S06"),
        ("distress tolerence", "S09"),
    ],
)
def test_mistyped_word_finds_what_was_meant(description: str, wanted: str) -> None:
    assert wanted in ids(description)


def test_result_says_which_words_led_to_it_and_how() -> None:
    hit = next(hit for hit in search(knowledge(), "dissosiation after arguments") if hit.id == "S14")
    suicide = next(hit for hit in search(knowledge(), "wants to die") if hit.id == "suicidality")

    assert FoundWord("dissosiation", "dissociation", How.NEAR) in hit.words
    assert FoundWord("die", "suicidality", How.MEANT) in suicide.words
    assert all(word.said in "dissosiation after arguments" for word in hit.words if word.how is How.SAID)


def test_known_word_is_never_read_as_another() -> None:
    assert [word for hit in search(knowledge(), "anger at partner", limit=30) for word in hit.words if word.how is How.NEAR] == []


def test_short_word_that_nobody_knows_is_left_alone() -> None:
    assert search(knowledge(), "xqz") == ()


def test_terminal_is_told_what_a_mistyped_word_was_read_as() -> None:
    text = hits_text(search(knowledge(), "dissosiation"), "dissosiation")

    assert text.startswith("'dissosiation' is not known here and read as 'dissociation'.\n")


def test_words_of_a_wish_to_die_lead_to_suicidality_first_of_all_impairments() -> None:
    for description in ("wants to kill himself", "wants to die", "thinks about killing herself", "suicidal", "suicdal"):
        found = search(knowledge(), description, kinds=("impairment",))
        assert found, description
        assert found[0].id == "suicidality", description


@pytest.mark.parametrize(
    ("word", "other"),
    [("cutting", "cut"), ("rages", "rage"), ("bodies", "body"), ("drinking", "drinks"), ("emptiness", "empty"), ("loneliness", "lonely"), ("planned", "plans")],
)
def test_forms_of_a_word_meet(word: str, other: str) -> None:
    assert stem(word) == stem(other)


@pytest.mark.parametrize(("word", "other"), [("stress", "stres"), ("alliance", "alias"), ("anger", "danger"), ("less", "les")])
def test_other_words_stay_apart(word: str, other: str) -> None:
    assert stem(word) != stem(other)
