"""The formulation in a real browser: written by hand and keyboard, kept when the tab dies, accessible at every width."""

from datetime import timedelta
from typing import Any

import pytest
from tests.support.browser import UNFOLD, Open, page_problems
from tests.support.clinic import Cast, open_own_pages
from tests.support.known_patient import known_patient


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a plan for now and a loss on record, supervised by Bruno."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    on = clock.today() - timedelta(days=9)
    record_facts(cast.amina, patient_id=patient.pk, facts=[NewFact("event", "loss", {"kind": "loss", "date": on.isoformat()}, on)])
    return patient


@pytest.fixture
def written(cast: Cast, sam: Any) -> Any:
    """Two versions with every kind of node, shown to the patient who has answered, and a comment."""
    from fivefold.services.formulation import comment_formulation, save_formulation
    from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind
    from fivefold.services.own_formulation import say_of_my_formulation, share_formulation

    words = {
        NodeKind.PROBLEM: "I cut when it gets too loud inside",
        NodeKind.CAUSE: "Nobody at home asked how I was; only what could be seen counted",
        NodeKind.TRIGGER: "An argument, or no answer to a message",
        NodeKind.LOOP: "It is quiet for an hour, then the shame comes and the next time is nearer",
        NodeKind.STRENGTH: "One friend who stays when I am difficult",
    }
    nodes = tuple(Node(f"0000000{number}", kind, said, "self_harm" if kind is NodeKind.PROBLEM else "") for number, (kind, said) in enumerate(words.items()))
    problem, cause, trigger, loop, strength = (node.id for node in nodes)
    links = (
        Link(cause, problem, "leads to"),
        Link(trigger, problem, "sets off"),
        Link(problem, loop, "leads to"),
        Link(loop, problem, "keeps going"),
        Link(strength, problem, "helps with"),
    )
    lines = "\n".join(words.values())
    save_formulation(cast.amina, patient_id=sam.pk, content=FormulationContent(nodes[:2], links[:1]), lines="", version=0)
    save_formulation(cast.amina, patient_id=sam.pk, content=FormulationContent(nodes, links), lines=lines, version=1)
    share_formulation(cast.amina, patient_id=sam.pk, number=2)
    me = open_own_pages(cast, sam)
    for place, fits, said in ((1, "fits", ""), (2, "not", "They did ask. I did not answer."), (0, "partly", "The nights are missing.")):
        say_of_my_formulation(me, patient_id=sam.pk, number=2, place=place, fits=fits, words=said)
    comment_formulation(cast.bruno, patient_id=sam.pk, number=2, node=problem, text="Since when, and what was different then?")
    return sam


def test_first_version_is_written_from_what_the_record_offers(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/formulation", "amina")
    page.locator("button[value='impairment.self_harm']").click()
    page.locator("button[value='event.loss']").click()
    assert page.locator(".node-row[open]").count() == 1
    page.locator(".node-row > summary", has_text="Self-harm").click()
    page.locator("#id_node-0-words").fill("I cut when it gets too loud inside")
    assert "I cut when it gets too loud inside" in page.locator(".node-row summary").first.inner_text()
    page.locator("#links-h ~ .node-row summary").first.click()
    page.locator("#id_link-0-start").select_option(index=2)
    page.locator("#id_link-0-words").fill("sets off")
    page.locator("#id_link-0-end").select_option(index=1)
    page.locator("#id_lines").fill("It gets loud, then I cut.")
    page.get_by_role("button", name="Save a new version").click()
    page.locator(".drawing").wait_for()

    assert page.locator(".drawing a.node").count() == 2 and page.locator(".drawing .arrow").count() == 1
    assert "sets off" in page.inner_text(".in-words")
    assert page.troubles == []  # type: ignore[attr-defined]


def test_next_version_is_written_and_shown_to_the_patient_by_keyboard_alone(visit: Open, sam: Any) -> None:
    page = visit(f"/patients/{sam.pk}/formulation", "amina")
    page.locator("button[value='impairment.self_harm']").press("Enter")
    page.locator("#id_node-0-words").press_sequentially("I cut")
    page.locator("#id_lines").press_sequentially("It gets loud, then I cut.")
    page.locator("#edit button.main").press("Enter")
    page.get_by_text("Saved as a new version").wait_for()
    page.get_by_role("button", name="Show the patient these lines").press("Enter")
    page.get_by_text("The patient sees these lines from now on").wait_for()

    assert "The patient sees the lines of version 1" in page.inner_text("#with-patient")
    assert page.troubles == []  # type: ignore[attr-defined]


def test_nodes_of_the_drawing_are_reached_by_keyboard_and_lead_to_their_words(visit: Open, written: Any) -> None:
    page = visit(f"/patients/{written.pk}/formulation", "amina")
    page.locator(".drawing a.node").first.focus()
    page.keyboard.press("Enter")

    assert page.locator(".in-words li:target").count() == 1


def test_enter_in_a_line_saves_and_neither_removes_nor_takes_over(visit: Open, written: Any) -> None:
    page = visit(f"/patients/{written.pk}/formulation", "amina")
    page.locator("#links-h ~ .node-row summary").first.press("Enter")
    page.locator("#id_link-0-words").fill("is where it began:")
    page.keyboard.press("Enter")
    page.get_by_text("Saved as a new version").wait_for()

    assert page.locator(".drawing a.node").count() == 5
    assert "is where it began:" in page.inner_text(".in-words")


def test_rows_that_were_added_and_typed_are_given_back_after_the_tab_died(visit: Open, written: Any) -> None:
    page = visit(f"/patients/{written.pk}/formulation", "amina")
    page.get_by_role("button", name="Add a row").click()
    page.locator("#id_node-6-words").wait_for()
    page.locator("#id_node-6-words").fill("a seventh row")
    page.locator(".saved", has_text="kept").wait_for()
    page.close()

    again = visit(f"/patients/{written.pk}/formulation", "amina")
    again.locator(".draft button").first.click()

    assert again.locator("#id_node-6-words").input_value() == "a seventh row"
    assert again.locator("#id_version").input_value() == "2"


def test_pages_of_the_formulation_are_accessible_and_do_not_scroll_sideways(visit: Open, written: Any) -> None:
    for who, path in (("amina", ""), ("bruno", ""), ("amina", "/1"), ("amina", "/1/2")):
        page = visit(f"/patients/{written.pk}/formulation{path}", who)
        page.evaluate(UNFOLD)
        assert page_problems(page) == [], (who, path)
        page.context.close()
