"""Ten sessions as they come in practice, prepared and written in a real browser; clicks, keys and seconds are counted and printed."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.browser import Open
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a clinician who knows the form needs: two seconds to find and press something, 40 words a minute typed, 250 words a minute read.
SECONDS_A_CLICK, SECONDS_A_KEY, WORDS_A_SECOND = 2.0, 0.3, 250 / 60
# product.md: thirty seconds to read before a session, two minutes to record one.
SECONDS_TO_PREPARE, SECONDS_TO_RECORD = 30, 120


@dataclass(frozen=True)
class Script:
    """One session: what is pressed (label of a pill, chip, tick or opened part, in this order) and what is typed into which field."""

    name: str
    press: tuple[str, ...] = ()
    type: tuple[tuple[str, str], ...] = ()
    choose: tuple[tuple[str, str], ...] = ()
    step: bool = False


NOTHING_NEW, SOMETHING_NEW = "asked, nothing new was told", "asked, something new was told"
BROUGHT, SAW, AGREED, TRY = "What the patient brought", "What you saw", "What you agreed", "To try until next time"
SESSIONS = (
    Script("a quiet week", (NOTHING_NEW,), ((BROUGHT, "A quiet week, one bad evening."),), step=True),
    Script(
        "talk of suicide was told",
        (SOMETHING_NEW, "Since last time", "talk of suicide"),
        ((BROUGHT, "On Sunday it was too much; she rang her sister and slept there."), (AGREED, "Call on Thursday at noon.")),
    ),
    Script("did not come", ("did not come, or cancelled too late",)),
    Script("cancelled by the patient", ("cancelled by the patient in good time",), ((BROUGHT, "Ill, rang in the morning."),)),
    Script("homework was not done", (NOTHING_NEW, "not done"), (("What they said about it", "The paper lay at work."), (BROUGHT, "Angry at herself."))),
    Script("a step further in a module", (NOTHING_NEW,), ((SAW, "She found the moment before the urge by herself."),), step=True),
    Script(
        "the alliance is strained", (NOTHING_NEW, "One minute on the ground", "strained"), ((BROUGHT, "You looked at the clock."), (AGREED, "The clock moves."))
    ),
    Script("by telephone", (NOTHING_NEW,), ((BROUGHT, "Too tired to come; we talked through the evening ahead."),), (("How you met", "telephone"),)),
    Script("something to try", (NOTHING_NEW,), ((BROUGHT, "Wants to answer later when furious."), (TRY, "Wait ten minutes before you answer")), step=True),
    Script(
        "a long note",
        (NOTHING_NEW,),
        (
            (BROUGHT, "The landlord wrote again. She tore the letter, was ashamed, and put the pieces together in the night to read it."),
            (SAW, "Shame first, then anger; she could name both, and laughed once about the tape on the letter."),
        ),
    ),
)


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient with a plan for now, and homework set in a signed session."""
    from fivefold.records import clock
    from fivefold.services.session_note import NewHomework, Safety, SessionReport
    from fivefold.services.sessions import sign_session

    patient = known_patient(cast.amina)
    tasks = tuple(NewHomework(words) for words in ("one line a day",))
    sign_session(
        cast.amina, patient_id=patient.pk, report=SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOT_ASKED, homework=tasks)
    )
    return patient


def test_ten_sessions_are_prepared_in_thirty_seconds_and_written_in_two_minutes(visit: Open, sam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    page, lines = visit("/caseload", "amina"), []
    base = page.url.split("/caseload")[0]
    for script in SESSIONS:
        page.goto(f"{base}/caseload")
        prepared = _prepare(page, sam)
        clicks, keys = _write(page, sam, script)
        recorded = SECONDS_A_CLICK * clicks + SECONDS_A_KEY * keys
        lines.append((script.name, prepared, clicks, keys, recorded))

    with capsys.disabled():
        print("\nten sessions: seconds to prepare; clicks, keys and seconds to record")
        for name, prepared, clicks, keys, recorded in lines:
            print(f"  {name:<32} {prepared:4.0f} s   {clicks:>2} clicks {keys:>4} keys {recorded:4.0f} s")
    assert len(lines) == 10
    assert max(prepared for _, prepared, _, _, _ in lines) <= SECONDS_TO_PREPARE
    assert max(recorded for *_, recorded in lines) <= SECONDS_TO_RECORD
    assert page.troubles == []  # type: ignore[attr-defined]


def _prepare(page: "Page", patient: Any) -> float:
    """From the caseload to the agenda: two clicks, and the agenda is read. The patient's name is looked for among the rows."""
    page.locator(f"a[href*='{patient.pk}']").first.click()
    page.get_by_role("link", name="Session", exact=True).click()
    agenda = page.locator(".agenda > ol")
    agenda.wait_for()
    read = agenda.evaluate(
        "list => { const seen = list.cloneNode(true); seen.querySelectorAll('.hidden, details').forEach(one => one.remove()); return seen.textContent }"
    )
    return 2 * SECONDS_A_CLICK + len(re.findall(r"\S+", read)) / WORDS_A_SECOND


def _write(page: "Page", patient: Any, script: Script) -> tuple[int, int]:
    """Fill in the form as the script says and sign it; the numbers of clicks and of keys."""
    form, clicks, keys = page.locator("form.write"), 0, 0
    for words in script.press:
        form.get_by_text(words).locator("visible=true").first.click()
        clicks += 1
    for label, option in script.choose:
        form.get_by_label(label).select_option(option)
        clicks += 2
    for label, text in script.type:
        form.get_by_label(label).first.fill(text)
        clicks, keys = clicks + 1, keys + len(text)
    if script.step:
        form.locator("details.module[open] .steps input").first.check()
        form.locator("details.module[open] .chips input").first.check()
        clicks += 2
    number = page.locator("main h1").inner_text()
    form.get_by_role("button", name="Sign and lock").click()
    # Where something new was told, the page of the safety questions comes next.
    page.wait_for_url("**/assessment/safety" if SOMETHING_NEW in script.press else "**/sessions")
    page.goto(f"{page.url.split('/patients/')[0]}/patients/{patient.pk}/sessions")
    assert number in page.inner_text("main")
    return clicks + 1, keys
