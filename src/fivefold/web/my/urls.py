"""Addresses of the patient's own pages, which name nobody, and of the pages beside a record on which they are prepared."""

from django.urls import path

from fivefold.web.my import entry_views, plan_views, side_views, views

urlpatterns = [
    path("my/open/<str:token>", entry_views.join, name="my_join"),
    path("my/away", entry_views.away, name="my_away"),
    path("my/worker.js", entry_views.worker, name="my_worker"),
    path("my/plan", plan_views.plan, name="my_plan"),
    path("my/plan/write", plan_views.write, name="my_plan_write"),
    path("my/plan/practised", plan_views.practised, name="my_plan_practised"),
    path("my/today", views.today, name="my_today"),
    path("my/data", views.data, name="my_data"),
    path("my/data/phone", views.phone, name="my_phone"),
    path("my/data/close", views.close, name="my_close"),
    path("patients/<uuid:patient_id>/own-pages", side_views.own_side, name="own_side"),
    path("patients/<uuid:patient_id>/safety-plan", plan_views.side, name="safety_plan"),
    path("patients/<uuid:patient_id>/safety-plan/practised", plan_views.side_practised, name="safety_plan_practised"),
    path("patients/<uuid:patient_id>/own-pages/withdraw", side_views.withdraw, name="own_side_withdraw"),
    path("patients/<uuid:patient_id>/own-pages/end", side_views.end, name="own_side_end"),
]
