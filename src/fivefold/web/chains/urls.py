"""Addresses of a patient's chain analyses."""

from django.urls import path

from fivefold.web.chains import views

BASE = "patients/<uuid:patient_id>/chains"

urlpatterns = [
    path(BASE, views.chains, name="chains"),
    path(f"{BASE}/new", views.write, name="chain_new"),
    path(f"{BASE}/<int:number>", views.chain, name="chain"),
    path(f"{BASE}/<int:number>/next", views.write, name="chain_next"),
    path(f"{BASE}/<int:number>/<int:version>", views.version, name="chain_version"),
]
