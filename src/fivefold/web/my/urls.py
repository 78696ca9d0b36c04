"""Addresses of the patient's own pages, which name nobody, and of the pages beside a record on which they are prepared."""

from django.urls import path

from fivefold.web.my import entry_views, side_views, views

urlpatterns = [
    path("my/open/<str:token>", entry_views.join, name="my_join"),
    path("my/away", entry_views.away, name="my_away"),
    path("my/today", views.today, name="my_today"),
    path("my/data", views.data, name="my_data"),
    path("my/data/phone", views.phone, name="my_phone"),
    path("my/data/close", views.close, name="my_close"),
    path("patients/<uuid:patient_id>/own-pages", side_views.own_side, name="own_side"),
    path("patients/<uuid:patient_id>/own-pages/withdraw", side_views.withdraw, name="own_side_withdraw"),
    path("patients/<uuid:patient_id>/own-pages/end", side_views.end, name="own_side_end"),
]
