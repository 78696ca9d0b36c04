"""Addresses of training. None of them is about a patient."""

from django.urls import path

from fivefold.web.training import views

urlpatterns = [
    path("training", views.desk, name="training"),
    path("training/cases/<slug:case>", views.practise, name="training_case"),
    path("training/attempts/<uuid:attempt_id>", views.attempt, name="training_attempt"),
    path("training/attempts/<uuid:attempt_id>/share", views.share, name="training_share"),
    path("training/reading", views.reading, name="training_reading"),
]
