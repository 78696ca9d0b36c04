"""What the patient sees, for whoever cares for them: the same values as on the patient's own pages, read and never written."""

import uuid
from dataclasses import dataclass

from fivefold.records.models import Patient
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.own_course import MyCourse, course_of
from fivefold.services.own_formulation import MyFormulation, formulation_of
from fivefold.services.own_goal_course import shared_goals
from fivefold.services.own_goals import MyGoals, agreed_of
from fivefold.services.own_pages import MyToday, readers_of, today_of
from fivefold.services.own_view import MyMap, MySkills, agreed_plan, map_of, skills_of


@dataclass(frozen=True)
class SeenAsPatient:
    """The own pages as they stand now. A goal with a lock is not among the goals: it is the patient's alone."""

    patient: Patient
    today: MyToday
    map: MyMap
    skills: MySkills
    goals: MyGoals
    course: MyCourse
    formulation: MyFormulation


@clinical_act(Permission.SEE_RECORD, view=True)
def see_as_patient(actor: Actor, *, patient_id: uuid.UUID) -> SeenAsPatient:
    """The patient's own pages as they see them."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    goals = MyGoals(patient, readers_of(patient), shared_goals(patient), agreed_of(patient))
    course, understood, agreed = course_of(patient), formulation_of(patient), agreed_plan(patient)
    return SeenAsPatient(patient, today_of(patient), map_of(patient, agreed), skills_of(patient, agreed), goals, course, understood)
