"""How the safety net of a clinic stands, for its pages: where positive answers stand, what is wrong, and when the path was proved last."""

from dataclasses import dataclass

from fivefold.records.models import Clinic
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.last_beat import LastBeat, last_beat
from fivefold.services.safety_net import COUNTED_DAYS, SafetyNet, look_at

# Of so many days a page counts the answers: every diary entry has to be unsealed for it. The timer looks further back.
PAGE_DAYS = 3


@dataclass(frozen=True)
class NetSheet:
    """The net, the newest heart-beat, and of how many days answers were counted."""

    net: SafetyNet
    beat: LastBeat
    days: int

    @property
    def holds(self) -> bool:
        """Whether nobody has to look: nothing breaks the law, and the path was alive when it was walked last."""
        return self.net.holds and not self.beat.is_missed


@clinical_act(Permission.SEE_CLINIC, view=True)
def see_safety_net(actor: Actor) -> NetSheet:
    """How the safety net of the clinic stands now."""
    return net_sheet(actor.clinic, days=PAGE_DAYS)


def net_sheet(clinic: Clinic, *, days: int = COUNTED_DAYS) -> NetSheet:
    """How a clinic's net stands; for acts that have checked access. With no days only open signals and the heart-beat are looked at."""
    return NetSheet(look_at(clinic, days=days), last_beat(clinic), days)
