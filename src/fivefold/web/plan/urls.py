"""Addresses of the plan and the goals."""

from django.urls import path

from fivefold.web.plan import goal_views, rating_views, signed_views, thread_views, views

HERE = "patients/<uuid:patient_id>/plan"
GOALS = "patients/<uuid:patient_id>/goals"

urlpatterns = [
    path(HERE, views.plan, name="plan"),
    path(f"{HERE}/try", views.try_out, name="plan_try"),
    path(f"{HERE}/keep", views.keep_trial, name="plan_keep"),
    path(f"{HERE}/choose", views.choose, name="plan_choose"),
    path(f"{HERE}/compare", views.compare, name="plan_compare"),
    path(f"{HERE}/programme", views.choose_protocol, name="plan_programme"),
    path(f"{HERE}/sign", signed_views.sign, name="plan_sign"),
    path(f"{HERE}/versions", signed_views.versions, name="plan_versions"),
    path(f"{HERE}/versions/<int:number>", signed_views.version, name="plan_version"),
    path(f"{HERE}/versions/<int:earlier>/<int:later>", signed_views.difference, name="plan_difference"),
    path(f"{HERE}/versions/<int:number>/<slug:copy>.pdf", signed_views.document, name="plan_document"),
    path(GOALS, goal_views.goals, name="goals"),
    path(f"{GOALS}/<uuid:goal_id>/thread", thread_views.thread, name="goal_thread"),
    path(f"{GOALS}/rate", rating_views.rate, name="goals_rate"),
    path(f"{GOALS}/ratings/<uuid:rating_id>", rating_views.rating, name="goal_rating"),
    path(f"{GOALS}/<uuid:goal_id>", goal_views.revise, name="goal_revise"),
    path(f"{GOALS}/<uuid:goal_id>/close", goal_views.close, name="goal_close"),
]
