"""The shell in a real browser: accessible at every width, by keyboard, with a passkey, and with text that outlives a session."""

import time
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect
from tests.support.browser import Open, accessibility_problems, page_problems
from tests.support.clinic import PASSWORD, Cast

PAGES = [
    ("", "/sign-in"),
    ("", "/join/none"),
    ("lea", "/clinic"),
    ("lea", "/clinic/invite"),
    ("lea", "/clinic/instruments"),
    ("lea", "/clinic/instruments/bsl23"),
    ("lea", "/clinic/knowledge"),
    ("lea", "/clinic/settings"),
    ("lea", "/nowhere"),
    ("amina", "/clinic"),
    ("amina", "/account"),
    ("amina", "/account/password"),
    ("amina", "/account/second-factor"),
    ("amina", "/account/confirm"),
    ("olga", "/audit"),
]


def test_pages_are_accessible_fit_every_width_and_have_one_dark_button_at_most(visit: Open) -> None:
    problems = []
    for who, path in PAGES:
        page = visit(path, who)
        problems += [f"{path}: more than one dark button"] if page.locator("main .main:visible").count() > 1 else []
        problems += [f"{path}: {problem}" for problem in page_problems(page) if "status of 4" not in problem]
        page.context.close()

    assert problems == []


def test_long_text_that_was_refused_fits_the_page_that_shows_it(visit: Open) -> None:
    page = visit("/clinic/settings", "lea")
    page.fill("[name=crisis_words]", "Ring the ward of the hospital by the river, ask for the doctor on duty and say that you come from us. " * 3)
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(one => { one.value = 'x'.repeat(64) })")
    page.locator("main button.main").click()
    page.get_by_text("This page was open since before you signed in").wait_for()

    assert "Ring the ward" in page.inner_text("main")
    assert [problem for problem in page_problems(page) if "status of 403" not in problem] == []


def test_a_page_that_is_not_accessible_would_be_found(visit: Open) -> None:
    page = visit("/sign-in")
    page.evaluate("document.documentElement.removeAttribute('lang')")

    assert any(problem.startswith("html-has-lang") for problem in accessibility_problems(page))


def test_keyboard_finds_the_content_first_and_closes_the_menu(visit: Open) -> None:
    page = visit("/clinic", "lea")

    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Lea Winter").first.click()
    expect(page.get_by_text("Your account")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_text("Your account")).not_to_be_visible()


def test_passkey_is_added_and_then_opens_the_account_without_a_password(visit: Open) -> None:
    page = visit("/account/second-factor", "amina")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})

    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with this key alone").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("The key is added.")).to_be_visible()
    page.locator("summary", has_text="Amina Okafor").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.locator("summary", has_text="Amina Okafor")).to_be_visible()

    # The same key after the password.
    page.locator("summary", has_text="Amina Okafor").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill("amina@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a key instead").click()
    expect(page.locator("summary", has_text="Amina Okafor")).to_be_visible()
    assert page.troubles == []  # type: ignore[attr-defined]


def test_text_outlives_the_session_in_which_it_was_typed(visit: Open, cast: Cast) -> None:
    page = visit("/clinic/settings", "lea")
    page.get_by_label("In a crisis").fill("The night line of the river practice")
    expect(page.get_by_text("Draft kept.")).to_be_visible()
    let_sessions_fall_asleep()

    page.reload()
    expect(page.get_by_text("signed out because nothing had happened")).to_be_visible()
    page.get_by_label("E-mail").fill("lea@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Put it back").click()

    expect(page.get_by_label("In a crisis")).to_have_value("The night line of the river practice")


def let_sessions_fall_asleep() -> None:
    for row in Session.objects.all():
        store: Any = SessionStore(row.session_key)
        store["seen_at"] = int(time.time()) - 7200
        store.save()


def test_invitation_is_accepted_and_the_link_is_over(visit: Open) -> None:
    page = visit("/clinic/invite", "lea")
    page.get_by_label("Name").fill("Nadia Petrescu")
    page.get_by_label("E-mail").fill("nadia@clinic.example")
    page.get_by_label("Therapist").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link").input_value()

    other = visit("/" + link.split("/", 3)[3])
    other.get_by_label("Password", exact=True).fill("seven green boats drift")
    other.get_by_label("The same password again").fill("seven green boats drift")
    other.get_by_role("button", name="Begin").click()

    expect(other.locator("summary", has_text="Nadia Petrescu")).to_be_visible()
    expect(visit("/" + link.split("/", 3)[3]).get_by_text("This link is over").first).to_be_visible()
