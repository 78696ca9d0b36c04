"""With the log of PostgreSQL kept, a record is brought back to any moment: what was said before stands, what went wrong is gone."""

import os

import pytest
from tests.integration.power_cut.test_power_cut import run

pytestmark = pytest.mark.skipif(os.environ.get("FIVEFOLD_TEST_POSTGRES") != "1", reason="about PostgreSQL; runs with the tests on it")


def test_record_comes_back_to_the_moment_before_an_accident_and_goes_on_from_there() -> None:
    found = run("point_in_time")

    assert found["before"] == {"goals": ["before the copy", "after the copy", "the accident"], "trail": []}
    assert found["after"] == {"goals": ["before the copy", "after the copy"], "trail": []}
    assert found["goes on"] == {"goals": ["before the copy", "after the copy", "the day after"], "trail": []}
