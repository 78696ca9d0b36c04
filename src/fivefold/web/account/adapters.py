"""What allauth asks of us: nobody signs themselves up, and secrets are sealed."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.services.access import Actor, Permission
from fivefold.services.own_look import look_of
from fivefold.services.sealing import open_secret, seal_secret


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts come from invitations alone, and no mail is sent about them."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("This address or name and this password do not belong together. Type both again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Nothing."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that our own middleware has settled."""
        return str(request.META.get("REMOTE_ADDR", ""))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The seeds of authenticator apps and the recovery codes lie sealed in the database."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code does not fit. Enter the one that the app shows now, or a recovery code that you have not used."),
    }

    def encrypt(self, text: str) -> str:
        return seal_secret(text, "second factor")

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(encrypted_text, "second factor")

    def generate_authenticator_name(self, user: Any, type: str) -> str:
        """What a key is called until its owner gives it a name."""
        return _("Key of %(day)s") % {"day": date_format(timezone.localdate())}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Under which name a phone keeps a passkey: a patient's own choice, which says nothing of what the pages are."""
        entity = super().get_public_key_credential_rp_entity()
        actor: Actor | None = getattr(self.request, "actor", None)
        return {**entity, "name": look_of(actor.user).name if actor and actor.may(Permission.OWN_PAGES) else "Fivefold"}
