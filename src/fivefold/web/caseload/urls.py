"""Addresses of the caseload."""

from django.urls import path

from fivefold.web.caseload import views

urlpatterns = [
    path("caseload", views.caseload, name="caseload"),
    path("caseload/ended", views.ended, name="caseload_ended"),
    path("jump", views.jump, name="jump"),
    path("patients/new", views.new_patient, name="patient_new"),
    path("patients/without-relation", views.open_by_name, name="break_glass"),
]
