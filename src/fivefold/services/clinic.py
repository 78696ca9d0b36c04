"""Acts about a clinic's own settings."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from fivefold.records.models import Clinic
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile

LONGEST = 500


@dataclass(frozen=True)
class ClinicSettings:
    """What a clinic says about itself; ``version`` is for noticing that somebody else has changed it."""

    name: str
    time_zone: str
    crisis_words: str
    reminders_by_mail: bool
    version: int


def _settings(clinic: Clinic) -> ClinicSettings:
    kept = clinic.settings
    return ClinicSettings(clinic.name, clinic.time_zone, str(kept.get("crisis_words", "")), bool(kept.get("reminders_by_mail")), int(kept.get("version", 0)))


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_settings(actor: Actor) -> ClinicSettings:
    """The clinic's settings."""
    return _settings(Clinic.objects.get(pk=actor.clinic.pk))


@clinical_act(Permission.MANAGE_SETTINGS)
def change_settings(actor: Actor, *, name: str, time_zone: str, crisis_words: str, version: int, reminders_by_mail: bool = False) -> int:
    """Change them all at once; ``version`` is that of the page they were changed on. Gives the new one. Raises ChangedMeanwhile."""
    if not name.strip():
        raise NotAcceptable("Name", _("the name of the clinic"))
    if time_zone not in available_timezones():
        raise NotAcceptable("Time zone", _("a name such as Europe/Berlin"))
    if len(crisis_words) > LONGEST:
        raise NotAcceptable("In a crisis", _("at most %(most)s characters") % {"most": LONGEST})
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    now = _settings(clinic)
    if now.version != version:
        theirs = {"name": now.name, "time_zone": now.time_zone, "crisis_words": now.crisis_words, "reminders": _("yes") if now.reminders_by_mail else _("no")}
        raise ChangedMeanwhile(theirs, now.version, what=_("these settings"))
    clinic.name, clinic.time_zone = name.strip(), time_zone
    clinic.settings = {**clinic.settings, "crisis_words": crisis_words.strip(), "reminders_by_mail": reminders_by_mail, "version": version + 1}
    clinic.save(update_fields=["name", "time_zone", "settings"])
    return version + 1
