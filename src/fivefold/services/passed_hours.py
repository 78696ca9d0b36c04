"""What an hour alone has made true, looked for whenever somebody opens what shows it, and not by the timer alone.

A clinic may run no timer, or one that has stopped: then whoever opens the caseload or the signals of the day finds what has passed since.
"""

import logging
from collections.abc import Callable

from fivefold.records.models import Clinic
from fivefold.services.left_screens import tell_left_screens
from fivefold.services.missed_contacts import tell_missed_contacts
from fivefold.services.missed_deadlines import tell_missed_deadlines
from fivefold.services.signals import pass_on

log = logging.getLogger("fivefold.services")

# In this order: each raises what nobody was told of yet. What goes wrong in one is the business of whoever calls it.
TELLING: tuple[Callable[[Clinic], int], ...] = (tell_missed_contacts, tell_missed_deadlines, tell_left_screens)


def catch_up(clinic: Clinic) -> None:
    """Tell what an hour has made true, and pass on what nobody has seen in time. Each step is committed on its own; none raises.

    Where one fails, what stands is shown all the same: nobody is to find an empty page instead of what waits. The timer meets the same
    trouble and says so.
    """
    for step in (*TELLING, pass_on):
        try:
            step(clinic)
        except Exception as error:  # whatever it is
            log.error("signals could not be passed on before they were shown", extra={"event": f"{type(error).__name__} in clinic {clinic.pk}"})
