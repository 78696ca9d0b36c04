"""The drawing of the map on the screen: the one of the documents, with addresses of this page and words through gettext."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from fivefold.concepts.plan import GeneralReading, ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import PhaseId, StageId
from fivefold.documents.html.markup import Html, fill
from fivefold.documents.html.path import map_section
from fivefold.documents.html.view import TogetherView, View
from fivefold.services.knowledge import knowledge

SINGLE_WORDS = ("title", "here", "ground_title", "empty_words", "outside_words")


class OnScreen(View):
    """What differs from a document: sources are named, not listed on the page; every word can be translated."""

    def __post_init__(self) -> None:
        for name in SINGLE_WORDS:
            object.__setattr__(self, name, _(getattr(self, name)))

    def source(self, source_id: str) -> Html:
        known = self.knowledge.sources.get(source_id)
        return fill('<span title="{}">source {}</span>', known.citation if known else source_id, source_id)

    def phase_place(self, phase_id: PhaseId) -> str:
        return _(super().phase_place(phase_id))

    def stage_word(self, stage: StageId) -> str:
        return _(super().stage_word(stage))

    def status_word(self, match: ModuleMatch) -> str:
        return _(super().status_word(match))

    def general_word(self, reading: GeneralReading) -> str:
        return _(super().general_word(reading))


class MapView(OnScreen):
    """The map for clinicians."""


class SharedMapView(OnScreen, TogetherView):
    """The map for therapist and patient looking together: the same layout in the patient's words."""


def view_of(plan: PhasedPlan, *, shared: bool) -> View:
    """The words for one plan."""
    return SharedMapView(plan, knowledge()) if shared else MapView(plan, knowledge())


def drawing(view: View) -> SafeString:
    """The map itself: the path, its tiles and the ground."""
    return mark_safe(map_section(view))  # built by documents.html.markup, which escapes every value
