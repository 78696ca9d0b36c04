"""Whatever form a name stands in, a case pack tells another; a word that only looks like one stays."""

import re

import pytest

from fivefold.documents.clinical.name_forms import Finder, name_finder, word_finder


def hidden(find: Finder, text: str) -> str:
    """The text with a star for each form that is found."""
    return find(text, lambda _form: "*")


# What must be hidden stands in brackets.
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Anna Kern", "[Annas] Mutter kam, [anna] schwieg, und Frau [Kerns] Brief; [ANNA]'s and [Anna]’s"),
        ("Hans Groß", "[Hans]' Wunsch; [HANS] [GROSS]; [Hanses] Bruder"),
        ("Anna Kowalska", "list [Anny], z [Anną], dla [Kowalskiej], o [Annie]"),
        ("Marek Kowalski", "[Marka], [Markowi], [Markiem], z panem [Kowalskim], [Kowalskiego]"),
        ("Marta Nowak", "o [Marcie], [Martą], [Nowakiem], [Nowakowi]"),
        ("Magda Wit", "[Magdzie], [Magdy], [Magdę]"),
        ("Monika Lis", "o [Monice], [Monikę], [Lisowi]"),
        ("Ewa Lis", "[Ewy], [Ewie], [Ewą]"),
        ("Li Wang", "then [Li] called, [Li]'s mother, and [Wangs]; [Lis] Zimmer"),
        ("Jürgen Zoë", "[Juergen] rief an, [Jurgen], [Zoe]"),
        ("Bo Ek", "[Bo] came with [Ek]; [Bos] Zimmer"),
        ("Anna-Maria O'Neill", "[Maria] and [Anna] and Mr [Neill], [O'Neill], [Anna-Maria]"),
        ("An Vo", "An old friend told [An] that, and [Vo]"),
    ],
)
def test_every_form_of_the_name_is_hidden_and_no_other_word(name: str, text: str) -> None:
    told = text.replace("[", "").replace("]", "")

    assert hidden(name_finder(name), told) == re.sub(r"\[[^]]+\]", "*", text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Rosa Mark", "she rose early; an old friend marked the day"),
        ("An Do", "An old friend. Do not ask more.\nAn hour is enough"),
        ("Li Wang", "a life; little by little; Lithium 600 mg"),
        ("Ewa Lis", "even lists and listening"),
        ("Ona Ty", "One of them is only tired. Type it"),
        ("Ian B.", "B is the second letter; Indian"),
    ],
)
def test_word_that_only_looks_like_the_name_stays(name: str, text: str) -> None:
    assert hidden(name_finder(name), text) == text


def test_name_in_foreign_letters_is_hidden_and_no_name_hides_nothing() -> None:
    assert hidden(name_finder("Анна 王芳"), "Анна и 王芳") == "* и *"
    assert hidden(name_finder("", ""), "nothing here") == "nothing here"


def test_reference_is_hidden_beside_the_name() -> None:
    assert hidden(name_finder("Anna Kern", "R-2207"), "Anna, r-2207, and R-22071") == "*, *, and R-22071"


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        (("Sami", "Kleine"), "then [Sami] came, [SAMI]'s mother, [Samis] Zimmer; die [kleine]; not Samira"),
        (("River Lane", "Ek"), "in [River Lane], [river\nlane] 3, and [ek]; Rivers and lanes"),
        (("Zoë's bakery",), "at [Zoë's bakery], [Zoe's bakery]"),
        (("", "  "), "nothing here"),
    ],
)
def test_listed_words_are_hidden_whole_in_any_case_and_with_endings(listed: tuple[str, ...], text: str) -> None:
    told = text.replace("[", "").replace("]", "")

    assert hidden(word_finder(listed), told) == re.sub(r"\[[^]]+\]", "*", text)
