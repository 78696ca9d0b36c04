"""The first steps that a new colleague is shown: put away once read, and brought back when wanted. Nobody's record is touched."""

from fivefold.records.models import User
from fivefold.services.access import Actor


def end_tour(actor: Actor) -> None:
    """Put the first steps away for this person, on every machine."""
    _set(actor, True)


def begin_tour_again(actor: Actor) -> None:
    """Show the first steps again."""
    _set(actor, False)


def _set(actor: Actor, has_ended: bool) -> None:
    User.objects.filter(pk=actor.user.pk).update(has_ended_tour=has_ended)
    actor.user.has_ended_tour = has_ended
