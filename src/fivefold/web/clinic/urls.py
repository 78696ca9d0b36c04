"""Addresses of the clinic's pages."""

from django.urls import path

from fivefold.web.clinic import views

urlpatterns = [
    path("clinic", views.overview, name="clinic"),
    path("clinic/invite", views.invite, name="clinic_invite"),
    path("clinic/invitations/<uuid:invitation_id>/withdraw", views.withdraw, name="clinic_withdraw"),
    path("clinic/people/<int:membership_id>", views.person, name="clinic_person"),
    path("clinic/people/<int:membership_id>/link", views.renew, name="clinic_renew"),
    path("clinic/people/<int:membership_id>/second-factor", views.reset_factor, name="clinic_reset_factor"),
    path("clinic/people/<int:membership_id>/end", views.end, name="clinic_end"),
    path("clinic/instruments", views.instruments, name="clinic_instruments"),
    path("clinic/instruments/<slug:instrument>", views.instrument, name="clinic_instrument"),
    path("clinic/instruments/<slug:instrument>/end", views.end_permission, name="clinic_end_permission"),
    path("clinic/knowledge", views.knowledge, name="clinic_knowledge"),
    path("clinic/knowledge/effect", views.effect, name="clinic_effect"),
    path("clinic/knowledge/switch", views.switch, name="clinic_switch"),
    path("clinic/in-danger", views.contacts, name="clinic_contacts"),
    path("clinic/settings", views.settings, name="clinic_settings"),
]
