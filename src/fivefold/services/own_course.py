"""Acts about the curves that a patient sees of their own answers: none until somebody of the team releases it, each by itself.

They are the series of the page of progress, by the same names. Left out are what a clinician has rated, cut-offs, bands and every course
that is expected: a patient sees what they said themselves, and no forecast.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from fivefold.concepts.progress import Change, ChangeWord, Series
from fivefold.engine.progress.overview import ScaleProgress, read_progress
from fivefold.records import clock
from fivefold.records.models import CurveRelease, Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.diary_trends import daily_courses
from fivefold.services.feedback import words_for_patient
from fivefold.services.knowledge import knowledge
from fivefold.services.measure_forms import OWN
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.progress import own_items_of, own_names_of, own_progress, released_to, series_key, series_name
from fivefold.services.record_file import read_facts, read_record

# A patient reads few lines at a time; more are looked at together.
MOST_CURVES = 4
EASIER = (ChangeWord.IMPROVED, ChangeWord.RECOVERED)


@dataclass(frozen=True)
class OwnCurve:
    """One series of the patient's own answers: its key and name, whether it is of weeks of the diary, and what its newest change is called.

    ``change`` is None where nothing may be said of change.
    """

    key: str
    name: str
    series: Series
    of_weeks: bool
    change: ChangeWord | None

    @property
    def is_easier(self) -> bool:
        """Whether it has become reliably better since its first values."""
        return self.change in EASIER

    @property
    def is_harder(self) -> bool:
        """Whether it has become reliably worse; told to the team alone."""
        return self.change is ChangeWord.DETERIORATED


@dataclass(frozen=True)
class CurveChoices:
    """What could be released of a patient's curves, and what is; ``version`` counts how often something was decided."""

    patient: Patient
    curves: tuple[OwnCurve, ...]
    released: frozenset[str]
    version: int
    may_change: bool

    @property
    def harder(self) -> tuple[OwnCurve, ...]:
        """Curves that the patient sees and that have become reliably worse."""
        return tuple(one for one in self.curves if one.key in self.released and one.is_harder)


@dataclass(frozen=True)
class MyCourse:
    """The curves that were released to the patient, and what may be told of the course ("" unless that was released as well)."""

    patient: Patient
    today: date
    curves: tuple[OwnCurve, ...]
    told: str


def _curves(patient: Patient, today: date) -> Iterator[OwnCurve]:
    """Every series that the patient has answered twice or more, in the order of the page of progress."""
    read = read_facts(patient)
    items, facts = own_items_of(patient), read.counting()
    assessment, own = read_record(patient, today, read=read), own_names_of(items)
    for measure in (*own_progress(items, facts, knowledge()), *read_progress(assessment, knowledge())):
        if len(measure.series.scores) > 1 and _is_answered_by_patient(measure):
            change = measure.change.word if isinstance(measure.change, Change) else None
            yield OwnCurve(series_key(measure.series), series_name(measure.series, own), measure.series, False, change)
    for daily in daily_courses(patient, today):
        if len(daily.weeks.scores) > 1:
            yield OwnCurve(series_key(daily.weeks), daily.words, daily.weeks, True, None)


def _is_answered_by_patient(measure: ScaleProgress) -> bool:
    return measure.series.instrument == OWN or knowledge().instruments[measure.series.instrument].respondent == "patient"


# ---- The team decides ----------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_curve_choices(actor: Actor, *, patient_id: uuid.UUID) -> CurveChoices:
    """What could be released to the patient, and what is."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    curves = tuple(_curves(patient, clock.today()))
    return CurveChoices(patient, curves, released_to(patient), _version(patient), reaches(actor, patient, Permission.CHANGE_RECORD))


def _version(patient: Patient) -> int:
    return CurveRelease.objects.filter(clinic_id=patient.clinic_id, patient=patient).count()


@clinical_act(Permission.CHANGE_RECORD)
def release_curves(actor: Actor, *, patient_id: uuid.UUID, released: Collection[str], version: int) -> int:
    """Say which curves the patient sees from now on, and so which no longer; gives how many decisions were new.

    Raises ChangedMeanwhile when somebody else has decided since ``version``, NotAcceptable for a curve there is not, or too many.
    """
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    curves, before, wanted = {one.key: one.name for one in _curves(patient, clock.today())}, released_to(patient), frozenset(released)
    now = _version(patient)
    if now != version:
        theirs = "; ".join(curves.get(key, key) for key in sorted(before)) or _("none")
        raise ChangedMeanwhile({"curves": theirs}, now, _("which curves the patient sees"))
    if wanted - set(curves):
        raise NotAcceptable("Curves", _("curves that are shown. Load the page again"))
    if len(wanted) > MOST_CURVES:
        raise NotAcceptable("Curves", _("at most %(most)s, found %(found)s. Few lines are easier to read") % {"most": MOST_CURVES, "found": len(wanted)})
    for key in sorted(wanted ^ before):
        CurveRelease(clinic=actor.clinic, patient=patient, series=key, given=key in wanted, author=actor.user).save()
    return len(wanted ^ before)


# ---- The patient sees ----------------------------------------------------------------------------------------------------


@clinical_act(Permission.OWN_PAGES, view=True)
def see_my_course(actor: Actor, *, patient_id: uuid.UUID) -> MyCourse:
    """How it went, in what one has answered oneself, as far as the team has released it."""
    return course_of(patient_for(actor, patient_id, Permission.OWN_PAGES))


def course_of(patient: Patient) -> MyCourse:
    """The same, for acts that have checked access already."""
    released, today = released_to(patient), clock.today()
    curves = tuple(one for one in _curves(patient, today) if one.key in released) if released else ()
    return MyCourse(patient, today, curves, words_for_patient(patient))


def has_course(patient: Patient) -> bool:
    """Whether there is anything to be seen there; for acts that have checked access already."""
    return bool(released_to(patient)) or bool(words_for_patient(patient))
