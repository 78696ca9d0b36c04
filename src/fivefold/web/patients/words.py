"""The drawing of the map on the screen: the one of the documents, with addresses of this page."""

from django.utils.safestring import SafeString, mark_safe

from fivefold.concepts.plan import PhasedPlan
from fivefold.documents.html.markup import Html, fill
from fivefold.documents.html.path import map_section
from fivefold.documents.html.view import TogetherView, View
from fivefold.documents.language import say, to_say
from fivefold.services.knowledge import knowledge


class OnScreen(View):
    """What differs from a document: sources are named, not listed on the page."""

    def source(self, source_id: str) -> Html:
        known = self.knowledge.sources.get(source_id)
        return fill('<span title="{}">{}</span>', known.citation if known else source_id, say("source {id}", id=source_id))


class MapView(OnScreen):
    """The map for clinicians."""


class EmptyMapView(MapView):
    """The map before anything was asked: no place on it is claimed."""

    here = to_say("not known yet")


class SharedMapView(OnScreen, TogetherView):
    """The map for therapist and patient looking together: the same layout in the patient's words."""


def view_of(plan: PhasedPlan, *, shared: bool, is_empty: bool = False) -> View:
    """The words for one plan; ``is_empty`` while nothing has been asked."""
    if shared:
        return SharedMapView(plan, knowledge())
    return EmptyMapView(plan, knowledge()) if is_empty else MapView(plan, knowledge())


def drawing(view: View) -> SafeString:
    """The map itself: the path, its tiles and the ground."""
    return mark_safe(map_section(view))  # built by documents.html.markup, which escapes every value
