"""The synthetic clinic: forty invented people, in every phase and trouble, made by the real services, and gone without a trace."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from tests.support.clinic import Cast

from fivefold.concepts.vocabulary import OverrideStatus, PhaseId
from fivefold.records.models import (
    AuditEntry,
    BreakGlass,
    CareRelation,
    CaseloadRow,
    Clinic,
    ClinicalFact,
    Consent,
    CrisisCarePlan,
    DiaryEntry,
    Formulation,
    Goal,
    LookBack,
    Membership,
    Patient,
    PlanReview,
    PlanVersion,
    ProcessNote,
    RiskConversation,
    SafetyPlan,
    SignalEvent,
    SignalState,
    TreatmentSession,
    User,
)
from fivefold.services import audit, demo, plans
from fivefold.services.access import AccessDenied, Actor, actor_of
from fivefold.services.formulation_content import FormulationContent
from fivefold.services.goals import goals_of
from fivefold.services.golden_thread import see_thread
from fivefold.services.knowledge import knowledge
from fivefold.services.own_accounts import sign_in_name
from fivefold.services.process_notes import see_process_notes
from fivefold.services.record_file import read_record
from fivefold.services.session_note import Origin, read_content
from fivefold.services.simulator import NotSynthetic, build_synthetic_clinic, bulk_clinic, fill_clinic, is_complete, remove_records, remove_synthetic
from fivefold.services.synthetic.measures import score_at
from fivefold.services.synthetic.stories import STORIES
from fivefold.services.synthetic.story import Story
from fivefold.services.synthetic.words import PROCESS_NOTES

# One process makes the clinic of forty for all tests of this file.
pytestmark = pytest.mark.xdist_group("synthetic clinic")
SEED = 5
STORY = {story.id: story for story in STORIES}


@pytest.fixture(scope="module")
def forty(django_db_setup: None, django_db_blocker: Any) -> Iterator[Clinic]:
    """The whole clinic, made once for this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        clinic = build_synthetic_clinic(SEED)
        yield clinic
        transaction.set_rollback(True)


def patient_of(clinic: Clinic, story_id: str) -> Patient:
    place = STORIES.index(STORY[story_id])
    return next(patient for patient in Patient.objects.filter(clinic=clinic) if patient.reference == f"D-{1000 + place}")


def plan_of(clinic: Clinic, story_id: str) -> Any:
    return plans.work_out(patient_of(clinic, story_id)).plan


def active(clinic: Clinic, story_id: str) -> set[str]:
    return {override.code for override in plan_of(clinic, story_id).overrides if override.status is OverrideStatus.ACTIVE}


def values(patient: Patient, instrument: str) -> list[float]:
    scores = [score for score in read_record(patient, timezone.localdate()).scores if score.instrument == instrument and score.value is not None]
    return [score.value for score in sorted(scores, key=lambda score: score.on or date.min) if score.value is not None]


# ---- Who is there --------------------------------------------------------------------------------------------------------


def test_clinic_has_its_people_and_forty_patients(forty: Clinic) -> None:
    roles = sorted(Membership.objects.filter(clinic=forty).values_list("role", flat=True))

    assert roles == ["administrator", "auditor", "lead", "patient", "patient", "supervisor", *["therapist"] * 4]
    assert Patient.objects.filter(clinic=forty).count() == len(STORIES) == 40
    assert is_complete(forty)


def test_everything_is_marked_as_synthetic(forty: Clinic) -> None:
    assert forty.synthetic and all(Patient.objects.filter(clinic=forty).values_list("synthetic", flat=True))
    entries = AuditEntry.objects.filter(clinic=forty)
    assert entries.count() > 500 and all(entry.detail.get("simulated") for entry in entries)


def test_names_are_invented_varied_and_each_ones_own(forty: Clinic) -> None:
    names = [patient.name for patient in Patient.objects.filter(clinic=forty)]

    assert len(set(names)) == 40
    assert len({name.split()[-1] for name in names}) > 25


def test_demo_accounts_open_with_the_printed_password(forty: Clinic) -> None:
    accounts = demo.demo_accounts()

    for account in accounts:
        kept = sign_in_name(account.email) if account.email == demo.PATIENT else account.email
        assert User.objects.get(email=kept).check_password(demo.demo_password())
    assert accounts[-1].email == demo.PATIENT


def test_each_therapist_has_process_notes_of_their_own_patients_and_nobody_else_reads_them(forty: Clinic) -> None:
    notes = list(ProcessNote.objects.filter(clinic=forty).select_related("author", "patient"))
    users = {user.pk: actor_of(user) for user in User.objects.filter(memberships__clinic=forty)}
    lead = next(actor for actor in users.values() if actor and actor.role == "lead")

    assert {note.author_id for note in notes} == {key for key, actor in users.items() if actor and actor.role == "therapist"}
    assert all(note.text in PROCESS_NOTES for note in notes)
    assert all(timezone.localdate(note.recorded_at) < timezone.localdate() for note in notes)
    with pytest.raises(AccessDenied):
        see_process_notes(lead, patient_id=notes[0].patient_id)


def test_some_patients_write_by_themselves(forty: Clinic) -> None:
    entries = DiaryEntry.objects.filter(clinic=forty)

    # A plan that a module works on is written down, once; the map then says the same as the plan.
    worked_on = ClinicalFact.objects.filter(clinic=forty, kind="module", key="S02").values_list("patient_id", flat=True)
    written = SafetyPlan.objects.filter(clinic=forty, patient__closed_at__isnull=True)
    still_open = set(worked_on.filter(patient__closed_at__isnull=True))
    assert still_open <= set(written.values_list("patient_id", flat=True)) and len(still_open) > 20
    assert entries.values("patient_id").distinct().count() == 2
    assert entries.count() > 15
    assert all(timezone.localdate(entry.recorded_at) == entry.about_on for entry in entries)


# ---- What has happened ---------------------------------------------------------------------------------------------------


def test_history_reaches_back_two_years_and_is_dated_then(forty: Clinic) -> None:
    today = timezone.localdate()
    facts = ClinicalFact.objects.filter(clinic=forty)

    assert min(facts.values_list("true_on", flat=True)) <= today - timedelta(days=720)
    assert all(timezone.localdate(row.recorded_at) >= row.true_on for row in facts.iterator())
    assert all(timezone.localdate(row.signed_at) == row.as_of for row in PlanVersion.objects.filter(clinic=forty))
    assert max(facts.values_list("true_on", flat=True)) < today


def test_audit_trail_is_whole_and_in_the_order_of_the_calendar(forty: Clinic) -> None:
    moments = list(AuditEntry.objects.filter(clinic=forty).order_by("number").values_list("at", flat=True))

    assert list(audit.verify(forty)) == []
    assert moments == sorted(moments)


def test_every_phase_is_there_today(forty: Clinic) -> None:
    phases = list(CaseloadRow.objects.filter(clinic=forty, patient__closed_at__isnull=True).values_list("phase", flat=True))

    assert {phase: phases.count(phase) for phase in sorted(set(phases))}.keys() == {phase.value for phase in PhaseId}
    assert phases.count("P4") >= 5 and phases.count("P2") >= 3


def test_whoever_has_a_signed_plan_has_a_formulation_that_points_at_it(forty: Clinic) -> None:
    planned = set(PlanVersion.objects.filter(clinic=forty).values_list("patient_id", flat=True))
    written = {row.patient_id: FormulationContent.read(row.content) for row in Formulation.objects.filter(clinic=forty)}

    assert written.keys() == planned and len(planned) > 20
    assert all(content.nodes and content.links for content in written.values())
    assert sum(bool(content.treated_by) for content in written.values()) > len(written) / 2


def test_signals_are_there_in_proportion(forty: Clinic) -> None:
    signals = list(CaseloadRow.objects.filter(clinic=forty).values_list("signal", flat=True))

    assert 4 <= signals.count("safety") <= 12
    assert signals.count("none") >= 10


def test_signals_are_open_and_closed_with_reviews_and_look_backs(forty: Clinic) -> None:
    states = list(SignalState.objects.filter(clinic=forty).values_list("is_open", "kind"))
    outcomes = set(SignalEvent.objects.filter(clinic=forty, step="closed").values_list("outcome", flat=True))

    assert 3 <= sum(is_open for is_open, _ in states) < len(states)
    assert {"settled", "passed"} <= outcomes
    assert PlanReview.objects.filter(clinic=forty).count() >= 5 and LookBack.objects.filter(clinic=forty).exists()


def test_who_is_near_to_danger_has_conversations_with_open_contact_and_the_teams_plan(forty: Clinic) -> None:
    talks = RiskConversation.objects.filter(clinic=forty)
    spoken = {row.patient_id for row in talks}

    assert patient_of(forty, "new-plan").pk in spoken and len(spoken) >= 2
    assert {row.patient_id for row in CrisisCarePlan.objects.filter(clinic=forty)} == spoken
    assert {json.loads(row.content)["decision"] for row in talks} == {"closer", "as_before"}
    newest = talks.filter(patient=patient_of(forty, "new-plan")).latest("number")
    assert newest.next_contact_at is not None and newest.next_contact_at > timezone.now()


TROUBLES = {
    "new-plan": "R1",
    "threat": "R2",
    "voices": "R3",
    "body-alarm": "R4",
    "not-safe-at-home": "R5",
    "slow-and-steady": "R6",
    "bottles": "R8",
    "the-carpet-pattern": "R9",
    "torn-thread": "R10",
    "every-second-week": "R10",
    "on-friends-sofas": "R11",
    "six-bright-days": "R12",
    "last-ten-times": "R12",
    "nobody-picks-up": "R13",
    "drifting-away": "R13",
    "expecting": "R14",
    "sixteen-and-more": "R14",
    "late-in-life": "R14",
}


@pytest.mark.parametrize(("story", "code"), TROUBLES.items())
def test_trouble_of_a_story_raises_its_rule(forty: Clinic, story: str, code: str) -> None:
    assert code in active(forty, story)


def test_no_automatic_plan_where_another_service_is_needed(forty: Clinic) -> None:
    assert all(plan_of(forty, story).withheld is not None for story in ("voices", "body-alarm", "expecting", "sixteen-and-more"))


def test_alliance_in_the_red_is_measured_and_seen(forty: Clinic) -> None:
    torn = patient_of(forty, "torn-thread")

    assert values(torn, "waisr")[-1] < 36
    assert "red" in set(ClinicalFact.objects.filter(patient=torn, kind="general_module", key="G2").values_list("value", flat=True))


def test_overdue_review_shows(forty: Clinic) -> None:
    assert CaseloadRow.objects.get(patient=patient_of(forty, "drifting-away")).review_on < timezone.localdate()


def test_improvement_goes_through_the_phases_and_shows_in_the_scores(forty: Clinic) -> None:
    patient = patient_of(forty, "step-by-step")
    phases = list(PlanVersion.objects.filter(patient=patient).order_by("number").values_list("phase", flat=True))
    bsl = values(patient, "bsl23")

    assert phases[0] == "P3" and phases[-1] == "P4" and len(phases) >= 6
    assert sum(bsl[-5:]) / 5 < sum(bsl[:5]) / 5 - 0.54  # more than the reliable change of the instrument


def test_non_response_shows_as_no_change_and_brings_the_module_for_it(forty: Clinic) -> None:
    bsl = values(patient_of(forty, "worse-with-us"), "bsl23")

    assert sum(bsl[-5:]) / 5 > sum(bsl[:5]) / 5 - 0.3
    assert plan_of(forty, "worse-with-us").match("S35").status.value in ("now", "next")


def test_trauma_work_runs_where_everything_it_waits_for_has_come(forty: Clinic) -> None:
    match = plan_of(forty, "ready-for-the-memories").match("S27")

    assert match.running and match.status.value == "now"


def test_crisis_rests_a_module_and_remembers_where_to_resume(forty: Clinic) -> None:
    phase = plan_of(forty, "storm-after-progress").phase

    assert phase.overall is PhaseId.P2 and phase.resume == ("S19",)


def test_declined_module_stands_with_its_reason_in_every_signed_plan(forty: Clinic) -> None:
    signed = PlanVersion.objects.filter(patient=patient_of(forty, "not-the-diary"))

    assert signed.count() >= 2
    assert all("does not want anybody to look at the nights" in version.decisions for version in signed)
    assert plan_of(forty, "not-the-diary").match("S16").declined


def test_evidence_disagrees_where_forms_say_fine(forty: Clinic) -> None:
    readings = {reading.id: reading for reading in plan_of(forty, "forms-say-fine").profile.impairments}

    assert readings["emotion_regulation"].discordant


def test_almost_nothing_is_known_after_a_letter_of_one_line(forty: Clinic) -> None:
    assert ClinicalFact.objects.filter(patient=patient_of(forty, "one-line-letter")).count() < 12
    assert not PlanVersion.objects.filter(patient=patient_of(forty, "one-line-letter")).exists()


def test_goals_consents_and_the_team_are_there(forty: Clinic) -> None:
    assert Goal.objects.filter(clinic=forty).count() >= 60
    assert set(Consent.objects.filter(clinic=forty).values_list("purpose", flat=True)) == {
        "treatment",
        "carers",
        "supervision",
        "letters",
        "messages",
        "research",
        "own_pages",
        "offline_copy",
    }
    assert CareRelation.objects.filter(clinic=forty, kind="supervises").count() == 30
    assert CareRelation.objects.filter(clinic=forty, ended_at__isnull=False).count() == 1
    assert BreakGlass.objects.filter(clinic=forty).count() == 1
    assert Patient.objects.filter(clinic=forty, closed_at__isnull=False).count() == 1


def test_every_signed_plan_opens_and_follows_from_the_one_before(forty: Clinic) -> None:
    from fivefold.exchange.plan_json import plan_from_json

    versions = list(PlanVersion.objects.filter(clinic=forty).order_by("patient_id", "number"))

    assert len(versions) > 100
    for version in versions[::10]:
        assert plan_from_json(version.proposal).as_of == version.as_of
    assert all((version.number == 1) == (version.replaces_id is None) for version in versions)


def test_every_story_says_what_it_shows() -> None:
    shown = {trouble for story in STORIES for trouble in story.shows}

    assert {
        "crisis", "dropout risk", "alliance in the red", "missed sessions", "pregnancy", "non-response", "ending", "ongoing abuse",
        "alcohol dependence", "severe dissociation", "missing report", "quiet high-functioning", "older adult", "under 18", "declined module", "improvement",
    } <= shown  # fmt: skip


# ---- The same again, and none of it --------------------------------------------------------------------------------------


def told(clinic: Clinic) -> list[Any]:
    """Everything a clinic tells, without the ids that every row gets anew."""
    found: list[Any] = []
    for patient in sorted(Patient.objects.filter(clinic=clinic), key=lambda row: row.reference):
        facts = ClinicalFact.objects.filter(patient=patient).order_by("recorded_at", "kind", "key")
        found.append((patient.name, patient.birth_year, patient.created_at))
        found.extend((row.kind, "" if row.kind == "own_rating" else row.key, row.value, row.note, row.true_on, row.recorded_at) for row in facts)
        found.extend((row.number, row.as_of, row.phase, row.decisions, row.patient_words) for row in PlanVersion.objects.filter(patient=patient))
    return found


def test_same_seed_tells_the_same_and_another_one_does_not(db: None) -> None:
    first = told(build_synthetic_clinic(3, 2))
    again = told(build_synthetic_clinic(3, 2))
    other = told(build_synthetic_clinic(4, 2))

    assert first == again
    assert first != other and len(first) > 200


def test_history_is_told_from_whatever_day_is_today(db: None) -> None:
    day = date(2027, 3, 14)

    clinic = build_synthetic_clinic(3, 2, today=day)

    assert max(ClinicalFact.objects.filter(clinic=clinic).values_list("true_on", flat=True)) < day


def rows_of_all() -> dict[str, list[Any]]:
    return {model.__name__: sorted(map(repr, model._base_manager.values_list())) for model in apps.get_app_config("records").get_models()}


def test_removal_takes_everything_of_the_synthetic_clinic_and_nothing_else(cast: Cast) -> None:
    before = rows_of_all()
    clinic = build_synthetic_clinic(3, 2)
    assert rows_of_all() != before

    removed = remove_synthetic(clinic)

    assert rows_of_all() == before
    assert removed > 300
    from allauth.account.models import EmailAddress

    assert not EmailAddress.objects.filter(email__endswith="@synthetic.example").exists()


def test_real_clinic_is_neither_removed_nor_filled(cast: Cast) -> None:
    before = rows_of_all()

    for forbidden in (remove_synthetic, remove_records, fill_clinic):
        with pytest.raises(NotSynthetic):
            forbidden(cast.amina.clinic)

    assert rows_of_all() == before


def test_account_shared_with_a_real_clinic_stays(cast: Cast) -> None:
    clinic = build_synthetic_clinic(3, 1)
    Membership.objects.create(clinic=clinic, user=cast.amina.user, role="auditor")

    remove_synthetic(clinic)

    assert User.objects.filter(pk=cast.amina.user.pk).exists()
    assert Membership.objects.filter(user=cast.amina.user).count() == 1


def test_interrupted_clinic_is_made_anew_and_a_complete_one_stays(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from fivefold.services.synthetic import course

    real = course.Course.visit
    monkeypatch.setattr(course.Course, "visit", lambda self, day: real(self, day) if self.place == 0 else 1 / 0)
    clinic = demo.make_demo_clinic(is_server=False)
    with pytest.raises(ZeroDivisionError):
        fill_clinic(clinic, count=2)
    clinic.refresh_from_db()
    assert not is_complete(clinic)
    monkeypatch.undo()

    fill_clinic(clinic, count=2)
    rows = Patient.objects.count()
    fill_clinic(clinic, count=2)

    assert is_complete(clinic) and rows == Patient.objects.filter(clinic=clinic).count() == 2


# ---- Parts ---------------------------------------------------------------------------------------------------------------


def test_score_of_a_level_lies_on_the_map() -> None:
    points = ((0.0, 0.0), (10.0, 1.5), (20.0, 3.5))
    falling = ((12.0, 4.0), (36.0, 2.5), (60.0, 0.0))

    assert [score_at(points, level) for level in (-1, 0, 0.75, 1.5, 2.5, 4)] == [0, 0, 5, 10, 15, 20]
    assert [score_at(falling, level) for level in (0, 2.5, 3.25, 4)] == [60, 36, 24, 12]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_story_names_what_the_knowledge_base_knows(story: Story) -> None:
    from fivefold.services.knowledge import knowledge

    base = knowledge()

    assert set(story.levels) <= set(base.impairments)
    assert {*story.declines, *story.not_before, *story.brings, *(name for turn in story.turns for name in turn.pauses)} <= set(base.modules)
    assert set(story.measures) <= set(base.instruments)
    assert story.last_seen < story.weeks * 7


def test_bulk_clinic_has_the_shape_of_a_real_one(db: None) -> None:
    clinic = bulk_clinic(30, 900, therapists=3)
    patient = Patient.objects.filter(clinic=clinic).order_by("created_at").first()
    assert patient is not None

    assessment = read_record(patient, timezone.localdate())

    assert ClinicalFact.objects.filter(clinic=clinic, kind="score").count() == 900
    assert len(assessment.scores) == 30 and assessment.ratings["emotion_regulation"].severity == 3
    assert CaseloadRow.objects.filter(clinic=clinic).count() == CareRelation.objects.filter(clinic=clinic).count() == 30
    assert patient.name and remove_synthetic(clinic) > 900


def test_golden_thread_is_walked_from_every_goal_of_every_patient(forty: Clinic) -> None:
    """From each goal one reads what is behind it and all that was done: impairment with evidence, modules, sessions, series, decisions."""
    found = dict.fromkeys(("goals", "whole", "measures", "ratings"), 0)
    walked = set()
    for patient in Patient.objects.filter(clinic=forty):
        actor = reader_of(patient)
        walked.add(patient.pk)
        notes = [(row.pk, read_content(row.content)) for row in patient.sessions.all()]
        signed = PlanVersion.objects.filter(patient=patient).order_by("-number")
        scores = {fact.key for fact in ClinicalFact.objects.filter(patient=patient, kind="score", withdrawn=False)}
        for goal in goals_of(patient):
            seen = see_thread(actor, patient_id=patient.pk, goal_id=goal.row.pk)
            assert seen.words == goal.words
            module, own = goal.row.module, str(goal.row.pk)
            named = [line for _pk, note in notes for line in note.lines if own in line.goals or (module and line.module == module)]
            assert {line.text for one in seen.sessions for line in one.lines} >= {line.text for line in named}
            assert {line.module for one in seen.sessions for line in one.lines if line.module.startswith("S")} <= {match.id for match in seen.modules}
            tracked = {use.instrument for match in seen.modules for use in knowledge().modules[match.id].measures if use.instrument}
            assert tracked & scores <= {one.instrument for one in seen.measures}
            assert all(reading.evidence for reading in seen.impairments)
            chosen = [choice for plan in signed for choice in plans.signed_choices(plan).all() if choice.target in {match.id for match in seen.modules}]
            assert [one.choice for one in seen.decisions] == chosen
            found["goals"] += 1
            found["whole"] += bool(seen.sessions and seen.modules and seen.impairments)
            found["measures"] += bool(seen.measures)
            found["ratings"] += bool(seen.ratings)

    assert walked == set(Patient.objects.filter(clinic=forty).values_list("pk", flat=True)) and len(walked) == 40
    assert found["whole"] >= 30 and min(found.values()) > 0, found


def reader_of(patient: Patient) -> Actor:
    """Somebody who reads the record: who treats or treated the patient, or the lead of the clinic."""
    relation = patient.care_team.filter(kind="treats", ended_at__isnull=True).select_related("user").first()
    user = relation.user if relation else Membership.objects.filter(clinic=patient.clinic, role="lead", ended_at__isnull=True).first().user  # type: ignore[union-attr]
    actor = actor_of(user)
    assert actor is not None
    return actor


def test_every_line_of_every_note_knows_whose_it_is(forty: Clinic) -> None:
    """What the patient reported, the program computed, or the clinician wrote: each line one of the three, and all three are there."""
    kinds = {line.origin for row in TreatmentSession.objects.filter(clinic=forty) for line in read_content(row.content).lines}

    assert kinds == set(Origin)
