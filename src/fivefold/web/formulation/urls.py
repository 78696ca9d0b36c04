"""Addresses of a patient's formulation."""

from django.urls import path

from fivefold.web.formulation import views

BASE = "patients/<uuid:patient_id>/formulation"

urlpatterns = [
    path(BASE, views.formulation, name="formulation"),
    path(f"{BASE}/declined", views.decline, name="formulation_decline"),
    path(f"{BASE}/offered", views.offer, name="formulation_offer"),
    path(f"{BASE}/comments", views.comment, name="formulation_comment"),
    path(f"{BASE}/shown", views.show_patient, name="formulation_show"),
    path(f"{BASE}/<int:number>", views.version, name="formulation_version"),
    path(f"{BASE}/<int:earlier>/<int:later>", views.difference, name="formulation_difference"),
]
