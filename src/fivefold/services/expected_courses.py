"""Expected courses from a clinic's own treatments: making them, and holding one patient's measures against them.

Made by ``fivefold admin rebuild``, from the main scale of each measure that is given again, over the sessions that were held. People who
have said no to de-identified research are left out. Whom somebody is compared with is never shown, only how many.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from fivefold.concepts.basis import Basis, BasisKind
from fivefold.concepts.errors import InputRefused
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.progress import DoesNotKnow, Series
from fivefold.concepts.vocabulary import Direction
from fivefold.engine.progress.course import Curves
from fivefold.engine.progress.expected_course import RULE, CourseReading, GrowthCurve, by_session, failure_boundary, read_course, updated_curve
from fivefold.engine.progress.growth import HoldOut, PastCourse, band_at, fit_growth, hold_out, published_slope, sample_figures
from fivefold.engine.progress.nearest import NeighbourBand
from fivefold.engine.progress.other_methods import MethodComparison, compare_methods
from fivefold.engine.progress.overview import ALLIANCE, ScaleProgress, series_of
from fivefold.engine.scoring import main_scale, preferred_reliability, score_assessment
from fivefold.records import clock
from fivefold.records.models import Clinic, Consent, ExpectedCourse, PastScores, Patient, TreatmentSession
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.record_file import read_facts_of, read_record

READ_AT_ONCE = 200
# The neighbours are looked for among so many of the newest records, so that a page stays quick in a large clinic.
MOST_COMPARED = 1_000
# Errors are taken from so many at most: with more they hardly move, and the night is short.
MOST_LEFT_OUT = 300
OWN_DATA = Basis(BasisKind.COMPUTED)


# ---- Making them -------------------------------------------------------------------------------------------------------------------


def make_courses(clinic: Clinic) -> int:
    """Work out every expected course of a clinic anew; gives of how many measures there is one.

    It takes minutes in a large clinic. Only writing it down is a transaction: until then answers and signals of the app are not kept waiting.
    """
    with knowledge_of(clinic):
        base = knowledge()
        rows = list(_past_scores(clinic, base))
        found = [_expected_course(clinic, base.instruments[name], scale, rows, base) for name, scale in sorted({(row.instrument, row.scale) for row in rows})]
    with transaction.atomic():
        PastScores.objects.filter(clinic=clinic).delete()
        PastScores.objects.bulk_create(rows, batch_size=500)
        ExpectedCourse.objects.filter(clinic=clinic).delete()
        ExpectedCourse.objects.bulk_create([one for one in found if one is not None])
    _forget_erased(clinic)
    return ExpectedCourse.objects.filter(clinic=clinic).count()


def _forget_erased(clinic: Clinic) -> None:
    """Take away again what came from a record that was erased while the courses were worked out."""
    with transaction.atomic():
        for row in PastScores.objects.filter(clinic=clinic, patient__erased_at__isnull=False):
            ExpectedCourse.objects.filter(clinic=clinic, instrument=row.instrument, scale=row.scale).delete()
            row.delete()


def _past_scores(clinic: Clinic, base: KnowledgeBase) -> Iterator[PastScores]:
    refused = _refused_research(clinic)
    keys = list(Patient.objects.filter(clinic=clinic, erased_at__isnull=True).exclude(pk__in=refused).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), READ_AT_ONCE):
        some = keys[start : start + READ_AT_ONCE]
        held: dict[UUID, list[date]] = {key: [] for key in some}
        for key, on in TreatmentSession.objects.filter(clinic=clinic, patient__in=some, came="came").order_by("on").values_list("patient_id", "on"):
            held[key].append(on)
        patients = [one for one in Patient.objects.filter(clinic=clinic, pk__in=some).select_related("clinic").order_by("pk") if held[one.pk]]
        for patient, facts in zip(patients, read_facts_of(patients), strict=True):
            try:
                assessment = read_record(patient, clock.today(), read=facts)
            except InputRefused:
                continue  # the caseload says of it that it cannot be read
            for series in _main_series(score_assessment(assessment, base), base):
                scores = by_session(series, held[patient.pk])
                if scores:
                    yield PastScores(clinic=clinic, patient=patient, instrument=series.instrument, scale=series.scale, scores=scores)


def _refused_research(clinic: Clinic) -> set[UUID]:
    said = dict(Consent.objects.filter(clinic=clinic, purpose="research").order_by("on", "recorded_at").values_list("patient_id", "given"))
    return {patient for patient, given in said.items() if not given}


def _main_series(scored: Sequence[Any], base: KnowledgeBase) -> Iterator[Series]:
    """The main scale of each measure that is given again; alliance ratings have no course that is expected of them."""
    by_instrument: dict[str, list[Any]] = {}
    for score in scored:
        instrument = base.instruments[score.instrument]
        main = main_scale(instrument)
        if instrument.every.value is not None and instrument.id not in ALLIANCE and score.scale == main.id and main.direction is not Direction.NEITHER:
            by_instrument.setdefault(instrument.id, []).append(score)
    yield from (series_of(scores) for scores in by_instrument.values())


def _expected_course(clinic: Clinic, instrument: Instrument, scale_id: str, rows: Sequence[PastScores], base: KnowledgeBase) -> ExpectedCourse | None:
    scale = main_scale(instrument)
    cases = [_case(row.scores) for row in rows if (row.instrument, row.scale) == (instrument.id, scale_id)]
    prior = published_slope(scale, base.progress)
    curve = fit_growth(cases, OWN_DATA, prior)
    if isinstance(curve, DoesNotKnow):
        return None
    ranges = _ranges(scale.range.min, scale.range.max)
    errors = hold_out(cases[-MOST_LEFT_OUT:], scale.direction, ranges, base.progress, OWN_DATA, prior=prior)
    values = {name: value for name, value in asdict(curve).items() if name != "basis"}
    return ExpectedCourse(clinic=clinic, instrument=instrument.id, scale=scale_id, curve=values, errors=asdict(errors), made_at=clock.now())


def _case(scores: Sequence[Sequence[float]]) -> PastCourse:
    return PastCourse(tuple((int(session), float(value)) for session, value in scores))


def _ranges(low: float, high: float) -> Mapping[str, float]:
    return {"first score": high - low}


# ---- One patient against them ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """What is expected of one measure: the newest score against it, the course to draw, and how far it is off for people it has not seen.

    ``points``: for the sessions from the first score to the newest, the day, what was expected when only the first score was known, and
    the worse and the better end of the interval that holds 80 percent of people.
    """

    reading: CourseReading | DoesNotKnow
    errors: HoldOut
    neighbours: NeighbourBand | DoesNotKnow
    points: tuple[tuple[date, float, float, float], ...]
    made_on: date
    methods: MethodComparison | DoesNotKnow
    compared_with: int


def curves_of(clinic: Clinic) -> Curves:
    """Every curve of a clinic, by instrument and scale."""
    return {(row.instrument, row.scale): _curve(row) for row in ExpectedCourse.objects.filter(clinic=clinic)}


def _curve(row: ExpectedCourse) -> GrowthCurve:
    values = dict(row.curve)
    return GrowthCurve(**{**values, "sessions": tuple(values["sessions"]), "starts": tuple(values["starts"])}, basis=OWN_DATA)


def expected_of(patient: Patient, measures: Sequence[ScaleProgress], held_on: Sequence[date]) -> dict[tuple[str, str], Expected]:
    """What is expected of each measure that has a curve in this clinic; ``held_on``: days of the sessions that took place, oldest first."""
    rows = {(row.instrument, row.scale): row for row in ExpectedCourse.objects.filter(clinic_id=patient.clinic_id)}
    found = {}
    for one in measures:
        row = rows.get((one.series.instrument, one.series.scale))
        if row is not None:
            found[one.series.instrument, one.series.scale] = _expected(patient, one.series, row, held_on)
    return found


def _expected(patient: Patient, series: Series, row: ExpectedCourse, held_on: Sequence[date]) -> Expected:
    rules, scores = knowledge().progress, by_session(series, held_on)
    at_start = updated_curve(_curve(row), scores[:1])
    reading = read_course(at_start, scores, series.direction, rules)
    errors, made_on = HoldOut(**row.errors), row.made_at.date()
    if isinstance(reading, DoesNotKnow):
        return Expected(reading, errors, reading, (), made_on, reading, 0)
    share = rules.rule(RULE).number("red").value
    points = []
    for session in range(scores[0][0], scores[-1][0] + 1):
        expected, worse = at_start.expected(session), failure_boundary(at_start, session, share, series.direction)
        on = max(held_on[session - 1], series.scores[0].on)
        points.append((on, expected, worse, 2 * expected - worse))
    others = _others(patient, series)
    near = band_at(PastCourse(scores), scores[-1][0], others, _ranges(series.minimum, series.maximum), rules)
    return Expected(reading, errors, near, tuple(points), made_on, _methods(series, others), len(others))


def _others(patient: Patient, series: Series) -> list[PastCourse]:
    """The courses of the others, the newest records first."""
    rows = PastScores.objects.filter(clinic_id=patient.clinic_id, instrument=series.instrument, scale=series.scale).exclude(patient=patient)
    return [_case(one) for one in rows.order_by("-pk").values_list("scores", flat=True)[:MOST_COMPARED]]


def _methods(series: Series, others: Sequence[PastCourse]) -> MethodComparison | DoesNotKnow:
    """What every method of reliable change says, for research, with the figures of the others in this clinic."""
    scale = knowledge().instruments[series.instrument].scale(series.scale)
    reliability = preferred_reliability(scale) if scale is not None else None
    if reliability is None or not reliability.value < 1:
        return DoesNotKnow("The reliability of the scale is not known.", ("a reliability",))
    figures = sample_figures(others, reliability.value)
    return figures if isinstance(figures, DoesNotKnow) else compare_methods(series, figures, knowledge().progress)
