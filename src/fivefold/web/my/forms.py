"""Forms of the patient's own pages and of the pages beside the record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.services.own_access import ASKED


class InvitePatientForm(forms.Form):
    """What the patient agreed to just now, one question for each purpose."""

    own_pages = forms.BooleanField(
        label=_("They agree to have pages of their own, and that the care team reads what they write there"),
        help_text=_("Tell them: nobody reads at night. Between sessions it is read when you work. In danger, they call for help."),
        error_messages={"required": _("There are own pages only for whoever has agreed to them. Talk it through, and tick that they agreed.")},
    )
    offline_copy = forms.BooleanField(
        label=_("They agree that their safety plan lies on their own phone, so that it opens without a network"),
        required=False,
        help_text=_("Whoever can unlock the phone can read it. On a shared phone nothing is kept, whatever is ticked here."),
    )
    messages = forms.BooleanField(label=_("They agree to be reminded by the app"), required=False)

    @property
    def agreed(self) -> dict[str, bool]:
        """What the service takes."""
        return {purpose: bool(self.cleaned_data.get(purpose)) for purpose in ASKED}
