"""What a session's note says: lines with who said each, put together from what was ticked and written, in the order of a style.

The lines are written once, when the session is signed, and kept as they are: another release of the knowledge base changes no
signed note. A style (SOAP, DAP, BIRP, the clinic's own or one piece) only arranges them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from fivefold.concepts.vocabulary import GeneralState, StageId


class Role(StrEnum):
    """What a line is about."""

    BROUGHT = "brought"
    SEEN = "seen"
    DONE = "done"
    WENT = "went"
    AGREED = "agreed"


class Origin(StrEnum):
    """Who a line comes from."""

    PATIENT = "patient"
    CLINICIAN = "clinician"
    COMPUTED = "computed"


class Safety(StrEnum):
    """Whether suicide and self-harm were asked about; not asked is an answer of its own and never counts as nothing."""

    NOTHING_NEW = "nothing_new"
    SOMETHING_NEW = "something_new"
    NOT_ASKED = "not_asked"


# Headings in their order, each with what stands under it.
Style = tuple[tuple[str, tuple[Role, ...]], ...]
# The style that a clinic names itself.
OWN = "own"
STYLES: dict[str, Style] = {
    "soap": (("Subjective", (Role.BROUGHT,)), ("Objective", (Role.SEEN, Role.DONE)), ("Assessment", (Role.WENT,)), ("Plan", (Role.AGREED,))),
    "dap": (("Data", (Role.BROUGHT, Role.SEEN, Role.DONE)), ("Assessment", (Role.WENT,)), ("Plan", (Role.AGREED,))),
    "birp": (("Behaviour", (Role.BROUGHT, Role.SEEN)), ("Intervention", (Role.DONE,)), ("Response", (Role.WENT,)), ("Plan", (Role.AGREED,))),
    "free": (("Note", tuple(Role)),),
}


@dataclass(frozen=True)
class Line:
    """One line of a note: what it is about, whose it is, and the module and goals that it belongs to."""

    role: Role
    origin: Origin
    text: str
    module: str = ""
    goals: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModuleWork:
    """Work on one module in a session; ``stage`` is where it stands afterwards, None for where it stood before."""

    module: str
    steps: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    stage: StageId | None = None
    words: str = ""


@dataclass(frozen=True)
class HomeworkReview:
    """How one piece of homework went."""

    homework_id: str
    went: str
    words: str = ""


@dataclass(frozen=True)
class NewHomework:
    """Something to try until next time, and the module it belongs to if any."""

    words: str
    module: str = ""


@dataclass(frozen=True)
class Departure:
    """Where a session differed from plan or module on purpose: a kind of the knowledge base (``fidelity.deviations``), and why."""

    kind: str
    reason: str


@dataclass(frozen=True)
class SessionReport:
    """Everything that is entered about one session.

    ``events`` are kinds of event with the day of each; ``pulse`` holds the general modules that were looked at; ``chains`` are numbers
    of chain analyses that the note names; ``next_on`` is the day of the next session, None when none is agreed.
    """

    on: date
    meeting: str
    came: str
    minutes: int | None = None
    safety: Safety | None = None
    events: tuple[tuple[str, date], ...] = ()
    pulse: Mapping[str, GeneralState] = field(default_factory=dict)
    work: tuple[ModuleWork, ...] = ()
    goals: tuple[str, ...] = ()
    reviews: tuple[HomeworkReview, ...] = ()
    homework: tuple[NewHomework, ...] = ()
    chains: tuple[int, ...] = ()
    brought: str = ""
    seen: str = ""
    went: str = ""
    agreed: str = ""
    next_on: date | None = None
    departure: Departure | None = None


@dataclass(frozen=True)
class SessionContent:
    """What is sealed with a session: its lines, and the coded parts that later sessions build on."""

    lines: tuple[Line, ...]
    safety: Safety | None
    pulse: Mapping[str, GeneralState]
    work: tuple[ModuleWork, ...]
    goals: tuple[str, ...]

    def stored(self) -> str:
        """As text, for sealing."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_content(text: str) -> SessionContent:
    """The content as it was stored."""
    stored: dict[str, Any] = json.loads(text)
    return SessionContent(
        lines=tuple(Line(Role(one["role"]), Origin(one["origin"]), one["text"], one["module"], tuple(one["goals"])) for one in stored["lines"]),
        safety=Safety(stored["safety"]) if stored["safety"] else None,
        pulse={name: GeneralState(state) for name, state in stored["pulse"].items()},
        work=tuple(_read_work(one) for one in stored["work"]),
        goals=tuple(stored["goals"]),
    )


def _read_work(one: dict[str, Any]) -> ModuleWork:
    stage = StageId(one["stage"]) if one["stage"] else None
    return ModuleWork(one["module"], tuple(one["steps"]), tuple(one["interventions"]), tuple(one["signs"]), stage, one["words"])


@dataclass(frozen=True)
class ClinicStyle:
    """How a clinic writes its notes: the style shown first, and the headings of its own style in the order of Role.

    A role without a heading stands under the heading before it. Without any heading the clinic has no style of its own.
    """

    first: str = "soap"
    headings: tuple[str, ...] = ("",) * len(Role)

    @property
    def own(self) -> Style:
        """The clinic's own style; empty when it has none. What comes before the first heading stands under that one."""
        named: list[tuple[str, list[Role]]] = []
        before: list[Role] = []
        for role, heading in zip(Role, self.headings, strict=True):
            if heading:
                named.append((heading, [*before, role]))
                before = []
            elif named:
                named[-1][1].append(role)
            else:
                before.append(role)
        return tuple((heading, tuple(roles)) for heading, roles in named)


def arrange(lines: Iterable[Line], style: str, own: Style = ()) -> list[tuple[str, list[Line]]]:
    """The lines under the headings of a style; a heading without a line is left out. An unknown style gives one piece."""
    known = list(lines)
    headings = own if style == OWN and own else STYLES.get(style, STYLES["free"])
    arranged = [(heading, [line for role in roles for line in known if line.role is role]) for heading, roles in headings]
    return [(heading, found) for heading, found in arranged if found]
