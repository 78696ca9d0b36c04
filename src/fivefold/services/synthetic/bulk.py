"""A clinic of any size for load tests: rows written straight into the tables, past the services, marked as synthetic.

It has the shape of a real one (names sealed, facts with authors and days, a caseload row for everybody) and no meaning:
whether pages stay fast is all it can show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from django.db import transaction

from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import CareRelation, CaseloadRow, Clinic, ClinicalFact, Membership, Patient, TreatmentSession, User
from fivefold.records.models import Role as StaffRole
from fivefold.services.operations.fast_rows import insert_rows
from fivefold.services.session_note import Line, ModuleWork, Origin, Role, Safety, SessionContent
from fivefold.services.synthetic.names import ORIGINS

BATCH = 20_000
NAME = "Load test (invented rows)"
HISTORY_DAYS = 730
# Every second result is the weekly one; the others take turns.
PATTERN = ("bsl23", "phq9", "bsl23", "gad7", "bsl23", "waisr", "bsl23", "ders16", "bsl23", "wsas")
RANGES = {"bsl23": (0, 4, 2), "phq9": (0, 27, 0), "gad7": (0, 21, 0), "waisr": (30, 60, 0), "ders16": (16, 80, 0), "wsas": (0, 40, 0)}
GROUND: tuple[tuple[str, str, str], ...] = (
    ("diagnosis", "borderline_pd", '{"code": "borderline_pd", "status": "current", "source": "clinician"}'),
    ("setting", "", '"outpatient"'),
    *(("rating", name, f'{{"severity": {level}}}') for name, level in (("self_harm", 2), ("emotion_regulation", 3), ("suicidality", 1), ("anger", 2))),
    *(("general_module", f"G{number}", '"provisional"') for number in range(1, 7)),
    *(("context", name, "true") for name in ("agreement", "contact_route", "safe_housing", "confidant", "role")),
    *(("risk", name, "false") for name in ("imminent", "new_plan_or_means", "acute_on_chronic")),
)  # fmt: skip
SIGNALS = (
    *(("none", ""),) * 3,
    ("watch", "Review overdue"),
    ("watch", "An expected report is missing"),
    ("safety", "Suicide risk, newly raised"),
)
NOTE = SessionContent(
    lines=(
        Line(Role.BROUGHT, Origin.PATIENT, "A quiet week, one bad evening."),
        Line(Role.SEEN, Origin.COMPUTED, "The session took place. 50 minutes."),
        Line(Role.SEEN, Origin.CLINICIAN, "Asked about suicide and self-harm: nothing new was told."),
        Line(Role.DONE, Origin.COMPUTED, "Emotion regulation: one event, one feeling, what it wants to do.", "S10"),
        Line(Role.WENT, Origin.CLINICIAN, "Named the feeling before the urge."),
        Line(Role.AGREED, Origin.COMPUTED, "To try until next time: one line a day", "S10"),
    ),
    safety=Safety.NOTHING_NEW,
    pulse={},
    work=(ModuleWork("S10"),),
    goals=(),
).stored()
T = TypeVar("T")


@dataclass(frozen=True)
class _Crowd:
    """What the rows of one clinic share while they are made."""

    clinic: Clinic
    therapists: list[User]
    today: date
    rng: np.random.Generator


def bulk_clinic(patients: int = 10_000, scores: int = 2_000_000, *, sessions: int = 0, therapists: int = 40, seed: int = 1) -> Clinic:
    """A synthetic clinic with so many patients, questionnaire results and signed sessions, spread evenly over two years and all patients."""
    clinic = Clinic.objects.create(name=NAME, synthetic=True, settings={"synthetic": {"seed": seed, "complete": True, "bulk": True}})
    crowd = _Crowd(clinic, _take_on(clinic, therapists), clock.today(), np.random.default_rng(seed))
    people = _add_patients(crowd, patients)
    for model, rows in ((ClinicalFact, _facts(crowd, people, scores)), (TreatmentSession, _sessions(crowd, people, sessions))):
        for some in _in_batches(rows, BATCH):
            with transaction.atomic():
                insert_rows(model, some)
    return clinic


def _take_on(clinic: Clinic, count: int) -> list[User]:
    users = User.objects.bulk_create(
        [User(email=f"load{clinic.pk}.{number}@demo.example", name=f"Therapist {number}", password="!") for number in range(count)]  # no password fits "!"
    )
    Membership.objects.bulk_create([Membership(clinic=clinic, user=user, role=StaffRole.THERAPIST) for user in users])
    return users


def _add_patients(crowd: _Crowd, count: int) -> list[Patient]:
    people = [_patient(crowd, place) for place in range(count)]
    with transaction.atomic():
        Patient.objects.bulk_create(people, batch_size=2000)
        CareRelation.objects.bulk_create(
            [CareRelation(clinic=crowd.clinic, patient=patient, user=crowd.therapists[place % len(crowd.therapists)]) for place, patient in enumerate(people)],
            batch_size=2000,
        )
        CaseloadRow.objects.bulk_create([_caseload_row(crowd, patient) for patient in people], batch_size=2000)
    return people


def _patient(crowd: _Crowd, place: int) -> Patient:
    given, family = ORIGINS[place % len(ORIGINS)][0], ORIGINS[place // 7 % len(ORIGINS)][1]
    patient = Patient(clinic=crowd.clinic, birth_year=crowd.today.year - 18 - place % 50, synthetic=True)
    patient.name = f"{given[place % 5]} {family[place // 5 % 5]} {place}"
    patient.name_index = keyring().blind_index(patient.name, "patient name")
    patient.seal_texts()
    return patient


def _caseload_row(crowd: _Crowd, patient: Patient) -> CaseloadRow:
    signal, text = SIGNALS[int(crowd.rng.integers(len(SIGNALS)))]
    return CaseloadRow(
        patient=patient,
        clinic=crowd.clinic,
        need={"safety": 10_000, "watch": 1_000}.get(signal, 0) + int(crowd.rng.integers(500)),
        signal=signal,
        signal_text=text,
        phase=f"P{int(crowd.rng.integers(1, 6))}",
        running=[{"id": "S02", "name": "Safety plan"}, {"id": "S10", "name": "Emotion regulation skills"}],
        next_action="Go on with the plan",
        last_contact=crowd.today - timedelta(days=int(crowd.rng.integers(1, 30))),
        review_on=crowd.today + timedelta(days=int(crowd.rng.integers(-20, 90))),
        spark=[round(float(value), 2) for value in crowd.rng.uniform(0.5, 3, 12)],
    )


# ---- Facts ---------------------------------------------------------------------------------------------------------------


def _facts(crowd: _Crowd, people: list[Patient], scores: int) -> Iterator[dict[str, Any]]:
    for place, patient in enumerate(people):
        shared = {
            "clinic_id": crowd.clinic.pk,
            "patient_id": patient.pk.hex,
            "author_id": crowd.therapists[place % len(crowd.therapists)].pk,
            "source": "clinician",
        }
        first = crowd.today - timedelta(days=HISTORY_DAYS)
        yield from ({**shared, **_day(first), "kind": kind, "key": key, "value": value} for kind, key, value in GROUND)
        yield from ({**shared, "kind": "score", **one} for one in _scores(crowd, _share(scores, place, len(people))))


def _share(total: int, place: int, among: int) -> int:
    """How many of a total fall to one of several, so that all are given out."""
    return total // among + (place < total % among)


def _scores(crowd: _Crowd, count: int) -> Iterator[dict[str, Any]]:
    heights = crowd.rng.random(count)
    for number in range(count):
        name = PATTERN[number % len(PATTERN)]
        low, high, places = RANGES[name]
        value = round(low + (high - low) * float(heights[number]), places)
        day = crowd.today - timedelta(days=1 + HISTORY_DAYS * number // max(1, count))
        yield {**_day(day), "key": name, "value": f'{{"instrument": "{name}", "value": {value}}}'}


# ---- Sessions ------------------------------------------------------------------------------------------------------------


def _sessions(crowd: _Crowd, people: list[Patient], sessions: int) -> Iterator[dict[str, Any]]:
    for place, patient in enumerate(people):
        count = _share(sessions, place, len(people))
        for number in range(count):
            yield _session(crowd, patient, crowd.therapists[place % len(crowd.therapists)], number, HISTORY_DAYS * (count - number) // count)


def _session(crowd: _Crowd, patient: Patient, therapist: User, number: int, days_ago: int) -> dict[str, Any]:
    """One session that the patient's therapist has signed, with a note like those that are written: six lines, sealed to its row."""
    day = crowd.today - timedelta(days=days_ago)
    row = TreatmentSession(clinic=crowd.clinic, patient=patient, number=number + 1)
    row.content = NOTE
    row.seal_texts()
    return {
        "id": row.pk.hex,
        "clinic_id": crowd.clinic.pk,
        "patient_id": patient.pk.hex,
        "author_id": therapist.pk,
        "recorded_at": f"{day.isoformat()} 12:00:00",
        "number": row.number,
        "on": day.isoformat(),
        "meeting": "in_person",
        "came": "came",
        "phase": "P3",
        "modules": '["S10"]',
        "content_sealed": row.content_sealed,
    }


def _day(day: date) -> dict[str, str]:
    return {"true_on": day.isoformat(), "recorded_at": f"{day.isoformat()} 12:00:00"}


def _in_batches(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(rows, size)):
        yield some
