"""Forms beside the record: what the diary asks, and what is usual for this person."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fivefold.services.diary_content import LONGEST_ITEM
from fivefold.services.diary_summary import SeenDiary
from fivefold.services.knowledge import knowledge

OWN_ROWS = 3
OWN_KIND_WORDS = [
    ("emotion", _("a feeling, 0 to 5")),
    ("urge", _("an urge, 0 to 5")),
    ("count", _("how often")),
    ("yes_no", _("yes or no")),
    ("skill", _("a skill that was used")),
]


class CardForm(forms.Form):
    """The questions of the card: those of the knowledge base, a few of one's own, and whether it is for a hard time."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    items = forms.MultipleChoiceField(label=_("Every day"), widget=forms.CheckboxSelectMultiple, required=False)
    is_for_crisis = forms.BooleanField(label=_("A hard time: three to eight questions"), required=False)

    def __init__(self, data: object, seen: SeenDiary) -> None:
        diary = knowledge().diary
        card = seen.card
        known = {item.id for item in diary.items}
        chosen = [item.id for item in card.items if item.id in known] if card else list(diary.sets[0].items)
        initial = {"version": seen.card_number, "items": chosen, "is_for_crisis": bool(card and card.is_for_crisis)}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]  # a QueryDict or None
        self.fields["items"].choices = [(item.id, item.words) for item in diary.items]  # type: ignore[attr-defined]
        own = [item for item in card.items if item.id not in known] if card else []
        self.rows = max(OWN_ROWS, len(own) + 1)
        for number in range(self.rows):
            kept = own[number] if number < len(own) else None
            words = forms.CharField(label=_("Own question"), max_length=LONGEST_ITEM, required=False, initial=kept.words if kept else "")
            self.fields[f"own_{number}"] = words
            self.fields[f"kind_{number}"] = forms.ChoiceField(label=_("Kind"), choices=OWN_KIND_WORDS, initial=kept.kind if kept else "emotion", required=False)

    def own_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """For the template: words and kind of each own question."""
        return [(self[f"own_{number}"], self[f"kind_{number}"]) for number in range(self.rows)]

    @property
    def given_values(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        own = [(sent[f"kind_{number}"] or "emotion", sent[f"own_{number}"]) for number in range(self.rows)]
        return {"items": sent["items"], "own": own, "is_for_crisis": sent["is_for_crisis"], "version": sent["version"]}


class UsualForm(forms.Form):
    """The level of an urge that is usual for this person, until a day, with the reason; no level ends it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    item = forms.ChoiceField(label=_("Urge"))
    level = forms.TypedChoiceField(label=_("Usual up to"), coerce=int, empty_value=None, required=False)
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: object, seen: SeenDiary) -> None:
        diary = knowledge().diary
        longest = seen.today + timedelta(days=diary.usual_for.value)
        super().__init__(data, initial={"version": seen.usual_version, "until": longest})  # type: ignore[arg-type]  # a QueryDict or None
        may = [item for item in diary.items if (rule := diary.rule(item.risk)) is not None and rule.may_have_usual]
        self.fields["item"].choices = [(item.id, item.words) for item in may]  # type: ignore[attr-defined]
        levels = [(str(number), str(number)) for number in range(int(diary.most_usual.value) + 1)]
        self.fields["level"].choices = [("", _("nothing is usual any more")), *levels]  # type: ignore[attr-defined]
        self.fields["until"].help_text = _("At most %(days)g days; then the ordinary rule counts again.") % {"days": diary.usual_for.value}
