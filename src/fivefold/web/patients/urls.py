"""Addresses of a patient's pages."""

from django.urls import path

from fivefold.web.patients import person_views, record_views, views

urlpatterns = [
    path("patients/<uuid:patient_id>", views.patient_map, name="patient"),
    path("patients/<uuid:patient_id>/map", views.patient_map, name="patient_map"),
    path("patients/<uuid:patient_id>/profile", views.profile, name="patient_profile"),
    path("patients/<uuid:patient_id>/record", record_views.record, name="record"),
    path("patients/<uuid:patient_id>/record/birth-year", person_views.birth_year, name="patient_birth_year"),
    path("patients/<uuid:patient_id>/record/erasure", record_views.erasure, name="record_erasure"),
    path("patients/<uuid:patient_id>/record/erasure/now", record_views.erase_now, name="record_erase_now"),
    path("patients/<uuid:patient_id>/record/end", record_views.end_care, name="record_end_care"),
    path("patients/<uuid:patient_id>/record/again", record_views.take_up_again, name="record_care_again"),
    path("patients/<uuid:patient_id>/record/copy/<str:form>", record_views.copy, name="record_copy"),
    path("patients/<uuid:patient_id>/team", views.team, name="patient_team"),
    path("patients/<uuid:patient_id>/team/add", views.add_member, name="patient_team_add"),
    path("patients/<uuid:patient_id>/team/<uuid:relation_id>/end", views.end_relation, name="patient_team_end"),
    path("patients/<uuid:patient_id>/without-relation", views.break_glass, name="patient_break_glass"),
]
