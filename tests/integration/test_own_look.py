"""What others can see of the own pages without opening them: the name and picture on the phone, titles, what a phone keeps of a sign-in."""

import json
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from tests.support.clinic import Cast, open_own_pages

from fivefold.services import own_look
from fivefold.services.access import AccessDenied, NoSuchPatient
from fivefold.services.measures import give_out
from fivefold.services.own_look import NAMES, PICTURES, Look
from fivefold.services.patients import NotAcceptable
from fivefold.web.account.adapters import SecondFactorAdapter

SignIn = Callable[[str], Client]
TELLS = re.compile(r"fivefold|therap|clinic|borderline|mental|health|diary|patient|PHQ|depress", re.IGNORECASE)
STATIC = Path("src/fivefold/web/ui/static")


@pytest.fixture
def rosa(cast: Cast) -> Cast:
    open_own_pages(cast)
    return cast


def title(page: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)
    return found[1].strip() if found else ""


def outside_of_main(page: Any) -> str:
    """What surrounds a page, in words: the bar above, the foot."""
    whole = re.sub(r"<main.*?</main>|<script.*?</script>|<title>.*?</title>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", whole).split())


def on_disk(address: str) -> Path:
    """The file behind an address of a static file, whose name holds a digest where the app collects them."""
    return STATIC / re.sub(r"\.[0-9a-f]{12}(?=\.)", "", address.removeprefix("/static/"))


@pytest.mark.parametrize(("name", "picture"), list(product(NAMES, PICTURES)))
def test_every_name_and_picture_can_be_put_on_a_phone_and_says_nothing(client: Client, db: None, name: str, picture: str) -> None:
    answer = client.get(f"/my/app/{name}/{picture}.webmanifest")
    told = json.loads(answer.content)

    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["name"], told["short_name"]) == (name, name)
    assert not TELLS.search(answer.content.decode().replace("/static/fivefold/", "/"))
    assert (told["id"], told["scope"], told["start_url"], told["display"]) == ("/my/", "/my/", "/my/today", "standalone")
    assert all(on_disk(icon["src"]).is_file() for icon in told["icons"])
    assert {icon["type"] for icon in told["icons"]} == {"image/svg+xml", "image/png"}


@pytest.mark.parametrize("path", ["/my/app/Therapy/wave.webmanifest", "/my/app/Five/../x.webmanifest", "/my/app/Five/brain.webmanifest"])
def test_no_other_name_or_picture_is_given_out(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_titles_pictures_reminders_and_passkeys_follow_what_was_chosen_for_this_person_alone(rosa: Cast, sign_in: SignIn) -> None:
    open_own_pages(rosa, _another(rosa), key="other", name="calm-harbour")
    browser = sign_in("self")
    before = browser.get("/my/plan")

    kept = browser.post("/my/data/look", {"name": "Garden", "picture": "leaf"}, follow=True)

    page = browser.get("/my/plan").content.decode()
    assert title(before).endswith("· Five") and title(kept) == "My data · Garden"
    assert "/my/app/Garden/leaf.webmanifest" in page and 'content="Garden"' in page
    assert re.search(r'rel="apple-touch-icon" href="[^"]*look/leaf-180', page)
    assert _name_of_passkeys(rosa, "self") == "Garden"
    assert title(sign_in("other").get("/my/plan")).endswith("· Five")
    assert _name_of_passkeys(rosa, "amina") == "Fivefold"


def _another(cast: Cast) -> Any:
    from fivefold.services.patients import add_patient

    return add_patient(cast.amina, name="Tom E.", birth_year=1990)


def _name_of_passkeys(cast: Cast, who: str) -> str:
    request = HttpRequest()
    request.META["SERVER_NAME"], request.META["SERVER_PORT"] = "localhost", "80"
    request.user = cast.people[who].user or AnonymousUser()
    request.actor = cast.people[who]  # type: ignore[attr-defined]
    with context.request_context(request):
        return str(SecondFactorAdapter().get_public_key_credential_rp_entity()["name"])


def test_no_title_and_nothing_around_a_page_tells_what_it_is_for(rosa: Cast, sign_in: SignIn) -> None:
    given = give_out(rosa.amina, patient_id=rosa.rosa.pk, instrument="phq9", route="portal")
    paths = ["/my/today", "/my/map", "/my/goals", "/my/skills", "/my/plan", "/my/plan/write", "/my/data", "/my/data/words", "/my/diary", "/my/course"]
    paths += [
        f"/my/questions/{given.pk}",
        *(reverse(name) for name in ("account_change_password", "mfa_list_webauthn", "account")),
        "/nothing-here",
        "/caseload",
    ]
    browser = sign_in("self")
    shown = {path: browser.get(path, follow=True) for path in paths}

    assert {path: title(page) for path, page in shown.items() if TELLS.search(title(page)) or not title(page).endswith("· Five")} == {}
    assert {path: TELLS.findall(outside_of_main(page)) for path, page in shown.items() if TELLS.search(outside_of_main(page))} == {}
    assert {path for path, page in shown.items() if "fivefold/icon" in page.content.decode()} == set()


def test_sign_in_on_the_way_to_the_own_pages_says_nothing_of_them_and_that_of_staff_is_as_before(rosa: Cast, sign_in: SignIn, client: Client) -> None:
    asked = client.get("/my/today", follow=True)
    wrong = client.post(reverse("account_login") + "?next=/my/today", {"login": "nobody", "password": "wrong wrong wrong", "next": "/my/today"})
    left = sign_in("self").post(reverse("account_logout"), follow=True)
    staff = client.get(reverse("account_login"))

    for page in (asked, wrong, left):
        assert title(page) == "Sign in · Five"
        assert not TELLS.search(re.sub(r"<script.*?</script>|<[^>]+>", " ", page.content.decode(), flags=re.DOTALL))
        assert "manifest" not in page.content.decode()
    assert title(staff) == "Sign in" and "five<b>fold</b>" in staff.content.decode()


@pytest.mark.parametrize("look", [Look("Therapy", "wave"), Look("Five", "brain"), Look("", "")])
def test_only_what_is_offered_is_taken(rosa: Cast, look: Look) -> None:
    with pytest.raises(NotAcceptable):
        own_look.choose_my_look(rosa.people["self"], patient_id=rosa.rosa.pk, look=look)


def test_nobody_chooses_for_somebody_else(rosa: Cast) -> None:
    with pytest.raises(AccessDenied):
        own_look.choose_my_look(rosa.amina, patient_id=rosa.rosa.pk, look=Look("Days", "sun"))
    with pytest.raises(NoSuchPatient):
        own_look.choose_my_look(rosa.people["self"], patient_id=_another(rosa).pk, look=Look("Days", "sun"))
