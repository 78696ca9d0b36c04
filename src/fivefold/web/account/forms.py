"""Forms of the account pages."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext_lazy as _

from fivefold.services.own_access import LONGEST_NAME, is_patients_name
from fivefold.services.own_accounts import sign_in_name


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password; a patient types the name they chose, which is looked up by what is kept of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": "254"})
        self.fields["login"] = forms.CharField(label=_("E-mail, or the name you chose"), max_length=254, widget=widget)
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        credentials: dict[str, str] = super().user_credentials()
        typed = credentials.get("email", "")
        return {**credentials, "email": sign_in_name(typed)} if is_patients_name(typed) else credentials


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The password of now and the new one, in the words of the other forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("oldpassword", _("Current password")), ("password1", _("New password")), ("password2", _("New password once more"))):
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey, and whether it opens the account without the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this key alone, without the password")
        passwordless.help_text = _("It then asks for your fingerprint, your face or a code each time.")


class OwnNameForm(forms.Form):
    """What a patient signs in with; it need not be an address."""

    name = forms.CharField(
        label=_("A name to sign in with"),
        max_length=LONGEST_NAME,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("You choose it. It can be an e-mail address or any word. We keep it so that nobody can read it, and we send nothing to it."),
    )


class JoinForm(forms.Form):
    """A password of one's own, typed twice."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; four unrelated words are easy to remember and hard to guess."),
    )
    password2 = forms.CharField(label=_("The same password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned


class OwnJoinForm(OwnNameForm, JoinForm):
    """A patient's own name and password."""

    field_order = ("name", "password1", "password2")


def password_rules() -> list[str]:
    """What a password must be, in words."""
    return password_validators_help_texts()
