"""Forms of the caseload."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.web.ui.reason import ReasonForm

LANGUAGES = [
    ("en", _("English")), ("ar", _("Arabic")), ("nl", _("Dutch")), ("fr", _("French")), ("de", _("German")), ("it", _("Italian")),
    ("pl", _("Polish")), ("pt", _("Portuguese")), ("ru", _("Russian")), ("es", _("Spanish")), ("tr", _("Turkish")), ("uk", _("Ukrainian")),
]  # fmt: skip


class NewPatientForm(forms.Form):
    """The little that is needed to begin; everything else is asked where it is used."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As you know the person. It is stored encrypted, and never appears in a web address, a log or the name of a file."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        help_text=_("Four digits. Plans are for adults: without the year you will be asked about age before there is a plan."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 6, "maxlength": 6}),
        error_messages={"invalid": _("Expected a year in four digits, for instance 1997. Correct it or leave the field empty.")},
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        required=False,
        help_text=_("Your own file number, if you use one."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the sessions"), choices=LANGUAGES, initial="en")
    is_other = forms.BooleanField(label=_("This is somebody else"), required=False)

    def __init__(self, *given: Any, ask_whether_other: bool = False, **more: Any) -> None:
        super().__init__(*given, **more)
        if not ask_whether_other:
            del self.fields["is_other"]


class OpenByNameForm(ReasonForm):
    """Why a record is opened without a care relation, and whose: for somebody who knows the name and has no link."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Exactly as it stands in the record; nothing is suggested."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        required=False,
        help_text=_("Needed only when several people bear the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "size": 6, "maxlength": 6}),
        error_messages={"invalid": _("Expected a year in four digits, for instance 1997. Correct it or leave the field empty.")},
    )
    field_order = ("name", "birth_year", "reason", "hours")
