"""Addresses of a patient's documents. Other parts link to ``document_new`` with the kind, for instance ``case_pack``."""

from django.urls import path

from fivefold.web.documents import views

BASE = "patients/<uuid:patient_id>/documents"

urlpatterns = [
    path(BASE, views.documents, name="documents"),
    path(f"{BASE}/new/<slug:kind>", views.new, name="document_new"),
    path(f"{BASE}/case-pack", views.case_pack, name="case_pack"),
    path(f"{BASE}/<uuid:document_id>", views.document, name="document"),
    path(f"{BASE}/<uuid:document_id>/sign", views.sign, name="document_sign"),
    path(f"{BASE}/<uuid:document_id>/agreed", views.agreed, name="document_agreed"),
    path(f"{BASE}/<uuid:document_id>/withdraw", views.withdraw, name="document_withdraw"),
    path(f"{BASE}/<uuid:document_id>/paper.pdf", views.pdf, name="document_pdf"),
    path(f"{BASE}/<uuid:document_id>/paper.docx", views.docx, name="document_docx"),
]
