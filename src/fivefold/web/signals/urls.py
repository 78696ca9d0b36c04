"""Addresses of signals, reviews, the criteria of phases, and how the rules serve a clinic."""

from django.urls import path

from fivefold.web.signals import clinic_views, review_views, views

BASE = "patients/<uuid:patient_id>"

urlpatterns = [
    path("signals", views.digest, name="digest"),
    path(f"{BASE}/signals", views.signals, name="signals"),
    path(f"{BASE}/signals/release", views.release, name="signal_release"),
    path(f"{BASE}/signals/<uuid:signal_id>/seen", views.seen, name="signal_seen"),
    path(f"{BASE}/signals/<uuid:signal_id>/hand", views.hand, name="signal_hand"),
    path(f"{BASE}/signals/<uuid:signal_id>/act", views.act, name="signal_act"),
    path(f"{BASE}/signals/<uuid:signal_id>/put-off", views.put_off, name="signal_put_off"),
    path(f"{BASE}/signals/<uuid:signal_id>/close", views.close, name="signal_close"),
    path(f"{BASE}/review", review_views.review, name="review"),
    path(f"{BASE}/reviews/<int:number>", review_views.look_back, name="look_back"),
    path(f"{BASE}/readiness", review_views.readiness, name="readiness"),
    path("clinic/signals", clinic_views.signals, name="clinic_signals"),
]
