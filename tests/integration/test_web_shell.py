"""What surrounds every page: who may reach it, what is sent with it, what goes wrong in it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from scripts.bench_clicks import loaded_by
from tests.support.clinic import Cast
from tests.support.routes import every_route

from fivefold.web.logs import OneLine

SignIn = Callable[[str], Client]


def test_every_route_declares_what_it_needs() -> None:
    undeclared = [route for route, view in every_route() if not hasattr(view, "needs")]

    assert undeclared == []


def test_only_these_routes_are_open_to_all() -> None:
    from fivefold.web.pages import Open

    open_to_all = {route for route, view in every_route() if view.needs is Open.TO_ALL}

    assert open_to_all == {
        "healthz", "readyz", "metrics", "sign-in", "sign-out", "sign-in/inactive", "sign-in/second-factor", "sign-in/passkey", "join/<str:token>",
        "q/<str:token>", "q/<str:token>/answer", "answer", "answer/item", "answer/leave", "kiosk",
        "my/open/<str:token>", "my/enter/<str:token>", "my/away",
        "my/worker.js", "my/app/<str:name>/<str:picture>.webmanifest",
    }  # fmt: skip


@pytest.mark.django_db
def test_view_without_a_declaration_does_not_run(settings: Any, client: Client) -> None:
    settings.ROOT_URLCONF = "tests.support.undeclared_urls"

    answer = client.get("/undeclared")

    assert answer.status_code == 404
    assert b"canary" not in answer.content


def test_address_that_takes_a_form_alone_says_so_when_it_is_opened(sign_in: SignIn) -> None:
    answer = sign_in("olga").get("/audit/check")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "It takes only what a form sends" in answer.content.decode()
    guarded = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    assert [name for name in guarded if name not in answer.headers] == []


def test_patient_is_told_of_a_wrong_address_in_words_for_patients(cast: Cast, sign_in: SignIn) -> None:
    from tests.support.clinic import open_own_pages

    open_own_pages(cast)
    browser = sign_in("self")

    assert browser.get("/account").headers["location"] == "/my/data"
    for address, status, words in (("/nowhere", 404, "The address may be old or mistyped"), ("/caseload", 403, "Your own pages are one step away")):
        answer = browser.get(address)
        text = answer.content.decode()
        assert (answer.status_code, words in text, "care team" in text, "role" in text.split("<main")[1].split("</main")[0]) == (status, True, False, False)


def test_page_of_another_role_is_refused_in_words(sign_in: SignIn) -> None:
    answer = sign_in("amina").get("/clinic")

    assert answer.status_code == 403
    assert "The clinic lead or an administrator can say who may do it." in answer.content.decode()


def test_somebody_signed_out_is_asked_to_sign_in_and_comes_back(client: Client, db: None) -> None:
    answer = client.get("/clinic")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/clinic"


def test_no_page_may_be_cached_or_framed_or_run_foreign_script(sign_in: SignIn) -> None:
    answer = sign_in("lea").get("/clinic")

    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_page_holds_no_inline_script_or_style(sign_in: SignIn) -> None:
    text = sign_in("lea").get("/clinic").content.decode()

    assert " style=" not in text
    assert "<style" not in text
    assert " onclick=" not in text


def test_membership_that_ended_counts_from_the_next_request_on(sign_in: SignIn, cast: Cast) -> None:
    from fivefold.records.models import Membership
    from fivefold.services.people import end_membership

    browser = sign_in("bruno")
    assert browser.get("/account").status_code == 200
    end_membership(cast.lea, membership_id=Membership.objects.get(user=cast.bruno.user).pk)

    answer = browser.get("/account")

    assert answer.status_code == 403
    assert "no clinic lists you" in answer.content.decode()


@pytest.mark.django_db
def test_health_says_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"database": True, "keys": True, "knowledge": True, "migrations": True}


@pytest.mark.django_db
def test_error_nobody_expected_shows_and_logs_nothing_of_a_record(settings: Any, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    settings.ROOT_URLCONF = "tests.support.undeclared_urls"
    client.raise_request_exception = False

    answer = client.get("/breaks")

    assert answer.status_code == 500
    text = answer.content.decode()
    assert "Something went wrong here, not with you" in text
    assert answer["X-Request-ID"] in text
    lines = [OneLine().format(record) for record in caplog.records if record.name.startswith("fivefold")]
    assert any('"error": "ValueError"' in line and "undeclared_urls.py" in line for line in lines)
    assert "canary" not in text + "".join(lines)


def test_log_line_names_the_route_and_no_patient(sign_in: SignIn, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    sign_in("amina").get(f"/patients/{cast.rosa.pk}/map?search=Rosa")

    lines = [json.loads(OneLine().format(record)) for record in caplog.records if record.name == "fivefold.web"]
    assert lines[-1]["route"].startswith("patients/<uuid:patient_id>/")
    assert lines[-1]["role"] == "therapist"
    assert str(cast.rosa.pk) not in str(lines)
    assert "Rosa" not in str(lines)


def test_request_that_cannot_be_read_gets_a_page_that_says_what_to_do(sign_in: SignIn) -> None:
    answer = sign_in("amina").get("/caseload", headers={"host": "evil.example"})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Nothing has been saved" in text and "Open Fivefold from your bookmark" in text and "fivefold.css" in text
    assert "evil.example" not in text


def test_form_that_is_too_large_is_told_so_and_leads_back(sign_in: SignIn) -> None:
    long, many = {"description": "x" * 1_100_000}, {f"a{number}": "1" for number in range(2_100)}

    answers = [sign_in("amina").post("/library/search", form, HTTP_REFERER="http://testserver/library") for form in (long, many)]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert "longer than 1 million characters" in answers[0].content.decode()
    assert "more fields than any form here" in answers[1].content.decode()
    assert all('href="/library"' in answer.content.decode() for answer in answers)


# ---- Weight ----------------------------------------------------------------------------------------------------------------


def test_first_load_of_every_main_page_is_under_200_kb_as_it_travels_and_loads_nothing_from_elsewhere(sign_in: SignIn, client: Client, cast: Cast) -> None:
    record = f"/patients/{cast.rosa.pk}"
    pages = {"/sign-in": client, **dict.fromkeys(("/caseload", "/signals", "/supervision", "/library", "/training"), sign_in("amina"))}
    pages |= dict.fromkeys((f"{record}/{part}" for part in ("map", "assessment", "profile", "plan", "session", "progress", "measures")), sign_in("amina"))
    pages["/clinic"] = sign_in("lea")
    sizes, elsewhere = {}, []
    for address, browser in pages.items():
        answer = browser.get(address)
        assert answer.status_code == 200, address
        seen = {address: len(gzip.compress(answer.content))}
        waiting = loaded_by(address, answer.content.decode(), "text/html")
        while waiting:
            part = waiting.pop()
            if not part.startswith("/static/"):
                elsewhere.append((address, part))
            elif part not in seen:
                content = Path(str(finders.find(part.removeprefix("/static/")))).read_bytes()
                seen[part] = len(content if part.endswith(".woff2") else gzip.compress(content))
                waiting += loaded_by(part, content.decode("utf-8", "ignore"), "text/css" if part.endswith(".css") else "")
        sizes[address] = sum(seen.values())

    assert elsewhere == []
    assert {address: size for address, size in sizes.items() if not 30_000 < size < 200_000} == {}
