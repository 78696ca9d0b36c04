"""Addresses of the audit trail."""

from django.urls import path

from fivefold.web.audit import views

urlpatterns = [
    path("audit", views.trail, name="audit"),
    path("audit/check", views.check, name="audit_check"),
    path("audit/export", views.export, name="audit_export"),
]
