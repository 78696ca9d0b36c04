"""The formulation: written in versions, offered to but never filled by the record, questioned beside the plan, commented on."""

import json
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]
SCRIPT = "<script>alert(1)</script>"
ONE, TWO, THREE = "0000000a", "0000000b", "0000000c"


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina with a plan for now, supervised by Bruno; known: self-harm, anger, a loss, a confidant."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    on = clock.today() - timedelta(days=9)
    record_facts(
        cast.amina,
        patient_id=patient.pk,
        facts=[NewFact("event", "loss", {"kind": "loss", "date": on.isoformat()}, on), NewFact("rating", "sleep", {"severity": 1}, on)],
    )
    return patient


def node(name: str = ONE, kind: str = "problem", words: str = "I cut", **more: Any) -> Any:
    from fivefold.services.formulation_content import Node, NodeKind

    return Node(name, NodeKind(kind), words, **more)


def content(*nodes: Any, links: tuple[Any, ...] = ()) -> Any:
    from fivefold.services.formulation_content import FormulationContent

    return FormulationContent(nodes or (node(),), links)


def link(start: str, end: str, words: str = "leads to") -> Any:
    from fivefold.services.formulation_content import Link

    return Link(start, end, words)


def save(cast: Cast, patient: Any, given: Any = None, *, version: int = 0, lines: str = "", who: str = "amina") -> Any:
    from fivefold.services.formulation import save_formulation

    return save_formulation(cast.people[who], patient_id=patient.pk, content=given or content(), lines=lines, version=version)


def sheet(cast: Cast, patient: Any, who: str = "amina") -> Any:
    from fivefold.services.formulation import see_formulation

    return see_formulation(cast.people[who], patient_id=patient.pk)


def page_of(patient: Any, more: str = "") -> str:
    return f"/patients/{patient.pk}/formulation{more}"


def typed(version: int = 0, **changes: Any) -> dict[str, Any]:
    """The form with one row, as a browser sends it."""
    row = {"node-0-id": ONE, "node-0-kind": "problem", "node-0-words": "I cut", "node-0-impairment": ""}
    return {"version": str(version), "lines": "", **row, **changes}


# ---- Who ------------------------------------------------------------------------------------------------------------------


def test_only_who_treats_writes_and_who_has_no_relation_sees_nothing(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import Formulation
    from fivefold.services.access import AccessDenied, NoSuchPatient

    save(cast, sam)
    assert sheet(cast, sam).may_change and not sheet(cast, sam, "bruno").may_change and not sheet(cast, sam, "lea").may_change
    for who, refusal in (("bruno", AccessDenied), ("lea", AccessDenied), ("teo", NoSuchPatient), ("chidi", NoSuchPatient)):
        with pytest.raises(refusal):
            save(cast, sam, version=1, who=who)
    with pytest.raises(NoSuchPatient):
        sheet(cast, sam, "teo")

    assert Formulation.objects.count() == 1


def test_supervisor_and_therapist_comment_a_lead_and_a_stranger_do_not(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import FormulationComment
    from fivefold.services.access import AccessDenied, NoSuchPatient, break_glass
    from fivefold.services.formulation import comment_formulation

    save(cast, sam)
    for who in ("amina", "bruno"):
        comment_formulation(cast.people[who], patient_id=sam.pk, number=1, text=f"by {who}", node=ONE)
    with pytest.raises(AccessDenied):
        comment_formulation(cast.lea, patient_id=sam.pk, number=1, text="by lea")
    with pytest.raises(NoSuchPatient):
        comment_formulation(cast.teo, patient_id=sam.pk, number=1, text="by teo")
    break_glass(cast.teo, patient_id=sam.pk, reason="on call tonight, asked by the ward")
    with pytest.raises(AccessDenied):
        comment_formulation(cast.teo, patient_id=sam.pk, number=1, text="by teo")

    assert [one.author for one in sheet(cast, sam).comments] == ["Bruno Keller", "Amina Okafor"]
    assert FormulationComment.objects.count() == 2


def test_page_of_a_supervisor_has_no_form_but_a_place_to_comment(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)
    text = sign_in("bruno").get(page_of(sam)).content.decode()

    assert 'id="edit"' not in text and page_of(sam, "/comments") in text
    assert page_of(sam, "/comments") not in sign_in("lea").get(page_of(sam)).content.decode()


# ---- Versions ---------------------------------------------------------------------------------------------------------------


def test_every_version_stays_as_it_was(cast: Cast, sam: Any) -> None:
    from fivefold.records.models.base import NeverChanged
    from fivefold.services.formulation import see_formulation_version

    save(cast, sam, lines="it is too loud")
    second = save(cast, sam, content(node(words="I cut my arms"), node(TWO, "cause", "nobody asked")), version=1)

    assert second.replaces.number == 1
    _patient, first = see_formulation_version(cast.amina, patient_id=sam.pk, number=1)
    assert [one.words for one in first.content.nodes] == ["I cut"] and first.lines == "it is too loud"
    with pytest.raises(NeverChanged):
        second.save()


def test_difference_tells_what_came_went_and_changed(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.formulation import compare_formulations

    save(cast, sam, content(node(), node(TWO, "cause", "nobody asked"), links=(link(TWO, ONE),)), lines="too loud")
    save(cast, sam, content(node(words="I cut my arms"), node(THREE, "loop", "then the shame"), links=(link(ONE, THREE),)), version=1)

    found = compare_formulations(cast.amina, patient_id=sam.pk, earlier=1, later=2).difference
    assert [one.id for one in found.added] == [THREE] and [one.id for one in found.gone] == [TWO]
    assert [(before.words, after.words) for before, after in found.changed] == [("I cut", "I cut my arms")]
    assert found.links_added == (("I cut my arms", "leads to", "then the shame"),) and found.links_gone == (("nobody asked", "leads to", "I cut"),)
    assert found.lines == ("too loud", "")
    text = sign_in("amina").get(page_of(sam, "/1/2")).content.decode()
    assert "nobody asked" in text and "then the shame" in text
    assert sign_in("amina").get(page_of(sam, "/1/9")).status_code == 404


def test_same_version_against_itself_differs_in_nothing(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)

    assert "Nothing differs" in sign_in("amina").get(page_of(sam, "/1/1")).content.decode()


def test_two_who_write_at_once_lose_nothing(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """The second sees both, takes over what the other wrote, and saves on top of it."""
    browser = sign_in("amina")
    save(cast, sam, content(node(), node(TWO, "cause", "written by the other")), lines="the other's line")

    answer = browser.post(page_of(sam), typed(0, **{"node-0-id": THREE, "node-0-words": "written by me", "lines": "my line"}))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in text for words in ("written by the other", "written by me", "the other&#x27;s line", "my line"))
    assert answer.context["form"].typed.version == "1"

    sent = typed(1, **{"node-0-id": THREE, "node-0-words": "written by me", "merging": "yes", "take": f"node.{TWO}"})
    answer = browser.post(page_of(sam), sent)
    rows = answer.context["form"].typed.nodes
    assert [(row["id"], row["words"]) for row in rows][:2] == [(THREE, "written by me"), (TWO, "written by the other")]
    assert answer.context["merging"] is not None and len(sheet(cast, sam).versions) == 1


def test_form_sent_twice_is_one_version(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    for _ in range(2):
        assert browser.post(page_of(sam), typed(once="a-key")).status_code == 302

    assert [version.number for version in sheet(cast, sam).versions] == [1]


# ---- What the record offers --------------------------------------------------------------------------------------------------


def test_record_offers_impairments_events_and_strengths_and_writes_none_of_them(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import Formulation

    offered = {one.key: one for one in sheet(cast, sam).suggestions}
    assert offered["impairment.self_harm"].level == pytest.approx(3, abs=0.5) and offered["impairment.self_harm"].evidence
    assert offered["event.loss"].node.kind == "trigger" and offered["event.loss"].on is not None
    assert "impairment.sleep" not in offered  # known, but mild
    assert "impairment.identity" not in offered  # not known

    browser = sign_in("amina")
    page = browser.get(page_of(sam))
    assert all(not row["words"] for row in page.context["form"].typed.nodes)
    taken = browser.post(page_of(sam), typed(take="impairment.anger"))

    rows = taken.context["form"].typed.nodes
    assert [(row["words"], row["impairment"]) for row in rows][:2] == [("I cut", ""), ("Anger", "anger")]
    assert not Formulation.objects.exists()


def test_what_stands_in_the_formulation_is_offered_no_more(cast: Cast, sam: Any) -> None:
    save(cast, sam, content(node(impairment="self_harm"), node(TWO, "trigger", "Loss")))

    keys = {one.key for one in sheet(cast, sam).suggestions}
    assert "impairment.self_harm" not in keys and "event.loss" not in keys and "impairment.anger" in keys


def test_component_of_resilience_is_a_strength_from_one_point_on(cast: Cast, sam: Any) -> None:
    from dataclasses import replace

    from fivefold.services.formulation_hints import suggestions
    from fivefold.services.knowledge import knowledge
    from fivefold.services.plans import work_out

    known = work_out(sam, protocols=())
    first, second, third = knowledge().tailoring.components[:3]
    resilience = replace(known.plan.profile.resilience, components={first.id: 1.0, second.id: 0.9})
    plan = replace(known.plan, profile=replace(known.plan.profile, resilience=resilience))

    keys = {one.key for one in suggestions(plan, known.record, content())}
    assert f"strength.{first.id}" in keys and f"strength.{second.id}" not in keys and f"strength.{third.id}" not in keys


# ---- Formulation and plan ------------------------------------------------------------------------------------------------------


def test_module_that_points_at_nothing_is_questioned_until_it_does(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)
    open_ones = sheet(cast, sam).questions
    assert open_ones.modules and [one.words for one in open_ones.problems] == ["I cut"]
    first = open_ones.modules[0]
    text = unescape(sign_in("amina").get(page_of(sam)).content.decode())
    asked = text.split('id="ask-h"')[1].split("</section>")[0]
    assert "in this formulation. Add what" in asked  # many are told in one line
    assert all(f"<b>{match.short_name}</b>" in asked for match in open_ones.modules) and first.short_name in asked

    save(cast, sam, content(node(modules=tuple(match.id for match in open_ones.modules))), version=1)

    assert sheet(cast, sam).questions.count == 0


def test_problem_whose_module_is_not_for_now_or_next_is_asked_about(cast: Cast, sam: Any) -> None:
    from fivefold.services.formulation_questions import PLANNED
    from fivefold.services.plans import work_out

    later = next(match.id for match in work_out(sam, protocols=()).plan.modules if match.status not in PLANNED)
    save(cast, sam, content(node(modules=(later,)), node(TWO, "cause", "nobody asked")))

    assert [one.id for one in sheet(cast, sam).questions.problems] == [ONE]
    assert later in {name for name, _words in sheet(cast, sam).modules}


# ---- Form ---------------------------------------------------------------------------------------------------------------------


def test_form_without_script_writes_nodes_links_modules_and_lines(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    module = sheet(cast, sam).modules[0][0]
    sent = typed(
        **{
            "node-0-impairment": "self_harm",
            "node-0-modules": [module],
            "node-1-id": TWO,
            "node-1-kind": "trigger",
            "node-1-words": "an argument",
            "node-2-id": THREE,
            "node-2-kind": "loop",
            "link-0-start": "1",
            "link-0-words": "sets off",
            "link-0-end": "0",
            "link-1-words": "",
            "lines": "first\n\n second ",
        }
    )
    assert sign_in("amina").post(page_of(sam), sent).status_code == 302

    newest = sheet(cast, sam).newest
    assert newest.content.nodes == (node(impairment="self_harm", modules=(module,)), node(TWO, "trigger", "an argument"))
    assert newest.content.sentences() == (("an argument", "sets off", "I cut"),)
    assert newest.lines == "first\nsecond"


def test_rows_are_added_and_removed_by_buttons_and_links_go_on_joining_the_same(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    rows = {"node-1-id": TWO, "node-1-kind": "cause", "node-1-words": "b", "node-2-id": THREE, "node-2-kind": "loop", "node-2-words": "c"}
    links = {"link-0-start": "1", "link-0-words": "x", "link-0-end": "2", "link-1-start": "0", "link-1-words": "y", "link-1-end": "2"}

    added = browser.post(page_of(sam), typed(**rows, **links, add="node")).context["form"].typed
    removed = browser.post(page_of(sam), typed(**rows, **links, remove="node-0")).context["form"].typed

    assert len(added.nodes) == 4 and len(added.links) == 2
    assert [row["words"] for row in removed.nodes] == ["b", "c"]
    assert removed.links == ({"start": "0", "words": "x", "end": "1"},)
    assert len(browser.post(page_of(sam), typed(**rows, **links, remove="node-²")).context["form"].typed.nodes) == 3


def test_what_cannot_be_saved_says_what_is_expected_and_keeps_everything(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import Formulation

    browser = sign_in("amina")
    wrong = [
        {"node-0-words": " "},
        {"node-0-words": "x" * 301},
        {"node-0-impairment": "bad luck"},
        {"node-0-modules": ["S99"]},
        {"node-0-kind": "moral failing"},
        {"link-0-start": "0", "link-0-words": "leads to", "link-0-end": "0"},
        {"link-0-start": "0", "link-0-words": "leads to", "link-0-end": ""},
        {"link-0-start": "0", "link-0-words": "", "link-0-end": "1"},
        {"lines": "1\n2\n3\n4\n5\n6"},
        {"lines": "x" * 201},
        {"version": "none"},
    ]
    for changes in wrong:
        answer = browser.post(page_of(sam), typed(**{"node-1-id": TWO, "node-1-kind": "cause", "node-1-words": "kept words", **changes, **_blank(changes)}))
        assert answer.status_code == 422, changes
        assert "kept words" in answer.content.decode() or "node-0-words" in changes

    assert not Formulation.objects.exists()


def _blank(changes: dict[str, Any]) -> dict[str, str]:
    """Without any row with words where the words are what is tried."""
    return {"node-1-words": ""} if "node-0-words" in changes else {}


def test_draft_with_more_rows_than_the_page_finds_its_rows(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.drafts import keep_draft

    keep_draft(cast.amina, page=page_of(sam), fields=[("node-6-words", "seventh"), ("link-2-words", "leads to")])

    form = sign_in("amina").get(page_of(sam)).context["form"]
    assert len(form.nodes) == 7 and len(form.links) == 3


def test_hostile_words_stay_words_in_drawing_list_form_and_comment(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.formulation import comment_formulation

    evil = f"'\"{SCRIPT}{{{{ 7*7 }}}}"
    save(cast, sam, content(node(words=evil), node(TWO, "loop", evil + "x"), links=(link(ONE, TWO, SCRIPT),)), lines=evil)
    save(cast, sam, content(node(words=evil + "y")), version=1)
    comment_formulation(cast.bruno, patient_id=sam.pk, number=1, node=TWO, text=evil)

    for more in ("", "/1", "/1/2"):
        text = sign_in("amina").get(page_of(sam, more)).content.decode()
        assert SCRIPT not in text and "&lt;script&gt;" in text, more


def test_drawing_has_a_node_for_each_and_the_words_are_told_without_it(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    kinds = ("cause", "trigger", "problem", "loop", "strength")
    nodes = [node(f"0000000{number}", kind, f"the {kind}") for number, kind in enumerate(kinds)]
    links = (link("00000000", "00000002"), link("00000002", "00000003"), link("00000003", "00000002", "keeps going"), link("00000004", "00000002"))
    save(cast, sam, content(*nodes, links=links))

    answer = sign_in("amina").get(page_of(sam))
    drawing = answer.context["drawing"]
    places = {box.node.kind: box for box in drawing.boxes}
    assert places["cause"].x == places["trigger"].x < places["problem"].x < places["loop"].x
    assert places["strength"].y > max(box.y for kind, box in places.items() if kind != "strength")
    assert len(drawing.arrows) == 4 and all(box.x >= 0 and box.x + box.width <= drawing.width for box in drawing.boxes)
    said = answer.context["said"]
    assert [one.node.kind for one in said] == list(kinds) and said[3].does == (("keeps going", "the problem"),)


def test_long_history_asks_the_database_no_more_often(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from fivefold.services.formulation import comment_formulation

    browser = sign_in("amina")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(page_of(sam))
        return len(captured)

    save(cast, sam, content(node(), node(TWO, "cause", "nobody asked"), links=(link(TWO, ONE),)))
    comment_formulation(cast.bruno, patient_id=sam.pk, number=1, text="since when?")
    queries()
    short = queries()
    for version in range(1, 8):
        save(cast, sam, content(*(node(f"{number:08x}", "loop", f"loop {number}") for number in range(4 * version))), version=version)
        comment_formulation(cast.bruno, patient_id=sam.pk, number=version + 1, text="and now?")

    assert queries() == short


# ---- Kept, copied, erased --------------------------------------------------------------------------------------------------------


def test_words_are_sealed_and_in_both_copies_of_the_record(cast: Cast, sam: Any) -> None:
    from fivefold.documents.pdf_record import record_content
    from fivefold.records.models import Formulation, FormulationComment
    from fivefold.services.formulation import comment_formulation
    from fivefold.services.knowledge import knowledge
    from fivefold.services.operations.record_export import export_record, export_record_pdf

    save(cast, sam, content(node(words="canary one"), node(TWO, "cause", "canary two"), links=(link(TWO, ONE),)), lines="canary three")
    comment_formulation(cast.bruno, patient_id=sam.pk, number=1, node=ONE, text="canary four")

    for model in (Formulation, FormulationComment):
        row = model.objects.values().get()
        assert "canary" not in str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()})
    record = export_record(cast.amina, patient_id=sam.pk)
    assert json.dumps(record).count("canary") == 4
    printed = record_content(record, knowledge())["formulations"][0]
    assert printed["words"] == ["canary three"] and printed["nodes"][0][:2] == ["problem", "canary one"]
    assert "canary two" in printed["links"][0] and "canary four" in printed["comments"][0]
    assert export_record_pdf(cast.amina, patient_id=sam.pk).startswith(b"%PDF")


def test_comment_stays_at_its_node_when_the_words_change_and_when_it_goes(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)
    browser = sign_in("bruno")
    assert browser.post(page_of(sam, "/comments"), {"number": "1", "node": ONE, "text": "since when?"}).status_code == 302
    save(cast, sam, content(node(words="I cut my arms")), version=1)
    assert f'href="#said-{ONE}">I cut</a>' in browser.get(page_of(sam)).content.decode()
    save(cast, sam, content(node(TWO, "cause", "nobody asked")), version=2)

    text = browser.get(page_of(sam)).content.decode()
    assert "since when?" in text and "no longer in it" in text


@pytest.mark.parametrize(
    "sent", [{"number": "1", "text": " "}, {"number": "1", "node": "ffffffff", "text": "kept words"}, {"number": "x", "text": "kept words"}]
)
def test_comment_that_cannot_be_kept_is_given_back(cast: Cast, sam: Any, sign_in: SignIn, sent: dict[str, str]) -> None:
    from fivefold.records.models import FormulationComment

    save(cast, sam)
    answer = sign_in("bruno").post(page_of(sam, "/comments"), sent)

    assert answer.status_code == 422 and sent["text"].strip() in answer.content.decode()
    assert not FormulationComment.objects.exists()
