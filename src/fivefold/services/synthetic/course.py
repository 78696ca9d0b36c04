"""One synthetic patient from intake to today: every entry is made by the services a therapist's screen would call."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.vocabulary import RISK_QUESTIONS, MatchStatus
from fivefold.engine.goal_attainment import goal_attainment_t
from fivefold.records import clock
from fivefold.records.models import Goal, Patient, PlanVersion
from fivefold.services import assessments, documents, formulation, goal_ratings, goals, measure_answers, measures, patients, plans, process_notes, sessions
from fivefold.services.access import Actor
from fivefold.services.feedback_use import note_look
from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind
from fivefold.services.formulation_questions import PLANNED
from fivefold.services.goal_course import LEVELS
from fivefold.services.measure_forms import OWN
from fivefold.services.patient_map import SAFETY_PLAN
from fivefold.services.plan_choices import PlanChoices
from fivefold.services.record_file import LISTS, NEWEST_OF_LIST, NewFact
from fivefold.services.session_note import Departure, HomeworkReview, ModuleWork, NewHomework, Safety, SessionReport
from fivefold.services.synthetic.answers import answer_signals
from fivefold.services.synthetic.chain import write_chain
from fivefold.services.synthetic.danger import is_near, speak_of_danger, write_plan_together
from fivefold.services.synthetic.ground import Work, chance_events, ground_on
from fivefold.services.synthetic.measures import Questionnaires
from fivefold.services.synthetic.story import Story, Told, Turn, settle
from fivefold.services.synthetic.trajectory import HiddenCourse
from fivefold.services.synthetic.words import (
    BROUGHT,
    CONSENTS,
    DEPARTURES,
    FORMULATIONS,
    GOALS,
    INTAKE_NOTES,
    MADE_OF_IT,
    OWN_QUESTIONS,
    PATIENT_VIEWS,
    PROCESS_NOTES,
    STRENGTHS,
    TO_TRY,
)

REVIEW_EVERY = 82  # days; the rule is 90 at most, and people are a little early
LEAST_BETWEEN_REVIEWS = 40
FIRST_PLAN_AFTER = 12
GOALS_AFTER = 18
JUDGED_ANEW_AFTER = 350
MOST_FORMULATED = 2  # problems in the first formulation: what matters most, not everything
DEPARTS = 6  # the therapist of every sixth patient says where a session differed from plan
SESSIONS_WRITTEN = 2  # of the latest visits: since then the clinic writes its sessions in the app
NEVER_LOOKS = 4  # of every fourth patient nobody opens the curves before the hour
THINKS_ALOUD = 5  # after an hour with every fifth patient the therapist writes a process note
MEASURED_ONE_OF = 8  # one patient of so many answers own questions in the hour, another has a link for at home
DOCUMENTS = {0: ("agreement", "treatment_plan"), 1: ("plain_plan",), 2: ("progress_patient", "progress_report"), 3: ("letter",), 4: ("case_pack",)}
LEFT_BEHIND = 1.3  # below this level a criterion is no longer met
# What a clinician rates at every visit, and what is asked each time.
SAFETY_RATINGS = ("suicidality", "self_harm", "crisis")
SAFETY_QUESTIONS = ("imminent", "new_plan_or_means", "acute_on_chronic")
USUALLY_RATED = (*SAFETY_RATINGS, "emotion_regulation", "distress_tolerance", "impulsivity", "alliance_problem", "motivation_low", "sleep", "substance_use")
SETTLED = {"agreement": True, "contact_route": True, "safe_housing": True, "confidant": True, "role": True}


@dataclass
class Course:
    """A patient's way through the clinic; ``visit`` is called for each of its days in order."""

    story: Story
    place: int
    name: str
    therapist: Actor
    today: date
    knowledge: KnowledgeBase
    rng: np.random.Generator
    began: date = field(init=False)
    patient: Patient | None = None

    def __post_init__(self) -> None:
        self.began = self.today - timedelta(weeks=self.story.weeks)
        self.hidden = HiddenCourse(self.story, self.began, self.today, self.knowledge, self.rng)
        self.forms = Questionnaires(self.hidden, self.knowledge, self.rng)
        self.work = Work(self.story, self.knowledge, self.hidden.stages)
        self.ground: dict[str, str] = {}
        self.last_visit: date | None = None
        self.signed: PlanVersion | None = None
        self.draft_version = 0
        self.starting: list[str] = []
        self.goals: list[Goal] = []
        self.reached: list[int] = []
        # A stream of its own, so that what is written in the hour changes nothing of the rest of the story.
        self.hour_rng = np.random.default_rng([self.place, self.story.weeks])
        self.signal_rng = np.random.default_rng([self.place, self.story.weeks, 2])
        self.hours = frozenset(self.days()[-SESSIONS_WRITTEN:])
        self.missed: list[date] = []
        self.is_measured = False

    # ---- Days ------------------------------------------------------------------------------------------------------------

    def days(self) -> list[date]:
        """Every day on which something is recorded: intake, two more visits, then about every four weeks, and each turn."""
        last = self.today - timedelta(days=self.story.last_seen)
        found = {self.began, last, *(self.today - timedelta(days=turn.days_ago) for turn in self.story.turns)}
        day = self.began + timedelta(days=7)
        step = 7
        while day < last:
            found.add(day)
            step = min(28, step * 2)
            day += timedelta(days=step + int(self.rng.integers(-2, 3)))
        return sorted(day for day in found if self.began <= day < self.today)

    def moment(self, day: date) -> datetime:
        """When the patient is seen on a day: each has an hour of their own."""
        seen = datetime.combine(day, time(8, 30)) + timedelta(minutes=11 * (self.place % 48))
        return timezone.make_aware(seen)

    def visit(self, day: date) -> None:
        """Everything that is recorded on one day, in one transaction."""
        with transaction.atomic(), clock.acting_at(self.moment(day)):
            if self.patient is None:
                self._come_in(day)
            else:
                self._record(day, list(self._since_last(day)))
            self._go_on(day)
            if self.last_visit is not None and day in self.hours:
                self._sign_session(day)
            if day in self.hours and self.story.closed_days_ago is None:
                self._measure(day)
            if self.patient is not None:
                answer_signals(self.therapist, self.patient, day, self.signal_rng)
            if self.patient is not None and day in self.hours and SAFETY_PLAN in self.work.stages:
                write_plan_together(self.therapist, self.patient, self.place)
            if self.last_visit is not None and self.patient is not None and day in self.hours and is_near(self.story.levels, self.story.last_seen):
                told = {part.key for turn in self._turns_before(day) for part in turn.told if part.kind == "risk" and part.value}
                speak_of_danger(self.therapist, self.patient, told, day)
            if day == max(self.hours):
                self._make_documents(day)
        self.last_visit = day

    # ---- Measures --------------------------------------------------------------------------------------------------------

    def _measure(self, day: date) -> None:
        """What is planned to be measured, and what a patient here and there answers: own questions in the hour, a link for at home."""
        assert self.patient is not None  # somebody who has visits has come in
        begins, self.is_measured = not self.is_measured, True
        if begins and "phq9" in self.story.measures:
            measures.plan_measure(self.therapist, patient_id=self.patient.pk, instrument="phq9", rhythm="every", every_days=14, route="room")
        kind = self.place % MEASURED_ONE_OF
        if kind == 1:
            self._answer_own(day, begins)
        elif kind == 2 and day == max(self.hours):
            measures.give_out(self.therapist, patient_id=self.patient.pk, instrument="gad7", route="link")

    def _answer_own(self, day: date, begins: bool) -> None:
        assert self.patient is not None  # as above
        if begins:
            words, low, high = OWN_QUESTIONS[self.place % len(OWN_QUESTIONS)]
            measures.set_own_item(self.therapist, patient_id=self.patient.pk, words=words, low=low, high=high, better="low")
        asked = measures.give_out(self.therapist, patient_id=self.patient.pk, instrument=OWN, route="room")
        value = int(np.clip(round(2.5 * self.hidden.distress(day)), 0, 10))
        measure_answers.save_item(asked.pk, item=1, value=value, form_hash=asked.form_hash, client_id=f"{day}")
        measure_answers.finish(asked.pk)

    # ---- Intake ----------------------------------------------------------------------------------------------------------

    def _come_in(self, day: date) -> None:
        birth_year = self.today.year - self.story.age
        self.patient = patients.add_patient(
            self.therapist, name=self.name, birth_year=birth_year, language=self.story.language, reference=f"D-{1000 + self.place}"
        )
        for purpose, given in CONSENTS.items():
            agreed = given if purpose != "carers" else bool(self.story.carers)
            patients.record_consent(self.therapist, patient_id=self.patient.pk, purpose=purpose, given=agreed, on=day)
        self._record(day, [(day, told) for told in self._known_at_intake(day)])

    def _known_at_intake(self, day: date) -> Iterator[Told]:
        story = self.story
        yield Told("setting", "", story.setting)
        yield from (Told("diagnosis", code, {"code": code, "status": "current", "source": "clinician"}) for code in story.diagnoses)
        yield from (Told("criterion", str(number), number in story.criteria) for number in range(1, 10))
        yield from self._ratings(day, dict.fromkeys((*USUALLY_RATED, *story.levels)))
        yield from (Told("risk", name, False) for name in RISK_QUESTIONS)
        yield from (Told("context", name, value) for name, value in {**SETTLED, **story.context}.items())
        yield from self._around(story)
        yield from (Told("adaptation", name, True) for name in story.adaptations)
        yield from (Told("history", str(place), part) for place, part in enumerate(story.earlier))
        if story.protocol_because:
            yield Told("treatment", "protocol", story.protocol, story.protocol_because)
        yield Told("treatment", "sessions_per_week", story.sessions_per_week)
        if story.priorities:
            yield Told("preference", "priorities", list(story.priorities))
        yield from self.work.bring(day)
        yield from (told for told in self.forms.filled_in(None, day) if isinstance(told, Told))
        yield from self._new_ground(day)
        yield from (told for turn in self._turns_before(day) for told in turn.told)

    def _around(self, story: Story) -> Iterator[Told]:
        if story.carers is not None:
            yield Told("carers", "available", True)
            yield Told("carers", "consent", story.carers)
        yield Told("dependants", "present", story.dependants is not None)
        if story.dependants is not None:
            yield Told("dependants", "safe", story.dependants)
        yield from (Told("medication", str(drug["class"]), dict(drug)) for drug in story.medication)

    def _turns_before(self, day: date) -> list[Turn]:
        return [turn for turn in self.story.turns if self.today - timedelta(days=turn.days_ago) <= day]

    # ---- Later visits ----------------------------------------------------------------------------------------------------

    def _since_last(self, day: date) -> Iterator[tuple[date, Told]]:
        assert self.last_visit is not None  # this is not the first
        happened = chance_events(self.hidden, self.last_visit, day, self.rng)
        yield from happened
        for told in self.forms.filled_in(self.last_visit, day):
            yield told if not isinstance(told, Told) else (day, told)
        self.missed = sorted({on for on, told in happened if told.key == "missed_session"})
        yield day, Told("attendance", "", {"planned": 4, "missed": min(4, len(self.missed))})
        yield from ((day, told) for told in self._told_today(day))

    def _told_today(self, day: date) -> Iterator[Told]:
        is_review = self.signed is not None and self._is_due(day)
        rated = (*USUALLY_RATED, *self.story.levels) if is_review else SAFETY_RATINGS
        yield from self._ratings(day, dict.fromkeys(rated))
        if is_review and (day - self.began).days >= JUDGED_ANEW_AFTER:
            yield from self._criteria_left_behind(day)
        yield from self._asked(day, RISK_QUESTIONS if is_review else SAFETY_QUESTIONS)
        yield from self._new_ground(day)
        yield from self.work.move_on(day)
        yield from (self.work.start(name, day) for name in self.starting)
        self.starting = []
        if is_review and self.goals:
            self.reached = self._levels_reached(day)
            yield Told("score", "gas", {"instrument": "gas", "value": round(goal_attainment_t(self.reached), 1)})
        for turn in self.story.turns:
            if self.today - timedelta(days=turn.days_ago) == day:
                yield from turn.told
                yield from (self.work.rest(name, reason, day) for name, reason in turn.pauses.items())

    def _criteria_left_behind(self, day: date) -> Iterator[Told]:
        """DSM-5 criteria that a clinician no longer sees, a year or more into treatment."""
        for number in self.story.criteria:
            behind = [part.id for part in self.knowledge.impairments.values() if any(one.dsm5 == number for one in part.criteria)]
            if behind and all(self.hidden.level(name, day) < LEFT_BEHIND for name in behind):
                yield Told("criterion", str(number), False)

    def _asked(self, day: date, names: tuple[str, ...]) -> Iterator[Told]:
        """Risk questions answered with no, unless the story has said yes and nobody has cleared it."""
        told = {part.key for turn in self._turns_before(day) for part in turn.told if part.kind == "risk" and part.value}
        yield from (Told("risk", name, False) for name in names if name not in told)

    def _ratings(self, day: date, names: dict[str, None]) -> Iterator[Told]:
        for name in names:
            seen = self.hidden.level(name, day) + float(self.rng.normal(0, 0.2))
            note = INTAKE_NOTES.get(name, "") if day == self.began and name in self.story.levels else ""
            yield Told("rating", name, {"severity": int(np.clip(round(seen), 0, 4))}, note)

    def _new_ground(self, day: date) -> Iterator[Told]:
        for name, state in ground_on(self.story, self.began, self.today, day).items():
            if self.ground.get(name) != state:
                self.ground[name] = state
                yield Told("general_module", name, state)

    def _levels_reached(self, day: date) -> list[int]:
        """A level for each goal: from much less than hoped for towards it as troubles lessen, the first goals a little ahead."""
        names = sorted(self.story.levels)
        left = sum(self.hidden.level(name, day) / max(0.5, self.story.levels[name]) for name in names) / max(1, len(names))
        middle = 1.1 - 3.0 * left + float(self.rng.normal(0, 0.3))
        return [int(np.clip(round(middle + 0.4 - 0.4 * place), LEVELS[0], LEVELS[-1])) for place in range(len(self.goals))]

    # ---- Recording and planning ------------------------------------------------------------------------------------------

    def _record(self, day: date, told: list[tuple[date, Told]]) -> None:
        assert self.patient is not None  # taken on at the first visit
        known = [(on, part) for on, part in told if part.kind not in self.story.unknown_to_us and f"{part.kind}.{part.key}" not in self.story.unknown_to_us]
        facts = [NewFact(part.kind, part.key, settle(part.value, self.today), on, note=part.note) for on, part in _last_word(known)]
        assessments.record_facts(self.therapist, patient_id=self.patient.pk, facts=facts)

    def _go_on(self, day: date) -> None:
        """What follows from the visit: modules begin, goals are written, the plan is signed."""
        assert self.patient is not None  # taken on at the first visit
        since = (day - self.began).days
        if self.reached:
            self._rate_goals(day)
        if not self.goals and since >= GOALS_AFTER and self.story.signs:
            self._write_goals()
        if since < FIRST_PLAN_AFTER or not self.story.signs:
            return
        if self.work.has_room() or self._opens(day):
            known = plans.work_out(self.patient)
            if known.plan.withheld is None:
                self.starting = self._next_modules(known, day)
        if self._is_due(day):
            self._sign(day)

    def _sign_session(self, day: date) -> None:
        """The hour itself, and before it those that were missed."""
        assert self.patient is not None  # taken on at the first visit
        if self.place % NEVER_LOOKS:
            note_look(self.therapist, self.patient, "progress")
        seen = sessions.see_workspace(self.therapist, patient_id=self.patient.pk)
        missed = self._missed(day)
        for on in missed:
            self._write_session(SessionReport(on=on, meeting="in_person", came="missed"))
        chain = write_chain(self, day, seen.number + len(missed)) if day == max(self.hours) else None
        under_way = [block for block in seen.blocks if block.has_begun][:2]
        report = SessionReport(
            on=day,
            meeting="in_person",
            came="came",
            minutes=50,
            safety=Safety.NOTHING_NEW,
            work=tuple(ModuleWork(block.match.id, steps=self._steps(block)) for block in under_way),
            goals=tuple(str(goal.row.pk) for goal in seen.goals[:1]),
            chains=(chain,) if chain is not None else (),
            reviews=tuple(HomeworkReview(str(task.id), str(self.hour_rng.choice(("done", "done", "partly", "not_done")))) for task in seen.homework),
            homework=(NewHomework(str(self.hour_rng.choice(TO_TRY)), under_way[0].match.id if under_way else ""),),
            brought=str(self.hour_rng.choice(BROUGHT)),
            went=str(self.hour_rng.choice(MADE_OF_IT)),
            departure=Departure(*DEPARTURES[self.place % len(DEPARTURES)]) if self.place % DEPARTS == 1 else None,
        )
        self._write_session(report)
        if self.place % THINKS_ALOUD == 2:
            note = PROCESS_NOTES[seen.number % len(PROCESS_NOTES)]
            process_notes.write_process_note(self.therapist, patient_id=self.patient.pk, text=note)

    def _make_documents(self, day: date) -> None:
        """What a clinic has on paper of a few of its patients, made at the last visit."""
        assert self.patient is not None  # taken on at the first visit
        for kind in DOCUMENTS.get(self.place, ()) if self.signed else ():
            typed = {"addressee": "Dr Weiss\nRiver Lane 1"} if kind == "letter" else {}
            row = documents.make_document(self.therapist, patient_id=self.patient.pk, kind=kind, typed=typed)
            documents.sign_document(self.therapist, patient_id=self.patient.pk, document_id=row.pk, reason="agreed in the session")
            if kind == "agreement":
                documents.note_agreement(self.therapist, patient_id=self.patient.pk, document_id=row.pk, on=day)

    def _missed(self, day: date) -> list[date]:
        """The days of sessions missed since the last visit; where the story only counts them, they were weekly."""
        counted = [
            part.value["missed"]
            for turn in self.story.turns
            if self.today - timedelta(days=turn.days_ago) == day
            for part in turn.told
            if part.kind == "attendance"
        ]
        weekly = [day - timedelta(weeks=number) for number in range(max(counted, default=0), 0, -1)]
        return weekly if len(weekly) > len(self.missed) else self.missed

    def _steps(self, block: sessions.WorkBlock) -> tuple[str, ...]:
        """The next step of the outline that has not been taken yet."""
        return tuple(step for part in block.outline for step in part.steps if step not in block.done)[:1]

    def _write_session(self, report: SessionReport) -> None:
        assert self.patient is not None  # taken on at the first visit
        sessions.sign_session(self.therapist, patient_id=self.patient.pk, report=report)

    def _opens(self, day: date) -> bool:
        """Whether a module waits that the story had held back and now lets begin."""
        return any(name not in self.hidden.stages and self.today - timedelta(days=ago) <= day for name, ago in self.story.not_before.items())

    def _next_modules(self, known: plans.ProposedPlan, day: date) -> list[str]:
        """Modules the plan has for now and nobody has begun; they begin at the next visit."""
        held = {name for name, ago in self.story.not_before.items() if day < self.today - timedelta(days=ago)}
        open_ones = [match.id for match in known.plan.modules if match.status is MatchStatus.NOW and not match.running]
        return [name for name in open_ones if name not in self.hidden.stages and name not in held and name not in self.story.declines]

    def _is_due(self, day: date) -> bool:
        if self.story.last_review is not None and (self.today - day).days < self.story.last_review:
            return False
        if self.signed is None:
            return True
        since = (day - self.signed.as_of).days
        return since >= REVIEW_EVERY or (day >= self.signed.review_on and since >= LEAST_BETWEEN_REVIEWS)

    def _sign(self, day: date) -> None:
        """Sign the plan as it stands; where it cannot be signed (withheld, say), the one before stays."""
        assert self.patient is not None  # taken on at the first visit
        story = self.story
        if self.signed is None and story.declines:
            chosen = PlanChoices(declined=dict(story.declines))
            self.draft_version = plans.save_choices(self.therapist, patient_id=self.patient.pk, choices=chosen, version=0)
        words = story.patient_words or PATIENT_VIEWS[story.patient_view]
        is_first = self.signed is None
        try:
            self.signed = plans.sign_plan(
                self.therapist, patient_id=self.patient.pk, version=self.draft_version, patient_view=story.patient_view, patient_words=words
            )
        except plans.CannotSign:
            return
        if is_first:
            self._formulate()

    def _formulate(self) -> None:
        """How it hangs together, written once with the first plan: the worst problems of the story and one strength."""
        assert self.patient is not None  # taken on at the first visit
        worst = sorted((name for name in self.story.levels if name in FORMULATIONS), key=lambda name: (-self.story.levels[name], name))[:MOST_FORMULATED]
        if not worst:
            return
        planned = plans.work_out(self.patient, protocols=()).plan.with_status(*PLANNED)
        helps = Node(f"{self.place:07x}f", NodeKind.STRENGTH, STRENGTHS[self.place % len(STRENGTHS)])
        nodes, links = [helps], list[Link]()
        for number, name in enumerate(worst):
            kinds = (NodeKind.PROBLEM, NodeKind.CAUSE, NodeKind.TRIGGER, NodeKind.LOOP)
            parts = [Node(f"{self.place:06x}{number}{part}", kind, words) for part, (kind, words) in enumerate(zip(kinds, FORMULATIONS[name], strict=True))]
            modules = tuple(match.id for match in planned if name in match.treats)
            problem, cause, trigger, loop = replace(parts[0], impairment=name, modules=modules), *parts[1:]
            nodes += [problem, cause, trigger, loop]
            links += [Link(cause.id, problem.id, "leads to"), Link(trigger.id, problem.id, "sets off")]
            links += [Link(problem.id, loop.id, "leads to"), Link(loop.id, problem.id, "keeps going"), Link(helps.id, problem.id, "helps with")]
        lines = "\n".join([*FORMULATIONS[worst[0]], helps.words])
        content = FormulationContent(tuple(nodes), tuple(links))
        formulation.save_formulation(self.therapist, patient_id=self.patient.pk, content=content, lines=lines, version=0)

    def _write_goals(self) -> None:
        assert self.patient is not None  # taken on at the first visit
        for name in self.story.goals:
            words, levels, module = GOALS[name]
            self.goals.append(goals.set_goal(self.therapist, patient_id=self.patient.pk, words=words, levels=levels, module=module))

    def _rate_goals(self, day: date) -> None:
        assert self.patient is not None  # taken on at the first visit
        rated = [goal_ratings.NewRating(goal.pk, level) for goal, level in zip(self.goals, self.reached, strict=True)]
        goal_ratings.rate_goals(self.therapist, patient_id=self.patient.pk, on=day, rated_by="together", ratings=rated)
        self.reached = []


def _last_word(told: list[tuple[date, Told]]) -> list[tuple[date, Told]]:
    """Of several entries about one thing on one day the last counts: a turn of the story outranks the usual."""
    kept: dict[tuple[date, str, str, int], tuple[date, Told]] = {}
    for place, (on, part) in enumerate(told):
        is_listed = part.kind in LISTS and part.kind not in (*NEWEST_OF_LIST, "score")
        kept[(on, part.kind, part.key, place if is_listed else -1)] = (on, part)
    return list(kept.values())
