"""A patient with something on every page, and what fills the parts of addresses."""

from fivefold.records import clock
from fivefold.records.models import CareRelation, ClinicalFact, Membership, Patient
from fivefold.services.documents import make_document
from fivefold.services.fidelity import draw_sample
from fivefold.services.formulation import save_formulation
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.goals import set_goal
from fivefold.services.measure_doors import link_token
from fivefold.services.measures import give_out
from fivefold.services.own_formulation import share_formulation
from fivefold.services.plans import sign_plan
from fivefold.services.session_note import Safety, SessionReport
from fivefold.services.sessions import sign_session
from fivefold.services.supervision import ask_question, begin_meeting, record_decision
from tests.support.clinic import Cast
from tests.support.known_patient import known_patient


def full_record(cast: Cast, name: str = "Sam T.") -> tuple[Patient, dict[str, object]]:
    """Sam, whom Amina treats and Bruno supervises, with the id of one of each thing that has an address."""
    sam = known_patient(cast.amina, name)
    goal = set_goal(cast.amina, patient_id=sam.pk, words="Sleep through", levels=["a", "b", "c", "d", "e"])
    sign_plan(cast.amina, patient_id=sam.pk, version=0, patient_view="agrees")
    CareRelation.objects.create(clinic=cast.amina.clinic, patient=sam, user=cast.bruno.user, kind="supervises")
    signed = SessionReport(on=clock.today(), meeting="in_person", came="came", safety=Safety.NOTHING_NEW, brought="A quiet week")
    session = sign_session(cast.amina, patient_id=sam.pk, report=signed)
    draw_sample(cast.bruno, user_id=cast.amina.user.pk, since=clock.today(), until=clock.today(), count=1)
    question = ask_question(cast.amina, patient_id=sam.pk, text="What do I miss?")
    meeting = begin_meeting(cast.bruno, on=clock.today(), present=[cast.amina.user.pk])
    agreed = {"text": "Look again", "by": cast.amina.user.pk, "until": None, "where": "session"}
    decision = record_decision(cast.bruno, patient_id=sam.pk, meeting_id=meeting.pk, **agreed)
    content = FormulationContent((Node("0000000a", NodeKind.PROBLEM, "I cut"), Node("0000000b", NodeKind.CAUSE, "Nobody asked")))
    save_formulation(cast.amina, patient_id=sam.pk, content=content, lines="Too loud", version=0)
    share_formulation(cast.amina, patient_id=sam.pk, number=1)
    paper = make_document(cast.amina, patient_id=sam.pk, kind="agreement")
    asked = give_out(cast.amina, patient_id=sam.pk, instrument="phq9", route="room")
    return sam, {
        "document_id": paper.pk,
        "kind": "letter",
        "patient_id": sam.pk,
        "request_id": asked.pk,
        "token": link_token(give_out(cast.amina, patient_id=sam.pk, instrument="gad7", route="link").pk),
        "goal_id": goal.pk,
        "fact_id": ClinicalFact.objects.filter(patient=sam, kind="rating")[0].pk,
        "relation_id": CareRelation.objects.get(patient=sam, kind="treats").pk,
        "session_id": session.pk,
        "question_id": question.pk,
        "decision_id": decision.pk,
        "meeting_id": meeting.pk,
        "user_id": cast.amina.user.pk,
        "membership_id": Membership.objects.get(user=cast.teo.user).pk,
        "number": 1,
        "earlier": 1,
        "later": 1,
        "form": "json",
        "copy": "patient",
    }
