"""The plan builder, signing, versions and goals: what they say, what they keep, and what they refuse."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast

SignIn = Callable[[str], Client]
PAGES = ("plan", "plan/compare", "plan/versions", "goals")


@pytest.fixture
def known(cast: Cast) -> Cast:
    """Rosa with ratings, answered safety questions and one session a week: a plan that can be signed."""
    from fivefold.concepts.vocabulary import RISK_QUESTIONS
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    day = clock.today() - timedelta(days=3)
    facts = [
        NewFact("rating", "self_harm", {"severity": 3}, day),
        NewFact("rating", "emotion_awareness", {"severity": 2}, day),
        NewFact("rating", "anger", {"severity": 2}, day),
        NewFact("rating", "depression", {"severity": 2}, day),
        NewFact("treatment", "sessions_per_week", 1, day),
        NewFact("preference", "priorities", ["anger"], day),
        *(NewFact("general_module", name, "attained", day) for name in ("G1", "G2", "G3", "G4", "G5", "G6")),
        *(NewFact("risk", name, False, day) for name in RISK_QUESTIONS),
    ]
    record_facts(cast.amina, patient_id=cast.rosa.pk, facts=facts)
    return cast


def text_of(client: Client, cast: Cast, page: str, status: int = 200) -> str:
    answer = client.get(f"/patients/{cast.rosa.pk}/{page}")
    assert answer.status_code == status
    return answer.content.decode()


def choose(client: Client, cast: Cast, target: str, how: str, reason: str = "", version: int = 0) -> Any:
    given = {"target": target, "how": how, "reason": reason, "version": version}
    return client.post(f"/patients/{cast.rosa.pk}/plan/choose", given)


def card_in(text: str, module: str) -> str:
    """The column in which a card stands."""
    place = text.index(f'id="m-{module}"')
    return re.findall(r'<section class="column col-(\w+)"|id="group-(\w+)"', text[:place])[-1][0] or "aside"


def signing(cast: Cast, **changed: object) -> dict[str, object]:
    from fivefold.records import clock

    review = (clock.today() + timedelta(days=60)).isoformat()
    return {"version": 0, "after": 0, "patient_view": "partly", "patient_words": "Not the diary.", "review_on": review, "once": uuid.uuid4().hex, **changed}


# ---- Who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("name", "status"), [("teo", 404), ("chidi", 404), ("adrian", 403), ("olga", 403), ("bruno", 200), ("lea", 200)])
def test_pages_are_for_those_who_care_for_the_patient(sign_in: SignIn, known: Cast, page: str, name: str, status: int) -> None:
    text = text_of(sign_in(name), known, page, status=status)

    assert ("Rosa" in text) is (status == 200)


def test_supervisor_reads_the_plan_and_finds_nothing_to_change_it_with(sign_in: SignIn, known: Cast) -> None:
    bruno = sign_in("bruno")

    text = text_of(bruno, known, "plan")

    assert 'class="move"' not in text
    assert "plan/sign" not in text
    assert choose(bruno, known, "S04", "defer", "not mine to say").status_code == 403
    assert bruno.get(f"/patients/{known.rosa.pk}/plan/sign").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_each_view_is_audited(sign_in: SignIn, known: Cast, page: str) -> None:
    from fivefold.records.models import AuditEntry

    before = AuditEntry.objects.filter(patient_id=known.rosa.pk).count()

    text_of(sign_in("bruno"), known, page)

    assert AuditEntry.objects.filter(patient_id=known.rosa.pk).count() == before + 1


@pytest.mark.parametrize("page", [*PAGES, "plan/sign"])
def test_pages_hold_no_inline_script_or_style(sign_in: SignIn, known: Cast, page: str) -> None:
    text = text_of(sign_in("amina"), known, page)

    assert " style=" not in text
    assert "<style" not in text
    assert "onclick" not in text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)


@pytest.mark.parametrize("page", [*PAGES, "plan/sign"])
def test_each_screen_has_one_dark_button_at_most(sign_in: SignIn, known: Cast, page: str) -> None:
    text = text_of(sign_in("amina"), known, page)

    # Where there is nothing to do there is none: the way back is an outlined one on every page.
    assert len(re.findall(r'class="(?:btn )?main"', text)) == (0 if page == "plan/versions" else 1)


# ---- Choosing -----------------------------------------------------------------------------------------------------------


def test_module_that_is_put_off_moves_to_later_with_its_reason_and_comes_back(sign_in: SignIn, known: Cast) -> None:
    amina = sign_in("amina")
    assert card_in(text_of(amina, known, "plan"), "S04") in ("now", "next")

    answer = choose(amina, known, "S04", "defer", "Her exam is <b>next</b> week 🙂")

    assert answer.status_code == 302
    text = text_of(amina, known, "plan")
    assert card_in(text, "S04") == "later"
    assert "Her exam is &lt;b&gt;next&lt;/b&gt; week 🙂" in text
    choose(amina, known, "S04", "undo", version=1)
    assert card_in(text_of(amina, known, "plan"), "S04") in ("now", "next")


def test_module_that_is_put_first_comes_before_the_wishes_on_record(known: Cast) -> None:
    from fivefold.services.plan_board import see_board
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.plans import change_choice

    before = see_board(known.amina, patient_id=known.rosa.pk).plan
    waiting = next(match for match in reversed(before.modules) if match.status in ("now", "next") and match.id not in ("S01", "S02"))

    change_choice(known.amina, patient_id=known.rosa.pk, choice=Choice(waiting.id, How.FIRST, "she asks for it"), version=0)

    after = see_board(known.amina, patient_id=known.rosa.pk).plan.match(waiting.id)
    assert after.selection is not None
    assert waiting.selection is not None
    assert after.selection.priority > waiting.selection.priority


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_choice_without_a_reason_is_refused_and_stays_in_the_form(sign_in: SignIn, known: Cast, reason: str) -> None:
    answer = choose(sign_in("amina"), known, "S04", "decline", reason)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "expected a reason in a few words" in text
    assert '<details class="mmove" open>' in text


def test_asking_about_suicide_cannot_be_left_out(sign_in: SignIn, known: Cast) -> None:
    answer = choose(sign_in("amina"), known, "S01", "decline", "she would rather not")

    assert answer.status_code == 422
    assert "never left out" in answer.content.decode()


def test_two_people_who_choose_at_once_see_both_versions_and_lose_nothing(sign_in: SignIn, known: Cast) -> None:
    amina, another = sign_in("amina"), sign_in("amina")
    choose(another, known, "S04", "defer", "first of the two")

    answer = choose(amina, known, "S09", "decline", "second of the two", version=0)

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "first of the two" in text
    assert "second of the two" in text
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version
    choose(amina, known, "S09", "decline", "second of the two", version=int(version[1]))
    both = text_of(amina, known, "plan")
    assert "first of the two" in both
    assert "second of the two" in both


def test_reasons_lie_sealed_in_the_database(known: Cast) -> None:
    from fivefold.records.models import PlanDraft
    from fivefold.services.plan_choices import Choice, How
    from fivefold.services.plans import change_choice

    change_choice(known.amina, patient_id=known.rosa.pk, choice=Choice("S04", How.DEFER, "canary reason"), version=0)

    draft = PlanDraft.objects.values().get(patient=known.rosa)
    assert "canary" not in str({name: bytes(value) if isinstance(value, memoryview) else value for name, value in draft.items()})


# ---- What if ------------------------------------------------------------------------------------------------------------


def test_trial_shows_the_difference_in_words_and_saves_nothing(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import ClinicalFact, PlanDraft

    amina = sign_in("amina")
    before = ClinicalFact.objects.count()

    answer = amina.post(f"/patients/{known.rosa.pk}/plan/try", {"resilience": "high", "sessions_available": "20", "rated": "anger"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "What would follow" in text
    assert "Specific modules at once" in text
    assert "20 sessions are available" in text
    assert (ClinicalFact.objects.count(), PlanDraft.objects.count()) == (before, 0)
    assert "What would follow" not in text_of(amina, known, "plan")


def test_trial_of_a_rating_changes_the_plan(sign_in: SignIn, known: Cast) -> None:
    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/plan/try", {"rated": "anger", "level": "0"})

    assert "to not indicated" in " ".join(answer.content.decode().split())


def test_trial_that_is_kept_becomes_facts_of_today(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.records.models import ClinicalFact

    given = {"rated": "anger", "level": "0", "sessions_per_week": "2", "general_module": "G2", "state": "red", "wanted_first": "depression"}

    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/plan/keep", given)

    assert answer.status_code == 302
    kept = {(fact.kind, fact.key): fact.value for fact in ClinicalFact.objects.filter(patient=known.rosa, true_on=clock.today())}
    assert kept == {
        ("rating", "anger"): {"severity": 0},
        ("treatment", "sessions_per_week"): 2.0,
        ("general_module", "G2"): "red",
        ("preference", "priorities"): ["depression", "anger"],
    }


@pytest.mark.parametrize("given", [{"sessions_per_week": "many"}, {"sessions_per_week": "99"}, {"rated": "nothing", "level": "2"}, {"resilience": "iron"}])
def test_impossible_trial_keeps_what_was_typed_and_says_what_is_expected(sign_in: SignIn, known: Cast, given: dict[str, str]) -> None:
    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/plan/try", given)

    assert answer.status_code == 422
    assert "has-error" in answer.content.decode()


# ---- Coverage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/plan", "/plan/sign", "/map"])
def test_questions_that_come_first_are_named_wherever_they_are_counted(sign_in: SignIn, known: Cast, page: str) -> None:
    from fivefold.services.plans import see_plan

    asked = see_plan(known.amina, patient_id=known.rosa.pk).plan.ask_first
    assert len(asked) > 3

    shown = unescape(sign_in("amina").get(f"/patients/{known.rosa.pk}{page}").content.decode())

    assert [one.question for one in asked if one.question not in shown] == []


def test_nothing_known_cannot_be_signed_and_says_what_to_do(sign_in: SignIn, cast: Cast) -> None:
    amina = sign_in("amina")

    text = text_of(amina, cast, "plan")

    assert "rate or measure at least one impairment" in text
    assert "See what is missing" in text
    answer = amina.post(f"/patients/{cast.rosa.pk}/plan/sign", signing(cast))
    assert answer.status_code == 422
    assert "Not the diary." in answer.content.decode()
    # Nothing known is no coverage: no tick, and no "all 0 answered".
    assert "nothing is known that needs an answer" in answer.content.decode()
    assert "all 0 answered" not in answer.content.decode()


def test_hole_in_the_coverage_hinders_signing_until_it_is_left_open_with_a_reason(known: Cast) -> None:
    from dataclasses import replace

    from fivefold.concepts.plan import Coverage
    from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus
    from fivefold.services.plan_board import see_board
    from fivefold.services.plan_choices import Choice, How, PlanChoices
    from fivefold.services.plans import hindrances, holes_of

    plan = see_board(known.amina, patient_id=known.rosa.pk).plan
    unneeded = plan.with_status(MatchStatus.NOT_INDICATED)[0]
    entry = Coverage(unneeded.treats[0], CoverageStatus.DEFERRED, (unneeded.id,), "No module answers it as things stand.")
    plan = replace(plan, coverage=tuple(entry if one.impairment == entry.impairment else one for one in plan.coverage))

    assert [hole.impairment for hole in holes_of(plan, PlanChoices())] == [entry.impairment]
    assert "Nothing in the plan answers" in hindrances(plan)[0]
    assert hindrances(plan, PlanChoices().with_choice(Choice(entry.impairment, How.LEAVE_OPEN, "after the birth"))) == []


# ---- Side by side -------------------------------------------------------------------------------------------------------


def test_programmes_stand_side_by_side_without_a_ranking(sign_in: SignIn, known: Cast) -> None:
    text = text_of(sign_in("amina"), known, "plan/compare?with=gpm&with=dbt&with=nonsense")

    for word in ("Integrated Modular Treatment", "Good Psychiatric Management", "Dialectical Behaviour Therapy", "Leaves out", "Needs", "not a ranking"):
        assert word in text
    for word in ("better", "best", "winner", "recommended"):
        assert word not in text.split('id="beside"')[1].split("Needs")[0].lower()


# ---- Signing ------------------------------------------------------------------------------------------------------------


def test_what_one_rule_defers_has_its_reason_once_and_no_code_stands_in_the_lead(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    record_facts(known.amina, patient_id=known.rosa.pk, facts=[NewFact("risk", "new_plan_or_means", True, clock.today())])

    text = text_of(sign_in("amina"), known, "plan")

    reason = "regulation, exploration and integration rest"
    coverage = text[text.index('id="coverage"') :].split("</section>")[0]
    assert coverage.count(reason) == 1 and "As above." in coverage
    assert "Safety comes first today. The phase read now is safety." in text
    # A tile names the rule; what the rule asks stands once, beside the safety rules.
    drawing = text_of(sign_in("amina"), known, "map").split('class="under"')[0].split('id="safety"')[1].split("</section>", 1)[1]
    assert "Suicide risk, newly raised (R1)" in drawing and "Care moves to safety" not in drawing
    # What the plan defers it does not leave out, whatever stands beside it.
    beside = text_of(sign_in("amina"), known, "plan/compare")
    assert "<dt>Waits</dt>" in beside and "waits in the plan" in beside


def test_nothing_left_of_the_usual_dose_is_no_plan_of_zero_sessions() -> None:
    from types import SimpleNamespace

    from fivefold.engine.pacing import NONE, Pacing
    from fivefold.web.plan.board import pacing_lines

    def lines(withheld: object) -> list[str]:
        view = SimpleNamespace(plan=SimpleNamespace(withheld=withheld))  # no module is named
        return pacing_lines(view, Pacing(NONE, 1.0, NONE, None, ()))  # type: ignore[arg-type]

    assert lines(None) == ["By the usual dose nothing is left of what is planned. Safety work goes on for as long as it is needed."]
    assert lines("R14") == ["No plan is made, so no sessions are reckoned."]


def test_signed_plan_stands_on_the_map_with_the_view_of_the_patient(sign_in: SignIn, known: Cast) -> None:
    amina = sign_in("amina")

    answer = amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known), follow=True)

    assert answer.redirect_chain[-1][0].endswith("/map")
    assert "plan 1, signed" in answer.content.decode()
    kept = text_of(amina, known, "plan/versions/1")
    for word in ("Agrees in part", "Not the diary.", "Amina Okafor", "holds now"):
        assert word in kept


def test_sent_twice_signs_once(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import PlanVersion

    amina, given = sign_in("amina"), signing(known)

    answers = [amina.post(f"/patients/{known.rosa.pk}/plan/sign", given).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert PlanVersion.objects.count() == 1


def test_signature_on_a_page_that_is_older_than_another_signature_is_not_given(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import PlanVersion

    amina = sign_in("amina")
    amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known))

    answer = amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known, patient_words="from the other window"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "plan 1 has been signed" in text
    assert "from the other window" in text
    assert 'name="after" value="1"' in text
    assert PlanVersion.objects.count() == 1


def test_signature_on_choices_that_have_changed_is_not_given(sign_in: SignIn, known: Cast) -> None:
    amina = sign_in("amina")
    choose(amina, known, "S04", "defer", "changed meanwhile")

    answer = amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known, version=0))

    assert answer.status_code == 422
    assert "Somebody else has changed this plan" in answer.content.decode()


@pytest.mark.parametrize(("days", "fits"), [(0, False), (-5, False), (1, True), (90, True), (91, False)])
def test_review_lies_within_ninety_days(sign_in: SignIn, known: Cast, days: int, fits: bool) -> None:
    from fivefold.records import clock

    given = signing(known, review_on=(clock.today() + timedelta(days=days)).isoformat())

    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/plan/sign", given)

    assert answer.status_code == (302 if fits else 422)
    assert fits or "at most 90 days" in answer.content.decode()


def test_service_refuses_a_late_review_as_well(known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.plans import sign_plan

    with pytest.raises(NotAcceptable, match="at most 90 days"):
        sign_plan(known.amina, patient_id=known.rosa.pk, version=0, patient_view="agrees", review_on=clock.today() + timedelta(days=91))


def test_form_without_the_view_of_the_patient_keeps_the_rest(sign_in: SignIn, known: Cast) -> None:
    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/plan/sign", signing(known, patient_view=""))

    assert answer.status_code == 422
    assert "Not the diary." in answer.content.decode()


# ---- Versions -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_twice(sign_in: SignIn, known: Cast) -> Cast:
    amina = sign_in("amina")
    amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known))
    choose(amina, known, "S04", "decline", "not before summer")
    amina.post(f"/patients/{known.rosa.pk}/plan/sign", signing(known, version=1, after=1, patient_view="agrees", patient_words=""))
    return known


def test_versions_are_listed_and_their_difference_told(sign_in: SignIn, signed_twice: Cast) -> None:
    amina = sign_in("amina")

    listed = text_of(amina, signed_twice, "plan/versions")
    told = text_of(amina, signed_twice, "plan/versions/1/2")

    assert "Plan 1" in listed
    assert "since plan 1" in listed
    assert "not before summer" in told
    assert "Not wanted" in told or "not wanted by the patient" in told


def test_signed_plan_stays_as_it_was(sign_in: SignIn, signed_twice: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    amina = sign_in("amina")
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|term-[0-9a-f]{8}')  # new in each answer
    before = token.sub("", text_of(amina, signed_twice, "plan/versions/1"))
    record_facts(signed_twice.amina, patient_id=signed_twice.rosa.pk, facts=[NewFact("rating", "anger", {"severity": 0}, clock.today())])

    assert token.sub("", text_of(amina, signed_twice, "plan/versions/1")) == before


@pytest.mark.parametrize("page", ["plan/versions/9", "plan/versions/1/9", "plan/versions/9/clinician.pdf", "plan/versions/1/anybody.pdf"])
def test_plan_that_does_not_exist_is_not_found(sign_in: SignIn, signed_twice: Cast, page: str) -> None:
    text_of(sign_in("amina"), signed_twice, page, status=404)


@pytest.mark.parametrize("copy", ["clinician", "patient"])
def test_signed_plan_is_printed_and_that_is_audited(sign_in: SignIn, signed_twice: Cast, copy: str) -> None:
    from fivefold.records.models import AuditEntry

    answer = sign_in("amina").get(f"/patients/{signed_twice.rosa.pk}/plan/versions/2/{copy}.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert "Rosa" not in answer["Content-Disposition"]
    assert AuditEntry.objects.order_by("-number").first().act == "take_document"  # type: ignore[union-attr]
    assert sign_in("teo").get(f"/patients/{signed_twice.rosa.pk}/plan/versions/2/{copy}.pdf").status_code == 404


# ---- Goals --------------------------------------------------------------------------------------------------------------

GOAL = {
    "words": "Get through an evening <i>without</i> cutting",
    "much_less": "every evening", "less": "most evenings", "hoped": "one in four", "more": "one in ten", "much_more": "none",
    "module": "S04", "weight": "2", "shared": "on",
}  # fmt: skip


def test_goal_is_written_down_revised_and_closed_and_every_wording_stays(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import Goal

    amina = sign_in("amina")
    amina.post(f"/patients/{known.rosa.pk}/goals", GOAL)
    first = Goal.objects.get()
    text = text_of(amina, known, "goals")
    assert "Get through an evening &lt;i&gt;without&lt;/i&gt; cutting" in text
    assert "written before the work on it" in text

    amina.post(f"/patients/{known.rosa.pk}/goals/{first.pk}", GOAL | {"words": "An evening with music"})
    second = Goal.objects.get(replaces=first)
    text = text_of(amina, known, "goals")
    assert "An evening with music" in text
    assert "1 earlier wording" in text

    amina.post(f"/patients/{known.rosa.pk}/goals/{second.pk}/close")
    text = text_of(amina, known, "goals")
    assert "No goal is written down yet" in text
    assert "An evening with music" in text


def test_goal_written_after_its_work_began_says_so(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    begun = NewFact("module", "S04", {"id": "S04", "stage": "exploration"}, clock.today() - timedelta(days=2))
    record_facts(known.amina, patient_id=known.rosa.pk, facts=[begun])
    amina = sign_in("amina")

    amina.post(f"/patients/{known.rosa.pk}/goals", GOAL)

    assert "written after the work on it had begun" in text_of(amina, known, "goals")


@pytest.mark.parametrize("name", ["words", "much_less", "hoped", "much_more"])
def test_goal_with_a_part_missing_keeps_the_rest(sign_in: SignIn, known: Cast, name: str) -> None:
    answer = sign_in("amina").post(f"/patients/{known.rosa.pk}/goals", GOAL | {name: " "})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was written" in text
    assert "most evenings" in text


def test_two_people_who_revise_one_goal_lose_nothing(sign_in: SignIn, known: Cast) -> None:
    from fivefold.records.models import Goal

    amina = sign_in("amina")
    amina.post(f"/patients/{known.rosa.pk}/goals", GOAL)
    first = Goal.objects.get()
    amina.post(f"/patients/{known.rosa.pk}/goals/{first.pk}", GOAL | {"words": "the first revision"})

    answer = amina.post(f"/patients/{known.rosa.pk}/goals/{first.pk}", GOAL | {"words": "the second revision"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "the first revision" in text
    assert "the second revision" in text
    address = re.search(r'<form method="post" action="([^"]+)"', text.split("theirs-h")[-1])
    assert address
    amina.post(address[1], GOAL | {"words": "both revisions together"})
    assert "2 earlier wordings" in text_of(amina, known, "goals")


def test_goal_of_another_patient_is_not_reached(sign_in: SignIn, known: Cast) -> None:
    from fivefold.services.goals import set_goal
    from fivefold.services.patients import add_patient

    other = add_patient(known.chidi, name="Other", birth_year=1990)
    goal = set_goal(known.chidi, patient_id=other.pk, words="theirs", levels=["a"] * 5)

    assert sign_in("amina").get(f"/patients/{known.rosa.pk}/goals/{goal.pk}").status_code == 404
    assert sign_in("amina").get(f"/patients/{other.pk}/goals").status_code == 404


def test_number_of_queries_does_not_grow_with_the_record(sign_in: SignIn, signed_twice: Cast, django_assert_max_num_queries: Any) -> None:
    amina = sign_in("amina")

    for page, most in (("plan", 26), ("plan/versions", 22), ("goals", 24), ("plan/compare", 24)):
        with django_assert_max_num_queries(most):
            text_of(amina, signed_twice, page)
