"""Forms of the clinic's pages. What they check is form; what is allowed is for the services to say."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.services.clinic import LONGEST_HEADING
from fivefold.services.crisis_contacts import LONGEST_NAME, LONGEST_OPEN, MOST_OWN, ClinicContacts
from fivefold.services.people import STAFF_ROLES
from fivefold.services.session_note import ClinicStyle, Role
from fivefold.services.sign_in_links import SHORTEST_REASON

ROLE_WORDS = {
    "therapist": _("Therapist: own patients, plans, notes"),
    "supervisor": _("Supervisor: reads the records they supervise"),
    "lead": _("Clinic lead: sees all records of the clinic, people, settings"),
    "administrator": _("Administrator: accounts and settings, no records"),
    "auditor": _("Auditor: the audit trail, no records"),
}
ROLES = [(role.value, ROLE_WORDS[role.value]) for role in STAFF_ROLES]
PLACES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/")))


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As colleagues know the person."))
    email = forms.EmailField(label=_("E-mail"), max_length=200, help_text=_("They sign in with it."))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)


class ResetForm(forms.Form):
    """Why a second factor is taken away."""

    reason = forms.CharField(
        label=_("How you know that it is them, and what was lost"),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence. They read it, and so does a clinic lead."),
    )


NOTE_STYLES = [("soap", _("SOAP")), ("dap", _("DAP")), ("birp", _("BIRP")), ("own", _("Our own headings, below")), ("free", _("In one piece"))]
HEADING_LABELS = {
    Role.BROUGHT: _("Heading over what the patient brought"),
    Role.SEEN: _("Heading over what you saw"),
    Role.DONE: _("Heading over what was done"),
    Role.WENT: _("Heading over how it went"),
    Role.AGREED: _("Heading over what was agreed"),
}


class SettingsForm(forms.Form):
    """What a clinic says about itself."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[(place, place.replace("_", " ")) for place in PLACES])
    crisis_words = forms.CharField(
        label=_("In a crisis"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Whom people can reach at night and at weekends, with numbers. It stands in every safety plan, on its printed card, and where a "
            "questionnaire or the diary shows help."
        ),
    )
    reminders_by_mail = forms.BooleanField(
        label=_("Remind patients by e-mail"),
        required=False,
        help_text=_(
            "Only patients who have agreed and have given an address are written to. It needs a mail server, which whoever runs this "
            "installation sets up. A message that the server refuses becomes a signal; one that comes back later is seen by nobody here."
        ),
    )
    note_style = forms.ChoiceField(
        label=_("Style of session notes"),
        choices=NOTE_STYLES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("In which a signed note is shown first. Every note can be read in each of them."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, notes: ClinicStyle, **more: Any) -> None:
        super().__init__(*given, **more)
        self.initial["note_style"] = notes.first
        for role, heading in zip(Role, notes.headings, strict=True):
            self.fields[f"heading_{role}"] = forms.CharField(label=HEADING_LABELS[role], required=False, max_length=LONGEST_HEADING, initial=heading)
        self.fields["heading_brought"].help_text = _("For a style of your own. What has no heading stands under the one above it.")

    @property
    def notes(self) -> ClinicStyle:
        """What was chosen for notes; only of a form that is valid."""
        return ClinicStyle(self.cleaned_data["note_style"] or self.initial["note_style"], tuple(self.cleaned_data[f"heading_{role}"] for role in Role))


class ContactsForm(forms.Form):
    """The place whose numbers patients see, and the clinic's own numbers."""

    place = forms.ChoiceField(label=_("Place"), widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: object, seen: ClinicContacts) -> None:
        super().__init__(data, initial={"place": seen.place, "version": seen.version})  # type: ignore[arg-type]  # a QueryDict or None
        self.fields["place"].choices = list(seen.places)  # type: ignore[attr-defined]
        self.rows = min(MOST_OWN, len(seen.own) + 2)
        for number in range(self.rows):
            kept = seen.own[number] if number < len(seen.own) else None
            for name, label, most in (("name", _("Who"), LONGEST_NAME), ("number", _("Number"), 30), ("open", _("When somebody answers"), LONGEST_OPEN)):
                initial = getattr(kept, name) if kept else ""
                self.fields[f"{name}_{number}"] = forms.CharField(label=label, max_length=most, required=False, initial=initial)

    def lines(self) -> list[list[forms.BoundField]]:
        """For the template: the fields of each own number."""
        return [[self[f"{name}_{number}"] for name in ("name", "number", "open")] for number in range(self.rows)]

    @property
    def own(self) -> list[dict[str, str]]:
        """What the service takes."""
        return [{name: self.cleaned_data[f"{name}_{number}"] for name in ("name", "number", "open")} for number in range(self.rows)]


class PermissionForm(forms.Form):
    """A clinic's permission for an instrument."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    licence = forms.CharField(
        label=_("Permission"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who gave it, when, for what, and where the letter lies."),
    )
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    items = forms.CharField(
        label=_("The items"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Your own copy, one item on each line, in the order of the form. Leave empty to go on entering scores alone."),
    )

    def clean_items(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip())
