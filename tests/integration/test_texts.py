"""Texts of the program are looked up once in each language, and say what the catalogues say."""

from collections import Counter

import pytest
from django.conf import settings
from django.utils.translation import gettext, override, trans_real

from fivefold.web.ui.texts import keep_texts


def test_text_is_looked_up_once_and_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()
    catalogue = trans_real.translation(settings.LANGUAGE_CODE)
    look_up = catalogue.gettext
    monkeypatch.setattr(catalogue, "gettext", lambda text: asked.update([text]) or look_up(text))
    keep_texts()

    with override(settings.LANGUAGE_CODE):
        said = [gettext(text) for text in ("Caseload", "Color", "Caseload")]

    assert said == ["Caseload", look_up("Color"), "Caseload"]
    assert asked == {"Caseload": 1, "Color": 1}
