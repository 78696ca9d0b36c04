"""Fidelity: chance draws, observers rate blind, ratings of oneself are marked, and nobody is compared."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient

SignIn = Callable[[str], Client]


@pytest.fixture
def sam(cast: Cast) -> Any:
    """A patient of Amina's, supervised by Bruno, and by Teo as a colleague."""
    from fivefold.records.models import CareRelation

    patient = known_patient(cast.amina)
    for who in ("bruno", "teo"):
        CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.people[who].user, kind="supervises")
    return patient


def sign(cast: Cast, patient: Any, *, module: str = "", **more: Any) -> Any:
    from fivefold.records import clock
    from fivefold.services.session_note import ModuleWork, Safety, SessionReport
    from fivefold.services.sessions import sign_session

    work = (ModuleWork(module),) if module else ()
    report = SessionReport(on=more.pop("on", clock.today()), meeting="in_person", came="came", safety=Safety.NOTHING_NEW, work=work, **more)
    return sign_session(cast.amina, patient_id=patient.pk, report=report)


def draw(cast: Cast, count: int = 4, who: str = "bruno") -> Any:
    from fivefold.records import clock
    from fivefold.services.fidelity import draw_sample

    return draw_sample(cast.people[who], user_id=cast.amina.user.pk, since=clock.today() - timedelta(days=9), until=clock.today(), count=count)


def rate(cast: Cast, session: Any, who: str, value: int | None = 2, **changes: Any) -> Any:
    from fivefold.services.fidelity import rate_session, see_rating

    actor = cast.people[who]
    items = see_rating(actor, patient_id=session.patient_id, session_id=session.pk).items
    given: dict[str, Any] = {"answers": {item.id: value for item in items}, "seen_by": "" if who == "amina" else "recording"}
    return rate_session(actor, patient_id=session.patient_id, session_id=session.pk, **(given | changes))


def sheet(cast: Cast, who: str, whose: str = "amina") -> Any:
    from fivefold.services.fidelity import see_fidelity

    return see_fidelity(cast.people[who], user_id=cast.people[whose].user.pk)


# ---- Who -----------------------------------------------------------------------------------------------------------------


def test_page_is_for_the_therapist_and_whoever_supervises_and_for_nobody_else(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    address = f"/supervision/fidelity/{cast.amina.user.pk}"

    assert [sign_in(who).get(address).status_code for who in ("amina", "bruno", "teo")] == [200, 200, 200]
    assert [sign_in(who).get(address).status_code for who in ("lea", "adrian", "olga", "chidi")] == [403, 403, 403, 404]
    assert sign_in("amina").get(f"/supervision/fidelity/{cast.teo.user.pk}").status_code == 404
    assert sign_in("bruno").get(f"/supervision/fidelity/{cast.bruno.user.pk}").status_code == 404


def test_no_address_lists_therapists_with_their_ratings(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    """The page of whom one supervises names them by name, and no rating stands there."""
    session = sign(cast, sam)
    rate(cast, session, "amina", 3)
    text = sign_in("bruno").get("/supervision").content.decode()

    assert "Amina Okafor" in text and "3.0" not in text and "rated" not in text.casefold()


def test_only_its_therapist_rates_a_session_themselves_and_only_a_drawn_one_is_observed(cast: Cast, sam: Any) -> None:
    from fivefold.records.models import CareRelation
    from fivefold.services.access import AccessDenied, NoSuchPatient
    from fivefold.services.fidelity import AlreadyRated, NotDrawn

    session = sign(cast, sam)
    assert rate(cast, session, "amina").rated_by == "self"
    with pytest.raises(NotDrawn):
        rate(cast, session, "bruno")
    draw(cast)
    assert rate(cast, session, "bruno").rated_by == "observer"
    for who, refusal in (("amina", AlreadyRated), ("bruno", AlreadyRated), ("lea", AccessDenied), ("chidi", NoSuchPatient)):
        with pytest.raises(refusal):
            rate(cast, session, who)
    CareRelation.objects.filter(patient=sam, user=cast.teo.user).update(kind="covers")
    with pytest.raises(AccessDenied):
        rate(cast, session, "teo")


# ---- Drawing -------------------------------------------------------------------------------------------------------------


def test_seed_draws_the_same_again_and_a_session_is_drawn_once(cast: Cast, sam: Any) -> None:
    from fivefold.services.fidelity import drawn
    from fivefold.services.patients import NotAcceptable

    sessions = [sign(cast, sam) for _ in range(6)]
    first = draw(cast, 4)
    chosen = {one.session_id for one in first.sessions.all()}

    assert first.pool == 6 and len(chosen) == 4
    assert set(drawn([one.pk for one in reversed(sessions)], first.seed, 4)) == chosen
    assert {one.session_id for one in draw(cast, 4).sessions.all()} == {one.pk for one in sessions} - chosen
    with pytest.raises(NotAcceptable):
        draw(cast)


def test_chance_gives_every_session_the_same_share() -> None:
    from uuid import UUID

    from fivefold.services.fidelity import drawn

    keys = [UUID(int=number) for number in range(8)]
    counts = dict.fromkeys(keys, 0)
    for seed in range(2000):
        for key in drawn(keys, seed, 2):
            counts[key] += 1

    assert min(counts.values()) > 420 and max(counts.values()) < 580  # 500 each on average


def test_sessions_of_others_and_those_that_did_not_take_place_are_not_drawn(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.services.access import NoSuchPatient
    from fivefold.services.fidelity import draw_sample
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.session_note import SessionReport
    from fivefold.services.sessions import sign_session

    today = clock.today()
    sign_session(cast.amina, patient_id=sam.pk, report=SessionReport(on=today, meeting="in_person", came="missed"))
    unsupervised = known_patient(cast.amina, "Not supervised")
    sign(cast, unsupervised)
    with pytest.raises(NotAcceptable):
        draw(cast)
    sign(cast, sam)
    assert draw(cast).pool == 1
    with pytest.raises(NoSuchPatient):
        draw_sample(cast.amina, user_id=cast.teo.user.pk, since=today, until=today, count=1)
    for wrong in ({"count": 0}, {"count": 21}, {"since": today + timedelta(days=1)}, {"until": today + timedelta(days=1)}):
        given: dict[str, Any] = {"since": today, "until": today, "count": 1}
        with pytest.raises(NotAcceptable):
            draw_sample(cast.bruno, user_id=cast.amina.user.pk, **(given | wrong))


# ---- Rating --------------------------------------------------------------------------------------------------------------


def test_observer_sees_no_rating_of_a_session_before_giving_their_own(cast: Cast, sam: Any) -> None:
    session = sign(cast, sam)
    rate(cast, session, "amina", 3)
    [undrawn] = sheet(cast, "bruno").sessions
    assert (undrawn.is_blind, undrawn.holds_back, undrawn.ratings) == (False, True, ())
    draw(cast)
    rate(cast, session, "teo", 1)

    [blind] = sheet(cast, "bruno").sessions
    assert (blind.is_blind, blind.ratings) == (True, ()) and len(sheet(cast, "bruno").to_rate) == 1
    rate(cast, session, "bruno", 2)
    [seen] = sheet(cast, "bruno").sessions
    assert [(one.author, one.is_self, one.score.mean) for one in seen.ratings] == [
        ("Amina Okafor", True, 3),
        ("Teo Brandt", False, 1),
        ("Bruno Keller", False, 2),
    ]
    assert len(sheet(cast, "amina").sessions[0].ratings) == 3


def test_rating_of_oneself_is_marked_with_its_warning_wherever_it_stands(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    session = sign(cast, sam)
    rate(cast, session, "amina", 3)
    places = [f"/patients/{sam.pk}/sessions/{session.pk}/rating", f"/supervision/fidelity/{cast.amina.user.pk}"]
    for text in (sign_in("amina").get(place).content.decode() for place in places):
        assert "Self-rated" in text and "3.0 of 3" in text and "ICC .66" in text and "L100" in text
    shown = sign_in("bruno").get(places[1]).content.decode()
    assert "3.0 of 3" not in shown and "once the session was drawn" in shown
    draw(cast)
    rate(cast, session, "bruno")
    assert "comes out too high" in sign_in("bruno").get(places[1]).content.decode()


def test_checklist_has_the_stance_and_the_modules_of_the_session_at_the_stage_they_stood_at(cast: Cast, sam: Any) -> None:
    from fivefold.concepts.vocabulary import StageId
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.fidelity import see_rating
    from fivefold.services.knowledge import knowledge
    from fivefold.services.plans import work_out
    from fivefold.services.record_file import NewFact

    module = next(match.id for match in work_out(sam, protocols=()).plan.modules if match.status == "now")
    on = clock.today() - timedelta(days=2)
    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("module", module, {"id": module, "stage": "exploration", "since": on.isoformat()}, on)])
    session = sign(cast, sam, module=module)
    items = see_rating(cast.amina, patient_id=sam.pk, session_id=session.pk).items
    work = dict(knowledge().modules[module].change_stages.each())[StageId.EXPLORATION].therapist_work

    assert [item.about for item in items if item.id.startswith("stance.")] == [item.general for item in knowledge().fidelity.stance]
    assert [item.text for item in items if item.id.startswith(f"{module}.exploration")] == list(work)


def test_session_of_a_gpm_treatment_is_rated_on_the_stance_of_gpm_from_the_day_it_was_chosen(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.fidelity import see_rating
    from fivefold.services.record_file import NewFact

    before, after = sign(cast, sam, on=clock.today() - timedelta(days=3)), sign(cast, sam)
    record_facts(cast.amina, patient_id=sam.pk, facts=[NewFact("treatment", "protocol", "gpm", clock.today() - timedelta(days=1), note="she wants it simple")])
    sheets = [see_rating(cast.amina, patient_id=sam.pk, session_id=one.pk) for one in (before, after)]
    kinds = [{item.about for item in one.items if item.kind == "programme_stance"} for one in sheets]

    assert kinds == [set(), {"gpm"}]
    assert "Stance of GPM" in sign_in("amina").get(f"/patients/{sam.pk}/sessions/{after.pk}/rating").content.decode()


def test_rating_with_a_hole_off_the_scale_or_from_a_note_alone_is_refused_and_keeps_what_was_chosen(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records.models import FidelityRating
    from fivefold.services.patients import NotAcceptable

    session = sign(cast, sam)
    draw(cast)
    for changes in ({"value": 4}, {"value": None}, {"answers": {}}, {"seen_by": ""}, {"seen_by": "note"}, {"remark": "x" * 1001}):
        with pytest.raises(NotAcceptable):
            rate(cast, session, "bruno", **changes)
    address, browser = f"/patients/{sam.pk}/sessions/{session.pk}/rating", sign_in("bruno")
    form = browser.get(address).context["form"]
    given = {name: "na" for name in form.fields if "." in name} | {"seen_by": "recording", "stance.structure": "3", "remark": "calm"}
    short = browser.post(address, given | {"stance.alliance": ""})
    assert short.status_code == 422 and 'value="3" required' in short.content.decode() and "calm" in short.content.decode()
    assert browser.post(address, given).status_code == 302

    assert [(one.rated_by, [a["value"] for a in one.answers if a["value"] is not None]) for one in FidelityRating.objects.all()] == [("observer", [3])]


def test_agreement_is_told_from_ten_sessions_on_that_the_same_two_have_rated(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.engine.intraclass import intraclass
    from fivefold.services.knowledge import knowledge

    least = int(knowledge().fidelity.least_sessions.value)
    sessions = [sign(cast, sam) for _ in range(least)]
    draw(cast, least)
    pairs = [(number % 4, (number + number % 3) % 4) for number in range(least)]
    for session, (first, second) in zip(sessions[:-1], pairs, strict=False):
        rate(cast, session, "bruno", first)
        rate(cast, session, "teo", second)
    below = sheet(cast, "bruno")
    assert (below.doubly, below.agreement) == (least - 1, None)
    assert f"Not told yet: {least - 1} sessions" in sign_in("bruno").get(f"/supervision/fidelity/{cast.amina.user.pk}").content.decode()
    rate(cast, sessions[-1], "bruno", pairs[-1][0])
    rate(cast, sessions[-1], "teo", pairs[-1][1])

    found = sheet(cast, "amina")
    assert found.doubly == least and found.agreement.single == pytest.approx(intraclass(pairs).single)
    assert f"over {least} sessions" in sign_in("amina").get(f"/supervision/fidelity/{cast.amina.user.pk}").content.decode()


def test_fidelity_stands_beside_change_with_its_numbers_and_without_a_claim(cast: Cast, sam: Any, sign_in: SignIn) -> None:
    from fivefold.records import clock
    from fivefold.services.assessments import record_facts
    from fivefold.services.record_file import NewFact

    today = clock.today()
    scores = [(90, 62), (60, 55), (30, 44), (2, 30)]
    facts = [NewFact("score", "bsl23", {"instrument": "bsl23", "value": value / 23}, today - timedelta(days=ago)) for ago, value in scores]
    record_facts(cast.amina, patient_id=sam.pk, facts=[*facts, NewFact("score", "phq9", {"instrument": "phq9", "value": 20}, today)])
    sessions = [sign(cast, sam) for _ in range(2)]
    rate(cast, sessions[0], "amina", 3)
    draw(cast)
    for session, value in zip(sessions, (1, 2), strict=True):
        rate(cast, session, "teo", value)
    address = f"/supervision/fidelity/{cast.amina.user.pk}/outcome"

    blind = sign_in("bruno").get(address)
    assert blind.context["rows"] == [] and "Sam" not in blind.content.decode()
    rate(cast, sessions[1], "bruno", 3)
    half, whole = (sign_in(who).get(address) for who in ("bruno", "amina"))

    assert [(one.rated, one.mean, found["name"], found["n"]) for one, found in half.context["rows"]] == [(1, 2.5, "BSL-23", 4)]
    # Her own rating of 3 counts for nothing.
    assert [(one.rated, one.mean) for one, _found in whole.context["rows"]] == [(2, 1.75)]
    text = whole.content.decode()
    assert "It is one patient: no relation can be worked out" in text and "2.7 to 1.3, 4 results" in text and "better" in text
    assert not any(word in text for word in ("correlat", "because of", "predict", "effect", "causes"))
    assert [sign_in(who).get(address).status_code for who in ("lea", "adrian", "chidi")] == [403, 403, 404]


# ---- Other than planned --------------------------------------------------------------------------------------------------


def test_departure_is_written_in_the_session_with_its_reason_and_listed(cast: Cast, sam: Any) -> None:
    from fivefold.services.patients import NotAcceptable
    from fivefold.services.session_note import Departure

    for wrong in (Departure("whim", "because I wanted to"), Departure("frame", "short")):
        with pytest.raises(NotAcceptable):
            sign(cast, sam, departure=wrong)
    session = sign(cast, sam, departure=Departure("safety_first", "She came straight from the emergency room."))

    [seen] = sheet(cast, "amina").deviations
    assert (seen.kind, seen.reason, seen.session_id) == ("safety_first", "She came straight from the emergency room.", session.pk)
    assert sheet(cast, "bruno").deviations == (seen,)
    assert "Other than planned: put the work aside" in session.content and "emergency room" in session.content


def test_departures_are_in_the_copy_of_the_record_ratings_are_not_and_both_go_with_it(cast: Cast, sam: Any) -> None:
    from fivefold.records import clock
    from fivefold.records.models import FidelityRating, FidelitySample, SampledSession, SessionDeviation
    from fivefold.services.operations.record_export import export_record
    from fivefold.services.operations.rows import remove_rows_of
    from fivefold.services.session_note import Departure

    session = sign(cast, sam, departure=Departure("adapted", "In her first language, with pictures."))
    draw(cast)
    rate(cast, session, "bruno", remark="a rater's remark")
    record = export_record(cast.amina, patient_id=sam.pk)

    assert [(row["kind"], row["reason"]) for row in record["session_deviations"]] == [("adapted", "In her first language, with pictures.")]
    assert "a rater's remark" not in str(record) and any("how somebody works" in line for line in record["left_out"])
    remove_rows_of(sam.pk, erased_at=clock.now())
    assert [model._base_manager.count() for model in (FidelityRating, SampledSession, SessionDeviation)] == [0, 0, 0]
    assert FidelitySample.objects.count() == 1
