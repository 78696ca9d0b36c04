"""Feedback in words: what was chosen beside each keying and the engine, item by item, with everybody's reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan
from fivefold.concepts.training import CaseChoice, Demand, Keying
from fivefold.concepts.vocabulary import MatchStatus, OverrideStatus, PhaseId
from fivefold.documents.book_pages import Place
from fivefold.documents.html.words import MATCH_WORDS, OVERRIDE_WORDS
from fivefold.engine.agreement import Agreement
from fivefold.engine.training import InSpiteOf, KeyersView, Outcome, ReviewedItem, Subject
from fivefold.services.spelling import spelled
from fivefold.services.training import ReviewedAttempt
from fivefold.services.training_cases import KeyersAgreement
from fivefold.web.library.shelf import url_of
from fivefold.web.training.forms import PLACES, RAISED, WITHHELD, rule_name
from fivefold.web.ui.nav import module_url

Words = str | Promise
# What two demands of one keying come to together; the order of the pairs is that in which they are looked for.
TOGETHER: tuple[tuple[frozenset[Demand], Words], ...] = (
    (frozenset({Demand.PLAN, Demand.NOT_NOW}), gettext_lazy("next or later")),
    (frozenset({Demand.RAISED, Demand.NEVER_ACTIVE}), gettext_lazy("to be asked, not active")),
)
DEMANDS: dict[Demand, Words] = {
    Demand.NOW: gettext_lazy("now"),
    Demand.PLAN: gettext_lazy("now, next or later"),
    Demand.NOT_NOW: gettext_lazy("not now"),
    Demand.RAISED: gettext_lazy("to be asked or active"),
    Demand.ACTIVE: gettext_lazy("active"),
    Demand.NEVER_ACTIVE: gettext_lazy("not active"),
    Demand.WITHHELD: gettext_lazy("hold the plan back"),
    Demand.NOT_WITHHELD: gettext_lazy("a plan may be proposed"),
}
OUTCOMES: dict[Outcome, tuple[str, Words]] = {
    Outcome.MISSED_SAFETY: ("safety", gettext_lazy("missed")),
    Outcome.IN_SPITE: ("watch", gettext_lazy("chosen against this opinion")),
    Outcome.MISSED: ("open", gettext_lazy("not chosen")),
    Outcome.ELSEWHERE: ("later", gettext_lazy("chosen otherwise")),
    Outcome.AGREED: ("done", gettext_lazy("agreed")),
}
IN_SPITE: dict[InSpiteOf, Words] = {
    InSpiteOf.OVERRIDE: gettext_lazy("Chosen for now in spite of a safety rule."),
    InSpiteOf.GATE: gettext_lazy("Chosen for now in spite of what has to come first: a gate, another module, or an earlier phase."),
    InSpiteOf.UNKNOWN: gettext_lazy("Chosen for now although it is not known whether it is needed."),
    InSpiteOf.DONE: gettext_lazy("Chosen for now although its work is done and kept up."),
    InSpiteOf.NO_INDICATION: gettext_lazy("Chosen for now although nothing that is known calls for it."),
}


@dataclass(frozen=True)
class Opinion:
    """What one opinion says of an item, and how the choice stands to it; ``reasons`` are its own words."""

    who: str
    says: str
    mark: str
    word: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ItemWords:
    """One item as the page shows it."""

    name: str
    url: str
    chosen: str
    mark: str
    word: str
    spite: str
    opinions: tuple[Opinion, ...]
    differ: bool
    agreed: bool


@dataclass(frozen=True)
class FeedbackWords:
    """Everything that the feedback page shows: safety rules that were missed first, then the rest by subject.

    ``missed`` are those that a keying demands, ``engine_asks`` those that the engine alone raises.
    """

    missed: tuple[ItemWords, ...]
    engine_asks: tuple[ItemWords, ...]
    rules: tuple[ItemWords, ...]
    frame: tuple[ItemWords, ...]
    modules: tuple[ItemWords, ...]
    agreed: tuple[ItemWords, ...]
    counts: tuple[tuple[str, int, int], ...]
    differ: int
    compared: int
    keyers: tuple[tuple[str, Keying], ...]


def in_words(seen: ReviewedAttempt) -> FeedbackWords:
    """The feedback in words."""
    writer = _Writer(seen.attempt.choice, seen.plan, seen.book.knowledge, seen.case.keyings)
    items = [(item, writer.item(item)) for item in seen.feedback.items]
    rest = [(item, words) for item, words in items if not item.is_missed_safety]
    names = [keyer_name(keying, seen.case.keyings) for keying in seen.case.keyings]
    keyed = [item for item in seen.feedback.items if item.is_keyed]
    return FeedbackWords(
        missed=tuple(words for item, words in items if item.is_missed_safety and _is_demanded(item)),
        engine_asks=tuple(words for item, words in items if item.is_missed_safety and not _is_demanded(item)),
        rules=tuple(words for item, words in rest if item.subject is Subject.RULE),
        frame=tuple(words for item, words in rest if item.subject in (Subject.WITHHELD, Subject.PHASE)),
        modules=tuple(words for item, words in rest if item.subject is Subject.MODULE and not words.agreed),
        agreed=tuple(words for item, words in rest if item.subject is Subject.MODULE and words.agreed),
        counts=tuple((name, one.agreed, len(one.statements)) for name, one in zip(names, seen.feedback.comparisons, strict=True)),
        differ=sum(item.differ for item in keyed),
        compared=len(keyed),
        keyers=tuple(zip(names, seen.case.keyings, strict=True)),
    )


def _is_demanded(item: ReviewedItem) -> bool:
    """Whether a keying demands what was missed, and not the engine alone."""
    return item.is_keyed and item.outcome is Outcome.MISSED_SAFETY


def keyer_name(keying: Keying, all_keyings: Sequence[Keying]) -> str:
    """What a keying is called; a single one is the key of its case, and one whose keyer has no letter is the first."""
    if len(all_keyings) > 1 and not keying.keyer:
        return _("the first key")
    return _("key %(letter)s") % {"letter": keying.keyer} if len(all_keyings) > 1 else _("the key")


def demand_words(demands: Sequence[Demand]) -> str:
    """What a keying demands of one item, its demands taken together."""
    return str(next((words for pair, words in TOGETHER if pair <= set(demands)), DEMANDS[demands[0]]))


@dataclass(frozen=True)
class _Writer:
    choice: CaseChoice
    plan: PhasedPlan
    knowledge: KnowledgeBase
    keyings: Sequence[Keying]

    def item(self, item: ReviewedItem) -> ItemWords:
        mark, word = OUTCOMES[Outcome.MISSED_SAFETY if item.is_missed_safety else item.outcome]
        opinions = [self._keyer(item, view, keying) for view, keying in zip(item.keyers, self.keyings, strict=True)]
        opinions.append(self._engine(item))
        return ItemWords(
            name=self._name(item),
            url=self._url(item),
            chosen=self._chosen(item),
            mark=mark,
            word=str(word),
            spite=str(IN_SPITE[item.in_spite_of]) if item.in_spite_of else "",
            opinions=tuple(opinions),
            differ=item.differ and item.is_keyed,
            agreed=item.outcome is Outcome.AGREED and item.engine_outcome is Outcome.AGREED,
        )

    def _name(self, item: ReviewedItem) -> str:
        if item.subject is Subject.PHASE:
            return _("Phase")
        if item.subject is Subject.WITHHELD:
            return _("An automatic plan")
        if item.subject is Subject.MODULE:
            return f"{item.name} {self.knowledge.modules[item.name].short_name}"
        return rule_name(self.knowledge, item.name)

    def _url(self, item: ReviewedItem) -> str:
        """The page of the library about the item."""
        if item.subject is Subject.MODULE:
            return module_url(item.name)
        if item.subject is Subject.PHASE:
            return url_of(Place("phases", self.plan.phase.overall.value))
        rule = next((rule for rule in self.knowledge.overrides if rule.code == item.name), None)
        return f"{url_of(Place('safety-rules'))}{f'#{rule.code}' if rule else ''}"

    def _chosen(self, item: ReviewedItem) -> str:
        if item.subject is Subject.PHASE:
            return self._phase(self.choice.phase)
        if item.subject is Subject.WITHHELD:
            return str(dict(WITHHELD)["yes" if self.choice.withheld else "no"])
        if item.subject is Subject.MODULE:
            return str(dict(PLACES)[self.choice.place_of(item.name).value])
        return str(dict(RAISED)[self.choice.raised_as(item.name).value])

    def _phase(self, phase: PhaseId) -> str:
        return f"{phase.value} {self.knowledge.phases[phase].name}"

    def _keyer(self, item: ReviewedItem, view: KeyersView, keying: Keying) -> Opinion:
        who = keyer_name(keying, self.keyings)
        reasons = tuple(spelled(text) for text in view.reasons)
        if not view.statements:
            return Opinion(who, _("leaves it open"), "none", "", reasons)
        outcome = min(one.outcome for one in view.statements)
        mark, word = OUTCOMES[outcome]
        says = " / ".join(map(self._phase, keying.phases)) if item.subject is Subject.PHASE else demand_words([one.demand for one in view.statements])
        return Opinion(who, says, mark, str(word), reasons)

    def _engine(self, item: ReviewedItem) -> Opinion:
        mark, word = OUTCOMES[item.engine_outcome]
        return Opinion(_("the engine"), self._engine_says(item), mark, str(word), tuple(self._engine_reasons(item)))

    def _engine_says(self, item: ReviewedItem) -> str:
        if item.subject is Subject.PHASE:
            return self._phase(PhaseId(item.engine))
        if item.subject is Subject.WITHHELD:
            return str(DEMANDS[Demand(item.engine)])
        if item.subject is Subject.MODULE:
            return _(MATCH_WORDS[MatchStatus(item.engine)])
        return _(OVERRIDE_WORDS[OverrideStatus(item.engine)]) if item.engine else _("not raised")

    def _engine_reasons(self, item: ReviewedItem) -> Iterator[str]:
        if item.subject is Subject.PHASE:
            yield from (spelled(text) for text in self.plan.phase.because)
        elif item.subject is Subject.WITHHELD and self.plan.withheld is not None:
            yield spelled(self.plan.withheld.message)
        for reason in item.reasons:
            yield spelled(reason.text)


# ---- Agreement between the keyings -----------------------------------------------------------------------------------------


def agreement_rows(found: KeyersAgreement) -> list[tuple[str, Agreement]]:
    """How far the keyings agree on each kind of thing."""
    return [(_("the phase"), found.phase), (_("each specific module"), found.modules), (_("each safety rule"), found.rules)]
