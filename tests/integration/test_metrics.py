"""Numbers for a monitoring program: only for whoever knows the token, nothing in them about anybody, all processes together."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.integration.test_admin_commands import FIVEFOLD, admin, ask, environment, free_port, wait_for
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]
TOKEN = "a token of twenty and more characters"


@pytest.fixture
def watched(settings: Any) -> None:
    settings.FIVEFOLD_METRICS_TOKEN = TOKEN


def scrape() -> str:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return answer.content.decode()


def value(text: str, name: str, **labels: str) -> float:
    """The value of one line, 0 where there is none."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name and sample.labels == labels)


def test_without_a_token_configured_there_is_no_such_page(db: None) -> None:
    answers = [Client().get("/metrics", headers=headers) for headers in ({}, {"authorization": "Bearer "}, {"authorization": f"Bearer {TOKEN}"})]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", TOKEN + "x", "Bearer ü"])
def test_without_the_token_there_is_no_such_page(watched: None, db: None, given: str) -> None:
    answer = Client().get("/metrics", headers={"authorization": given})

    assert answer.status_code == 404
    assert b"fivefold_requests" not in answer.content


def test_somebody_signed_in_needs_the_token_as_well(watched: None, sign_in: SignIn) -> None:
    assert sign_in("lea").get("/metrics").status_code == 404


def test_requests_are_counted_by_route_method_and_status_and_timed(watched: None, sign_in: SignIn, cast: Cast) -> None:
    before = scrape()
    amina = sign_in("amina")

    amina.get(f"/patients/{cast.rosa.pk}/map")
    amina.get(f"/patients/{cast.rosa.pk}/map")
    amina.get(f"/patients/{cast.lea.user.pk}/map")
    amina.post("/jump", {"q": "Rosa"})
    after = scrape()

    def more(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("fivefold_requests_total", route="patient_map", method="GET", status="200") == 2
    assert more("fivefold_requests_total", route="none", method="GET", status="404") == 1
    assert more("fivefold_requests_total", route="jump", method="POST", status="200") == 1
    assert more("fivefold_request_seconds_count", route="patient_map") == 2
    assert more("fivefold_request_seconds_bucket", route="patient_map", le="30.0") == 2


def test_nothing_in_the_numbers_is_about_anybody(watched: None, sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")
    amina.get(f"/patients/{cast.rosa.pk}/map")
    amina.post("/caseload", {"q": "Rosa"})
    amina.get("/join/secret-of-a-link")

    text = scrape()

    assert all(word not in text for word in (str(cast.rosa.pk), "Rosa", "amina", "Okafor", "secret-of-a-link", "/patients/"))


def test_those_who_watch_are_not_counted_and_made_up_methods_are_one(watched: None, client: Client, db: None) -> None:
    client.get("/healthz")
    client.generic("BREW", "/sign-in")
    client.generic("STEEP", "/sign-in")

    text = scrape()

    assert 'route="healthz"' not in text and 'route="metrics"' not in text
    assert "BREW" not in text
    assert 'method="other"' in text


def test_nothing_is_counted_while_nobody_asks(settings: Any, sign_in: SignIn) -> None:
    settings.FIVEFOLD_METRICS_TOKEN = TOKEN
    before = scrape()
    settings.FIVEFOLD_METRICS_TOKEN = ""

    sign_in("amina").get("/account")

    settings.FIVEFOLD_METRICS_TOKEN = TOKEN
    labels = {"route": "account", "method": "GET", "status": "200"}
    assert value(scrape(), "fivefold_requests_total", **labels) == value(before, "fivefold_requests_total", **labels)


@pytest.mark.parametrize("place", ["fivefold.services.caseload_list.see_caseload", "fivefold.services.people.actor_for"])
def test_request_that_an_error_of_the_database_ended_is_counted_by_its_kind(
    watched: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the words of the server, maybe with a value")

    amina = sign_in("amina")
    amina.raise_request_exception = False
    before = value(scrape(), "fivefold_database_errors_total", kind="OperationalError")
    monkeypatch.setattr(place, fail)

    assert amina.get("/caseload").status_code >= 500
    monkeypatch.undo()
    text = scrape()

    assert value(text, "fivefold_database_errors_total", kind="OperationalError") == before + 1
    assert "the words of the server" not in text


def test_numbers_of_all_processes_of_a_server_are_told_together_and_begin_anew(tmp_path: Path) -> None:
    folder, port, asked = tmp_path / "data", free_port(), 30
    settings = {"PORT": str(port), "FIVEFOLD_METRICS_TOKEN": TOKEN, "FIVEFOLD_WORKERS": "2"}
    assert admin(folder, "init", "--clinic", "Hill", "--lead-name", "Vera", "--lead-email", "vera@hill.example").returncode == 0
    counted = []
    for _ in range(2):
        with (tmp_path / "log").open("w") as stream:
            server = subprocess.Popen([*FIVEFOLD, "admin", "run"], env=environment(folder, **settings), stdout=stream, stderr=stream)
            try:
                wait_for(f"http://127.0.0.1:{port}/readyz")
                for _ in range(asked):
                    ask(port, "/sign-in")
                counted += [told(port) for _ in range(6)]
            finally:
                server.terminate()
                server.wait(timeout=20)

    assert counted == [asked] * 12


def told(port: int) -> float:
    """How often the sign-in page was asked for, as one of the processes tells it."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = connection.getresponse().read().decode()
    connection.close()
    return value(text, "fivefold_requests_total", route="account_login", method="GET", status="200")
