"""Addresses of measures: the pages of a record, the doors for patients, and the tablets of a clinic."""

from django.urls import path

from fivefold.web.measures import doors, import_views, reminder_views, tablets, views

HERE = "patients/<uuid:patient_id>/measures"

urlpatterns = [
    path(HERE, views.measures, name="measures"),
    path(f"{HERE}/give", views.give, name="measures_give"),
    path(f"{HERE}/own", views.own, name="measures_own"),
    path(f"{HERE}/import", import_views.import_results, name="measures_import"),
    path(f"{HERE}/reminders", reminder_views.reminders, name="measures_reminders"),
    path(f"{HERE}/given/<uuid:request_id>", views.given, name="measures_given"),
    path(f"{HERE}/given/<uuid:request_id>/print", views.printed, name="measures_print"),
    path(f"{HERE}/given/<uuid:request_id>/paper.pdf", views.paper, name="measures_paper"),
    path(f"{HERE}/given/<uuid:request_id>/hand-over", views.hand_over, name="measures_hand_over"),
    path("q/<str:token>", doors.by_link, name="questionnaire"),
    path("q/<str:token>/answer", doors.answer_by_link, name="questionnaire_answer"),
    path("answer", doors.on_shared_screen, name="answer"),
    path("answer/item", doors.answer_on_shared_screen, name="answer_item"),
    path("answer/leave", doors.leave, name="answer_leave"),
    path("kiosk", doors.kiosk, name="kiosk"),
    path("clinic/tablets", tablets.tablets, name="clinic_tablets"),
]
