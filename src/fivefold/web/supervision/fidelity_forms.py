"""Forms of fidelity: a sample to draw, and the checklist of a session."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.fidelity import ChecklistItem, ItemKind
from fivefold.services.fidelity import LONGEST_REMARK, MOST_DRAWN, RatingSheet
from fivefold.services.knowledge import knowledge
from fivefold.services.spelling import spelled
from fivefold.web.supervision.forms import day_field

SEEN: dict[str, str | Promise] = {
    "recording": gettext_lazy("a recording"),
    "sat_in": gettext_lazy("the session itself, sitting in"),
    "role_play": gettext_lazy("a role play of it"),
}
NOT_APPLICABLE = "na"


def deviation_word(kind: str) -> str:
    """A kind of deviation in the words of the knowledge release; one that it no longer knows by its name."""
    return next((one.name for one in knowledge().fidelity.deviations if one.id == kind), kind.replace("_", " "))


class SampleForm(forms.Form):
    """From which days, and how many sessions chance chooses."""

    since = day_field(gettext_lazy("First day"))
    until = day_field(gettext_lazy("Last day"))
    count = forms.IntegerField(label=gettext_lazy("How many sessions"), min_value=1, max_value=MOST_DRAWN)


class RatingForm(forms.Form):
    """The checklist of one session; every item has to be answered, and nothing is chosen beforehand."""

    remark = forms.CharField(
        label=gettext_lazy("A remark, if you want"),
        required=False,
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("About how it was done. What is about the patient belongs in their record."),
    )

    def __init__(self, data: Any, sheet: RatingSheet) -> None:
        super().__init__(data)
        self.sheet = sheet
        points = [(str(value), point.name) for value, point in enumerate(knowledge().fidelity.points)]
        for item in sheet.items:
            self.fields[item.id] = forms.ChoiceField(
                label=spelled(item.text),
                choices=[*points, (NOT_APPLICABLE, _("did not apply"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a point, or that it did not apply.")},
            )
        if not sheet.is_self:
            self.fields["seen_by"] = forms.ChoiceField(
                label=_("What you saw"),
                choices=list(SEEN.items()),
                widget=forms.RadioSelect,
                help_text=_("A note alone is not enough: it tells what its author thinks was done."),
            )

    @property
    def answers(self) -> dict[str, int | None]:
        """Each item with its point, None where it did not apply."""
        given = {item.id: self.cleaned_data[item.id] for item in self.sheet.items}
        return {name: None if value == NOT_APPLICABLE else int(value) for name, value in given.items()}

    @property
    def parts(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The items under headings: the stance, that of another programme, then each module."""
        titles: dict[str, list[forms.BoundField]] = {}
        for item in self.sheet.items:
            titles.setdefault(_title(item), []).append(self[item.id])
        yield from titles.items()


def _title(item: ChecklistItem) -> str:
    if item.kind is ItemKind.STANCE:
        return _("Stance, in every session")
    if item.kind is ItemKind.PROGRAMME_STANCE:
        return _("Stance of %(name)s") % {"name": knowledge().protocols[item.about].short_name}
    return knowledge().modules[item.about].short_name
