"""Acts about a clinic's own settings."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from fivefold.records.models import Clinic
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.crisis_contacts import crisis_words_of
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.session_note import OWN, STYLES, ClinicStyle, Role

LONGEST = 500
LONGEST_HEADING = 40


@dataclass(frozen=True)
class ClinicSettings:
    """What a clinic says about itself; ``version`` is for noticing that somebody else has changed it."""

    name: str
    time_zone: str
    crisis_words: str
    reminders_by_mail: bool
    notes: ClinicStyle
    version: int


def note_style(clinic: Clinic) -> ClinicStyle:
    """How the clinic arranges its notes; SOAP where it has said nothing."""
    kept = clinic.settings
    return ClinicStyle(str(kept.get("note_style", "soap")), tuple(kept.get("note_headings", ClinicStyle().headings)))


def _settings(clinic: Clinic) -> ClinicSettings:
    kept = clinic.settings
    return ClinicSettings(
        name=clinic.name,
        time_zone=clinic.time_zone,
        crisis_words=crisis_words_of(clinic),
        reminders_by_mail=bool(kept.get("reminders_by_mail")),
        notes=note_style(clinic),
        version=int(kept.get("version", 0)),
    )


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_settings(actor: Actor) -> ClinicSettings:
    """The clinic's settings."""
    return _settings(Clinic.objects.get(pk=actor.clinic.pk))


@clinical_act(Permission.MANAGE_SETTINGS)
def change_settings(actor: Actor, *, name: str, time_zone: str, crisis_words: str, notes: ClinicStyle, version: int, reminders_by_mail: bool = False) -> int:
    """Change them all at once; ``version`` is that of the page they were changed on. Gives the new one. Raises ChangedMeanwhile."""
    if not name.strip():
        raise NotAcceptable("Name", _("the name of the clinic"))
    if time_zone not in available_timezones():
        raise NotAcceptable("Time zone", _("a name such as Europe/Berlin"))
    if len(crisis_words) > LONGEST:
        raise NotAcceptable("In a crisis", _("at most %(most)s characters") % {"most": LONGEST})
    notes = _checked(notes)
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    now = _settings(clinic)
    if now.version != version:
        theirs = {"name": now.name, "time_zone": now.time_zone, "crisis_words": now.crisis_words, "reminders": _("yes") if now.reminders_by_mail else _("no")}
        theirs["notes"] = "; ".join([now.notes.first, *filter(None, now.notes.headings)])
        raise ChangedMeanwhile(theirs, now.version, what=_("these settings"))
    clinic.name, clinic.time_zone = name.strip(), time_zone
    about_notes = {"note_style": notes.first, "note_headings": list(notes.headings)}
    changed = {"crisis_words": crisis_words.strip(), "reminders_by_mail": reminders_by_mail, "version": version + 1}
    clinic.settings = {**clinic.settings, **about_notes, **changed}
    clinic.save(update_fields=["name", "time_zone", "settings"])
    return version + 1


def _checked(notes: ClinicStyle) -> ClinicStyle:
    """As it can be kept: headings without spaces around them, each once."""
    headings = tuple(" ".join(heading.split()) for heading in notes.headings)
    named = [heading.casefold() for heading in headings if heading]
    if len(headings) != len(Role) or any(len(heading) > LONGEST_HEADING for heading in headings):
        raise NotAcceptable("Headings", _("at most %(most)s characters each") % {"most": LONGEST_HEADING})
    if len(set(named)) < len(named):
        raise NotAcceptable("Headings", _("each heading once; leave a field empty to put its lines under the heading above"))
    if notes.first not in (*STYLES, OWN) or (notes.first == OWN and not named):
        raise NotAcceptable("Style of notes", _("a style that is there; for one of your own write at least one heading"))
    return ClinicStyle(notes.first, headings)
