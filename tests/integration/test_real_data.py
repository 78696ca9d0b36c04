"""Two real trials through the import and the methods: the page that tells of them is worked out again here."""

from collections.abc import Callable

import pytest
from django.test import Client
from scripts import real_data
from scripts.real_data import Trial
from tests.support.clinic import Cast

from fivefold.library import load_knowledge
from fivefold.records.models import Patient
from fivefold.services.measure_import import import_results


@pytest.fixture(scope="module")
def both() -> tuple[Trial, ...]:
    return real_data.trials()


def test_page_and_figure_say_what_the_methods_say_today(both: tuple[Trial, ...]) -> None:
    knowledge = load_knowledge()
    found = [real_data.study(trial, real_data.without_records(trial, trial.people), knowledge) for trial in both]

    assert real_data.PAGE.read_text(encoding="utf-8") == real_data.page_text(found, knowledge)
    assert real_data.FIGURE.read_text(encoding="utf-8") == real_data.figure(found)
    # Scoring by our key against the totals that somebody else worked out.
    right, complete = found[1].agreeing
    assert right == complete > 1_400


def test_record_that_an_import_makes_holds_the_same_scores_as_the_table(both: tuple[Trial, ...], cast: Cast) -> None:
    for trial in both:
        some = trial.people[:4]

        imported = real_data.through_records(cast.amina, trial, some)

        assert [one.scores for one in imported] == [one.scores for one in real_data.without_records(trial, some)]


def test_real_course_with_a_missing_wave_is_drawn_on_the_page_of_progress(both: tuple[Trial, ...], cast: Cast, sign_in: Callable[[str], Client]) -> None:
    trial = both[1]
    person = next(one for one in trial.people if [wave.months for wave in one.waves] == [0, 6, 18, 24])
    import_results(cast.amina, patient_id=cast.rosa.pk, text=real_data.as_table(trial, person))

    page = sign_in("amina").get(f"/patients/{cast.rosa.pk}/progress").content.decode()

    assert Patient.objects.count() == 1
    assert "CES-D" in page and page.split('class="point" d="')[1].split('"')[0].count("M") == 4
