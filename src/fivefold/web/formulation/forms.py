"""The form of a formulation: a row for each node and link, so that it works without a script. What was typed stays in it."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.services.formulation import LONGEST_COMMENT, LONGEST_LINE, LONGEST_LINK, LONGEST_WORDS, MOST_LINES, MOST_LINKS, MOST_NODES
from fivefold.services.formulation_content import FormulationContent, Link, Node, NodeKind
from fivefold.services.knowledge import knowledge
from fivefold.web.formulation.words import KIND_WORDS

Choices = Sequence[tuple[str, Any]]
Row = dict[str, Any]
SHORT = 40  # letters of a row's words where it is only named
ROW_NAME = re.compile(r"(node|link)-(\d{1,2})-[a-z]+")
NODE_ID = re.compile(r"[0-9a-f]{8}")
FIRST_ROWS = 3
KIND_NAMES = frozenset(kind.value for kind in NodeKind)


def new_id() -> str:
    """The name of a node that nobody else gives: two people who add one at the same time add two."""
    return uuid.uuid4().hex[:8]


def _blank() -> Row:
    return {"id": new_id(), "source": "", "kind": NodeKind.PROBLEM.value, "words": "", "impairment": "", "modules": []}


def _no_link() -> Row:
    return {"start": "", "words": "", "end": ""}


@dataclass(frozen=True)
class Typed:
    """What stands in the form: rows as they were typed, the patient's lines, and the version it was begun on.

    Links name rows by their place, from 0, so that a draft that is put back still names the same rows.
    """

    nodes: tuple[Row, ...]
    links: tuple[Row, ...]
    lines: str
    version: str

    @classmethod
    def of(cls, content: FormulationContent, lines: str, version: int) -> "Typed":
        """The form for a version that is there, with a row and a link more."""
        place = {node.id: str(number) for number, node in enumerate(content.nodes)}
        nodes = [_row(node) for node in content.nodes]
        links = [{"start": place[link.start], "words": link.words, "end": place[link.end]} for link in content.links]
        blanks = [_blank() for _number in range(1 if nodes else FIRST_ROWS)]
        return cls((*nodes, *blanks), (*links, _no_link()), lines, str(version))

    @classmethod
    def read(cls, sent: QueryDict) -> "Typed":
        """The form as it was sent, rows that cannot be read left blank."""
        nodes, links = (_places(sent, kind, most) for kind, most in (("node", MOST_NODES), ("link", MOST_LINKS)))
        return cls(
            tuple(_sent_node(sent, f"node-{place}") for place in range(nodes)),
            tuple({name: sent.get(f"link-{place}-{name}", "") for name in _no_link()} for place in range(links)),
            sent.get("lines", ""),
            sent.get("version", ""),
        )

    @property
    def next_row(self) -> int:
        """The place of the first row that nothing stands in; after the last when all are used."""
        return next((place for place, row in enumerate(self.nodes) if not row["words"].strip()), len(self.nodes))

    def at_least(self, fields: Sequence[tuple[str, str]]) -> "Typed":
        """With as many rows as the fields of a draft need."""
        wanted = QueryDict(mutable=True)
        for name, value in fields:
            wanted[name] = value
        nodes = [_blank() for _place in range(_places(wanted, "node", MOST_NODES) - len(self.nodes))]
        links = [_no_link() for _place in range(_places(wanted, "link", MOST_LINKS) - len(self.links))]
        return replace(self, nodes=(*self.nodes, *nodes), links=(*self.links, *links))

    def with_node(self, node: Node | None = None) -> "Typed":
        """With one more row, filled with a node that was taken over or blank; as it was when there is no room."""
        row = _row(node) if node else _blank()
        place = self.next_row if node else len(self.nodes)
        if place >= MOST_NODES:
            return self
        return replace(self, nodes=(*self.nodes[:place], row, *self.nodes[place + 1 :]))

    def with_link(self) -> "Typed":
        """With one more link, as far as there is room."""
        return replace(self, links=(*self.links, _no_link())) if len(self.links) < MOST_LINKS else self

    def without_node(self, place: int) -> "Typed":
        """Without a row and the links at it; the others keep what they join."""
        kept = [number for number in range(len(self.nodes)) if number != place]
        moved = {str(number): str(new) for new, number in enumerate(kept)}
        links = [link for link in self.links if str(place) not in (link["start"], link["end"])]
        return replace(
            self,
            nodes=tuple(self.nodes[number] for number in kept) or (_blank(),),
            links=tuple(link | {end: moved.get(link[end], "") for end in ("start", "end")} for link in links) or (_no_link(),),
        )

    def without_link(self, place: int) -> "Typed":
        return replace(self, links=tuple(link for number, link in enumerate(self.links) if number != place) or (_no_link(),))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Names and values as the form sends them: what a draft keeps."""
        yield from (("version", self.version), ("lines", self.lines))
        for place, row in enumerate(self.nodes):
            yield from ((f"node-{place}-{name}", value) for name, value in row.items() if name != "modules")
            yield from ((f"node-{place}-modules", module) for module in row["modules"])
        for place, row in enumerate(self.links):
            yield from ((f"link-{place}-{name}", value) for name, value in row.items())

    def content(self) -> FormulationContent:
        """What is to be saved: rows with words, and links with anything in them."""
        rows = {str(place): row for place, row in enumerate(self.nodes) if row["words"].strip()}
        names = {place: row["id"] for place, row in rows.items()}
        links = [link for link in self.links if any(value.strip() for value in link.values())]
        return FormulationContent(
            tuple(Node(row["id"], _kind(row["kind"]), row["words"], row["impairment"], tuple(row["modules"]), row["source"]) for row in rows.values()),
            tuple(Link(names.get(link["start"], ""), names.get(link["end"], ""), link["words"]) for link in links),
        )


def _kind(name: str) -> NodeKind:
    """A kind by its name; a name that is none is refused where the form is checked."""
    return NodeKind(name) if name in KIND_NAMES else NodeKind.PROBLEM


def _row(node: Node) -> Row:
    name = node.id or new_id()
    return {
        "id": name, "source": node.source, "kind": node.kind.value, "words": node.words, "impairment": node.impairment, "modules": list(node.modules),
    }  # fmt: skip


def _places(sent: Mapping[str, Any], kind: str, most: int) -> int:
    """How many rows of a kind were sent, the last one included."""
    found = [int(match[2]) + 1 for name in sent if (match := ROW_NAME.fullmatch(name)) and match[1] == kind]
    return min(max(found, default=0), most)


def _sent_node(sent: QueryDict, prefix: str) -> Row:
    name = sent.get(f"{prefix}-id", "")
    row = {part: sent.get(f"{prefix}-{part}", "") for part in ("source", "kind", "words", "impairment")}
    return {"id": name if NODE_ID.fullmatch(name) else new_id(), **row, "modules": sent.getlist(f"{prefix}-modules")}


# ---- Fields --------------------------------------------------------------------------------------------------------------

# No hidden input but one that is not shown: only such a one is put back with a draft.
NOT_SHOWN = {"hidden": True, "autocomplete": "off"}


class NodeForm(forms.Form):
    """One row: what it is, in which words, which part of the profile it stands for, and which modules work on it."""

    id = forms.CharField(max_length=8, required=False, widget=forms.TextInput(attrs=NOT_SHOWN))
    source = forms.CharField(max_length=80, required=False, widget=forms.TextInput(attrs=NOT_SHOWN))
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=[(kind.value, words) for kind, words in KIND_WORDS.items()], required=False)
    words = forms.CharField(
        label=gettext_lazy("In words"), max_length=LONGEST_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 1, "autocomplete": "off"})
    )
    impairment = forms.ChoiceField(label=gettext_lazy("Stands for"), required=False)
    modules = forms.MultipleChoiceField(label=gettext_lazy("Worked on with"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, modules: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        parts = sorted(((part.id, part.name) for part in knowledge().impairments.values()), key=lambda part: part[1])
        self.fields["impairment"].choices = [("", _("no part of the profile")), *parts]  # type: ignore[attr-defined]
        self.fields["modules"].choices = modules  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """What one row does to another."""

    start = forms.ChoiceField(label=gettext_lazy("From"), required=False)
    words = forms.CharField(
        label=gettext_lazy("does what"), max_length=LONGEST_LINK, required=False, widget=forms.TextInput(attrs={"list": "link-words", "autocomplete": "off"})
    )
    end = forms.ChoiceField(label=gettext_lazy("To"), required=False)

    def __init__(self, data: Any, *, rows: Choices, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("start", "end"):
            self.fields[name].choices = [("", _("choose a row")), *rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nothing at all, or both rows and the words between them."""
        given = super().clean() or {}
        if any(given.values()) and not self.errors:
            for name in ("start", "words", "end"):
                if not given.get(name, "").strip():
                    self.add_error(name, _("Nothing stands here, expected both rows and what the one does to the other. Fill it in, or remove the link."))
        return given


class LinesForm(forms.Form):
    """The patient's lines, and the version that the form was begun on."""

    version = forms.IntegerField(min_value=0, widget=forms.TextInput(attrs=NOT_SHOWN))
    lines = forms.CharField(
        label=gettext_lazy("In five lines, as the patient says it"),
        required=False,
        max_length=MOST_LINES * (LONGEST_LINE + 10),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What happens, where it comes from, what sets it off, what keeps it going, what helps. Read it aloud together."),
    )


@dataclass(frozen=True)
class ShownRow:
    """A row as the page lists it: folded to one line unless it ``is_open``. ``has_more``: more than words stands in it."""

    form: forms.Form
    line: str
    is_open: bool
    kind: str = ""
    has_more: bool = False


@dataclass
class FormulationForm:
    """All rows of the page. ``sent`` is None for a form that is only shown; ``opened`` names the row that is open, such as ``node-0``."""

    typed: Typed
    modules: Choices
    sent: QueryDict | None = None
    opened: str = ""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        options = [{"initial": row, "prefix": f"node-{place}"} for place, row in enumerate(self.typed.nodes)]
        self.nodes = [NodeForm(self.sent, modules=self.modules, **one) for one in options]
        named = [(str(place), _named(place, row["words"])) for place, row in enumerate(self.typed.nodes)]
        links = [{"initial": row, "prefix": f"link-{place}"} for place, row in enumerate(self.typed.links)]
        self.links = [LinkForm(self.sent, rows=named, **one) for one in links]
        self.about = LinesForm(self.sent, initial={"version": self.typed.version, "lines": self.typed.lines})

    def is_valid(self) -> bool:
        """Whether every row can be used as it stands."""
        return all(form.is_valid() for form in (self.about, *self.nodes, *self.links))

    @property
    def has_errors(self) -> bool:
        """Whether something was sent that cannot be saved as it is."""
        return bool(self.problems) or (self.sent is not None and any(form.errors for form in (self.about, *self.nodes, *self.links)))

    @property
    def rows(self) -> list[ShownRow]:
        """Each node."""
        return [
            ShownRow(form, row["words"], self._is_open(form), str(KIND_WORDS[_kind(row["kind"])]), bool(row["impairment"] or row["modules"]))
            for form, row in zip(self.nodes, self.typed.nodes, strict=True)
        ]

    @property
    def link_rows(self) -> list[ShownRow]:
        """Each link, in a line as its sentence."""
        words = {str(place): row["words"] for place, row in enumerate(self.typed.nodes)}
        said = (" ".join((_quoted(words.get(one["start"], "")), one["words"], _quoted(words.get(one["end"], "")))).strip() for one in self.typed.links)
        return [ShownRow(form, line, self._is_open(form)) for form, line in zip(self.links, said, strict=True)]

    def _is_open(self, form: forms.Form) -> bool:
        return form.prefix == self.opened or (self.sent is not None and bool(form.errors))


def _named(place: int, words: str) -> str:
    """A row by its number and the beginning of its words."""
    short = _short(words)
    return f"{place + 1} · {short}" if short else str(place + 1)


def _quoted(words: str) -> str:
    return f"“{_short(words)}”" if words.strip() else ""


def _short(words: str) -> str:
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= SHORT else f"{one_line[: SHORT - 1]}…"


class CommentForm(forms.Form):
    """What a colleague says about the formulation or one of its nodes."""

    number = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.TextInput(attrs=NOT_SHOWN))
    node = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What you want to say"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Nothing was written, expected what you want to say. Write it in a sentence or two.")},
    )

    def __init__(self, data: Any, *, content: FormulationContent, number: int) -> None:
        super().__init__(data, initial={"number": number})
        rows = [(node.id, f"{KIND_WORDS[node.kind]}: {' '.join(node.words.split())[:SHORT]}") for node in content.nodes]
        self.fields["node"].choices = [("", _("the whole formulation")), *rows]  # type: ignore[attr-defined]
