"""Addresses of supervision."""

from django.urls import path

from fivefold.web.supervision import fidelity_views, patient_views, views

urlpatterns = [
    path("supervision", views.supervision, name="supervision"),
    path("supervision/people/<int:user_id>", views.supervisee, name="supervisee"),
    path("supervision/fidelity/<int:user_id>", fidelity_views.fidelity, name="fidelity"),
    path("supervision/fidelity/<int:user_id>/outcome", fidelity_views.beside_outcome, name="fidelity_outcome"),
    path("patients/<uuid:patient_id>/sessions/<uuid:session_id>/rating", fidelity_views.rate, name="session_rate"),
    path("supervision/meetings", views.begin, name="supervision_begin"),
    path("supervision/meetings/<uuid:meeting_id>", views.meeting, name="supervision_meeting"),
    path("patients/<uuid:patient_id>/supervision", patient_views.of_patient, name="patient_supervision"),
    path("patients/<uuid:patient_id>/supervision/meetings/<uuid:meeting_id>", patient_views.minutes, name="supervision_minutes"),
    path("patients/<uuid:patient_id>/supervision/questions/<uuid:question_id>", patient_views.end_question, name="supervision_question"),
    path("patients/<uuid:patient_id>/supervision/agreed/<uuid:decision_id>", patient_views.end_decision, name="supervision_decision"),
]
