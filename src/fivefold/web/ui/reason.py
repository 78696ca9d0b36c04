"""The reason for opening a record without a care relation, asked in the same words wherever it is asked."""

from django import forms
from django.utils.translation import gettext_lazy as _

HOURS = [("1", _("1 hour")), ("2", _("2 hours")), ("4", _("4 hours"))]


class ReasonForm(forms.Form):
    """Why a record is opened without a care relation, and for how long."""

    reason = forms.CharField(
        label=_("Why you need this record now"),
        min_length=10,
        max_length=500,
        help_text=_("A sentence. The care team reads it, with your name and the time."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "min_length": _("You wrote %(show_value)d characters. Write the reason in a sentence (at least 10): the care team will read it."),
            "required": _("Write the reason in a sentence: the care team will read it."),
        },
    )
    hours = forms.ChoiceField(label=_("For how long"), choices=HOURS, initial="1", widget=forms.RadioSelect)
