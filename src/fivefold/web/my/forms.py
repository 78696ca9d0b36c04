"""Forms of the patient's own pages and of the pages beside the record."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fivefold.services.own_access import ASKED
from fivefold.services.safety_plan_content import LONGEST_ENTRY, LONGEST_LABEL, MOST_ENTRIES, MOST_LIKELY, PlanContent, PlanEntry
from fivefold.services.safety_plans import LONGEST_WORDS, SeenPart, SeenSafetyPlan

MORE_ROWS = 1


class InvitePatientForm(forms.Form):
    """What the patient agreed to just now, one question for each purpose."""

    own_pages = forms.BooleanField(
        label=_("They agree to have pages of their own, and that the care team reads what they write there"),
        help_text=_("Tell them: nobody reads at night. Between sessions it is read when you work. In danger, they call for help."),
        error_messages={"required": _("There are own pages only for whoever has agreed to them. Talk it through, and tick that they agreed.")},
    )
    offline_copy = forms.BooleanField(
        label=_("They agree that a copy of their pages lies on their own phone, so that they open without a network"),
        required=False,
        help_text=_("Whoever can unlock the phone can read it. On a shared phone nothing is kept, whatever is ticked here."),
    )
    messages = forms.BooleanField(label=_("They agree to be reminded by the app"), required=False)

    @property
    def agreed(self) -> dict[str, bool]:
        """What the service takes."""
        return {purpose: bool(self.cleaned_data.get(purpose)) for purpose in ASKED}


class SafetyPlanForm(forms.Form):
    """The safety plan: for each part the entries there are and room for more; the same form for patient and therapist."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    label = forms.CharField(label=_("What this page is called"), max_length=LONGEST_LABEL, required=False)

    def __init__(self, data: object, seen: SeenSafetyPlan) -> None:
        super().__init__(data, initial={"version": seen.number, "label": seen.label})  # type: ignore[arg-type]  # a QueryDict or None
        self.seen = seen
        for one in seen.parts:
            for place in range(self._rows_of(one)):
                self._add_row(one, place)

    @staticmethod
    def _rows_of(one: SeenPart) -> int:
        """The entries there are, as many as are asked for, and one more; at most as many as are kept."""
        return min(MOST_ENTRIES, max(len(one.entries) + MORE_ROWS, int(one.part.enough.value)))

    def _add_row(self, one: SeenPart, place: int) -> None:
        entry = one.entries[place] if place < len(one.entries) else PlanEntry("")
        name = f"{one.part.id}-{place}"
        said = {"part": one.part.name, "n": place + 1}
        self.fields[f"{name}-words"] = forms.CharField(
            label=gettext("%(part)s, line %(n)s") % said, max_length=LONGEST_ENTRY, required=False, initial=entry.words
        )
        if one.part.has_number:
            widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
            self.fields[f"{name}-number"] = forms.CharField(
                label=gettext("Number, line %(n)s of %(part)s") % said, max_length=30, required=False, initial=entry.number, widget=widget
            )
        if one.part.rated:
            self.fields[f"{name}-likely"] = forms.TypedChoiceField(
                label=gettext("How likely would I do it, line %(n)s of %(part)s") % said,
                choices=[("", "–"), *((str(number), str(number)) for number in range(MOST_LIKELY + 1))],
                coerce=int,
                empty_value=None,
                required=False,
                initial="" if entry.likely is None else str(entry.likely),
            )

    def groups(self) -> list[tuple[SeenPart, list[dict[str, forms.BoundField]]]]:
        """For the template: each part with its rows of fields."""
        found = []
        for one in self.seen.parts:
            rows = []
            for place in range(self._rows_of(one)):
                names = {kind: f"{one.part.id}-{place}-{kind}" for kind in ("words", "number", "likely")}
                rows.append({kind: self[name] for kind, name in names.items() if name in self.fields})
            found.append((one, rows))
        return found

    @property
    def content(self) -> PlanContent:
        """What the service takes."""
        sent = self.cleaned_data
        parts = {}
        for one in self.seen.parts:
            names = [f"{one.part.id}-{place}" for place in range(self._rows_of(one))]
            parts[one.part.id] = tuple(PlanEntry(sent[f"{name}-words"], sent.get(f"{name}-likely"), sent.get(f"{name}-number", "")) for name in names)
        return PlanContent(parts, sent["label"])


class PractiseForm(forms.Form):
    """That the plan was practised or used, on which day, and what came of it."""

    kind = forms.ChoiceField(
        label=_("What happened"), choices=[("practised", _("went through it in mind")), ("used", _("used it for real"))], widget=forms.RadioSelect
    )
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    words = forms.CharField(label=_("What helped, what got in the way"), required=False, max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: object, today: date) -> None:
        super().__init__(data, initial={"on": today})  # type: ignore[arg-type]  # a QueryDict or None
        self.today = today

    def clean_on(self) -> date:
        """A day on which it can have been."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("This day is still to come. Enter the day on which it was."))
        return on
