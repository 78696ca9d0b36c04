"""The safety net of every clinic, looked at by the timer: what was lost is told, and what is wrong goes to whoever reads its output."""

from dataclasses import dataclass

from fivefold.records.models import Clinic
from fivefold.services.heart_beat import Beat, beat
from fivefold.services.safety_net import COUNTED_DAYS, SafetyNet, look_at, mend
from fivefold.services.signal_watch import in_every_clinic


@dataclass(frozen=True)
class Looked:
    """How the net stood in each clinic, how many lost answers were told by clinic, and in which clinics it could not be looked at."""

    nets: tuple[SafetyNet, ...]
    told: dict[int, int]
    clinics: tuple[int, ...]


def look_everywhere(days: int | None = None) -> Looked:
    """Look at every clinic, at the answers of so many days, and tell what was lost. What goes wrong in one of them stops no other."""
    done, wrong = in_every_clinic(lambda clinic: _look(clinic, days or COUNTED_DAYS))
    return Looked(tuple(net for net, _told in done), {net.clinic: told for net, told in done if told}, wrong)


def beat_everywhere() -> tuple[Beat, ...]:
    """Walk the path of a risk answer in every clinic."""
    done, _wrong = in_every_clinic(beat)
    return tuple(done)


def _look(clinic: Clinic, days: int) -> tuple[SafetyNet, int]:
    net = look_at(clinic, days=days)
    return net, mend(clinic, net)
