"""Search of the knowledge base by a plain description, such as "cannot bear being alone".

Words are reduced to their stems, weighed by how rare they are, and found again in the fields of every entry. There is no
index: one pass over the texts takes a few milliseconds, and nothing can be out of date. A word that the base does not know is
read as the nearest one that it knows, and every result says which of the words have led to it.
"""

import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Any

from fivefold.concepts.criterion_words import Describer
from fivefold.concepts.impairment import Impairment
from fivefold.concepts.instrument import Instrument
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import Phase
from fivefold.concepts.protocol import Protocol
from fivefold.concepts.rules import AdaptationRule, OverrideRule, ProgressRule
from fivefold.concepts.treatment_module import GeneralModule, SpecificModule
from fivefold.knowledge.entries import Entry, entries

# "Self-harm" and "PHQ-9" are one word each: "self" and "9" alone stand in places that have nothing to do with them.
WORD = re.compile(r"(?:self-)?[a-z0-9]+(?:-\d+)?(?:['’][a-z]+)?")
APART = re.compile(r"\bself (?=[a-z])")
LITTLE_WORDS = """
a about after again all also always am an and any anybody anyone anything are as at be because been before being but by can cannot could did do does doing
down during each everybody everyone everything feel feeling feels for from get gets getting got had has have having he her hers herself him himself his how
i if in into is it its itself just keep keeps me more most much my myself no not of off on once one only or other our out over own patient patients people
person really same she should so some somebody someone something such than that the their them themselves then there these they thing things this those
through to too under until up us very was we were what when where which while who whom why will with would you your yours yourself
"""
STOP_WORDS = frozenset(LITTLE_WORDS.split())
# What people say, and the words under which the field keeps it; each counts less than the word that was said.
MEANT: dict[str, tuple[str, ...]] = {
    "abandon": ("left", "alone", "rejection"),
    "alone": ("aloneness", "abandonment", "lonely"),
    "angry": ("anger",),
    "binge": ("eating",),
    "booze": ("alcohol",),
    "burn": ("self-harm",),
    "cling": ("abandonment", "attachment"),
    "cut": ("self-harm", "hurt"),
    "die": ("suicidality", "suicide", "death"),
    "dead": ("suicide", "death"),
    "depress": ("mood",),
    "drink": ("alcohol",),
    "dropout": ("motivation", "alliance"),
    "drug": ("medication", "substance"),
    "empty": ("emptiness",),
    "explode": ("anger", "outburst"),
    "flashback": ("trauma", "ptsd"),
    "furious": ("anger",),
    "girlfriend": ("partner", "relationship"),
    "boyfriend": ("partner", "relationship"),
    "guilt": ("shame",),
    "hate": ("self-criticism", "shame"),
    "hit": ("aggression", "anger"),
    "insomnia": ("sleep",),
    "job": ("work", "role"),
    "kill": ("suicidality", "suicide", "death"),
    "lie": ("callousness",),
    "lonely": ("alone", "loneliness"),
    "moody": ("mood", "regulation"),
    "nightmare": ("sleep", "trauma"),
    "numb": ("dissociation", "unreal"),
    "overdose": ("self-harm", "suicidality"),
    "parent": ("family", "carer"),
    "perfectionist": ("compulsivity",),
    "pill": ("medication",),
    "punch": ("aggression", "anger"),
    "quit": ("impulse",),
    "rage": ("anger", "outburst"),
    "reject": ("abandonment", "rejection"),
    "robot": ("dissociation", "unreal"),
    "sad": ("depression", "mood"),
    "shout": ("anger", "hostility"),
    "spend": ("impulsivity",),
    "steal": ("callousness",),
    "stranger": ("impulsivity",),
    "stuck": ("non-response",),
    "suicidal": ("suicidality", "suicide"),
    "suicide": ("suicidality",),
    "swing": ("mood", "regulation"),
    "tablet": ("medication",),
    "upset": ("emotion", "regulation"),
    "voice": ("psychotic",),
    "vomit": ("eating",),
    "worry": ("anxiety", "rumination"),
    "worthless": ("shame", "self-criticism"),
}
# Whoever says one of these is led to danger first: here what is meant counts as much as what was said, and what was said counts more.
DANGER = frozenset({"cut", "die", "kill", "overdose", "self-harm", "suicidal", "suicide"})
# Some are said in several words: two of them, as stems, in this order.
MEANT_TOGETHER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("all", "good", ("idealising", "schema", "modes")),
    ("black", "white", ("idealising", "schema", "modes")),
    ("calm", "down", ("emotion", "regulation")),
    ("drop", "out", ("motivation", "alliance")),
    ("hurt", "herself", ("self-harm",)),
    ("hurt", "himself", ("self-harm",)),
    ("say", "no", ("submissiveness", "assertive")),
    ("sex", "stranger", ("impulsivity",)),
    ("what", "feel", ("emotion", "awareness", "identification")),
    ("who", "am", ("identity",)),
    ("who", "he", ("identity",)),
    ("who", "she", ("identity",)),
)
SAID, NEAR, MEANT_ALONE, MEANT_WEIGHT = 1.0, 0.85, 0.8, 0.45
OF_DANGER = 1.5
NEAREST, LIKE_ENOUGH, SHORTEST_MISTAKE = 2, 0.78, 4
SATURATION = 1.2
NAME, PLAIN, SUMMARY, DETAIL, REMARK = 5.0, 4.0, 3.0, 2.0, 1.0
EXCERPT = 110


class How(StrEnum):
    """Why a word was searched for: it was said, stands near a word that nobody knows, or is what people mean by another."""

    SAID = "said"
    NEAR = "near"
    MEANT = "meant"


@dataclass(frozen=True)
class FoundWord:
    """A word that led to a result: ``found`` as it stands there, ``said`` in the description, and how one leads to the other."""

    said: str
    found: str
    how: How


@dataclass(frozen=True)
class Hit:
    """One result: what was found, the field that speaks most for it, the words there, and those of the description that led to it."""

    kind: str
    id: str
    name: str
    score: float
    field: str
    excerpt: str
    words: tuple[FoundWord, ...] = ()

    def __str__(self) -> str:
        return f"{self.id}  {self.name} ({self.kind})"


@dataclass(frozen=True)
class Field:
    """One text of an entry with its name for a reader and its weight."""

    name: str
    text: str
    weight: float


@dataclass(frozen=True)
class Document:
    """One entry, or one intervention inside a module, with all that can be searched of it."""

    kind: str
    id: str
    name: str
    fields: tuple[Field, ...]


def search(knowledge: KnowledgeBase, description: str, *, limit: int = 10, kinds: Iterable[str] = ()) -> tuple[Hit, ...]:
    """The entries that fit a description best, best first; nothing when no word of it is found.

    ``kinds`` keeps only these kinds (specific module, general module, intervention, impairment, instrument, protocol,
    risk rule ...). Equal scores keep the order of reading, so the same question always has the same answer.
    """
    terms = _terms(description, _vocabulary(_Release(knowledge.release.content_hash, knowledge)))
    if not terms:
        return ()
    wanted = frozenset(kinds)
    documents = [document for document in _documents(knowledge) if not wanted or document.kind in wanted]
    found = _rank(documents, terms)[:limit]
    return tuple(replace(hit, words=_words(document, terms)) for hit, document in found)


def hits_text(hits: Iterable[Hit], description: str) -> str:
    """Results as plain text in 80 columns: id, name and kind, and where the words stand."""
    found = list(hits)
    if not found:
        return f"Nothing in the knowledge base speaks of {description!r}. Try other words, fewer, or the name of a feeling or behaviour.\n"
    lines = [f"{said!r} is not known here and read as {other!r}." for said, other in dict.fromkeys(read_otherwise(found))]
    for hit in found:
        lines += textwrap.wrap(str(hit), 80, subsequent_indent="    ")
        lines += textwrap.wrap(f"{hit.field}: {hit.excerpt}", 80, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def read_otherwise(hits: Iterable[Hit]) -> Iterator[tuple[str, str]]:
    """Words of a description that the base does not know, with those they were read as; the same pair may come again."""
    for hit in hits:
        yield from ((word.said, word.found) for word in hit.words if word.how is How.NEAR)


# ---- Words ---------------------------------------------------------------------------------------------------------------


# Each ending with the shortest root that may be left, and what takes its place.
ENDINGS = (
    ("iness", 3, "y"), ("ness", 4, ""), ("ings", 3, ""), ("ing", 3, ""), ("edly", 4, ""), ("ies", 2, "y"), ("ied", 2, "y"), ("ed", 3, ""), ("ly", 4, ""),
    ("es", 3, ""), ("s", 3, ""),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light stem: endings of number, time and person fall away, also a silent e and a doubled consonant."""
    word = re.split("['’]", word, maxsplit=1)[0].replace("-", "")
    shorter = _without_ending(word)
    while shorter != word:
        word, shorter = shorter, _without_ending(shorter)
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _without_ending(word: str) -> str:
    for ending, least, instead in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least and not (ending == "s" and word.endswith("ss")):
            return word[: -len(ending)] + instead
    return word


@dataclass(frozen=True)
class Term:
    """What is searched for, under its stem: a weight, the word of the description it comes from, and how."""

    weight: float
    said: str
    how: How


def _terms(description: str, vocabulary: frozenset[str]) -> dict[str, Term]:
    """Stems of a description: what was said, what is near to it where it is not known, and what people who say it usually mean."""
    spoken = WORD.findall(APART.sub("self-", description.lower()))
    terms: dict[str, Term] = {}
    for word in spoken:
        if word not in STOP_WORDS:
            for name, term in _heard(word, vocabulary).items():
                terms.setdefault(name, term)
    for name, term in list(terms.items()):
        alone = term.how is How.NEAR or name not in vocabulary
        weight = OF_DANGER if name in DANGER_STEMS else MEANT_ALONE if alone else MEANT_WEIGHT
        _add_meant(terms, MEANT_BY_STEM.get(name, ()), term.said, weight)
    stems = [stem(word) for word in spoken]
    for first, second, others in MEANT_TOGETHER:
        if first in stems and second in stems[stems.index(first) + 1 :]:
            _add_meant(terms, others, f"{first} ... {second}", MEANT_ALONE)
    return terms


def _add_meant(terms: dict[str, Term], others: Iterable[str], said: str, weight: float) -> None:
    for other in others:
        for word in WORD.findall(other):
            if word not in STOP_WORDS:
                terms.setdefault(stem(word), Term(weight, said, How.MEANT))


MEANT_BY_STEM = {stem(said): others for said, others in MEANT.items()}
DANGER_STEMS = frozenset(map(stem, DANGER))


def _heard(word: str, vocabulary: frozenset[str]) -> dict[str, Term]:
    """The stem of a word; of one that nobody knows also the nearest, or the two known words it is written together of."""
    own = stem(word)
    heard = {own: Term(OF_DANGER if own in DANGER_STEMS else SAID, word, How.SAID)}
    if own in vocabulary or own in MEANT_BY_STEM or len(own) < SHORTEST_MISTAKE:
        return heard
    known = sorted(vocabulary.union(MEANT_BY_STEM))
    near = _apart(own, vocabulary) or get_close_matches(own, known, n=NEAREST, cutoff=LIKE_ENOUGH)
    return heard | {other: Term(NEAR, word, How.NEAR) for other in near}


def _apart(word: str, vocabulary: frozenset[str]) -> list[str]:
    """``selfharm`` as ``self`` and ``harm``: two words that are known, neither of them shorter than three letters."""
    for place in range(3, len(word) - 2):
        if word[:place] in vocabulary and word[place:] in vocabulary:
            return [word[:place], word[place:]]
    return []


@dataclass(frozen=True)
class _Release:
    """A knowledge base that is known again by what it contains."""

    content_hash: str
    knowledge: KnowledgeBase = field(compare=False)


@lru_cache(maxsize=4)
def _vocabulary(release: _Release) -> frozenset[str]:
    """The stems of all words that can be found in a release."""
    words = {word for document in _documents(release.knowledge) for one in document.fields for word in _written(one.text)}
    return frozenset(map(stem, words))


def _written(text: str) -> Iterator[str]:
    """The words of a text; of ``self-harm`` also ``harm``, which may be all that somebody says."""
    for word in WORD.findall(text.lower()):
        yield word
        if word.startswith("self-"):
            yield word.removeprefix("self-")


def _words(document: Document, terms: dict[str, Term]) -> tuple[FoundWord, ...]:
    """Which words of a description led to a document, each once, with the word there; those that count most first."""
    there: dict[str, str] = {}
    for one in document.fields:
        for word in _written(one.text):
            there.setdefault(stem(word), word)
    found = [FoundWord(term.said, there[name], term.how) for name, term in sorted(terms.items(), key=lambda item: -item[1].weight) if name in there]
    return tuple({(word.said, word.how): word for word in reversed(found)}.values())[::-1]


# ---- Ranking -------------------------------------------------------------------------------------------------------------


def _rank(documents: list[Document], terms: dict[str, Term]) -> list[tuple[Hit, Document]]:
    # A stem may have lost an ending or turned it into a y; what is found is reduced again and compared. A cut-off is no cut.
    beginnings = sorted((_begins(term.removesuffix("y")) for term in terms), key=len, reverse=True)
    candidate = re.compile(rf"\b(?:{'|'.join(beginnings)})[a-z]*\b(?!-off)")
    counts = [[_count(field.text, candidate, terms) for field in document.fields] for document in documents]
    holding = Counter(term for fields in counts for term in {term for found in fields for term in found})
    rarity = {term: math.log(1 + len(documents) / (1 + number)) for term, number in holding.items()}
    hits = []
    for document, fields in zip(documents, counts, strict=True):
        hit = _hit(document, fields, terms, rarity, candidate)
        if hit is not None:
            hits.append((hit, document))
    return sorted(hits, key=lambda found: -found[0].score)


def _begins(term: str) -> str:
    """What a stem looks like where it stands: a word of two parts may have a hyphen between them."""
    inner = re.escape(term.removeprefix("self"))
    return f"self-?{inner}" if term.startswith("self") and inner else re.sub(r"(?<=[a-z])(?=\d)", "-?", re.escape(term))


def _count(text: str, candidate: re.Pattern[str], terms: dict[str, Term]) -> Counter[str]:
    return Counter(found for word in candidate.findall(text.lower()) if (found := stem(word)) in terms)


def _hit(document: Document, fields: list[Counter[str]], terms: dict[str, Term], rarity: dict[str, float], candidate: re.Pattern[str]) -> Hit | None:
    """The score of a document: each term counts once, where it counts most, and documents that hold more of the terms come first."""
    best: dict[str, float] = {}
    by_field = [0.0] * len(fields)
    for index, (one, found) in enumerate(zip(document.fields, fields, strict=True)):
        for term, times in found.items():
            value = terms[term].weight * rarity[term] * one.weight * times / (times + SATURATION)
            by_field[index] += value
            best[term] = max(best.get(term, 0.0), value)
    if not best:
        return None
    covered = sum(terms[term].weight for term in best) / sum(term.weight for term in terms.values())
    place = max(range(len(fields)), key=lambda index: by_field[index])
    field = document.fields[place]
    return Hit(document.kind, document.id, document.name, round(sum(best.values()) * (0.5 + covered), 4), field.name, _excerpt(field, candidate, terms))


def _excerpt(field: Field, candidate: re.Pattern[str], terms: dict[str, Term]) -> str:
    """The words around the first place that was found."""
    places = [found.start() for found in candidate.finditer(field.text.lower()) if stem(found.group()) in terms]
    text = field.text
    return text if len(text) <= EXCERPT else _around(text, places[0] if places else 0)


def _around(text: str, place: int) -> str:
    start = max(0, place - EXCERPT // 3)
    if start:
        start = text.find(" ", start) + 1
    piece = text[start : start + EXCERPT]
    if start + EXCERPT < len(text):
        piece = piece.rpartition(" ")[0] + " ..."
    return ("... " if start else "") + piece


# ---- What can be searched ---------------------------------------------------------------------------------------------------


def _documents(knowledge: KnowledgeBase) -> Iterator[Document]:
    describer = Describer(knowledge)
    for entry in entries(knowledge):
        fields = tuple(Field(name, text, weight) for name, text, weight in _fields(knowledge, describer, entry) if text)
        if fields:
            yield Document(entry.kind, entry.id, entry.name, fields)
        if isinstance(entry.value, GeneralModule | SpecificModule):
            for one in entry.value.interventions:
                yield Document("intervention", entry.id, one.name, (Field("name", one.name, NAME), Field("what the therapist does", one.do, DETAIL)))


def _fields(knowledge: KnowledgeBase, describer: Describer, entry: Entry) -> list[tuple[str, str, float]]:
    """Name, text and weight of each field that can be searched, by the kind of entry."""
    value: Any = entry.value
    match value:
        case SpecificModule() | GeneralModule():
            return [*_named(entry, value.short_name), *_module_fields(knowledge, value)]
        case Impairment():
            return [
                *_named(entry, value.plain_name),
                ("summary", value.summary, SUMMARY),
                ("in plain words", value.plain_summary, PLAIN),
                ("clinical signs", _joined(claim.text for claim in value.clinical_signals), DETAIL),
                ("ratings", _joined(value.anchors.values()), REMARK),
            ]
        case Instrument():
            scales = _joined(scale.name for scale in value.scales)
            return [*_named(entry, value.full_name), ("measures", value.measures, SUMMARY), ("scales", scales, DETAIL)]
        case Protocol():
            parts = _joined(f"{part.name}: {part.text}" for part in value.components)
            useful = _joined(claim.text for claim in value.when_useful)
            return [*_named(entry, value.short_name), ("summary", value.summary, SUMMARY), ("when it is useful", useful, REMARK), ("parts", parts, REMARK)]
        case Phase():
            texts = _joined(claim.text for claim in (*value.goals, *value.belongs))
            return [*_named(entry, value.short_name), ("summary", value.summary, SUMMARY), ("goals and content", texts, DETAIL)]
        case (OverrideRule(), *_):
            triggers = _joined(describer.describe(rule.trigger) for rule in value)
            questions = _joined(f"{rule.question} {rule.effect}" for rule in value)
            return [*_named(entry), ("holds when", triggers, SUMMARY), ("question and effect", questions, DETAIL)]
        case AdaptationRule():
            return [*_named(entry), ("needed", value.needs, DETAIL)]
        case ProgressRule():
            return [*_named(entry), ("condition and action", f"{value.condition} {value.action}", DETAIL)]
    return _named(entry) if entry.kind != "source" else []


def _module_fields(knowledge: KnowledgeBase, module: SpecificModule | GeneralModule) -> list[tuple[str, str, float]]:
    treats = _joined(knowledge.impairments[name].name for name in module.treats if name in knowledge.impairments)
    signs = module.indications if isinstance(module, SpecificModule) else module.red_flags
    return [
        ("summary", module.summary, SUMMARY),
        ("target", module.target.text, SUMMARY),
        ("treats", treats, SUMMARY),
        ("words for the patient", f"{module.patient.name}. {module.patient.why}", PLAIN),
        ("indications" if isinstance(module, SpecificModule) else "signs that it is lost", _joined(claim.text for claim in signs), DETAIL),
        ("goals", _joined(goal if isinstance(goal, str) else goal.text for goal in module.goals), DETAIL),
    ]


def _named(entry: Entry, other: str = "") -> list[tuple[str, str, float]]:
    return [("name", entry.name, NAME), ("other name", other, PLAIN)]


def _joined(texts: Iterable[str]) -> str:
    return " ".join(texts)
