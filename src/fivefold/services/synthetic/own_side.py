"""What patients of a synthetic clinic write by themselves: a safety plan, and for some a diary of the last two weeks on pages of their own."""

import uuid
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from fivefold.records import clock
from fivefold.records.models import Patient
from fivefold.services import demo, diary, own_course, own_formulation, own_goals
from fivefold.services.access import Actor, actor_of
from fivefold.services.own_access import invite_patient, join_as_patient
from fivefold.services.synthetic.course import Course
from fivefold.services.synthetic.danger import write_plan_together

WITH_PLAN, WITH_DIARY = 6, 2
FIRST, LAST = 15, 2  # days ago; what the team does yesterday comes after it
EVENING = time(20)
ITEMS = ("sadness", "shame", "anger", "joy", "urge_die", "intent", "urge_hurt", "hurt", "attempt", "urge_quit", "sleep", "skill_pause", "skill_body")
GOALS = ("Have one evening a week that is only mine", "Write to my brother again")
LOCKED = "Something I keep to myself"
# Curves that the patient sees.
SHOWN = ("bsl23.total", "diary.sadness")
# Of the whole, and of the first lines of the formulation.
SAID = (("partly", "The mornings are missing. They are the worst."), ("fits", ""), ("not", "It was not like that at home. Only later."))
RATED = (FIRST, 8, LAST)
NOTES = ("", "", "", "A loud evening at home.", "Slept in the afternoon.", "The walk helped a little.")


class OwnSide:
    """The evenings of one patient, in the order of the calendar beside the visits of everybody."""

    def __init__(self, course: Course, number: int, today: date) -> None:
        self.course, self.number, self.today = course, number, today
        self.place = 1000 + number  # after the visits of the day
        self.rng = np.random.default_rng([course.place, number])
        self.me: Actor | None = None

    @property
    def patient(self) -> Patient | None:
        """The patient of the course, once taken on."""
        return self.course.patient

    def days(self) -> list[date]:
        """A day for the plan, and for those with a diary an evening each."""
        last = LAST if self.number < WITH_DIARY else FIRST
        return [self.today - timedelta(days=back) for back in range(FIRST, last - 1, -1)]

    def visit(self, on: date) -> None:
        """What is written on one evening."""
        if self.course.patient is None:
            return
        moment = timezone.make_aware(datetime.combine(on, EVENING)) + timedelta(minutes=self.number)
        with transaction.atomic(), clock.acting_at(moment):
            if on == self.today - timedelta(days=FIRST):
                self._begin()
            if self.me is not None:
                self._write(on, moment)
                self._rate(on)
                if on == self.today - timedelta(days=LAST):
                    self._show()
                    self._say()

    def _begin(self) -> None:
        assert self.course.patient is not None  # the caller has looked
        patient, therapist = self.course.patient.pk, self.course.therapist
        write_plan_together(therapist, self.course.patient, self.number)
        if self.number >= WITH_DIARY:
            return
        diary.set_card(therapist, patient_id=patient, items=ITEMS, own=[("skill", "I used: my red box")], is_for_crisis=False, version=0)
        token = invite_patient(therapist, patient_id=patient, agreed={"own_pages": True, "offline_copy": True, "messages": False})
        name = demo.PATIENT if self.number == 0 else f"{self.number}-{demo.PATIENT}"
        self.me = actor_of(join_as_patient(token, name=name, password=demo.demo_password()), clock.now())

    def _rate(self, on: date) -> None:
        """A goal of their own, rated once a week; another behind a lock."""
        assert self.me is not None and self.course.patient is not None  # begun with both
        back, patient = (self.today - on).days, self.course.patient.pk
        if back == FIRST:
            self.goal = own_goals.write_my_goal(self.me, patient_id=patient, words=GOALS[self.number % len(GOALS)], private=False)
            own_goals.write_my_goal(self.me, patient_id=patient, words=LOCKED, private=True)
        if back in RATED:
            own_goals.rate_my_goal(self.me, patient_id=patient, goal_id=self.goal.pk, level=3 + RATED.index(back))

    def _show(self) -> None:
        """Two curves that were looked at together are released."""
        assert self.course.patient is not None  # the caller has looked
        therapist, patient = self.course.therapist, self.course.patient.pk
        choices = own_course.see_curve_choices(therapist, patient_id=patient)
        released = [one.key for one in choices.curves if one.key in SHOWN]
        own_course.release_curves(therapist, patient_id=patient, released=released, version=choices.version)

    def _say(self) -> None:
        """The lines of the formulation are shown, and the patient says what fits in part and what is missing."""
        assert self.me is not None and self.course.patient is not None  # begun with both
        patient = self.course.patient
        number = patient.formulations.count()
        if not number:
            return
        own_formulation.share_formulation(self.course.therapist, patient_id=patient.pk, number=number)
        for place, (fits, words) in enumerate(SAID):
            own_formulation.say_of_my_formulation(self.me, patient_id=patient.pk, number=number, place=place, fits=fits, words=words)

    def _write(self, on: date, moment: datetime) -> None:
        assert self.me is not None and self.course.patient is not None  # begun with both
        if self.rng.random() < 0.15:
            return  # nobody writes every day
        low = int(self.rng.integers(0, 3))
        answers = {
            "sadness": 1 + low, "shame": int(self.rng.integers(0, 5)), "anger": low, "joy": 3 - low, "urge_die": low, "intent": "no", "urge_hurt": low,
            "hurt": 0, "attempt": "no", "urge_quit": int(self.rng.integers(0, 2)), "sleep": 5 + int(self.rng.integers(0, 4)), "skill_pause": "yes",
        }  # fmt: skip
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.course.place} {on}")
        note = str(self.rng.choice(NOTES))
        entry = diary.NewEntry(key, 1, on, on, moment, answers, note)
        diary.record_entry(self.me, patient_id=self.course.patient.pk, entry=entry)


def own_sides(courses: list[Course], today: date) -> list[OwnSide]:
    """Patients in care for a while who write by themselves, the first with the printed demo account."""
    settled = [course for course in courses if course.story.closed_days_ago is None and course.began <= today - timedelta(days=FIRST + 14)]
    return [OwnSide(course, number, today) for number, course in enumerate(settled[:WITH_PLAN])]
