"""What the pages of the formulation call its parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.scores import level_word
from fivefold.documents.html.formats import number
from fivefold.services.diary_patterns import FoundPattern
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind
from fivefold.services.formulation_hints import Suggestion
from fivefold.services.formulation_replies import SeenReply
from fivefold.services.knowledge import knowledge
from fivefold.web.ui.templatetags.ui import day

KIND_WORDS: dict[NodeKind, str | Promise] = {
    NodeKind.PROBLEM: gettext_lazy("Problem"),
    NodeKind.CAUSE: gettext_lazy("Cause"),
    NodeKind.TRIGGER: gettext_lazy("Trigger"),
    NodeKind.LOOP: gettext_lazy("Loop"),
    NodeKind.STRENGTH: gettext_lazy("Strength"),
}
# As the drawing is read: from what came before, to what is there, to what keeps it going and what helps.
READING_ORDER = (NodeKind.CAUSE, NodeKind.TRIGGER, NodeKind.PROBLEM, NodeKind.LOOP, NodeKind.STRENGTH)
# Offered for a link; any other words can be written.
LINK_WORDS = (
    gettext_lazy("leads to"),
    gettext_lazy("sets off"),
    gettext_lazy("makes worse"),
    gettext_lazy("keeps going"),
    gettext_lazy("helps with"),
    gettext_lazy("protects from"),
)

# What a patient says of a line that was shown to them, as the team reads it.
FITS_WORDS: dict[str, str | Promise] = {
    "fits": gettext_lazy("it fits"),
    "partly": gettext_lazy("it fits in part"),
    "not": gettext_lazy("it does not fit"),
}
FITS_MARKS = {"fits": "done", "partly": "open", "not": "unknown"}


@dataclass(frozen=True)
class Told:
    """What the patient said of something that was shown to them: with its mark, whether it fits in words, and what they wrote."""

    reply: SeenReply
    mark: str
    fits: str | Promise


def told(reply: SeenReply | None) -> Told | None:
    """A reply in the words of a page, None for none."""
    return Told(reply, FITS_MARKS[reply.fits], FITS_WORDS[reply.fits]) if reply is not None else None


@dataclass(frozen=True)
class Said:
    """One node in words: its kind, what it stands for, the modules that work on it, and what it does to others.

    ``row`` is its place in the form of the page, None where there is none; ``source`` says what the diary has of it today, and ``chain``
    is the number of the chain analysis that it comes from, "" for none.
    """

    node: Node
    kind: str
    impairment: str
    modules: str
    does: tuple[tuple[str, str], ...]
    row: int | None = None
    source: str = ""
    chain: str = ""


def in_words(content: FormulationContent, rows: Mapping[str, int] = MappingProxyType({}), found: Iterable[FoundPattern] | None = ()) -> list[Said]:
    """The whole formulation in words, in the order in which the drawing is read; ``rows`` are places in a form by the node.

    ``found`` are the patterns that the diary bears out on the day; with None nothing is read on from it.
    """
    counts = None if found is None else {f"diary.{one.pattern.id}": one for one in found}
    words = {node.id: node.words for node in content.nodes}
    return [
        Said(
            node,
            kind_word(node),
            impairment_word(node.impairment),
            modules_word(node.modules),
            tuple((link.words, words[link.end]) for link in content.links if link.start == node.id),
            rows.get(node.id),
            _read_on(node, counts) if counts is not None else "",
            node.source.removeprefix("chain.").partition("-")[0] if node.source.startswith("chain.") else "",
        )
        for kind in READING_ORDER
        for node in content.of_kind(kind)
    ]


def _read_on(node: Node, counts: Mapping[str, FoundPattern]) -> str:
    """What the diary has by today of a node that was taken over from it."""
    if not node.source.startswith("diary."):
        return ""
    if node.source in counts:
        return _counted(counts[node.source])
    return _("from the diary; the entries of the last weeks do not bear it out, or there are too few of them")


def kind_word(node: Node) -> str:
    """What a node is, in a word."""
    return str(KIND_WORDS[node.kind])


def impairment_word(name: str) -> str:
    """A part of the profile by its name; one that the release no longer has by its id."""
    known = knowledge().impairments.get(name)
    return known.name if known else name


def modules_word(names: Iterable[str]) -> str:
    """Modules by their names."""
    known = knowledge().modules
    return ", ".join(known[name].short_name if name in known else name for name in names)


def where_from(one: Suggestion) -> str:
    """What the record knows of something it offers."""
    if one.level is not None:
        level = _("%(word)s, %(level)s of 4") % {"word": _(level_word(one.node.impairment, one.level)), "level": number(one.level)}
        return f"{level}: {one.evidence}" if one.evidence else level
    if one.is_chain and one.on:
        return _("from the chain analysis of %(day)s") % {"day": day(one.on)}
    if one.counts is not None:
        return _counted(one.counts)
    if one.points is not None:
        return _("%(points)s of 2 points of resilience") % {"points": number(one.points)}
    return _("last known on %(day)s") % {"day": day(one.on)} if one.on else _("the day is not known")


def _counted(found: FoundPattern) -> str:
    """The counts of a pattern of the diary, both sides of it, and what they are not."""
    said = {
        "a": found.with_it.days, "b": found.with_it.of, "c": found.without.days, "d": found.without.of,
        "first": day(found.first), "last": day(found.last), "out": found.left_out,
    }  # fmt: skip
    counts = _("from the diary, entered by the patient, %(first)s to %(last)s: on %(a)d of %(b)d such days, and on %(c)d of %(d)d other days") % said
    left = _("%(out)d days without an answer to both are left out") % said
    diary = knowledge().diary
    rule = {"days": diary.pattern_least_days.value, "points": diary.pattern_difference.value}
    bounds = _("offered from %(days)g days on either side and %(points)g percentage points of difference on (a proposal)") % rule
    return "; ".join((counts, left, _("usual is this person's own median; a count, not a cause"), bounds))
