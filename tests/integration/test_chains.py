"""Chain analyses: in versions, in their order, in the note only where ticked, offered to the formulation, seen by the safety rules as events."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

from fivefold.services import chains
from fivefold.services.access import NoSuchPatient
from fivefold.services.chain_content import ChainContent, ChainLink, ChainLinkKind, SeenNode
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.chains.drawing import draw
from fivefold.web.chains.words import steps_of

SignIn = Callable[[str], Client]
SCRIPT = "<script>alert(1)</script>"
THOUGHT, FEELING, SENSATION, ACTION, EVENT = ChainLinkKind
LINKS = (ChainLink(THOUGHT, "She has had enough of me", 80, "Ask her once"), ChainLink(ACTION, "Locked the door", None, "Leave it open"))


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina, supervised by Bruno."""
    from fivefold.records.models import CareRelation

    patient = known_patient(cast.amina)
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    return patient


def today() -> date:
    from fivefold.records import clock

    return clock.today()


def content(**changes: Any) -> ChainContent:
    known: dict[str, Any] = {"behaviour": "Cut the left forearm.", "prompt": "No answer for three hours", "links": LINKS}
    return ChainContent(**known | changes)


def save(cast: Cast, patient: Any, given: ChainContent | None = None, who: str = "amina", **around: Any) -> Any:
    return chains.save_chain(cast.people[who], patient_id=patient.pk, content=given or content(), **{"on": today(), **around})


def sheet(cast: Cast, patient: Any, number: int = 1, who: str = "amina") -> chains.ChainSheet:
    return chains.see_chain(cast.people[who], patient_id=patient.pk, number=number)


def typed(**changes: str) -> dict[str, str]:
    """The form with two links, as a browser sends it."""
    fields = {"version": "0", "on": today().isoformat(), "behaviour": "Cut the left forearm", "prompt": "No answer", "kind": "", "session": "", "module": ""}
    for place, words in enumerate(("She has had enough of me", "Locked the door")):
        fields |= {f"link-{place}-kind": "thought", f"link-{place}-words": words, f"link-{place}-strength": "", f"link-{place}-instead": ""}
    return fields | changes


# ---- Versions --------------------------------------------------------------------------------------------------------------


def test_correction_is_a_new_version_and_the_first_stays_as_it_was(cast: Cast, sam: Any) -> None:
    save(cast, sam)
    save(cast, sam, content(behaviour="Cut the right forearm"), number=1, version=1)
    save(cast, sam, content(behaviour="Another evening"))
    seen = sheet(cast, sam)

    assert [(one.version, one.content.behaviour) for one in seen.versions] == [(2, "Cut the right forearm"), (1, "Cut the left forearm.")]
    assert [one.number for one in chains.see_chains(cast.amina, patient_id=sam.pk).chains] == [2, 1]


def test_second_who_writes_the_next_version_is_told_and_nothing_is_lost(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)
    save(cast, sam, content(behaviour="Theirs"), number=1, version=1)
    with pytest.raises(ChangedMeanwhile):
        save(cast, sam, content(behaviour="Mine"), number=1, version=1)
    answer = sign_in("amina").post(f"/patients/{sam.pk}/chains/1/next", typed(version="1", behaviour="Mine"))
    page = answer.content.decode()

    assert answer.status_code == 409 and "has saved version 2 meanwhile" in page
    assert ">\nMine</textarea>" in page and 'name="version" value="2"' in page


def test_everything_that_was_written_comes_back_in_its_order(cast: Cast, sam: Any) -> None:
    given = content(
        kind="self_harm", vulnerability="No sleep", short_term="Quiet", long_term="Shame", repair="Told her sister", pattern="No answer is the end"
    )  # fmt: skip
    save(cast, sam, given, module="S04", session_number=1)
    seen = sheet(cast, sam).newest

    assert seen is not None and seen.content == given and (seen.module, seen.session_number) == ("S04", 1)
    assert [step.part for step in steps_of(seen.content)] == ["vulnerability", "prompt", "link", "link", "behaviour", "after", "after", "repair"]


@pytest.mark.parametrize(
    ("changes", "around"),
    [
        ({"behaviour": "  "}, {}),
        ({"prompt": ""}, {}),
        ({"behaviour": "x" * 2001}, {}),
        ({"kind": "birth"}, {}),
        ({"links": (ChainLink(THOUGHT, " "),)}, {}),
        ({"links": (ChainLink(THOUGHT, "a", 101),)}, {}),
        ({"links": (ChainLink(THOUGHT, "a", -1),)}, {}),
        ({"links": (ChainLink(THOUGHT, "a"),) * 26}, {}),
        ({}, {"on": date(2126, 1, 1)}),
        ({}, {"session_number": 2}),
        ({}, {"module": "S99"}),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_saved(cast: Cast, sam: Any, changes: dict[str, Any], around: dict[str, Any]) -> None:
    with pytest.raises(NotAcceptable):
        save(cast, sam, content(**changes), **around)

    assert chains.see_chains(cast.amina, patient_id=sam.pk).chains == ()


def test_strength_of_nothing_and_of_a_hundred_are_kept_and_not_asked_stays_not_asked(cast: Cast, sam: Any) -> None:
    save(cast, sam, content(links=tuple(ChainLink(FEELING, "Fear", strength) for strength in (0, 100, None))))
    seen = sheet(cast, sam).newest

    assert seen is not None and [link.strength for link in seen.content.links] == [0, 100, None]
    assert [box.bar for box in draw(seen.content).boxes if box.step.part == "link"] == [0, 100, None]


# ---- The form --------------------------------------------------------------------------------------------------------------


def rows(answer: Any) -> list[str]:
    return [row["words"] for row in answer.context["form"].typed.links]


def test_links_are_moved_added_and_removed_without_saving_and_nothing_typed_is_lost(sam: Any, sign_in: SignIn) -> None:
    browser, address = sign_in("amina"), f"/patients/{sam.pk}/chains/new"
    changed = {name: browser.post(address, typed(repair="Told her", **{name: place})) for name, place in (("down", "0"), ("remove", "0"), ("add", "link"))}
    first, second = "She has had enough of me", "Locked the door"

    assert [rows(changed[name]) for name in changed] == [[second, first], [second], [first, second, ""]]
    assert all(answer.status_code == 200 and "Told her" in answer.content.decode() for answer in changed.values())
    assert rows(browser.post(address, typed(up="0"))) == rows(browser.post(address, typed(up="x7"))) == rows(browser.post(address, typed(down="1")))
    assert chains.ChainAnalysis.objects.count() == 0


def test_what_stands_in_the_form_is_a_draft_on_the_server(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.drafts import see_draft

    address = f"/patients/{sam.pk}/chains/new"
    sign_in("amina").post(address, typed(down="0", repair="Told her"))
    (draft,) = see_draft(cast.amina, page=address)

    assert {("link-0-words", "Locked the door"), ("repair", "Told her")} <= set(draft.fields)
    assert not any(name in ("csrfmiddlewaretoken", "once", "down") for name, _value in draft.fields)
    sign_in("amina").post(address, typed())
    assert see_draft(cast.amina, page=address) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"behaviour": ""}, "expected what was done"),
        ({"link-0-strength": "140"}, "from 0 to 100"),
        ({"link-0-strength": "much"}, "from 0 to 100"),
        ({"link-0-words": "", "link-0-strength": "5"}, "expected what happened at this link"),
        ({"is_event": "on"}, "Expected which event it is"),
        ({"on": "yesterday"}, "Expected a day such as"),
        ({"on": "2126-01-01"}, "which is not ahead"),
        ({"session": "9"}, "Select a valid choice"),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_the_rest(sam: Any, sign_in: SignIn, changes: dict[str, str], says: str) -> None:
    answer = sign_in("amina").post(f"/patients/{sam.pk}/chains/new", typed(repair="Told her sister", **changes))
    page = answer.content.decode()

    assert answer.status_code == 422 and says in page
    assert "Told her sister" in page and "Locked the door" in page and "Nothing is lost" in page


def test_form_sent_twice_is_one_chain(sam: Any, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    for _time in range(2):
        browser.post(f"/patients/{sam.pk}/chains/new", typed(once="k1"))

    assert chains.ChainAnalysis.objects.count() == 1


# ---- Session and note ------------------------------------------------------------------------------------------------------


def sign(cast: Cast, patient: Any, **changes: Any) -> Any:
    from fivefold.services.session_note import Safety, SessionReport, read_content
    from fivefold.services.sessions import sign_session

    report = SessionReport(on=today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW, **changes)
    session = sign_session(cast.amina, patient_id=patient.pk, report=report)
    return session, [line.text for line in read_content(session.content).lines]


def test_chain_goes_into_the_note_only_where_it_is_ticked(cast: Cast, sam: Any) -> None:
    save(cast, sam, session_number=1)
    session, without = sign(cast, sam)
    save(cast, sam, session_number=2)
    _session, ticked = sign(cast, sam, chains=(2,))

    assert not any("Chain analysis" in text for text in without)
    assert [text for text in ticked if "Chain analysis" in text] == [
        f"Chain analysis of {today().day} {today():%b} {today().year}: Cut the left forearm. Instead: Ask her once; Leave it open."
    ]
    assert sheet(cast, sam).session_id == session.pk and sheet(cast, sam, 2).session_id == _session.pk


def test_chain_of_another_session_or_none_cannot_be_ticked(cast: Cast, sam: Any) -> None:
    save(cast, sam)
    with pytest.raises(NotAcceptable):
        sign(cast, sam, chains=(1,))


def test_workspace_offers_the_chains_of_this_session_unticked_and_the_signed_page_shows_them(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam, session_number=1)
    browser = sign_in("amina")
    before = browser.get(f"/patients/{sam.pk}/session").content.decode()
    start = browser.get(f"/patients/{sam.pk}/chains/new?session=1").content.decode()
    session, _lines = sign(cast, sam)
    after = browser.get(f"/patients/{sam.pk}/sessions/{session.pk}").content.decode()

    assert 'name="chains" value="1"' in before and 'value="1" id="id_chains_0" checked' not in before
    assert '<option value="1" selected>session 1, not signed yet</option>' in start
    assert "Chain analyses of this session" in after and f"/patients/{sam.pk}/chains/1" in after
    assert "/chains/1" not in browser.get(f"/patients/{sam.pk}/session").content.decode()


# ---- Safety rules and formulation ------------------------------------------------------------------------------------------


def events(patient: Any) -> list[tuple[str, date]]:
    from fivefold.records.models import ClinicalFact

    return list(ClinicalFact.objects.filter(patient=patient, kind="event").values_list("key", "true_on"))


def test_behaviour_is_an_event_of_its_day_only_where_that_is_said_and_never_twice(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    on = today() - timedelta(days=2)
    save(cast, sam, content(kind="self_harm"), on=on)
    told = sign_in("amina").get(f"/patients/{sam.pk}/chains/1").content.decode()
    none = events(sam)
    answer = sign_in("amina").post(f"/patients/{sam.pk}/chains/1/next", typed(version="1", kind="self_harm", on=on.isoformat(), is_event="on"))
    save(cast, sam, content(kind="self_harm"), on=on, is_event=True)

    assert none == [] and "the safety rules do not see it" in told
    assert answer["Location"] == f"/patients/{sam.pk}/assessment/safety"
    assert events(sam) == [("self_harm", on)] and sheet(cast, sam).is_recorded is True
    assert "do not see it" not in sign_in("amina").get(f"/patients/{sam.pk}/chains/1").content.decode()
    save(cast, sam, content(kind=""))
    assert sheet(cast, sam, 3).is_recorded is None


def test_formulation_is_offered_trigger_and_pattern_and_takes_nothing_by_itself(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import Formulation
    from fivefold.services.formulation import see_formulation

    save(cast, sam, content(pattern="No answer is read as the end"))
    offered = {one.key: one for one in see_formulation(cast.amina, patient_id=sam.pk).suggestions if one.is_chain}

    assert {key: (one.node.kind.value, one.node.words) for key, one in offered.items()} == {
        "chain.1-prompt": ("trigger", "No answer for three hours"),
        "chain.1-pattern": ("loop", "No answer is read as the end"),
    }
    assert not Formulation.objects.exists()


def test_nodes_seen_again_keep_their_words_when_the_formulation_changes(cast: Cast, sam: Any) -> None:
    from fivefold.services.formulation import save_formulation
    from fivefold.services.formulation_content import FormulationContent, Node, NodeKind

    def formulate(words: str, version: int) -> None:
        save_formulation(
            cast.amina, patient_id=sam.pk, content=FormulationContent((Node("0000000a", NodeKind.PROBLEM, words),)), lines="", version=version
        )  # fmt: skip

    formulate("I cut when it is loud", 0)
    save(cast, sam, content(shows=(SeenNode("0000000a", "forged"), SeenNode("0000000c", ""))))
    formulate("Something else", 1)
    seen = sheet(cast, sam).newest

    assert seen is not None and seen.content.shows == (SeenNode("0000000a", "I cut when it is loud"),)


# ---- Who, and what leaves --------------------------------------------------------------------------------------------------


def test_others_see_what_their_role_lets_them_and_write_nothing(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam)
    answers = {who: sign_in(who).get(f"/patients/{sam.pk}/chains/1").status_code for who in ("amina", "bruno", "lea", "teo", "adrian", "chidi")}
    with pytest.raises(NoSuchPatient):
        save(cast, sam, who="teo")

    assert answers == {"amina": 200, "bruno": 200, "lea": 200, "teo": 404, "adrian": 403, "chidi": 404}
    assert sign_in("bruno").get(f"/patients/{sam.pk}/chains/new").status_code == 403
    assert sign_in("amina").get(f"/patients/{sam.pk}/chains/9").status_code == 404
    assert sign_in("amina").get(f"/patients/{sam.pk}/chains/99999999999").status_code == 404


def test_markup_in_a_chain_stays_text_on_page_and_in_the_drawing(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    save(cast, sam, content(behaviour=SCRIPT, links=(ChainLink(EVENT, SCRIPT, 1, SCRIPT),)))
    pages = [sign_in("amina").get(f"/patients/{sam.pk}/chains{part}").content.decode() for part in ("", "/1", "/1/next")]

    assert not any(SCRIPT in page for page in pages) and all("&lt;script&gt;" in page for page in pages)


def test_chain_is_sealed_in_the_copy_of_the_record_and_gone_after_erasure(cast: Cast, sam: Any) -> None:
    from fivefold.documents.pdf_record import record_content
    from fivefold.knowledge.loader import KNOWLEDGE_FOLDER
    from fivefold.library import load_knowledge
    from fivefold.records import clock
    from fivefold.records.models import ChainAnalysis
    from fivefold.services.operations.record_export import export_record
    from fivefold.services.operations.rows import remove_rows_of

    save(cast, sam, content(kind="self_harm", repair="Told her sister"), session_number=1, module="S04")
    record = export_record(cast.amina, patient_id=sam.pk)
    (kept,), (paper,) = record["chain_analyses"], record_content(record, load_knowledge(KNOWLEDGE_FOLDER))["chains"]

    assert b"forearm" not in bytes(ChainAnalysis.objects.get().content_sealed)
    assert kept["content"]["behaviour"] == "Cut the left forearm." and kept["author"] == "Amina Okafor"
    assert paper["line"].endswith("Belongs to session 1, Self-harm: chain analysis.")
    assert ["thought", "She has had enough of me (80 of 100). Instead: Ask her once"] in paper["rows"] and ["Repair", "Told her sister"] in paper["rows"]
    remove_rows_of(sam.pk, erased_at=clock.now())
    assert not ChainAnalysis.objects.exists()
