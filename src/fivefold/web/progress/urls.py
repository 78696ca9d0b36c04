"""Addresses of a patient's progress."""

from django.urls import path

from fivefold.web.progress import views

urlpatterns = [path("patients/<uuid:patient_id>/progress", views.progress, name="progress")]
