"""Addresses of signing in. Those of allauth that we use are declared one by one; its others do not exist here."""

from allauth.account import views as allauth_account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from fivefold.web.account import views
from fivefold.web.pages import Open, page

to_all = page(Open.TO_ALL)
to_signed_in = page(Open.TO_SIGNED_IN)

urlpatterns = [
    path("account", views.account, name="account"),
    path("account/stay", views.stay, name="account_stay"),
    path("account/notices/<uuid:notice_id>/seen", views.notice_seen, name="notice_seen"),
    path("drafts", views.draft, name="drafts"),
    path("account/unsent", views.unsent, name="unsent"),
    path("join/<str:token>", views.join, name="join"),
    path("sign-in", to_all(allauth_account.login), name="account_login"),
    path("sign-out", views.sign_out, name="account_logout"),
    path("sign-in/inactive", to_all(allauth_account.account_inactive), name="account_inactive"),
    path("sign-in/second-factor", to_all(second_factor.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey", to_all(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("account/confirm", to_signed_in(allauth_account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code", to_signed_in(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/confirm/passkey", to_signed_in(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/password", to_signed_in(allauth_account.password_change), name="account_change_password"),
    path("account/second-factor", to_signed_in(second_factor.index), name="mfa_index"),
    path("account/second-factor/app", to_signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("account/second-factor/app/remove", to_signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/second-factor/codes", to_signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new", to_signed_in(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes/download", to_signed_in(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("account/passkeys", to_signed_in(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/add", to_signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove", to_signed_in(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/passkeys/<int:pk>/edit", to_signed_in(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
