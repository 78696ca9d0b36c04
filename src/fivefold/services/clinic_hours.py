"""When somebody works in a clinic, and what happens outside these hours: said once, in the clinic's own words, and shown where signals are."""

from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from fivefold.records.models import Clinic
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.patients import NotAcceptable, checked_address
from fivefold.services.plans import ChangedMeanwhile
from fivefold.services.working_hours import opening_hours

LONGEST = 500
MOST_CLOSED_DAYS = 60


@dataclass(frozen=True)
class ClinicHours:
    """Weekdays (Monday is 0), times, single days on which nobody works, and what happens outside; ``version`` as of the settings."""

    days: tuple[int, ...]
    opens: time
    closes: time
    closed_on: tuple[date, ...]
    out_of_hours: str
    by_mail: bool
    duty: str
    version: int


def _hours(clinic: Clinic) -> ClinicHours:
    kept = opening_hours(clinic.settings, clinic.time_zone)
    words = str(clinic.settings.get("out_of_hours", ""))
    by_mail, duty = bool(clinic.settings.get("signals_by_mail")), str(clinic.settings.get("duty_mail", ""))
    return ClinicHours(kept.days, kept.opens, kept.closes, tuple(sorted(kept.closed_on)), words, by_mail, duty, int(clinic.settings.get("version", 0)))


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_hours(actor: Actor) -> ClinicHours:
    """The clinic's opening hours."""
    return _hours(Clinic.objects.get(pk=actor.clinic.pk))


@clinical_act(Permission.MANAGE_SETTINGS)
def change_hours(
    actor: Actor,
    *,
    days: tuple[int, ...],
    opens: time,
    closes: time,
    closed_on: tuple[date, ...],
    out_of_hours: str,
    version: int,
    by_mail: bool = False,
    duty: str = "",
) -> int:
    """Change them all at once; gives the new version of the settings. Raises NotAcceptable and ChangedMeanwhile.

    ``by_mail`` says whether whoever is told of danger is also written to, ``duty`` whom to write to outside these hours ("" for nobody).
    """
    if not days or not set(days) <= set(range(7)):
        raise NotAcceptable("Days", _("at least one weekday"))
    if not opens < closes:
        raise NotAcceptable("Closes", _("a time after the opening"))
    if len(closed_on) > MOST_CLOSED_DAYS:
        raise NotAcceptable("Closed on", _("at most %(most)d days") % {"most": MOST_CLOSED_DAYS})
    if len(out_of_hours) > LONGEST:
        raise NotAcceptable("Out of hours", _("at most %(most)s characters") % {"most": LONGEST})
    if duty.strip():
        checked_address("Duty", duty.strip(), _("an address such as duty@mail.example"))
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)
    now = _hours(clinic)
    if now.version != version:
        raise ChangedMeanwhile({"opens": now.opens.isoformat(), "closes": now.closes.isoformat()}, now.version, what=_("these settings"))
    kept = {"days": sorted(set(days)), "opens": opens.isoformat("minutes"), "closes": closes.isoformat("minutes")}
    kept["closed_on"] = sorted(day.isoformat() for day in set(closed_on))
    routes = {"signals_by_mail": by_mail, "duty_mail": duty.strip()}
    clinic.settings = {**clinic.settings, "opening_hours": kept, "out_of_hours": out_of_hours.strip(), **routes, "version": version + 1}
    clinic.save(update_fields=["settings"])
    return version + 1
