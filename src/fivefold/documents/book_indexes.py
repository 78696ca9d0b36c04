"""The end of the book: sources, and two ways in (by impairment, by source therapy)."""

from collections import defaultdict
from collections.abc import Iterable

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.documents.book_blocks import Line, Paragraph, Pen, Section, Span, Table, impairment_anchor, joined, plain, protocol_anchor


def sources_chapter(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """The literature with how much of each was read."""
    rows = tuple(
        (
            (Span(one.id, "strong", anchor=f"={one.id}"),),
            (Span(one.citation, url=one.link),),
            plain(one.seen.replace("_", " ")),
            pen.text(one.note) if one.note else plain(""),
        )
        for one in knowledge.sources.values()
    )
    return Section("sources", "Sources", (
        Paragraph(pen.text("How far a claim can lean on its source depends on how much of it was read: full (the whole relevant text), partial (an "
                           "excerpt), abstract, summary (a chapter summary or description), secondary (somebody else's account).")),
        Table(("Id", "Work", "Read", "Note"), rows, (0.5, 2.6, 0.8, 2)),
    ))  # fmt: skip


def impairment_index(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """Which modules answer an impairment."""
    treated, helped = _by_impairment(knowledge, "treats"), _by_impairment(knowledge, "also_helps")
    rows = tuple(
        ((Span(one.name, "strong", anchor=impairment_anchor(key)),), _paged(treated[key], pen), _paged(helped[key], pen))
        for key, one in sorted(knowledge.impairments.items(), key=lambda pair: pair[1].name.lower())
    )
    return Section("index-impairments", "Index by impairment", (Table(("Impairment", "Treated by", "Also helped by"), rows, (1.2, 2, 2)),))


def therapy_index(knowledge: KnowledgeBase, pen: Pen) -> Section:
    """What has been adapted from which therapy."""
    uses: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module in _all_modules(knowledge):
        for intervention in module.interventions:
            for therapy in intervention.adapted_from:
                uses[therapy][module.id].append(intervention.name)
    rows = tuple((_therapy(therapy, knowledge), _uses(uses[therapy], pen)) for therapy in sorted(uses, key=str.lower))
    return Section("index-therapies", "Index by source therapy", (Table(("Therapy", "Interventions adapted from it, by module"), rows, (1, 4)),))


def _by_impairment(knowledge: KnowledgeBase, field: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for module in _all_modules(knowledge):
        for key in getattr(module, field, ()):
            found[key].append(module.id)
    return found


def _all_modules(knowledge: KnowledgeBase) -> Iterable[GeneralModule | SpecificModule]:
    return (*knowledge.general_modules.values(), *knowledge.modules.values())


def _paged(keys: list[str], pen: Pen) -> Line:
    return joined((pen.module(key, "paged") for key in keys), "; ")


def _therapy(name: str, knowledge: KnowledgeBase) -> Line:
    """A therapy's short name, with the full one and a link where it is a programme of the book."""
    shown = name.replace("_", " ")
    for protocol in knowledge.protocols.values():
        if name in (protocol.short_name, protocol.id):
            return (Span(shown, "strong", anchor=protocol_anchor(protocol.id)), Span(f" {protocol.name}", "note"))
    return (Span(shown, "strong"),)


def _uses(uses: dict[str, list[str]], pen: Pen) -> Line:
    return joined(((Span(module, "paged", anchor=module), Span(f": {', '.join(names)}")) for module, names in uses.items()), "; ")
