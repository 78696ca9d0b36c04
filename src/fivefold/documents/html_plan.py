"""The plan as one self-contained, accessible HTML file: readable anywhere, years from now, without a network."""

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.documents.html import closing, gates, modules, opening, profile, timeline, together
from fivefold.documents.html.formats import day
from fivefold.documents.html.markup import Html, fill, join
from fivefold.documents.html.page import page
from fivefold.documents.html.path import map_section
from fivefold.documents.html.view import TogetherView, View

_LINKS = (
    ("map", "Map"), ("modules", "Modules"), ("profile", "Profile"), ("timeline", "Timeline"), ("coverage", "Coverage"), ("measures", "Measures"),
    ("alternatives", "Alternatives"), ("sources", "Sources"),
)  # fmt: skip
_LINKS_TOGETHER = (("map", "Map"), ("modules", "What we do"), ("profile", "How things are"), ("alternatives", "Other ways"), ("honesty", "Good to know"))


def render_html(plan: PhasedPlan, knowledge: KnowledgeBase, *, shared_view: bool = False) -> str:
    """The page for ``plan``; ``knowledge`` gives the names and citations behind its ids.

    The shared view is for therapist and patient to look at together: the same map and order, in the patient's words, without
    codes, scores, predictions or agreement numbers.
    """
    return _shared_page(TogetherView(plan, knowledge)) if shared_view else _clinician_page(View(plan, knowledge))


def _clinician_page(view: View) -> Html:
    beside, below = [profile.profile_section(view), profile.resilience_section(view)], list[Html]()
    (beside if _has_room_beside(view) else below).append(timeline.timeline_section(view))
    body = join((
        opening.opening(view),
        map_section(view),
        gates.gates_section(view),
        _beside(modules.modules_section(view), join(beside)),
        *below,
        closing.coverage_section(view),
        _beside(closing.measures_section(view), closing.alternatives_section(view)),
        _beside(closing.review_section(view), closing.honesty_section(view)),
        closing.sources_section(view),
    ))  # fmt: skip
    title = f"Plan {view.plan.assessment_id}, {day(view.plan.as_of)}"
    return page(title=title, kind="clinician", links=_present(_LINKS, body), main=body, footer=closing.footer(view))


def _shared_page(view: TogetherView) -> Html:
    body = join((
        together.opening(view),
        map_section(view),
        together.gates_section(view),
        _beside(together.modules_section(view), join((together.profile_section(view), together.pace_section(view)))),
        _beside(together.measures_section(view), together.alternatives_section(view)),
        together.honesty_section(),
    ))  # fmt: skip
    return page(title=f"Our map, {day(view.plan.as_of)}", kind="together", links=_present(_LINKS_TOGETHER, body), main=body, footer=together.footer(view))


def _has_room_beside(view: View) -> bool:
    """Whether the profile is so much shorter than the list of modules that the timeline fits beside the list as well."""
    known = sum(reading.is_known for reading in view.plan.profile.impairments)
    listed = sum(match.status is not MatchStatus.NOT_INDICATED for match in view.plan.modules)
    return known + len(view.plan.timeline) < listed


def _beside(left: Html, right: Html) -> Html:
    """Two sections next to each other where there is room; one alone takes the whole line."""
    return fill('<div class="beside">{}<div class="column">{}</div></div>', left, right) if left and right else left or right


def _present(links: tuple[tuple[str, str], ...], body: Html) -> tuple[tuple[str, str], ...]:
    return tuple((anchor, word) for anchor, word in links if f'id="{anchor}"' in body)
