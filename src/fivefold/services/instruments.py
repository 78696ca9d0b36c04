"""Acts about a clinic's permissions to use instruments, and the items it has loaded under them."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fivefold.concepts.errors import UnknownThing
from fivefold.concepts.instrument import Instrument
from fivefold.records import clock
from fivefold.records.models import Clinic, InstrumentPermission
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile

LONGEST_ITEM = 400


@dataclass(frozen=True)
class SeenInstrument:
    """An instrument as the clinic may use it: ``ships`` its items, ``loaded`` by the clinic itself, or ``scores_only``."""

    instrument: Instrument
    use: str
    licence: str
    valid_until: date | None
    is_over: bool
    items: tuple[str, ...]
    version: int = 0


def _newest(clinic: Clinic) -> dict[str, InstrumentPermission]:
    rows = InstrumentPermission.objects.filter(clinic=clinic).order_by("recorded_at", "pk")
    return {row.instrument: row for row in rows if row.given} | {row.instrument: row for row in rows}


def _is_over(row: InstrumentPermission | None) -> bool:
    return row is not None and row.given and row.valid_until is not None and row.valid_until < clock.today()


def _seen(instrument: Instrument, row: InstrumentPermission | None) -> SeenInstrument:
    given = row if row is not None and row.given else None
    over = _is_over(given)
    if instrument.items is not None and instrument.items.texts:
        use = "ships"
    else:
        use = "loaded" if given is not None and given.items and not over else "permitted" if given is not None and not over else "scores_only"
    loaded = tuple(given.items) if given is not None and not over else ()
    return SeenInstrument(instrument, use, given.licence if given else "", given.valid_until if given else None, over, loaded)


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_instruments(actor: Actor) -> list[SeenInstrument]:
    """All instruments with what the clinic may do with them, by name."""
    rows = _newest(actor.clinic)
    return [_seen(one, rows.get(one.id)) for one in sorted(knowledge().instruments.values(), key=lambda one: one.name.casefold())]


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_instrument(actor: Actor, *, instrument: str) -> SeenInstrument:
    """One instrument with the clinic's permission, and how often something was recorded about it; raises UnknownThing."""
    known = _seen(knowledge().instrument(instrument), _newest(actor.clinic).get(instrument))
    return replace(known, version=_recorded(actor.clinic, instrument).count())


def _recorded(clinic: Clinic, instrument: str) -> QuerySet[InstrumentPermission]:
    return InstrumentPermission.objects.filter(clinic=clinic, instrument=instrument).order_by("recorded_at", "pk")


@clinical_act(Permission.MANAGE_SETTINGS)
def record_permission(
    actor: Actor, *, instrument: str, licence: str, valid_until: date | None = None, items: tuple[str, ...] = (), version: int | None = None
) -> InstrumentPermission:
    """Record that the clinic may use an instrument's items, by what permission, and its own copy of them (or none).

    ``version`` is that of the page (None: nothing was shown). Raises ChangedMeanwhile and NotAcceptable.
    """
    known = knowledge().instrument(instrument)
    if len(licence.strip()) < 10:
        raise NotAcceptable("Permission", _("who gave it, when, and for what: at least a few words"))
    if valid_until is not None and valid_until < clock.today():
        raise NotAcceptable("Valid until", _("today or a later day"))
    if items and (known.items is None or len(items) != known.items.count):
        expected = known.items.count if known.items else 0
        raise NotAcceptable("Items", _("%(wanted)s lines, one for each item in order; these are %(found)s") % {"wanted": expected, "found": len(items)})
    if any(not text.strip() or len(text) > LONGEST_ITEM for text in items):
        raise NotAcceptable("Items", _("a text of 1 to %(most)s characters on every line") % {"most": LONGEST_ITEM})
    Clinic.objects.select_for_update(no_key=True).get(pk=actor.clinic.pk)  # whoever is second waits here
    _refuse_if_changed(_recorded(actor.clinic, known.id), version)
    row = InstrumentPermission(clinic=actor.clinic, instrument=known.id, given=True, licence=licence.strip(), valid_until=valid_until, author=actor.user)
    row.items = [text.strip() for text in items]
    row.save()
    return row


def _refuse_if_changed(recorded: QuerySet[InstrumentPermission], version: int | None) -> None:
    if version is None or version == recorded.count():
        return
    newest = recorded.select_related("author").last()
    assert newest is not None, "what was recorded is never taken away"
    theirs = {_("Permission"): newest.licence, _("Valid until"): newest.valid_until or "", _("The items"): "\n".join(newest.items)} if newest.given else {}
    raise ChangedMeanwhile(theirs, recorded.count(), _("this permission"), newest.author.name)


@clinical_act(Permission.MANAGE_SETTINGS)
def end_permission(actor: Actor, *, instrument: str) -> None:
    """The permission has ended: from now on scores alone; items loaded before are no longer shown."""
    known = knowledge().instrument(instrument)
    InstrumentPermission(clinic=actor.clinic, instrument=known.id, given=False, author=actor.user).save()


def permissions_of(clinic: Clinic) -> dict[str, InstrumentPermission]:
    """The newest permission of each instrument in a clinic, in one query."""
    return _newest(clinic)


def texts_for(clinic: Clinic, instrument: Instrument, rows: dict[str, InstrumentPermission] | None = None) -> tuple[str, ...]:
    """The items that a clinic may show: shipped ones, or its own under a running permission; else none.

    ``rows`` are the clinic's permissions where they have been read already.
    """
    if instrument.items is not None and instrument.items.texts:
        return instrument.items.texts
    return _seen(instrument, (rows if rows is not None else _newest(clinic)).get(instrument.id)).items


def item_texts(actor: Actor, instrument: str) -> tuple[str, ...]:
    """The items that may be shown to this clinic: shipped ones, or its own under a running permission; else none."""
    known = knowledge().instruments.get(instrument)
    if known is None:
        raise UnknownThing("instrument", instrument, list(knowledge().instruments))
    return texts_for(actor.clinic, known)
