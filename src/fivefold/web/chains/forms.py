"""The form of a chain: a row for each link, moved and removed by buttons, so that it works without a script. What was typed stays in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.vocabulary import EVENT_WORDS
from fivefold.services.chain_content import ChainContent, ChainLink, ChainLinkKind, SeenNode
from fivefold.services.chains import BEHAVIOURS, HIGHEST, LONGEST_LINK, LONGEST_TEXT, MOST_LINKS, ChainSheet
from fivefold.web.chains.words import LINK_WORDS
from fivefold.web.ui.templatetags.ui import day

Row = dict[str, str]
LINK_FIELDS = ("kind", "words", "strength", "instead")
ROW_NAME = re.compile(r"link-(\d{1,2})-[a-z]+")
FIRST_ROWS = 3
KIND_NAMES = frozenset(kind.value for kind in ChainLinkKind)
NOT_SHOWN = {"hidden": True, "autocomplete": "off"}


def _blank() -> Row:
    return {"kind": ChainLinkKind.THOUGHT.value, "words": "", "strength": "", "instead": ""}


@dataclass(frozen=True)
class Typed:
    """The links that stand in the form, as they were typed."""

    links: tuple[Row, ...]

    @classmethod
    def of(cls, content: ChainContent | None) -> "Typed":
        """The links of a version that is there, with one row more; a few rows for a new chain."""
        rows = [
            {"kind": one.kind.value, "words": one.words, "strength": "" if one.strength is None else str(one.strength), "instead": one.instead}
            for one in (content.links if content else ())
        ]
        return cls((*rows, *(_blank() for _number in range(1 if rows else FIRST_ROWS))))

    @classmethod
    def read(cls, sent: QueryDict) -> "Typed":
        """The links as they were sent."""
        return cls(tuple({name: sent.get(f"link-{place}-{name}", "") for name in LINK_FIELDS} for place in range(_places(sent))))

    def at_least(self, fields: Sequence[tuple[str, str]]) -> "Typed":
        """With as many rows as the fields of a draft need."""
        many = _places(dict(fields))
        return replace(self, links=(*self.links, *(_blank() for _place in range(many - len(self.links)))))

    def with_link(self) -> "Typed":
        """With one more row, as far as there is room."""
        return replace(self, links=(*self.links, _blank())) if len(self.links) < MOST_LINKS else self

    def without(self, place: int) -> "Typed":
        """Without one row; one row always stays."""
        return replace(self, links=tuple(row for number, row in enumerate(self.links) if number != place) or (_blank(),))

    def moved(self, place: int, step: int) -> "Typed":
        """With a row one place up (-1) or down (1); as it was at the ends."""
        other = place + step
        if not (0 <= place < len(self.links) and 0 <= other < len(self.links)):
            return self
        rows = list(self.links)
        rows[place], rows[other] = rows[other], rows[place]
        return replace(self, links=tuple(rows))

    def fields(self) -> Iterator[tuple[str, str]]:
        """Names and values as the form sends them."""
        return ((f"link-{place}-{name}", value) for place, row in enumerate(self.links) for name, value in row.items())


def _places(sent: Mapping[str, Any]) -> int:
    """How many rows were sent, the last one included."""
    return min(max((int(match[1]) + 1 for name in sent if (match := ROW_NAME.fullmatch(name))), default=0), MOST_LINKS)


# ---- Fields --------------------------------------------------------------------------------------------------------------


def _text(label: Any, help_text: Any = "", rows: int = 2, *, required: bool = False, missing: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing} if missing else None,
    )


class LinkForm(forms.Form):
    """One link: what it is, in which words, how strong it was, and what could be done here instead."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=[(kind.value, words) for kind, words in LINK_WORDS.items()], required=False)
    words = forms.CharField(label=gettext_lazy("In words"), max_length=LONGEST_LINK, required=False, widget=forms.Textarea(attrs={"rows": 1}))
    strength = forms.IntegerField(
        label=gettext_lazy("How strong, 0 to 100"),
        min_value=0,
        max_value=HIGHEST,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": gettext_lazy("Expected a whole number from 0 to 100, as the patient says it. Correct it, or leave it open."),
            "min_value": gettext_lazy("Expected a number from 0 to 100, as the patient says it. Correct it, or leave it open."),
            "max_value": gettext_lazy("Expected a number from 0 to 100, as the patient says it. Correct it, or leave it open."),
        },
    )
    instead = forms.CharField(label=gettext_lazy("What could be done here instead"), max_length=LONGEST_LINK, required=False)

    def clean(self) -> dict[str, Any]:
        """Words, or nothing at all."""
        given = super().clean() or {}
        if not given.get("words", "").strip() and (given.get("strength") is not None or given.get("instead", "").strip()):
            self.add_error("words", _("No words, expected what happened at this link. Write it, or remove the link."))
        return given

    @property
    def link(self) -> ChainLink | None:
        """The link, None for an empty row."""
        given = self.cleaned_data
        if not given["words"].strip():
            return None
        kind = ChainLinkKind(given["kind"]) if given["kind"] in KIND_NAMES else ChainLinkKind.THOUGHT
        return ChainLink(kind, given["words"], given["strength"], given["instead"])


class AroundForm(forms.Form):
    """Everything of a chain but its links."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.TextInput(attrs=NOT_SHOWN))
    on = forms.DateField(label=gettext_lazy("Day it happened"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    session = forms.TypedChoiceField(label=gettext_lazy("Belongs to"), required=False, coerce=int, empty_value=None)
    module = forms.ChoiceField(label=gettext_lazy("Module"), required=False)
    behaviour = _text(
        gettext_lazy("What was done"),
        gettext_lazy("One occurrence, as exactly as a camera would see it."),
        required=True,
        missing=gettext_lazy("Nothing was written, expected what was done. One sentence is enough."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("For the safety rules it is"), required=False)
    is_event = forms.BooleanField(
        label=gettext_lazy("Enter it in the record as an event of that day"),
        required=False,
        help_text=gettext_lazy("The safety rules see events alone, not what is written here. One that stands there already is not entered again."),
    )
    vulnerability = _text(gettext_lazy("What made it likelier"), gettext_lazy("Sleep, food, drink, illness, an argument the day before."))
    prompt = _text(
        gettext_lazy("What set it off"),
        gettext_lazy("The moment after which it was on its way."),
        required=True,
        missing=gettext_lazy("Nothing was written, expected what set it off. If nobody knows, write that."),
    )
    short_term = _text(gettext_lazy("What came of it at once"), gettext_lazy("Relief counts, too: it is why it comes again."))
    long_term = _text(gettext_lazy("What came of it later"))
    repair = _text(gettext_lazy("Repair"), gettext_lazy("What was hurt, in the person or between people, and what makes it good."))
    shows = forms.MultipleChoiceField(label=gettext_lazy("Seen here again"), required=False, widget=forms.CheckboxSelectMultiple)
    pattern = _text(
        gettext_lazy("What it says about how things hang together"),
        gettext_lazy("It is offered to the formulation there, and goes into it only if you take it over."),
    )

    def __init__(self, data: Any, sheet: ChainSheet, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["on"].error_messages["invalid"] = _("Expected a day such as 2026-11-26. Correct it.")
        sessions = [(str(number), _session_words(number, on)) for number, on in sheet.sessions]
        self.fields["session"].choices = [("", _("no session")), *sessions]  # type: ignore[attr-defined]
        self.fields["module"].choices = [("", _("no single module")), *sheet.modules]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("something else")), *((kind, _(EVENT_WORDS[kind])) for kind in BEHAVIOURS)]  # type: ignore[attr-defined]
        words = {node.id: " ".join(node.words.split()) for node in sheet.nodes}
        kept = {node.id: node.words for node in sheet.newest.content.shows} if sheet.newest else {}
        self.fields["shows"].choices = list((kept | words).items())  # type: ignore[attr-defined]
        self.has_nodes = bool(kept | words)

    def clean(self) -> dict[str, Any]:
        """An event needs to say which."""
        given = super().clean() or {}
        if given.get("is_event") and not given.get("kind"):
            self.add_error("kind", _("Expected which event it is, since it is to be entered as one. Choose it, or take the tick away."))
        return given


def _session_words(number: int, on: Any) -> str:
    return _("session %(n)d, %(on)s") % {"n": number, "on": day(on)} if on else _("session %(n)d, not signed yet") % {"n": number}


@dataclass
class ChainForm:
    """All rows of the page. ``sent`` is None for a form that is only shown, ``shown`` holds what stands in one that is not saved."""

    typed: Typed
    sheet: ChainSheet
    sent: QueryDict | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.links = [LinkForm(self.sent, initial=row, prefix=f"link-{place}") for place, row in enumerate(self.typed.links)]
        self.around = AroundForm(self.sent, self.sheet, self._begun() | self.shown)

    def _begun(self) -> dict[str, Any]:
        newest = self.sheet.newest
        if newest is None:
            return {"version": 0, "on": self.sheet.today}
        content = newest.content
        texts = {name: getattr(content, name) for name in ("behaviour", "kind", "vulnerability", "prompt", "short_term", "long_term", "repair", "pattern")}
        return {
            "version": newest.version,
            "on": newest.on,
            "session": newest.session_number,
            "module": newest.module,
            "shows": [node.id for node in content.shows],
            **texts,
        }

    def is_valid(self) -> bool:
        """Whether every row can be used as it stands."""
        return all(form.is_valid() for form in (self.around, *self.links))

    @property
    def has_errors(self) -> bool:
        """Whether something was sent that cannot be saved as it is."""
        return bool(self.problems) or (self.sent is not None and any(form.errors for form in (self.around, *self.links)))

    @property
    def content(self) -> ChainContent:
        """What is to be saved."""
        given = self.around.cleaned_data
        words = dict(self.around.fields["shows"].choices)  # type: ignore[attr-defined]
        texts = {name: given[name] for name in ("behaviour", "prompt", "kind", "vulnerability", "short_term", "long_term", "repair", "pattern")}
        links = tuple(link for form in self.links if (link := form.link) is not None)
        return ChainContent(links=links, shows=tuple(SeenNode(name, words[name]) for name in given["shows"]), **texts)

    @property
    def frame(self) -> dict[str, Any]:
        """What stands around it, as the services take it."""
        given = self.around.cleaned_data
        return {
            "on": given["on"],
            "version": given["version"],
            "session_number": given["session"],
            "module": given["module"],
            "is_event": given["is_event"],
        }
