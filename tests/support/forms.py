"""Every form of the app, read from its pages as a browser reads them, so that a new field is tried without anybody thinking of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

TYPED = ("text", "search", "email", "number", "date", "password", "textarea")


@dataclass
class Field:
    """One field: its kind, what stands in it, and what can be chosen."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    is_required: bool = False


@dataclass
class Form:
    """A form with the page it stands on, where it is sent to, and its fields by name."""

    page: str
    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[str, ...]:
        """What makes it the same form as another: where it goes and what it asks, whatever the ids are."""
        return (without_ids(self.action), *sorted({kind_of_name(name) for name in self.fields}))

    def filled(self, words: str = "A few words that can be read", day: str = "2026-01-02") -> dict[str, str]:
        """What somebody sends who fills in every field with something fitting."""
        fitting = {"email": "somebody@clinic.example", "number": "1", "date": day, "password": "four calm words here"}
        sent = {}
        for name, one in self.fields.items():
            if one.kind in TYPED:
                sent[name] = one.value or fitting.get(one.kind, words)
            elif one.kind in ("select", "radio"):
                sent[name] = one.value or next((choice for choice in one.choices if choice), "")
            elif one.kind == "button":
                continue
            else:
                sent[name] = one.value
        return sent


def without_ids(address: str) -> str:
    """An address with every id taken out."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)", "*", address)


def kind_of_name(name: str) -> str:
    """Names of fields that are asked for many things alike: ``rating.anger`` is asked as ``rating.sleep`` is."""
    return re.sub(r"(?<=[.\-_])[a-z0-9_]+$|\d+$", "*", name) if "." in name else re.sub(r"\d+$", "*", name)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.now = page, list[Form](), None  # type: ignore[var-annotated]
        self.choosing: Field | None = None
        self.writing: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = Form(self.page, given.get("action") or self.page) if given.get("method", "").lower() == "post" else None
            if self.now:
                self.forms.append(self.now)
        elif self.now is not None and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.choosing:
            self.choosing.choices.append(given.get("value", ""))
            if "selected" in given:
                self.choosing.value = given.get("value", "")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        kind = {"textarea": "textarea", "select": "select", "button": "button"}.get(tag, given.get("type", "text"))
        one = self.now.fields.setdefault(given["name"], Field(given["name"], kind, is_required="required" in given))
        if kind == "radio":
            one.choices.append(given.get("value", ""))
            if "checked" in given:
                one.value = given.get("value", "")
        elif kind == "checkbox":
            one.value = given.get("value", "on") if "checked" in given else one.value
        elif kind != "select":
            one.value = given.get("value", "")
        self.choosing = one if kind == "select" else self.choosing
        self.writing = one if kind == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self.writing:
            self.writing.value = (self.writing.value + data).strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = None
        elif tag == "textarea":
            self.writing = None
        elif tag == "select":
            self.choosing = None


def read_forms(page: str, html: str) -> list[Form]:
    """The forms of a page that change something."""
    reader = _Reader(page)
    reader.feed(html)
    return [form for form in reader.forms if form.fields]


def each_once(forms: Iterable[Form]) -> list[Form]:
    """One of each shape, the first that was found."""
    found: dict[Any, Form] = {}
    for form in forms:
        found.setdefault(form.shape, form)
    return list(found.values())
