"""PostgreSQL crashes and comes back under people at work: nothing acknowledged is lost, nothing is there twice, work goes on."""

import os

import pytest
from tests.integration.power_cut.test_power_cut import run

pytestmark = pytest.mark.skipif(os.environ.get("FIVEFOLD_TEST_POSTGRES") != "1", reason="about PostgreSQL; runs with the tests on it")


def test_crash_and_start_in_the_middle_lose_nothing_and_the_next_request_works() -> None:
    found = run("restart_postgres")

    assert found["came true"] == [True, True, True]
    assert found["acknowledged"] > 20
    assert set(found["refusals"]) <= {500, 503}
    assert found["lost"] == found["twice"] == found["trail"] == []
    assert found["after an idle time"] == [302, 302]
