"""Forms about the care team of a patient."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS = [("treats", _("treats")), ("covers", _("covers for a colleague")), ("supervises", _("supervises: reads, changes nothing"))]


class MemberForm(forms.Form):
    """Who joins the care team, and how."""

    person = forms.ChoiceField(label=_("Person"), error_messages={"invalid_choice": _("Choose one of the people who work in this clinic.")})
    kind = forms.ChoiceField(label=_("Relation"), choices=KINDS, initial="treats", widget=forms.RadioSelect)

    def __init__(self, data: object, candidates: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict or None
        self.fields["person"].choices = [("", _("Choose")), *((str(user), name) for user, name in candidates)]  # type: ignore[attr-defined]
