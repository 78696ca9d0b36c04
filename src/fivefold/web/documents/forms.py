"""Forms of documents: what is typed for one, which parts it has, and the steps after it was made."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.documents.clinical.kinds import DocumentKind
from fivefold.documents.clinical.sources import Hidden
from fivefold.documents.language import say
from fivefold.services.documents import LONGEST_LINE, LONGEST_REASON, LONGEST_TYPED, SHORTEST_REASON
from fivefold.services.hidden_words import LONGEST_LISTED, MOST_LISTED
from fivefold.web.documents.words import categories_word


class DocumentForm(forms.Form):
    """What a kind asks for: its typed fields, the parts that can be left out, and whether a made-up name stands for the patient's."""

    def __init__(self, data: Any, kind: DocumentKind) -> None:
        super().__init__(data, initial={"parts": sorted(kind.usual), "hides_name": True})
        self.kind = kind
        for field in kind.typed:
            long = field.is_long or field.id == "addressee"
            widget = forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput()
            self.fields[field.id] = forms.CharField(
                label=say(field.name),
                help_text=say(field.help) if field.help else "",
                required=field.is_needed and not self.is_preview,
                max_length=LONGEST_TYPED if long else LONGEST_LINE,
                widget=widget,
            )
        optional = [(part.id, _part_word(part)) for part in kind.parts if part.is_optional]
        if optional:
            self.fields["parts"] = forms.MultipleChoiceField(
                label=gettext_lazy("Parts you can leave out"), choices=optional, required=False, widget=forms.CheckboxSelectMultiple
            )
        if kind.can_hide_name:
            self.fields["hides_name"] = forms.BooleanField(
                label=gettext_lazy("Tell it without the name"),
                required=False,
                help_text=gettext_lazy("A made-up name stands for the patient's, also where it was written in texts. Read it through all the same."),
            )
            self.fields["other_names"] = _lines(
                gettext_lazy("Other names of the patient"),
                gettext_lazy("Nicknames, short and earlier names, one on each line. The made-up name stands for each."),
            )
            self.fields["left_out"] = _lines(
                gettext_lazy("What else tells who it is"),
                gettext_lazy("Places, employers, names of others, one on each line. Each is left out, and the text says so."),
            )

    def begin_with(self, hidden: Hidden) -> None:
        """Show what is hidden for this patient already."""
        self.initial = {**self.initial, "other_names": "\n".join(hidden.names), "left_out": "\n".join(hidden.words)}

    @property
    def is_preview(self) -> bool:
        """Whether the form was sent to be looked at, and nothing is to be kept."""
        return "preview" in self.data

    @property
    def given(self) -> dict[str, Any]:
        """What the acts take, from a form that is valid."""
        typed = {field.id: self.cleaned_data.get(field.id, "") for field in self.kind.typed}
        given = {"typed": typed, "chosen": frozenset(self.cleaned_data.get("parts", ()))}
        if not self.kind.can_hide_name:
            return given
        names, words = (tuple(filter(None, map(str.strip, self.cleaned_data[name].splitlines()))) for name in ("other_names", "left_out"))
        return given | {"hides_name": self.cleaned_data["hides_name"], "hidden": Hidden(names, words)}


def _lines(label: Any, help_text: Any) -> forms.CharField:
    """A list, one on each line."""
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=MOST_LISTED * (LONGEST_LISTED + 2), widget=forms.Textarea(attrs={"rows": 2})
    )


def _part_word(part: Any) -> str:
    """A part with what it discloses."""
    if not part.discloses or say(part.name).casefold() == categories_word(part.discloses).casefold():
        return say(part.name)
    return _("%(part)s (tells: %(what)s)") % {"part": say(part.name), "what": categories_word(part.discloses)}


class SignForm(forms.Form):
    """A signature; the reason is asked for where the patient has not agreed to the purpose."""

    reason = forms.CharField(label=gettext_lazy("Why you sign it without the consent"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any, *, needs_reason: bool) -> None:
        super().__init__(data)
        if needs_reason:
            self.fields["reason"].min_length = SHORTEST_REASON  # type: ignore[attr-defined]  # a CharField
        else:
            del self.fields["reason"]


class AgreedForm(forms.Form):
    """The day on which the patient agreed."""

    on = forms.DateField(label=gettext_lazy("The patient agreed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["on"].error_messages["invalid"] = _("Expected a day such as 2026-11-26. Correct it.")


class WithdrawForm(forms.Form):
    """Why a document no longer holds."""

    reason = forms.CharField(
        label=gettext_lazy("Why it no longer holds"), min_length=SHORTEST_REASON, max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )
