"""Forms of the library. What they check is form; what is allowed is for the services to say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.services.clinic_notes import LONGEST
from fivefold.services.library import LONGEST_DESCRIPTION


class SearchForm(forms.Form):
    """A problem in plain words."""

    description = forms.CharField(
        label=_("What is it about? Say it as you would to a colleague"),
        max_length=LONGEST_DESCRIPTION,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("For instance: she cuts after arguments. No names: what is looked for is kept nowhere, and the words are enough."),
        error_messages={"required": _("Say what it is about: a feeling, a behaviour, the name of a module or of a questionnaire.")},
    )


class NoteForm(forms.Form):
    """A clinic's own words beside a module, and the version they were written upon."""

    text = forms.CharField(
        label=_("How we do it here"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Rooms, groups, who does what, handouts, what to watch for here. Nothing about a patient: everybody of the clinic reads this."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=1_000_000)
