"""Documents: made whole from the record, told what they disclose, versioned, signed, and read as text in every form."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.support.canaries import canaries_in, plant_canaries
from tests.support.clinic import Cast
from tests.support.forms import read_forms
from tests.support.known_patient import known_patient
from tests.support.pdf_ua import pdf_ua_problems

from fivefold.documents.clinical.kinds import KINDS as TABLE

SignIn = Callable[[str], Client]
CANARY = "canary 4471"
SCRIPT = "<script>alert(1)</script>"
HOSTILE = f'#panic("out") $x$ *b* {SCRIPT} {{{{ 7*7 }}}} </w:t> & "q" =1+1 @x \u202egnp.\u2066exe\ufeff\U000e0041 \x07\x1b[2J'
LEVELS = ["I wake six times", "four", "I sleep through three nights", "five", "all seven"]
KINDS = ("treatment_plan", "payer_plan", "plain_plan", "agreement", "letter", "progress_report", "progress_patient", "case_pack")


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina, supervised by Bruno, with a diagnosis, measures that fell, goals, a formulation, sessions and a signed plan."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services.assessments import record_facts
    from fivefold.services.formulation import save_formulation
    from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind
    from fivefold.services.goals import set_goal
    from fivefold.services.patients import record_consent
    from fivefold.services.plans import sign_plan
    from fivefold.services.process_notes import write_process_note
    from fivefold.services.record_file import NewFact
    from fivefold.services.session_note import Safety, SessionReport
    from fivefold.services.sessions import sign_session

    patient = known_patient(cast.amina, "Samira Tannenbaum")
    patient.reference = "R-2207"
    patient.save()
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.bruno.user, kind="supervises")
    today = clock.today()
    record_consent(cast.amina, patient_id=patient.pk, purpose="supervision", given=True, on=today)
    scores = [(90, 62), (60, 55), (30, 44), (2, 30)]
    facts = [NewFact("score", "bsl23", {"instrument": "bsl23", "value": value / 23}, today - timedelta(days=ago)) for ago, value in scores]
    made = NewFact("diagnosis", "borderline_pd", {"code": "borderline_pd", "status": "current", "source": "clinician"}, today - timedelta(days=80))
    record_facts(cast.amina, patient_id=patient.pk, facts=[*facts, made])
    set_goal(cast.amina, patient_id=patient.pk, words="Sleep through the night", levels=LEVELS)
    set_goal(cast.amina, patient_id=patient.pk, words="A private wish", levels=LEVELS, shared=False)
    sign_plan(cast.amina, patient_id=patient.pk, version=0, patient_view="partly", patient_words="Not too fast")
    nodes = (Node("0000000a", NodeKind.PROBLEM, "I cut when Samira is left alone"), Node("0000000b", NodeKind.TRIGGER, "an argument"))
    content = FormulationContent(nodes, (Link("0000000b", "0000000a", "sets off"),))
    save_formulation(cast.amina, patient_id=patient.pk, content=content, lines="It gets loud\nthen I cut", version=0)
    report = SessionReport(on=today, meeting="in_person", came="came", minutes=50, safety=Safety.NOTHING_NEW, went="told in the note alone")
    sign_session(cast.amina, patient_id=patient.pk, report=report)
    write_process_note(cast.amina, patient_id=patient.pk, text=CANARY)
    return patient


def make(cast: Cast, patient: Any, kind: str, who: str = "amina", **given: Any) -> Any:
    from fivefold.services.documents import make_document

    typed = {"addressee": "Dr Weiss\nRiver Lane 1", **given.pop("typed", {})}
    return make_document(cast.people[who], patient_id=patient.pk, kind=kind, typed=typed, **given)


def sign(cast: Cast, patient: Any, row: Any, who: str = "amina", reason: str = "agreed by telephone today") -> Any:
    from fivefold.services.documents import sign_document

    return sign_document(cast.people[who], patient_id=patient.pk, document_id=row.pk, reason=reason)


def paper(cast: Cast, patient: Any, row: Any, form: str) -> str:
    """The text of a file as a reader finds it, on one line."""
    from fivefold.services.documents import print_file, take_document_file

    content = print_file(take_document_file(cast.amina, patient_id=patient.pk, document_id=row.pk), form)
    if form == "pdf":
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    else:
        with ZipFile(BytesIO(content)) as packed:
            text = " ".join(packed.read(name).decode() for name in packed.namelist() if name.startswith("word/") and name.endswith(".xml"))
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"\s+", " ", text.replace("\u200b", "").replace("’", "'"))


def page_of(patient: Any, more: str = "") -> str:
    return f"/patients/{patient.pk}/documents{more}"


# ---- What is in them ------------------------------------------------------------------------------------------------------


def test_every_kind_in_every_form_holds_no_process_note_no_other_note_and_nothing_hostile_as_markup(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """One pass over all kinds: what must be nowhere, what must be text, and that page, PDF and DOCX say the same."""
    from docx import Document
    from docx.oxml.ns import qn

    from fivefold.services.documents import print_file, take_document_file

    assert tuple(TABLE) == KINDS
    assert len(plant_canaries(cast.amina, [sam])) == 1_000
    browser, wrong = sign_in("amina"), []
    for kind in KINDS:
        fields = {field.id: HOSTILE for field in TABLE[kind].typed}
        optional = frozenset(part.id for part in TABLE[kind].parts if part.is_optional)
        row = make(cast, sam, kind, typed=fields, chosen=optional)
        sign(cast, sam, row)
        shown = browser.get(page_of(sam, f"/{row.pk}")).content.decode()
        texts = {"page": unescape(shown), **{form: paper(cast, sam, row, form) for form in ("pdf", "docx")}}
        for form, text in texts.items():
            wrong += [f"{kind} {form}: process note"] * (CANARY in text or bool(canaries_in(text))) + [f"{kind} {form}: session note"] * (
                "told in the note alone" in text
            )
            wrong += [f"{kind} {form}: typed text is gone"] * (bool(fields) and kind != "progress_report" and "$x$ *b* <script>" not in text)
            wrong += [f"{kind} {form}: read as code"] * ("{{ 49 }}" in text)
            wrong += [f"{kind} {form}: marks that turn a line round"] * (form != "page" and bool(set(text) & set("\u202e\u2066\ufeff\U000e0041\x07\x1b")))
        wrong += [f"{kind}: script on the page"] * (SCRIPT in shown)
        taken = take_document_file(cast.amina, patient_id=sam.pk, document_id=row.pk)
        wrong += [f"{kind} pdf: {problem}" for problem in pdf_ua_problems(print_file(taken, "pdf"))]
        file = Document(BytesIO(print_file(taken, "docx")))
        assert file.core_properties.language == "en" and file.core_properties.title == file.paragraphs[0].text
        assert file.paragraphs[0].style.name == "Heading 1" and any(line.style.name == "Heading 2" for line in file.paragraphs)
        # What an outside validator found: styles that stand there twice and contradict each other, and a value that Word 2007 does not know.
        assert not any("stylesWithEffects" in str(part.partname) for part in file.part.package.iter_parts()), kind
        assert "w:tblHeader w:val" not in file.element.xml, kind
        assert all("w:tblHeader" in table.rows[0]._tr.xml for table in file.tables)
        assert all(drawn.get("descr") for drawn in file.element.iter(qn("wp:docPr"))), kind

    assert wrong == []


def test_payer_plan_holds_what_a_payer_asks_for_and_no_more(cast: Cast, sam: Any) -> None:
    row = make(cast, sam, "payer_plan", typed={"diagnosis_codes": "6D11.5"})
    sign(cast, sam, row)
    text = paper(cast, sam, row, "pdf")

    for asked in (
        "Problem 1", "Behavioural definition", "Long-term goal", "Objectives", "Target date", "Interventions", "Type: individual psychotherapy",
        "Amount: 50 minutes", "Frequency: 1 a week", "Duration", "borderline personality disorder", "recorded by Amina Okafor", "6D11.5", "at most 90 days",
    ):  # fmt: skip
        assert asked in text, asked
    for minimum in ("It gets loud", "Not too fast", "BSL", "Bruno", "R1 ", "private wish"):
        assert minimum not in text, minimum
    assert set(row.discloses) == {"name", "team", "diagnoses", "impairments", "treatment", "goals", "own_words", "sessions", "typed"}


def test_letter_does_not_leave_once_the_consent_to_letters_is_withdrawn(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.documents import CannotMake, take_document_file
    from fivefold.services.patients import record_consent

    record_consent(cast.amina, patient_id=sam.pk, purpose="letters", given=True, on=clock.today())
    row = make(cast, sam, "letter")
    sign(cast, sam, row)
    assert take_document_file(cast.amina, patient_id=sam.pk, document_id=row.pk)

    record_consent(cast.amina, patient_id=sam.pk, purpose="letters", given=False, on=clock.today())

    with pytest.raises(CannotMake, match="has not agreed"):
        take_document_file(cast.amina, patient_id=sam.pk, document_id=row.pk)


def test_case_pack_leaves_without_the_consent_only_when_it_was_signed_with_a_reason(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.services.documents import CannotMake, take_document_file
    from fivefold.services.patients import record_consent

    row, browser = make(cast, sam, "case_pack"), sign_in("amina")
    assert 'href="' + page_of(sam, f"/{row.pk}/paper.pdf") in browser.get(page_of(sam, f"/{row.pk}")).content.decode()
    record_consent(cast.amina, patient_id=sam.pk, purpose="supervision", given=False, on=clock.today())

    with pytest.raises(CannotMake, match="has not agreed"):
        take_document_file(cast.bruno, patient_id=sam.pk, document_id=row.pk)
    shown = browser.get(page_of(sam, f"/{row.pk}")).content.decode()
    assert "has not agreed to this. Sign it with your reason" in shown and "paper.pdf" not in shown

    sign(cast, sam, row, reason="a danger that cannot wait")
    assert take_document_file(cast.bruno, patient_id=sam.pk, document_id=row.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_document_that_says_why_a_module_was_chosen_says_that_it_discloses_impairments(cast: Cast, sam: Any, kind: str) -> None:
    """The reasons name impairments with their levels."""
    from fivefold.documents.clinical.blocks import Composed
    from fivefold.services.plans import work_out

    reasons = {reason.text for match in work_out(sam, protocols=()).plan.modules for reason in match.because}
    row = make(cast, sam, kind, chosen=frozenset(part.id for part in TABLE[kind].parts if part.is_optional))
    said = json.dumps(Composed.read(row.content).content(), ensure_ascii=False)
    told = {reason for reason in reasons if reason in said}

    assert not told or "impairments" in row.discloses, told
    assert told or kind not in ("case_pack", "treatment_plan")


def test_hidden_name_is_hidden_in_its_halves_and_a_short_reference_changes_no_value(cast: Cast, sam: Any) -> None:
    from fivefold.documents.clinical.blocks import Composed

    sam.name, sam.reference = "Anna-Maria Kern", "30"
    sam.save()
    row = make(cast, sam, "case_pack", typed={"question": "What helps Anna when she is alone? Annas Brief, Kerns Tag. 30 days are long."})
    said = json.dumps(Composed.read(row.content).content(), ensure_ascii=False)

    assert "Anna" not in said and "Kern" not in said
    assert "30 days are long" in said


def test_treatment_plan_has_its_fourteen_parts_with_formulation_and_the_patients_words(cast: Cast, sam: Any) -> None:
    from fivefold.documents.clinical.blocks import Composed

    row = make(cast, sam, "treatment_plan")
    document = Composed.read(row.content)
    text = paper(cast, sam, row, "pdf")

    assert [part.title.split()[0] for part in document.parts] == [str(number) for number in range(1, 15)]
    assert "It gets loud" in text and "Not too fast" in text and "The patient agrees in part." in text and "Sleep through the night" in text
    assert "No diagnosis is made or taken from a score." in text
    assert re.search(r"BSL-23, newest of 4 1\.3\d? ", text)
    assert document.hash == row.content_hash and Composed.read(document.stored()) == document
    assert (row.plan.number, row.formulation.number) == (1, 1)


def test_progress_of_the_patient_has_fewer_lines_and_no_forecast_and_no_word_on_the_track(cast: Cast, sam: Any) -> None:
    from fivefold.documents.clinical.blocks import Chart, Composed

    rows = {kind: make(cast, sam, kind) for kind in ("progress_report", "progress_patient")}
    charts = {kind: [block for part in Composed.read(row.content).parts for block in part.blocks if isinstance(block, Chart)] for kind, row in rows.items()}
    own = paper(cast, sam, rows["progress_patient"], "pdf")
    clinician = paper(cast, sam, rows["progress_report"], "pdf")

    assert charts["progress_report"][0].band is not None and charts["progress_patient"][0].band is None and charts["progress_patient"][0].cutoff is None
    assert not re.search(r"percentile|expected|on track|cut-off|worse|asks for|reliable|disorder", own)
    assert "counts from" in clinician and "clears no safety rule" in clinician
    assert "private wish" not in own and "private wish" in clinician
    # The table twin: every value of the line stands in words as well.
    assert all(value in own for value in ("2.7", "2.39", "1.91", "1.3"))
    assert len(PdfReader(BytesIO(_pdf(cast, sam, rows["progress_report"]))).pages) == 1


def test_progress_of_two_years_stands_on_one_page_in_both_versions(cast: Cast, sam: Any) -> None:
    """Months of seven measures with a gap and a long course of modules and goals; what is left out is told, with where it stands."""
    from fivefold.documents.clinical.blocks import Composed
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.goals import set_goal
    from fivefold.services.knowledge import knowledge
    from fivefold.services.plans import work_out
    from fivefold.services.record_file import NewFact

    today = clock.today()
    ends = {"bsl23": (3.1, 1.2), "phq9": (21, 8), "gad7": (17, 7), "ders16": (70, 41), "pcl5": (52, 30), "reqol10": (9, 26), "rses": (10, 22)}
    facts = []
    for month in range(25):
        for place, (name, (first, last)) in enumerate(ends.items()):
            value = first + (last - first) * month / 24
            # Each on its own day, as people come: the table of values has many days.
            on = today - timedelta(days=30 * (24 - month) + 10 + place)
            facts.append(NewFact("score", name, {"instrument": name, "value": round(value, 2) if name == "bsl23" else round(value)}, on))
    modules = [match.id for match in work_out(sam, protocols=()).plan.modules][:12]
    for place, module in enumerate(modules):
        on = today - timedelta(days=700 - 50 * place)
        value = {"id": module, "stage": "exploration", "since": on.isoformat()}
        facts.append(NewFact("module", module, value, on))
    record_facts(cast.amina, patient_id=sam.pk, facts=facts)
    for place in range(5):
        set_goal(cast.amina, patient_id=sam.pk, words=f"Goal {place}: go to work on most days and tell my sister when it gets too much", levels=LEVELS)
    assert len(knowledge().instruments) > len(ends)

    for kind in ("progress_report", "progress_patient"):
        row = make(cast, sam, kind)
        assert len(PdfReader(BytesIO(_pdf(cast, sam, row))).pages) == 1, kind
        said = json.dumps(Composed.read(row.content).content(), ensure_ascii=False)
        assert "stand in the record" in said and "Goal 4" in said, kind


def _pdf(cast: Cast, patient: Any, row: Any) -> bytes:
    from fivefold.services.documents import print_file, take_document_file

    return print_file(take_document_file(cast.amina, patient_id=patient.pk, document_id=row.pk), "pdf")


def test_case_pack_tells_no_name_unless_it_is_asked_for(cast: Cast, sam: Any) -> None:
    """The name is hidden where it stands in texts, too, also in what supervision has of the patient."""
    from fivefold.records import clock
    from fivefold.records.models import CareRelation
    from fivefold.services import supervision

    CareRelation.objects.get_or_create(clinic=cast.amina.clinic, patient=sam, user=cast.bruno.user, kind="supervises", ended_at=None)
    supervision.ask_question(cast.amina, patient_id=sam.pk, text="How do I hold Samira?")
    meeting = supervision.begin_meeting(cast.bruno, on=clock.today(), present=[cast.amina.user.pk])
    agreed: dict[str, Any] = {"text": "looked at Samira's week", "by": cast.amina.user.pk, "until": None, "where": "session"}
    supervision.record_decision(cast.bruno, patient_id=sam.pk, meeting_id=meeting.pk, **agreed)
    hidden, told = make(cast, sam, "case_pack"), make(cast, sam, "case_pack", hides_name=False)
    text = paper(cast, sam, hidden, "pdf")

    assert not re.search(r"Samira|Tannenbaum|R-2207|1990", text)
    assert re.search(r"How do I hold Case \w+\?", text) and "looked at Case" in text and "I cut when Case" in text
    assert "Samira Tannenbaum" in paper(cast, sam, told, "pdf")
    assert "name" not in hidden.discloses


def test_what_a_clinician_lists_is_hidden_told_before_and_kept_for_the_next_pack(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """A nickname becomes the made-up name, a place is left out; who makes the pack sees what goes, and the next one hides it unasked."""
    from fivefold.records.models import HiddenWords
    from fivefold.services.operations.record_export import export_record
    from fivefold.services.supervision import ask_question

    ask_question(cast.amina, patient_id=sam.pk, text="Sami says SAMI's boss at River Mill must not know. Samira agrees.")
    amina, page = sign_in("amina"), page_of(sam, "/new/case_pack")
    typed = {"other_names": "Sami\n", "left_out": " River Mill \n\nUncle Theo", "hides_name": "on", "parts": ["diagnoses", "goals"]}
    text = amina.post(page, {**typed, "preview": "yes"}).content.decode()
    assert not HiddenWords.objects.exists()
    assert re.search(r'<th scope="row">River Mill</th><td[^>]*>1</td><td[^>]*>\[left out\]</td>', text)
    assert re.search(r'<th scope="row">Sami</th><td[^>]*>1</td><td[^>]*>Case \w+</td>', text) and '<th scope="row">SAMI</th>' in text
    assert "not in this document: Uncle Theo" in text
    amina.post(page, typed)

    pack = paper(cast, sam, sam.documents.get(), "docx")
    assert re.search(r"(Case \w+) says \1's boss at \[left out\] must not know. \1 agrees", pack)
    again = make(cast, sam, "case_pack")
    assert "River Mill" not in again.content and "Sami" not in again.content
    assert "River Mill\nUncle Theo" in amina.get(page).content.decode()
    amina.post(page, typed)
    assert HiddenWords.objects.count() == 1
    assert export_record(cast.amina, patient_id=sam.pk)["hidden_words"][0]["words"] == ["River Mill", "Uncle Theo"]


def test_list_of_words_to_hide_has_bounds_and_says_them(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    answer = sign_in("amina").post(page_of(sam, "/new/case_pack"), {"left_out": "x", "hides_name": "on"})

    assert answer.status_code == 422 and "each of 2 to 80 characters" in answer.content.decode()
    assert not sam.documents.exists()


def test_case_pack_is_one_press_and_says_nothing_twice(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """Pressing again shows the same pack, until the record says something else or it was withdrawn."""
    from fivefold.services.documents import withdraw_document
    from fivefold.services.supervision import ask_question

    bruno, press = sign_in("bruno"), page_of(sam, "/case-pack")
    first = bruno.post(press)
    assert first.status_code == 302 and bruno.get(first.url).status_code == 200
    assert bruno.get(f"{first.url}/paper.pdf")["Content-Type"] == "application/pdf"
    assert bruno.post(press).url == first.url
    made = sam.documents.get()
    assert made.hides_name and "Samira" not in made.content

    ask_question(cast.amina, patient_id=sam.pk, text="What next?")
    assert bruno.post(press).url != first.url
    newest = sam.documents.order_by("-number")[0]
    withdraw_document(cast.bruno, patient_id=sam.pk, document_id=newest.pk, reason="made too early, wait for the review")
    bruno.post(press)
    assert sam.documents.count() == 3
    assert sign_in("lea").post(press).status_code in (403, 404)


# ---- For patients ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain_plan", "agreement", "progress_patient"])
def test_document_for_a_patient_is_plain_and_kind_by_itself(cast: Cast, sam: Any, kind: str) -> None:
    from fivefold.services.documents import try_document

    everything = frozenset(part.id for part in TABLE[kind].parts if part.is_optional)
    draft = try_document(cast.amina, patient_id=sam.pk, kind=kind, chosen=everything)

    assert [(one.trouble, one.words) for one in draft.found] == []


def test_words_that_blame_or_promise_are_refused_and_hard_ones_are_told(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import ClinicalDocument
    from fivefold.services.documents import NotForPatients, try_document

    blaming = {"opening": "You failed to comply with the modules. This therapy will make you feel better. You will be safe!"}
    with pytest.raises(NotForPatients) as refused:
        make(cast, sam, "plain_plan", typed=blaming)
    draft = try_document(cast.amina, patient_id=sam.pk, kind="plain_plan", typed=blaming)
    page = sign_in("amina").post(page_of(sam, "/new/plain_plan"), {**blaming, "parts": ["goals"], "once": "x"})

    assert all(word in str(refused.value) for word in ("failed", "comply"))
    assert {str(one.trouble) for one in draft.found} == {"blame", "promise", "shouting", "jargon"}
    assert page.status_code == 422 and "failed" in page.content.decode() and "You failed to comply" in unescape(page.content.decode())
    assert not ClinicalDocument.objects.exists()
    make(cast, sam, "plain_plan", typed={"opening": "We look at the modules together."})


def test_what_patients_said_themselves_is_theirs_and_not_judged(cast: Cast, sam: Any) -> None:
    from fivefold.services.documents import try_document
    from fivefold.services.goals import set_goal

    set_goal(cast.amina, patient_id=sam.pk, words="I failed at my borderline disorder!", levels=LEVELS)

    assert try_document(cast.amina, patient_id=sam.pk, kind="plain_plan").found == ()


def test_agreement_the_patient_agrees_to_is_in_the_record_from_that_day(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.documents import CannotMake, note_agreement
    from fivefold.services.record_file import counting_facts

    row = make(cast, sam, "agreement", typed={"crisis": "Call the river line.", "own_points": "Dog may come\n\nNo smoking"})
    today = clock.today()
    with pytest.raises(CannotMake):
        note_agreement(cast.amina, patient_id=sam.pk, document_id=row.pk, on=today)
    sign(cast, sam, row)
    note_agreement(cast.amina, patient_id=sam.pk, document_id=row.pk, on=today)
    text = paper(cast, sam, row, "pdf")

    assert [(fact.value, fact.true_on) for fact in counting_facts(sam) if fact.kind == "context" and fact.key == "agreement"] == [(True, today)]
    assert "agreed by the patient on" in text and "Signed by me, on" in text and "Signed by the person I work with, on" in text
    assert "Call the river line." in text and "My safety plan comes first" not in text and "Dog may come" in text
    assert "We start and end on time." in text and "I come to our sessions" in text


# ---- Who, and in which order ----------------------------------------------------------------------------------------------


def test_who_may_make_sign_and_take_follows_from_the_kind(cast: Cast, sam: Any) -> None:
    from fivefold.services.access import AccessDenied, NoSuchPatient
    from fivefold.services.documents import see_documents, take_document_file

    for kind in KINDS:
        if kind == "case_pack":
            continue
        for who in ("bruno", "lea"):
            with pytest.raises(AccessDenied):
                make(cast, sam, kind, who)
    pack = make(cast, sam, "case_pack", "bruno")
    plan = make(cast, sam, "treatment_plan")
    assert take_document_file(cast.bruno, patient_id=sam.pk, document_id=pack.pk).name == "case-pack-1"
    for who, row in (("bruno", plan), ("lea", plan), ("lea", pack)):
        with pytest.raises(AccessDenied):
            take_document_file(cast.people[who], patient_id=sam.pk, document_id=row.pk)
    for who in ("bruno", "lea"):
        with pytest.raises(AccessDenied):
            sign(cast, sam, plan, who)
    with pytest.raises(NoSuchPatient):
        make(cast, sam, "treatment_plan", "teo")
    assert [kind.id for kind in see_documents(cast.bruno, patient_id=sam.pk).can_make] == ["case_pack"]


def test_what_goes_outside_leaves_signed_alone_and_a_letter_without_consent_keeps_the_reason(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.records.models import AuditEntry
    from fivefold.services.access import ReasonMissing
    from fivefold.services.documents import CannotMake, take_document_file
    from fivefold.services.patients import record_consent

    first = make(cast, sam, "letter")
    with pytest.raises(CannotMake):
        take_document_file(cast.amina, patient_id=sam.pk, document_id=first.pk)
    assert sign_in("amina").get(page_of(sam, f"/{first.pk}/paper.pdf")).status_code == 302
    with pytest.raises(ReasonMissing):
        sign(cast, sam, first, reason="")
    sign(cast, sam, first, reason="handed to the ambulance")
    record_consent(cast.amina, patient_id=sam.pk, purpose="letters", given=True, on=clock.today())
    second = make(cast, sam, "letter")
    sign(cast, sam, second, reason="")
    file = sign_in("amina").get(page_of(sam, f"/{second.pk}/paper.docx"))

    assert file.status_code == 200 and file["Content-Disposition"] == 'attachment; filename="letter-2.docx"'
    assert "handed to the ambulance" in sign_in("amina").get(page_of(sam, f"/{first.pk}")).content.decode()
    left = AuditEntry.objects.filter(act="document_left").get()
    assert (left.target, left.detail["discloses"]) == ("letter 2", second.discloses)


def test_version_is_signed_once_while_it_is_the_newest_and_its_plan_holds(cast: Cast, sam: Any) -> None:
    from fivefold.services.documents import CannotMake, see_document, withdraw_document
    from fivefold.services.plans import sign_plan

    first, second = make(cast, sam, "treatment_plan"), make(cast, sam, "treatment_plan")
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(CannotMake):
        sign(cast, sam, first)
    sign(cast, sam, second)
    with pytest.raises(CannotMake):
        sign(cast, sam, second)
    third = make(cast, sam, "treatment_plan")
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    with pytest.raises(CannotMake):
        sign(cast, sam, third)
    withdraw_document(cast.amina, patient_id=sam.pk, document_id=second.pk, reason="the dose was wrong")
    with pytest.raises(CannotMake):
        withdraw_document(cast.amina, patient_id=sam.pk, document_id=second.pk, reason="the dose was wrong")

    assert see_document(cast.amina, patient_id=sam.pk, document_id=second.pk).is_outdated
    assert "Withdrawn on" in paper(cast, sam, second, "pdf") and "Withdrawn on" in paper(cast, sam, second, "docx")


def test_document_sent_twice_is_made_once_and_without_a_plan_it_says_what_comes_first(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import ClinicalDocument
    from fivefold.services.documents import CannotMake, make_document

    for _ in range(2):
        make_document(cast.amina, patient_id=sam.pk, kind="progress_report", once="same")
    assert ClinicalDocument.objects.count() == 1
    with pytest.raises(CannotMake, match="Sign the plan first"):
        make_document(cast.amina, patient_id=cast.rosa.pk, kind="plain_plan")


def test_document_as_it_was_made_stays_when_the_record_goes_on(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import ClinicalDocument
    from fivefold.records.models.base import NeverChanged
    from fivefold.services.goals import set_goal

    row = make(cast, sam, "treatment_plan")
    before = paper(cast, sam, row, "pdf")
    set_goal(cast.amina, patient_id=sam.pk, words="Something else", levels=LEVELS)

    assert paper(cast, sam, row, "pdf") == before
    assert b"Samira" not in bytes(ClinicalDocument.objects.get().content_sealed)
    with pytest.raises(NeverChanged):
        ClinicalDocument.objects.get().save()


# ---- Pages ----------------------------------------------------------------------------------------------------------------


def test_pages_tell_what_is_disclosed_before_it_is_made_and_lead_from_making_to_the_signature(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    browser = sign_in("amina")
    listed = browser.get(page_of(sam)).content.decode()
    assert all(page_of(sam, f"/new/{kind}") in listed for kind in KINDS)
    begun = browser.get(page_of(sam, "/new/letter")).content.decode()
    tells = unescape(re.search(r'<ul class="tells">(.*?)</ul>', begun, re.DOTALL)[1])  # type: ignore[index]
    assert "diagnoses with their source" in tells and "scores" not in tells
    sent = {"addressee": "", "opening": "Thank you for Samira.", "closing": "", "parts": ["change"], "once": "k", "preview": "yes"}
    tried = unescape(browser.post(page_of(sam, "/new/letter"), sent).content.decode())
    assert "scores of questionnaires" in tried and "Thank you for Samira." in tried and "diagnoses with their source</li>" not in tried
    assert "Thank you for Samira." in browser.get("/drafts", {"page": page_of(sam, "/new/letter")}).content.decode()
    del sent["preview"]
    missing = browser.post(page_of(sam, "/new/letter"), sent)
    assert missing.status_code == 422 and "Thank you for Samira." in missing.content.decode()
    made = browser.post(page_of(sam, "/new/letter"), {**sent, "addressee": "Dr Weiss"}, follow=True)
    shown = made.content.decode()
    assert "Dr Weiss" in shown and "not signed" in shown and "/paper.pdf" not in shown
    [form] = [form for form in read_forms("", shown) if form.action.endswith("/sign")]
    assert "reason" in form.fields
    assert browser.post(form.action, form.filled() | {"reason": "no"}).status_code == 422
    done = browser.post(form.action, form.filled() | {"reason": "asked for by the ward tonight"}, follow=True).content.decode()
    assert "/paper.pdf" in done and "asked for by the ward tonight" in done
    assert "Thank you" not in browser.get("/drafts", {"page": page_of(sam, "/new/letter")}).content.decode()
    assert browser.get(page_of(sam, "/new/nothing")).status_code == 404
    assert "Letter to the referrer, version 1" in browser.get(page_of(sam)).content.decode()


def test_documents_are_in_the_copy_of_the_record_and_go_with_it(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.records.models import ClinicalDocument, DocumentStep
    from fivefold.services.operations.record_export import export_record, export_record_pdf
    from fivefold.services.operations.rows import remove_rows_of

    sign(cast, sam, make(cast, sam, "letter"))
    copy = export_record(cast.amina, patient_id=sam.pk)
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(export_record_pdf(cast.amina, patient_id=sam.pk))).pages)

    assert copy["documents"][0]["content"]["title"] == "Letter to the referrer" and copy["document_steps"][0]["step"] == "signed"
    assert "Letter to the referrer" in printed
    remove_rows_of(sam.pk, erased_at=clock.now())
    assert not ClinicalDocument.objects.exists() and not DocumentStep.objects.exists()


# ---- What the formulation asks of a plan -----------------------------------------------------------------------------------


def test_module_that_the_formulation_questions_is_answered_or_left_open_with_the_signature(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.services.plan_questions import asked_at_signing
    from fivefold.services.plans import see_version, sign_plan, work_out

    asked = [match.id for match in asked_at_signing(sam, work_out(sam).plan).modules]
    assert len(asked) >= 2
    browser = sign_in("amina")
    [form] = [form for form in read_forms("", browser.get(f"/patients/{sam.pk}/plan/sign").content.decode()) if "patient_view" in form.fields]
    assert {f"about_{name}" for name in asked} <= set(form.fields)
    unanswered = {f"about_{name}": "" for name in asked}
    sent = form.filled() | unanswered | {"patient_view": "agrees", f"about_{asked[0]}": "asked for by the ward"}
    assert browser.post(f"/patients/{sam.pk}/plan/sign", sent | {f"about_{asked[1]}": "x" * 501}).status_code == 422
    assert browser.post(f"/patients/{sam.pk}/plan/sign", sent).status_code == 302

    said = see_version(cast.amina, patient_id=sam.pk, number=2).said
    assert (said.number, dict(said.answers), set(said.left)) == (1, {asked[0]: "asked for by the ward"}, set(asked[1:]))
    shown = browser.get(f"/patients/{sam.pk}/plan/versions/2").content.decode()
    assert "What formulation 1 asked" in shown and "asked for by the ward" in shown and "left open" in shown
    text = paper(cast, sam, make(cast, sam, "treatment_plan"), "pdf")
    assert "asked for by the ward" in text and "left open by Amina Okafor" in text
    # Before the first formulation nothing is asked, and nothing is kept.
    first = see_version(cast.amina, patient_id=sam.pk, number=1).said
    assert (first.number, dict(first.answers), first.left) == (0, {}, ())
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    assert set(see_version(cast.amina, patient_id=sam.pk, number=3).said.left) == set(asked)
