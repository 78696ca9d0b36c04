"""Forms of the hour. One form holds the whole session; its fields are made from what the plan has for today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.vocabulary import EVENT_WORDS, WORKING_STAGES, GeneralState, StageId
from fivefold.documents.html.words import STAGE_WORDS
from fivefold.services.knowledge import knowledge
from fivefold.services.session_note import Departure, HomeworkReview, ModuleWork, NewHomework, Origin, Safety, SessionReport
from fivefold.services.sessions import EVENTS, LONGEST_HOMEWORK, LONGEST_TEXT, SHORTEST_REASON, WorkBlock, Workspace
from fivefold.services.spelling import spelled

Words = str | Promise
MEETINGS: list[tuple[str, Words]] = [
    ("in_person", gettext_lazy("in the room")),
    ("video", gettext_lazy("by video")),
    ("telephone", gettext_lazy("by telephone")),
    ("with_family", gettext_lazy("with family or partner")),
    ("group", gettext_lazy("in a group")),
]
CAME: list[tuple[str, Words]] = [
    ("came", gettext_lazy("came")),
    ("missed", gettext_lazy("did not come, or cancelled too late")),
    ("cancelled_by_patient", gettext_lazy("cancelled by the patient in good time")),
    ("cancelled_by_us", gettext_lazy("cancelled by us")),
]
SAFETY: list[tuple[str, Words]] = [
    (Safety.NOTHING_NEW.value, gettext_lazy("asked, nothing new was told")),
    (Safety.SOMETHING_NEW.value, gettext_lazy("asked, something new was told")),
    (Safety.NOT_ASKED.value, gettext_lazy("not asked today")),
]
PULSE: list[tuple[str, Words]] = [
    ("", gettext_lazy("not looked at")),
    (GeneralState.RED.value, gettext_lazy("strained")),
    (GeneralState.STARTED.value, gettext_lazy("begun")),
    (GeneralState.PROVISIONAL.value, gettext_lazy("holds for now")),
    (GeneralState.ATTAINED.value, gettext_lazy("holds")),
]
WENT: list[tuple[str, Words]] = [
    ("", gettext_lazy("not looked at")),
    ("done", gettext_lazy("done")),
    ("partly", gettext_lazy("partly")),
    ("not_done", gettext_lazy("not done")),
    ("dropped", gettext_lazy("no longer wanted")),
]
HOW: list[tuple[str, Words]] = [
    ("call", gettext_lazy("call")),
    ("message", gettext_lazy("message")),
    ("crisis", gettext_lazy("crisis contact")),
    ("third_party", gettext_lazy("with somebody else")),
]
BEGAN_BY: list[tuple[str, Words]] = [("patient", gettext_lazy("the patient")), ("us", gettext_lazy("us")), ("third_party", gettext_lazy("somebody else"))]
HOMEWORK_LINES = 2


def _text(label: Words, help_text: Words = "", rows: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=LONGEST_TEXT, widget=widget)  # type: ignore[arg-type]


def _day(label: Words, *, required: bool = True) -> forms.DateField:
    found = forms.DateField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # type: ignore[arg-type]
    found.error_messages["invalid"] = _("Expected a day such as 2026-11-26. Correct it.")
    return found


@dataclass(frozen=True)
class BlockFields:
    """The fields of one module beside what the plan says of it."""

    block: WorkBlock
    worked: forms.BoundField
    steps: forms.BoundField
    used: forms.BoundField
    signs: forms.BoundField
    stage: forms.BoundField
    words: forms.BoundField

    @property
    def stage_word(self) -> str:
        """Where the module stands before this session."""
        return _(STAGE_WORDS[self.block.stage])

    @property
    def proposed_word(self) -> str:
        """The stage that is proposed; "" while a sign is missing."""
        return _(STAGE_WORDS[self.block.proposed]) if self.block.proposed is not None else ""


class SessionForm(forms.Form):
    """A whole session: nothing in it is asked twice, and only whether the patient came and whether danger was asked about is a must."""

    on = _day(gettext_lazy("Day"))
    meeting = forms.ChoiceField(label=gettext_lazy("How you met"), choices=MEETINGS, initial="in_person")
    came = forms.ChoiceField(label=gettext_lazy("The patient"), choices=CAME, initial="came", widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), required=False, min_value=1, max_value=600, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    safety = forms.ChoiceField(
        label=gettext_lazy("Suicide and self-harm"),
        choices=SAFETY,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("That you did not ask is an answer, too; it is shown before the next session."),
    )
    brought = _text(gettext_lazy("What the patient brought"), gettext_lazy("In their words as far as you can."))
    seen = _text(gettext_lazy("What you saw"))
    went = _text(gettext_lazy("What you make of it"))
    agreed = _text(gettext_lazy("What you agreed"), gettext_lazy("Also changes of the frame: times, contact, fees."))
    chains = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Into the note"), required=False, coerce=int, empty_value=[], widget=forms.CheckboxSelectMultiple
    )
    goals = forms.MultipleChoiceField(label=gettext_lazy("Goals this session worked on"), required=False, widget=forms.CheckboxSelectMultiple)
    next_on = _day(gettext_lazy("Next session"), required=False)
    departed = forms.ChoiceField(label=gettext_lazy("Other than planned"), required=False)
    departed_why = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=LONGEST_TEXT, help_text=gettext_lazy("One sentence. Flexibility with a reason is good work.")
    )
    about = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, workspace: Workspace) -> None:
        self.workspace = workspace
        super().__init__(data, initial={"on": workspace.today, "about": str(workspace.patient.pk), "meeting": "in_person", "came": "came"})
        self.fields["goals"].choices = [(str(goal.row.pk), goal.words) for goal in workspace.goals]  # type: ignore[attr-defined]
        self.fields["chains"].choices = [(str(one.number), one.line) for one in workspace.chains]  # type: ignore[attr-defined]
        kinds = [(one.id, spelled(one.name)) for one in knowledge().fidelity.deviations]
        self.fields["departed"].choices = [("", _("as planned, or not said")), *kinds]  # type: ignore[attr-defined]
        for name in EVENTS:
            self.fields[f"event_{name}"] = forms.BooleanField(label=_(EVENT_WORDS[name]), required=False)
            self.fields[f"event_{name}_on"] = _day(_("when"), required=False)
            self.initial[f"event_{name}_on"] = workspace.today
        for task in workspace.homework:
            self.fields[f"went_{task.id}"] = forms.ChoiceField(label=task.words, choices=WENT, required=False, widget=forms.RadioSelect)
            self.fields[f"told_{task.id}"] = _text(_("What they said about it"), rows=1)
        for reading in workspace.general:
            self.fields[f"pulse_{reading.id}"] = forms.ChoiceField(label=reading.name, choices=PULSE, required=False, widget=forms.RadioSelect)
        for block in workspace.blocks:
            self._add_block(block)
        modules = [("", _("no single module")), *((block.match.id, block.match.short_name) for block in workspace.blocks)]
        for number in range(HOMEWORK_LINES):
            self.fields[f"try_{number}"] = forms.CharField(label=_("To try until next time"), required=False, max_length=LONGEST_HOMEWORK)
            self.fields[f"try_{number}_module"] = forms.ChoiceField(label=_("belongs to"), required=False, choices=modules)

    def _add_block(self, block: WorkBlock) -> None:
        name, many = block.match.id, forms.CheckboxSelectMultiple
        stages = [("", _("stays at: %(stage)s") % {"stage": _(STAGE_WORDS[block.stage])})]
        others = [stage for stage in (*WORKING_STAGES, StageId.MAINTAINED) if stage is not block.stage]
        proposed = _("%(stage)s (proposed: the signs of the stage before are seen)")
        stages += [(stage.value, proposed % {"stage": _(STAGE_WORDS[stage])} if stage is block.proposed else _(STAGE_WORDS[stage])) for stage in others]
        self.fields[f"worked_{name}"] = forms.BooleanField(label=_("Worked on today"), required=False)
        self.fields[f"steps_{name}"] = forms.MultipleChoiceField(label=_("Steps taken"), required=False, choices=_steps(block), widget=many)
        used = [(one.name, one.name) for one in block.match.interventions]
        self.fields[f"used_{name}"] = forms.MultipleChoiceField(label=_("Used"), required=False, choices=used, widget=many)
        stage_now = [part for stage, part in block.module.change_stages.each() if stage is block.stage]
        seen = _("%(sign)s (seen before)")
        texts = [(sign.text, spelled(sign.text)) for part in stage_now for sign in part.signs_of_completion]
        signs = [(sign, seen % {"sign": words} if sign in block.signs_seen else words) for sign, words in texts]
        self.fields[f"signs_{name}"] = forms.MultipleChoiceField(label=_("Signs that this stage has done its work"), required=False, choices=signs, widget=many)
        self.fields[f"stage_{name}"] = forms.ChoiceField(label=_("Stands now at"), required=False, choices=stages)
        self.fields[f"words_{name}"] = _text(_("What happened"))

    # ---- Reading back

    def clean_about(self) -> str:
        given: str = self.cleaned_data["about"]
        if given != str(self.workspace.patient.pk):
            raise forms.ValidationError(
                _("This form was filled in for another patient. Nothing was saved. Copy your words, open the right patient and write them there.")
            )
        return given

    @property
    def events(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each event with its day."""
        return [(self[f"event_{name}"], self[f"event_{name}_on"]) for name in EVENTS]

    @property
    def homework_fields(self) -> Iterator[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Homework that is open, how it went, and what was said about it."""
        return ((task, self[f"went_{task.id}"], self[f"told_{task.id}"]) for task in self.workspace.homework)

    @property
    def pulse_fields(self) -> list[tuple[Any, str, forms.BoundField]]:
        """The general modules, what to ask oneself, and the field."""
        known = knowledge().general_modules
        return [(reading, known[reading.id].session_check, self[f"pulse_{reading.id}"]) for reading in self.workspace.general]

    @property
    def blocks(self) -> list[BlockFields]:
        """The modules of now with their fields."""
        kinds = ("worked", "steps", "used", "signs", "stage", "words")
        return [BlockFields(block, *(self[f"{kind}_{block.match.id}"] for kind in kinds)) for block in self.workspace.blocks]

    @property
    def homework_lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Places to write new homework in."""
        return [(self[f"try_{number}"], self[f"try_{number}_module"]) for number in range(HOMEWORK_LINES)]

    @property
    def report(self) -> SessionReport:
        """What the services take."""
        given = self.cleaned_data
        took_place = given["came"] == "came"
        return SessionReport(
            on=given["on"],
            meeting=given["meeting"],
            came=given["came"],
            minutes=given["minutes"],
            safety=Safety(given["safety"]) if given["safety"] else None,
            events=tuple((name, given[f"event_{name}_on"] or given["on"]) for name in EVENTS if given[f"event_{name}"]),
            pulse={one.id: GeneralState(given[f"pulse_{one.id}"]) for one in self.workspace.general if given[f"pulse_{one.id}"]},
            work=tuple(self._work()),
            goals=tuple(given["goals"]) if took_place else (),
            chains=tuple(given["chains"]) if took_place else (),
            reviews=tuple(
                HomeworkReview(str(task.id), given[f"went_{task.id}"], given[f"told_{task.id}"]) for task in self.workspace.homework if given[f"went_{task.id}"]
            ),
            homework=tuple(
                NewHomework(given[f"try_{number}"], given[f"try_{number}_module"]) for number in range(HOMEWORK_LINES) if given[f"try_{number}"].strip()
            ),
            departure=Departure(given["departed"], given["departed_why"]) if given["departed"] else None,
            **{name: given[name] for name in ("brought", "seen", "went", "agreed", "next_on")},
        )

    def _work(self) -> Iterator[ModuleWork]:
        for block in self.workspace.blocks:
            name, given = block.match.id, self.cleaned_data
            steps, used, signs = (tuple(given[f"{kind}_{name}"]) for kind in ("steps", "used", "signs"))
            stage, words = given[f"stage_{name}"], given[f"words_{name}"]
            if given[f"worked_{name}"] or steps or used or signs or stage or words.strip():
                yield ModuleWork(name, steps, used, signs, StageId(stage) if stage else None, words)


def _steps(block: WorkBlock) -> list[tuple[str, str]]:
    """The steps of the outline at this stage, as they are kept and as they are read; those taken in an earlier session say so."""
    known = {step: spelled(step) for part in block.outline for step in part.steps}
    return [(step, _("%(step)s (taken before)") % {"step": words} if step in block.done else words) for step, words in known.items()]


class AmendForm(forms.Form):
    """What is added to a signed note, which stays as it is, and why."""

    text = forms.CharField(label=gettext_lazy("What you want to add"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    origin = forms.TypedChoiceField(
        label=gettext_lazy("Whose words"),
        choices=[(Origin.CLINICIAN.value, gettext_lazy("mine")), (Origin.PATIENT.value, gettext_lazy("the patient's"))],
        initial=Origin.CLINICIAN.value,
        coerce=Origin,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Why"), min_length=SHORTEST_REASON, max_length=500, help_text=gettext_lazy("One sentence."))


class CosignForm(forms.Form):
    """A remark of the supervisor."""

    words = forms.CharField(label=gettext_lazy("A remark, if you want"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(forms.Form):
    """A contact between sessions."""

    on = _day(gettext_lazy("Day"))
    how = forms.ChoiceField(label=gettext_lazy("How"), choices=HOW)
    began_by = forms.ChoiceField(label=gettext_lazy("Begun by"), choices=BEGAN_BY)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), required=False, min_value=1, max_value=600)
    words = forms.CharField(label=gettext_lazy("What it was about"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    is_danger = forms.BooleanField(
        label=gettext_lazy("Thoughts of suicide were told"), required=False, help_text=gettext_lazy("The safety rules see it at once.")
    )

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data, initial={"on": today})


class ProcessNoteForm(forms.Form):
    """A process note."""

    text = forms.CharField(label=gettext_lazy("Note"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))


def chosen(choices: Sequence[tuple[str, Words]], value: str) -> str:
    """The words of a choice."""
    return str(dict(choices).get(value, value))
