"""Addresses of a patient's sessions."""

from django.urls import path

from fivefold.web.sessions import views

urlpatterns = [
    path("patients/<uuid:patient_id>/session", views.workspace, name="session"),
    path("patients/<uuid:patient_id>/sessions", views.sessions, name="sessions"),
    path("patients/<uuid:patient_id>/sessions/<uuid:session_id>", views.signed, name="session_signed"),
    path("patients/<uuid:patient_id>/sessions/<uuid:session_id>/cosign", views.cosign, name="session_cosign"),
    path("patients/<uuid:patient_id>/contacts", views.contact, name="session_contact"),
    path("patients/<uuid:patient_id>/process-notes", views.process_notes, name="process_notes"),
]
