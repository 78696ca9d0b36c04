"""Safety drills: invented risk situations walked through the real services on a clock of their own, and held against what should happen.

Each drill draws a door, an answer pattern, what goes wrong afterwards, and a minute of the week. What should happen is counted here by
walking the clinic's open minutes one by one, apart from the program's own arithmetic. Everything is taken back after each drill.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from tests.support.drill_doors import DOORS, NEGATIVE, POSITIVE, ROUTES, STAFF, tap

ZONE = ZoneInfo("Europe/Berlin")
# A week with a change to summer time in it (29 March 2026).
WEEKS = (datetime(2026, 3, 9, tzinfo=ZONE), datetime(2026, 3, 23, tzinfo=ZONE))
SEEN_WITHIN, ACTED_WITHIN = 15, 240  # open minutes, as the rule has them (a test of the base holds this)
MINUTE = timedelta(minutes=1)
NOTE = "We spoke, and the plan holds until tomorrow."


@dataclass
class Clinic:
    """An invented clinic: who treats, supervises and leads."""

    clinic: Any
    treats: Any
    supervises: Any
    leads: Any


@dataclass(frozen=True)
class Drill:
    """What is drawn: through which door, how it is answered, what happens afterwards, and when."""

    door: str
    pattern: str
    after: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.door}, {self.pattern}, {self.after}, {self.at:%A %H:%M}"


@dataclass
class Report:
    """What drills have shown: of how many, what was missed, what was told wrongly or too late, and false alarms."""

    drills: int = 0
    positive: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    by: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        return not (self.missed or self.wrong or self.false_alarms)


class _TakenBack(Exception):
    """A drill is over: what was invented for it goes."""


class Failed(Exception):
    """Something did not happen as it should."""


def run(clinic: Clinic, count: int, seed: int, say: Callable[[str], None] = lambda line: None) -> Report:
    """Walk so many drills; every door, pattern and kind of trouble comes in turn, the minute of the week by chance."""
    from django.db import transaction

    report, draw = Report(), random.Random(seed)
    for drill in drawn(count, draw):
        report.drills += 1
        report.by.update({drill.door: 1, drill.pattern: 1, drill.after: 1})
        report.positive += drill.pattern in POSITIVE
        kind, problem = "", ""
        try:
            with transaction.atomic():
                kind, problem = _walk(clinic, drill)
                raise _TakenBack
        except _TakenBack:
            pass
        if problem:
            getattr(report, kind).append(f"{drill}: {problem}")
        if report.drills % 50 == 0:
            say(f"{report.drills} drills, {len(report.missed)} missed, {len(report.wrong)} wrong, {len(report.false_alarms)} false alarms")
    return report


def drawn(count: int, draw: random.Random) -> Iterator[Drill]:
    """Doors, patterns and troubles each in an order of chance, again and again, so that none is left out."""
    doors, patterns, afters = (_turns(list(names), draw) for names in (DOORS, (*POSITIVE, *NEGATIVE), AFTER))
    for number in range(count):
        pattern = next(patterns)
        after = next(afters) if pattern in POSITIVE else "nothing follows"
        door = next(doors)
        if after == "the program loses it":
            # What is lost must leave no other trace that would be told: one item of a form that is not sent.
            door, pattern = "a link at home", "the least that counts"
        if after == "the therapist has left" and door in STAFF:
            door = "a link at home"  # who has left types nothing in
        # Half a minute past, so that a tick of the clock never decides on which side of an opening hour something lies.
        yield Drill(door, pattern, after, WEEKS[number % 2] + timedelta(minutes=draw.randrange(7 * 24 * 60), seconds=30))


def _turns(names: list[str], draw: random.Random) -> Iterator[str]:
    while True:
        draw.shuffle(names)
        yield from tuple(names)


# ---- The clock and the open minutes ------------------------------------------------------------------------------------------------


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    from fivefold.records import clock

    with clock.acting_at(moment.astimezone(UTC)):
        yield


def after_open_minutes(moment: datetime, minutes: int) -> datetime:
    """The first moment at which so many minutes have passed in which the clinic was open (weekdays from nine to five)."""
    here = moment.astimezone(UTC)
    left = minutes * 60.0
    while True:
        local = here.astimezone(ZONE)
        is_open = local.weekday() < 5 and 9 <= local.hour < 17
        step = 60 - here.second - here.microsecond / 1e6
        if is_open:
            if left <= step:
                return here + timedelta(seconds=left)
            left -= step
        here += timedelta(seconds=step)


# ---- One drill ------------------------------------------------------------------------------------------------------------------------


def _walk(clinic: Clinic, drill: Drill) -> tuple[str, str]:
    """One drill; gives which list of the report gets a line, and the line ("" where all was well)."""
    from fivefold.records.models import SignalState

    with at(drill.at - timedelta(days=3)):
        one = _Patient(clinic, drill)
    # A code is for the day, and a screen that was handed over for hours.
    with at(drill.at - MINUTE):
        one.give_out()
    if drill.after == "the therapist has left":
        one.end_relation(drill.at - timedelta(seconds=20))
    loses = patch("fivefold.services.measure_answers._tell_danger", lambda *given: None) if drill.after == "the program loses it" else nullcontext()
    with at(drill.at), loses:
        helped = DOORS[drill.door](one, drill.pattern)
    states = list(SignalState.objects.filter(patient=one.patient, kind="safety", is_open=True))
    if drill.pattern in NEGATIVE:
        told = [state for state in states if state.matter == "positive_risk_item"]
        return ("false_alarms", "a signal without a positive answer") if told or helped else ("", "")
    if helped is False:
        return "missed", "no help was shown at once"
    try:
        AFTER[drill.after](one)
        with at(one.now + MINUTE):
            breaches = [breach.wrong.value for breach in one.net().breaches if breach.patient_id == one.patient.pk]
        if breaches:
            raise Failed(f"the safety net does not hold: {breaches}")
    except Failed as problem:
        return ("missed" if "nobody" in str(problem) else "wrong"), str(problem)
    return "", ""


class _Patient:
    """An invented patient with a therapist and a supervisor, and where the drill is on its clock."""

    def __init__(self, clinic: Clinic, drill: Drill) -> None:
        from fivefold.records.models import CareRelation
        from fivefold.services.patients import add_patient

        self.clinic, self.drill, self.now = clinic, drill, drill.at
        self.patient = add_patient(clinic.treats, name="Drill (invented)", birth_year=None, synthetic=True)
        CareRelation.objects.create(clinic=clinic.clinic, patient=self.patient, user=clinic.supervises.user, kind="supervises")
        self.named = {"patient_id": self.patient.pk}
        self.own = self._own_pages() if "diary" in drill.door else None

    def give_out(self) -> None:
        """Shortly before, the questionnaire of the drill."""
        from fivefold.services.measures import give_out

        self.request = give_out(self.clinic.treats, instrument="phq9", route=ROUTES.get(self.drill.door, "link"), **self.named)

    def another(self) -> Any:
        """A questionnaire that can be answered now: the one that is open, or a new one."""
        from fivefold.services.measures import give_out

        return give_out(self.clinic.treats, instrument="phq9", route="link", **self.named)

    def _own_pages(self) -> Any:
        from fivefold.services import diary
        from fivefold.services.access import actor_of
        from fivefold.services.own_access import invite_patient, join_as_patient

        diary.set_card(self.clinic.treats, items=("sadness", "urge_die", "attempt"), own=[], is_for_crisis=False, version=0, **self.named)
        token = invite_patient(self.clinic.treats, agreed={"own_pages": True}, **self.named)
        return actor_of(join_as_patient(token, name=f"drill{uuid.uuid4().hex[:8]}", password="four calm words here"))

    def end_relation(self, on: datetime) -> None:
        from fivefold.records.models import CareRelation

        CareRelation.objects.filter(patient=self.patient, kind="treats").update(ended_at=on)

    def net(self) -> Any:
        from fivefold.services.safety_net import look_at

        return look_at(self.clinic.clinic, days=2)

    @property
    def state(self) -> Any:
        from fivefold.records.models import SignalState

        found = SignalState.objects.filter(patient=self.patient, matter="positive_risk_item").order_by("-raised_at").first()
        if found is None:
            raise Failed("nobody was told")
        return found

    def timer(self, moment: datetime) -> Any:
        """What ``fivefold admin signals --late`` does in this clinic; gives the net as it was found."""
        from fivefold.services.safety_net import mend
        from fivefold.services.signals import pass_on

        self.now = moment
        with at(moment):
            pass_on(self.clinic.clinic, most=None)
            net = self.net()
            mend(self.clinic.clinic, net)
        return net

    def told(self, *who: str) -> None:
        """Exactly these people have it among what they have to read now."""
        from fivefold.services.signal_list import waits_for

        key = self.state.pk
        with at(self.now):
            here = {name for name in ("treats", "supervises", "leads") if key in waits_for(getattr(self.clinic, name))}
        if here != set(who):
            missing = set(who) - here
            raise Failed(
                f"{'nobody of ' if missing else 'also '}{sorted(missing or here - set(who))} was told at {self.now:%A %H:%M}, level {self.state.level}"
            )

    def passes_on(self, since: datetime, minutes: int, before: tuple[str, ...], then: tuple[str, ...]) -> datetime:
        """Until so many open minutes have passed it stays; right after them others are told."""
        due = after_open_minutes(since, minutes)
        self.timer(due - MINUTE)
        self.told(*before)
        self.timer(due + MINUTE)
        self.told(*then)
        return due + MINUTE

    def act(self, name: str, **more: Any) -> None:
        from fivefold.services import signal_acts

        more |= {} if name == "see_signal" else {"version": self.state.version}
        with at(self.now):
            getattr(signal_acts, name)(self.clinic.treats, signal_id=self.state.pk, **self.named, **more)

    def reassess(self) -> None:
        from fivefold.records import clock
        from fivefold.services.assessments import answer_risk
        from fivefold.services.knowledge import knowledge
        from fivefold.services.risk_questions import questions_of

        names = [name for rule in knowledge().overrides if rule.code == "R1" for name in questions_of(rule)]
        with at(self.now):
            answer_risk(self.clinic.treats, answers=dict.fromkeys(names, False), on=clock.today(), **self.named)


def make_clinic() -> Clinic:
    """An invented clinic with its people; it stays in the database."""
    from fivefold.records.models import Clinic as Row
    from fivefold.records.models import Membership, User
    from fivefold.services.access import Actor

    row = Row.objects.create(name="Drills (invented)", synthetic=True)
    people = []
    for role in ("therapist", "supervisor", "lead"):
        user = User.objects.create(email=f"{role}.{row.pk}@drill.example", name=role.title(), password="!")  # no password fits "!"
        Membership.objects.create(clinic=row, user=user, role=role)
        people.append(Actor(user, row, role))
    return Clinic(row, *people)


# ---- What happens afterwards --------------------------------------------------------------------------------------------------------------


def _nobody_looks(one: _Patient) -> None:
    one.told("treats")
    passed_on = one.passes_on(one.state.told_at, SEEN_WITHIN, ("treats",), ("treats", "supervises"))
    one.passes_on(passed_on, SEEN_WITHIN, ("treats", "supervises"), ("treats", "supervises", "leads"))


def _no_answer_on_the_phone(one: _Patient) -> None:
    one.now += 3 * MINUTE
    one.act("see_signal")
    one.act("act_on_signal", note="Phoned, no answer.")
    one.told("treats")
    one.passes_on(one.now, ACTED_WITHIN, ("treats",), ("treats", "supervises"))


def _asked_and_closed(one: _Patient) -> None:
    one.now += 3 * MINUTE
    one.act("see_signal")
    one.told("treats")
    one.reassess()
    one.told()
    one.act("close_signal", outcome="settled", note=NOTE)
    one.timer(one.now + timedelta(days=4))
    one.told()


def _has_left(one: _Patient) -> None:
    one.told("supervises", "leads")


def _no_timer(one: _Patient) -> None:
    due = after_open_minutes(one.state.told_at, SEEN_WITHIN)
    late = due + timedelta(hours=2)
    with at(late):
        found = {breach.wrong.value for breach in one.net().breaches}
    if found != {"not_passed_on"}:
        raise Failed(f"that no timer ran was not noticed: {found}")
    one.timer(late + MINUTE)
    one.told("treats", "supervises")


def _lost(one: _Patient) -> None:
    found = one.timer(one.now + 5 * MINUTE)
    if {breach.wrong.value for breach in found.breaches} != {"not_told"}:
        raise Failed("that an answer was lost was not noticed")
    one.told("treats")


def _keeps_coming(one: _Patient) -> None:
    began = one.state.told_at
    for minutes in (5, 10):
        one.now = one.drill.at + minutes * MINUTE
        with at(one.now):
            tap(one, 9, 3, request=one.another())
        one.told(*(("treats",) if one.now < after_open_minutes(began, SEEN_WITHIN) else ("treats", "supervises")))
    one.passes_on(began, SEEN_WITHIN, ("treats",), ("treats", "supervises"))


def _care_ends(one: _Patient) -> None:
    from fivefold.services.patients import end_care

    one.now += 5 * MINUTE
    with at(one.now):
        from fivefold.records import clock

        end_care(one.clinic.treats, on=clock.today(), reason="completed", **one.named)
    one.told("treats", "supervises", "leads")


def _owner_leaves_the_clinic(one: _Patient) -> None:
    from fivefold.records.models import Membership

    Membership.objects.filter(clinic=one.clinic.clinic, user=one.clinic.treats.user).update(ended_at=one.now)
    found = {breach.wrong.value for breach in one.timer(one.now + MINUTE).breaches}
    if found != {"nobody"}:
        raise Failed(f"that its owner left was not noticed: {found}")
    passed_on = after_open_minutes(one.state.told_at, SEEN_WITHIN) + MINUTE
    one.timer(passed_on)
    one.timer(after_open_minutes(passed_on, SEEN_WITHIN) + MINUTE)
    if one.state.level != 2:
        raise Failed("nobody who leads was told")


AFTER: dict[str, Callable[[_Patient], None]] = {
    "nobody looks": _nobody_looks,
    "nobody answers the phone": _no_answer_on_the_phone,
    "it is asked about and closed": _asked_and_closed,
    "the therapist has left": _has_left,
    "no timer runs": _no_timer,
    "the program loses it": _lost,
    "answers keep coming": _keeps_coming,
    "care ends": _care_ends,
    "its owner leaves the clinic": _owner_leaves_the_clinic,
}
