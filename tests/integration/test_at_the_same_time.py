"""Two people, or one person twice, at the same moment: both are done, or one is told; nothing is lost and nothing breaks.

The two requests run in threads with connections of their own. A place to meet lies between what an act has written and its
commit: two acts that can be there together are. Where one has to wait for the other, the waiting ends after a moment.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import combinations_with_replacement
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from tests.support.clinic import Cast, add_lead
from tests.support.known_patient import known_patient

from fivefold.records.models import (
    AuditEntry,
    CareRelation,
    CaseloadRow,
    Clinic,
    ClinicalFact,
    Consent,
    DoneOnce,
    ErasureStep,
    Goal,
    Membership,
    Patient,
    PlanDraft,
    PlanVersion,
    SignalState,
    User,
)
from fivefold.services import audit, caseload, patients
from fivefold.services.operations import erasure
from fivefold.services.operations.rebuild import rebuild_caseload
from fivefold.services.signals import RiskAnswer, pass_on, raise_risk_answers

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[str], Client]
Send = Callable[[Client], Any]
LEVELS = {"much_less": "every day", "less": "most days", "hoped": "some days", "more": "one day", "much_more": "never"}
TOLD = (302, 409, 422)
WAIT = 0.1


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> "Iterator[Meeting]":
    """The place to meet, after everything an act has written but its audit entry."""
    place = Meeting()
    write = audit.record

    def meet_and_write(*args: Any, is_view: bool = False, **kwargs: Any) -> Any:
        if not is_view:
            place.come()
        return write(*args, is_view=is_view, **kwargs)

    monkeypatch.setattr(audit, "record", meet_and_write)
    yield place


class Meeting:
    """Where two acts are in the middle at once, if they can be."""

    def __init__(self) -> None:
        self.barrier: Barrier | None = None

    def come(self) -> None:
        if self.barrier is not None:
            with suppress(BrokenBarrierError):
                self.barrier.wait(WAIT)

    def of(self, *requests: Callable[[], Any]) -> list[Any]:
        """Run the requests at once, each in a thread; gives their results in order."""
        self.barrier = Barrier(len(requests))

        def run(request: Callable[[], Any]) -> Any:
            try:
                return request()
            finally:
                connections.close_all()

        try:
            with ThreadPoolExecutor(len(requests)) as pool:
                return list(pool.map(run, requests))
        finally:
            self.barrier = None


@pytest.fixture
def sam(cast: Cast) -> Patient:
    """A patient of Amina's and Teo's with a plan that can be signed."""
    return with_teo(cast, known_patient(cast.amina))


def with_teo(cast: Cast, patient: Patient) -> Patient:
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=patient, user=cast.teo.user, kind="treats")
    return patient


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def ratings(patient: Patient, key: str = "sleep") -> list[int]:
    return sorted(row.value["severity"] for row in ClinicalFact.objects.filter(patient=patient, kind="rating", key=key))


def signing(**changed: object) -> dict[str, object]:
    review = (timezone.localdate() + timedelta(days=60)).isoformat()
    return {"version": 0, "after": 0, "patient_view": "partly", "patient_words": "Not the diary.", "review_on": review, **changed}


def ending() -> dict[str, str]:
    return {"end-on": timezone.localdate().isoformat(), "end-reason": "completed"}


# ---- The same thing ------------------------------------------------------------------------------------------------------


def test_two_who_revise_one_goal_at_once_get_one_new_wording_and_one_merge_page(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    amina, teo = sign_in("amina"), sign_in("teo")
    amina.post(f"/patients/{sam.pk}/goals", {"words": "Sleep through", **LEVELS, "weight": "1"})
    address = f"/patients/{sam.pk}/goals/{Goal.objects.get().pk}"

    answers = meeting.of(
        lambda: amina.post(address, {"words": "Sleep six hours", **LEVELS, "weight": "1"}),
        lambda: teo.post(address, {"words": "Sleep without pills", **LEVELS, "weight": "1"}),
    )

    assert statuses(answers) == [302, 409]
    told = next(answer for answer in answers if answer.status_code == 409).content
    assert b"Sleep six hours" in told and b"Sleep without pills" in told
    assert Goal.objects.filter(replaces__isnull=False).count() == 1


def test_two_first_choices_at_once_give_one_draft_and_one_merge_page(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    amina, teo = sign_in("amina"), sign_in("teo")

    def choose(client: Client, target: str, reason: str) -> Any:
        return client.post(f"/patients/{sam.pk}/plan/choose", {"target": target, "how": "defer", "reason": reason, "version": 0})

    answers = meeting.of(lambda: choose(amina, "S04", "after her exam"), lambda: choose(teo, "S05", "not before the holiday"))

    assert statuses(answers) == [302, 409]
    told = next(answer for answer in answers if answer.status_code == 409).content
    assert b"after her exam" in told and b"not before the holiday" in told
    assert PlanDraft.objects.get(patient=sam).version == 1


def test_two_ratings_of_one_thing_at_once_are_laid_side_by_side(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    amina, teo = sign_in("amina"), sign_in("teo")
    address = f"/patients/{sam.pk}/assessment/ratings"

    answers = meeting.of(
        lambda: amina.post(address, {"was.rating.sleep": "", "rating.sleep": "3"}),
        lambda: teo.post(address, {"was.rating.sleep": "", "rating.sleep": "1"}),
    )

    assert statuses(answers) == [302, 409]
    assert len(ratings(sam)) == 1


def test_two_corrections_of_one_entry_at_once_leave_one_that_counts(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    fact = ClinicalFact.objects.get(patient=sam, kind="rating", key="anger")
    amina, teo = sign_in("amina"), sign_in("teo")
    address = f"/patients/{sam.pk}/assessment/facts/{fact.pk}"

    answers = meeting.of(
        lambda: amina.post(address, {"do": "correct", "rating.anger": "0"}),
        lambda: teo.post(address, {"do": "withdraw", "reason": "It was another patient's."}),
    )

    assert statuses(answers) in ([302, 409], [302, 422])
    assert ClinicalFact.objects.filter(corrects=fact).count() == 1


def test_two_who_act_on_one_signal_at_once_are_one_done_and_one_told(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    signal = raise_risk_answers(sam, [RiskAnswer("phq9", 9)], on=timezone.localdate(), mark="response")
    assert signal is not None
    amina, teo = sign_in("amina"), sign_in("teo")
    address = f"/patients/{sam.pk}/signals/{signal.pk}/act"

    answers = meeting.of(
        lambda: amina.post(address, {"note": "I called her at noon.", "version": 1}),
        lambda: teo.post(address, {"note": "She is with her sister.", "version": 1}),
    )

    assert statuses(answers) == [302, 409]
    told = next(answer for answer in answers if answer.status_code == 409).content
    assert b"I called her at noon." in told and b"She is with her sister." in told
    assert list(signal.events.order_by("number").values_list("step", flat=True)) == ["raised", "acted"]


def test_two_positive_answers_at_once_are_one_signal_and_neither_is_lost(cast: Cast, sam: Patient, meeting: Meeting) -> None:
    def answer(mark: str) -> Any:
        with transaction.atomic():
            signal = raise_risk_answers(sam, [RiskAnswer("phq9", 9)], on=timezone.localdate(), mark=mark)
            meeting.come()
            return signal

    one, other = meeting.of(lambda: answer("telephone"), lambda: answer("tablet"))

    assert one.pk == other.pk and SignalState.objects.filter(patient=sam, is_open=True, kind="safety").count() == 1
    assert sorted(one.events.values_list("step", flat=True)) == ["again", "raised"]


def test_an_answer_that_comes_while_signals_are_passed_on_clashes_with_nothing_and_both_are_kept(cast: Cast, sam: Patient, meeting: Meeting) -> None:
    first = raise_risk_answers(sam, [RiskAnswer("phq9", 9)], on=timezone.localdate(), mark="yesterday")
    assert first is not None
    SignalState.objects.filter(pk=first.pk).update(due_at=timezone.now() - timedelta(minutes=1))

    def answer() -> Any:
        with transaction.atomic():
            signal = raise_risk_answers(sam, [RiskAnswer("phq9", 9)], on=timezone.localdate(), mark="now")
            meeting.come()
            return signal

    def timer() -> int:
        done = pass_on(sam.clinic)
        meeting.come()
        return done

    told, passed_on = meeting.of(answer, timer)

    assert told.pk == first.pk and passed_on in (0, 1)
    assert sorted(told.events.values_list("step", flat=True)) == sorted(["raised", "again", *["escalated"] * passed_on])
    # What was left to its record is passed on by the next look: told again it is due no later than before.
    assert passed_on + pass_on(sam.clinic) == 1


def test_two_signatures_at_once_give_one_signed_plan_and_the_other_looks_again(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    amina, teo = sign_in("amina"), sign_in("teo")
    address = f"/patients/{sam.pk}/plan/sign"

    answers = meeting.of(lambda: amina.post(address, signing(once="a")), lambda: teo.post(address, signing(once="b", patient_words="Not on Mondays.")))

    assert statuses(answers) == [302, 422]
    assert list(PlanVersion.objects.filter(patient=sam).values_list("number", flat=True)) == [1]
    told = next(answer for answer in answers if answer.status_code == 422).content
    assert b"Not the diary." in told or b"Not on Mondays." in told


def test_no_and_yes_to_a_question_about_danger_at_once_leave_the_yes_standing(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    """Whichever comes first, the rule is active, and the caseload shows it."""
    amina, teo = sign_in("amina"), sign_in("teo")
    address = f"/patients/{sam.pk}/assessment/safety"

    answers = meeting.of(
        lambda: amina.post(address, {"only": "risk.imminent", "risk.imminent": "yes"}),
        lambda: teo.post(address, {"only": "risk.imminent", "risk.imminent": "no"}),
    )

    assert set(statuses(answers)) <= set(TOLD)
    said = list(ClinicalFact.objects.filter(patient=sam, kind="risk", key="imminent").order_by("true_on", "recorded_at").values_list("value", flat=True))
    assert said[-1] is True
    assert CaseloadRow.objects.get(patient=sam).signal == "safety"


# ---- The same form twice -------------------------------------------------------------------------------------------------


def test_one_form_sent_many_times_at_once_is_done_once(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    forms: list[tuple[str, dict[str, object], Callable[[], int]]] = [
        ("/patients/new", {"name": "Lin W.", "birth_year": "1990", "language": "en"}, Patient.objects.count),
        (f"/patients/{sam.pk}/goals", {"words": "Eat breakfast", **LEVELS, "weight": "1"}, Goal.objects.count),
        (f"/patients/{sam.pk}/plan/sign", signing(), PlanVersion.objects.count),
        (f"/patients/{sam.pk}/assessment/scores/phq9", {"total": "12", "save": "yes"}, lambda: ClinicalFact.objects.filter(kind="score").count()),
        (f"/patients/{sam.pk}/record", {"purpose": "letters", "given": "yes", "on": timezone.localdate().isoformat()}, Consent.objects.count),
    ]
    browsers = [sign_in("amina") for _ in range(5)]
    for number, (address, form, count) in enumerate(forms):
        before = count()

        answers = meeting.of(*(partial(browser.post, address, {**form, "once": f"key-{number}"}) for browser in browsers))

        assert set(statuses(answers)) == {302}, address
        assert count() == before + 1, address
        assert DoneOnce.objects.filter(key=f"key-{number}").count() == 1


def test_two_who_join_by_one_link_at_once_are_one(cast: Cast, meeting: Meeting) -> None:
    from fivefold.services import people

    token = people.invite(cast.lea, email="new@clinic.example", name="Nadia", role="therapist")
    words = {"password1": "seven green boats drift", "password2": "seven green boats drift"}

    answers = meeting.of(*(lambda: Client().post(f"/join/{token}", words) for _ in range(2)))

    assert statuses(answers)[0] == 302
    assert statuses(answers)[1] in (410, 422)
    assert User.objects.filter(email="new@clinic.example").count() == 1


def test_two_who_manage_a_clinic_cannot_end_each_other_at_once(cast: Cast, sign_in: SignIn, meeting: Meeting) -> None:
    lea, adrian = sign_in("lea"), sign_in("adrian")
    own = {name: Membership.objects.get(user=cast.people[name].user).pk for name in ("lea", "adrian")}

    answers = meeting.of(lambda: lea.post(f"/clinic/people/{own['adrian']}/end"), lambda: adrian.post(f"/clinic/people/{own['lea']}/end"))

    assert max(statuses(answers)) < 500
    assert Membership.objects.filter(clinic=cast.lea.clinic, role__in=("lead", "administrator"), ended_at__isnull=True).exists()


def test_change_of_the_settings_and_an_act_on_a_record_do_not_lock_each_other_out(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    """Both go on to the audit trail, whose entries point at the clinic: a lock that kept these out would end in a deadlock."""
    lea, amina = sign_in("lea"), sign_in("amina")
    found = []

    for version in range(6):  # which of the two reaches the trail first is left to chance
        settings = {"name": f"Practice {version}", "time_zone": "Europe/Berlin", "crisis_words": "", "version": version}
        page = f"/patients/{sam.pk}/record/{'again' if version % 2 else 'end'}"
        found += statuses(meeting.of(partial(lea.post, "/clinic/settings", settings), partial(amina.post, page, ending())))

    assert set(found) == {302}
    assert Clinic.objects.get(pk=cast.lea.clinic.pk).name == "Practice 5"


def test_caseload_made_anew_beside_an_act_keeps_the_signal_of_the_act(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    amina = sign_in("amina")
    CaseloadRow.objects.filter(patient=sam).update(signal="none")

    meeting.of(lambda: amina.post(f"/patients/{sam.pk}/assessment/safety", {"only": "risk.imminent", "risk.imminent": "yes"}), rebuild_caseload)

    assert CaseloadRow.objects.get(patient=sam).signal == "safety"


def test_first_two_acts_of_a_new_clinic_at_once_begin_one_chain(cast: Cast, meeting: Meeting) -> None:
    from fivefold.services.access import Actor
    from fivefold.services.patients import add_patient

    clinic = Clinic.objects.create(name="Practice at the bridge")
    Membership.objects.create(clinic=clinic, user=cast.teo.user, role="therapist")
    teo = Actor(cast.teo.user, clinic, "therapist")

    meeting.of(*(partial(add_patient, teo, name=name, birth_year=1990) for name in ("Lin", "Kim")))

    assert AuditEntry.objects.filter(clinic=clinic).count() == 2
    assert list(audit.verify(clinic)) == []


def test_legal_hold_and_erasure_at_once_end_in_one_of_them(cast: Cast, sign_in: SignIn, sam: Patient, meeting: Meeting) -> None:
    """Whichever has its turn first: a record that is gone is not held, and one that is held does not go."""
    noor, page = add_lead(cast), f"/patients/{sam.pk}/record/erasure"
    patients.end_care(cast.amina, patient_id=sam.pk, on=timezone.localdate(), reason="completed")
    Patient.objects.filter(pk=sam.pk).update(closed_at=timezone.now() - timedelta(days=366 * 11))
    erasure.decide_erasure(cast.lea, patient_id=sam.pk, reason="The duty to keep it is over.")
    lea, other = sign_in("lea"), sign_in("noor")

    held, erased = meeting.of(
        lambda: lea.post(page, {"step": "hold", "reason": "The court has asked for it."}),
        lambda: other.post(f"{page}/now", {"last-reason": "The duty to keep it is over.", "last-sure": "on"}),
    )

    assert (held.status_code, erased.status_code) in [(302, 422), (404, 302)]
    sam.refresh_from_db()
    assert sam.legal_hold is (held.status_code == 302)
    assert (sam.erased_at is not None) is (erased.status_code == 302)
    assert noor.user.pk in ErasureStep.objects.values_list("author_id", flat=True) or sam.legal_hold


# ---- Any two acts --------------------------------------------------------------------------------------------------------


def acts_on(patient: Patient) -> dict[str, Send]:
    """What people do with a record, each as they send it."""
    base = f"/patients/{patient.pk}"
    fact = ClinicalFact.objects.get(patient=patient, kind="rating", key="anger")
    return {
        "rate": lambda client: client.post(f"{base}/assessment/ratings", {"was.rating.sleep": "", "rating.sleep": "3"}),
        "danger": lambda client: client.post(f"{base}/assessment/safety", {"only": "risk.imminent", "risk.imminent": "yes"}),
        "withdraw": lambda client: client.post(f"{base}/assessment/facts/{fact.pk}", {"do": "withdraw", "reason": "It was another patient's."}),
        "choose": lambda client: client.post(f"{base}/plan/choose", {"target": "S04", "how": "defer", "reason": "after her exam", "version": 0}),
        "sign": lambda client: client.post(f"{base}/plan/sign", signing()),
        "end": lambda client: client.post(f"{base}/record/end", ending()),
    }


def test_any_two_acts_at_once_leave_a_whole_record_and_the_right_signal(cast: Cast, sign_in: SignIn, meeting: Meeting) -> None:
    amina, teo, wrong = sign_in("amina"), sign_in("teo"), []
    names = list(acts_on(known_patient(cast.amina)))

    for number, pair in enumerate(combinations_with_replacement(names, 2)):
        patient = with_teo(cast, known_patient(cast.amina, f"Patient {number}"))
        acts = acts_on(patient)
        answers = meeting.of(partial(acts[pair[0]], amina), partial(acts[pair[1]], teo))
        shown = CaseloadRow.objects.get(patient=patient).signal
        if not set(statuses(answers)) <= set(TOLD) or 302 not in statuses(answers) or shown != caseload.refresh(patient).signal:
            wrong.append((pair, statuses(answers), shown))

    assert wrong == []
    assert list(audit.verify(cast.amina.clinic)) == []
