"""Addresses of the assessment."""

from django.urls import path

from fivefold.web.assessment import views

HERE = "patients/<uuid:patient_id>/assessment"

urlpatterns = [
    path(HERE, views.overview, name="assessment"),
    path(f"{HERE}/safety", views.safety, name="assessment_safety"),
    path(f"{HERE}/ratings", views.ratings, name="assessment_ratings"),
    path(f"{HERE}/scores", views.scores, name="assessment_scores"),
    path(f"{HERE}/scores/<slug:instrument>", views.score, name="assessment_score"),
    path(f"{HERE}/criteria", views.criteria, name="assessment_criteria"),
    path(f"{HERE}/events", views.events, name="assessment_events"),
    path(f"{HERE}/context", views.context, name="assessment_context"),
    path(f"{HERE}/facts/<uuid:fact_id>", views.fact, name="assessment_fact"),
]
