"""Looking back at a review: whether the series moved, by the statistics of measured change, and whether the plan was followed."""

import json
import uuid
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fivefold.concepts.progress import Change, ChangeWord, DatedValue, DoesNotKnow, Series
from fivefold.engine.progress.overview import ScaleProgress, read_progress
from fivefold.engine.progress.reliable_change import change_between_ends
from fivefold.engine.progress.volatile import change_of_means, is_volatile
from fivefold.records import clock
from fivefold.records.models import ClinicalFact, LookBack, Patient, PlanVersion, SignalState, TreatmentSession
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for, reaches
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.record_file import read_record
from fivefold.services.reviews import LONGEST_WORDS, NoSuchReview, SeenReview, key_of, measure_name, name_of, reviews_of
from fivefold.services.signals import CLOSED, take_step

FOLLOWED = ("yes", "partly", "no", "unknown")
MOVED_BY = {
    ChangeWord.RECOVERED: "better",
    ChangeWord.IMPROVED: "better",
    ChangeWord.UNCHANGED: "same",
    ChangeWord.DETERIORATED: "worse",
}


@dataclass(frozen=True)
class MovedSince:
    """Whether a series moved from the time of a review until now, with what that rests on."""

    moved: str
    said: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookBackSheet:
    """What a look-back says by itself, before it is answered: whether the series moved, and what was done meanwhile."""

    patient: Patient
    review: SeenReview
    moved: MovedSince
    meanwhile: tuple[str, ...]
    may_change: bool
    measure_name: str


@clinical_act(Permission.SEE_RECORD, view=True)
def see_look_back(actor: Actor, *, patient_id: uuid.UUID, number: int) -> LookBackSheet:
    """One review with what has become of it; raises NoSuchReview."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    review = next((one for one in reviews_of(patient) if one.number == number), None)
    if review is None:
        raise NoSuchReview
    return LookBackSheet(
        patient,
        review,
        moved_since(patient, review),
        _meanwhile(patient, review),
        reaches(actor, patient, Permission.CHANGE_RECORD),
        measure_name(review.measure),
    )


@clinical_act(Permission.CHANGE_RECORD)
def answer_look_back(actor: Actor, *, patient_id: uuid.UUID, number: int, followed: str, note: str) -> LookBack:
    """Answer a look-back once: whether the plan was followed, beside whether the series moved by the statistics of measured change."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    review = next((one for one in reviews_of(patient) if one.number == number), None)
    if review is None or review.look_back_on is None:
        raise NoSuchReview
    if review.looked_back is not None:
        theirs = {"followed": review.looked_back.followed, "note": review.looked_back.note}
        raise ChangedMeanwhile(theirs, number, _("this look-back"), review.looked_back.author)
    if followed not in FOLLOWED:
        raise NotAcceptable("Followed", _("yes, in part, no, or not known"))
    if len(note) > LONGEST_WORDS:
        raise NotAcceptable("Words", _("at most %(most)d characters; found %(found)d") % {"most": LONGEST_WORDS, "found": len(note)})
    moved = moved_since(patient, review)
    row = LookBack(clinic=actor.clinic, patient=patient, review_id=review.id, on=clock.today(), moved=moved.moved, followed=followed, author=actor.user)
    row.content = json.dumps({"said": moved.said, "meanwhile": list(_meanwhile(patient, review))}, ensure_ascii=False)
    row.note = note.strip()
    row.save()
    _close_look_back(actor, patient, review)
    caseload.refresh(patient)
    return row


def _close_look_back(actor: Actor, patient: Patient, review: SeenReview) -> None:
    for state in SignalState.objects.select_related("signal").filter(clinic=actor.clinic, patient=patient, matter=f"look_back:{review.id}", is_open=True):
        take_step(state, "acted", {"status": "acted", "due_at": None, "owner": actor.user}, author=actor.user)
        take_step(state, "closed", CLOSED | {"closed_at": clock.now()}, author=actor.user, outcome="settled")


def moved_since(patient: Patient, review: SeenReview) -> MovedSince:
    """Whether the series of a review moved: from the last value on or before its day to the newest, by reliable change.

    Measures that are given weekly are compared as means of three where there are enough values; with two single values that is said as
    a doubt. Without values on both sides nothing is known.
    """
    measures = read_progress(read_record(patient, clock.today()), knowledge())
    found = next((one for one in measures if key_of(one.series) == review.measure), None)
    if found is None:
        return MovedSince("unknown", _("No measure was chosen to look back at.") if not review.measure else _("This measure has no values."))
    change = _change_since(found, review.on)
    if isinstance(change, DoesNotKnow):
        return MovedSince("unknown", change.because)
    numbers = {
        "name": name_of(found.series),
        "before": f"{change.before:.4g}",
        "now": f"{change.now:.4g}",
        "from": f"{change.reliable_from:.3g}",
        "n": change.grounds.n,
    }
    said = _("%(name)s: from %(before)s to %(now)s, %(n)d values; a difference counts from %(from)s on.") % numbers
    return MovedSince(MOVED_BY[change.word], said, change.grounds.doubts)


def _change_since(found: ScaleProgress, on: date) -> Change | DoesNotKnow:
    series = found.series
    before = [entry for entry in series.values if entry.on <= on and entry.value is not None]
    after = tuple(entry for entry in series.values if entry.on > on)
    if not before or not any(entry.value is not None for entry in after):
        return DoesNotKnow(_("A look-back needs a value before the review and one after it."), (), len(before))
    instrument = knowledge().instruments[series.instrument]
    scale = instrument.scale(series.scale)
    assert scale is not None, "a series is made from a scale of the base"
    if is_volatile(instrument, knowledge().progress):
        means = change_of_means(_part(series, (*before[-3:], *after)), scale, knowledge().progress)
        if isinstance(means, Change):
            return means
    return change_between_ends(_part(series, (before[-1], *after)), scale, knowledge().progress)


def _part(series: Series, values: tuple[DatedValue, ...]) -> Series:
    return replace(series, values=values)


def _meanwhile(patient: Patient, review: SeenReview) -> tuple[str, ...]:
    """What was done since a review: plans signed, modules that changed stage, sessions held and missed."""
    said = []
    signed = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient, signed_at__gte=review.at).order_by("number")
    told = _("Plan %(number)d was signed on %(day)s.")
    said += [told % {"number": row.number, "day": date_format(row.as_of, "j F Y")} for row in signed.only("number", "as_of")]
    facts = ClinicalFact.objects.filter(clinic_id=patient.clinic_id, patient=patient, kind="module", recorded_at__gte=review.at, withdrawn=False)
    for fact in facts.order_by("true_on", "recorded_at"):
        module = knowledge().modules.get(fact.key)
        stage = str(fact.value.get("stage", "")).replace("_", " ") if isinstance(fact.value, dict) else ""
        name, on = module.short_name if module else fact.key, date_format(fact.true_on, "j F Y")
        said.append(_("%(module)s: %(stage)s on %(day)s.") % {"module": name, "stage": stage, "day": on})
    came = list(TreatmentSession.objects.filter(clinic_id=patient.clinic_id, patient=patient, on__gte=review.on).values_list("came", flat=True))
    if came:
        said.append(_("%(held)d of %(all)d sessions took place.") % {"held": came.count("came"), "all": len(came)})
    return tuple(said)
