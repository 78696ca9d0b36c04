"""What a safety rule asks for within hours of a yes, and nobody has recorded anything since: told once its time has passed.

Which rules, which questions and how many hours follow from the rules themselves. A rule whose yes is followed as a missed contact is told
there (``missed_contacts``).
"""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fivefold.concepts.rules import OverrideRule
from fivefold.concepts.signals import SeenMatter, SignalRule, Watch
from fivefold.concepts.vocabulary import OverrideKind
from fivefold.records.models import Clinic, ClinicalFact
from fivefold.services.knowledge import knowledge, knowledge_of
from fivefold.services.risk_questions import questions_of
from fivefold.services.signals import one_by_one, raise_in_turn
from fivefold.services.unanswered_yes import UnansweredYes


def tell_missed_deadlines(clinic: Clinic) -> int:
    """Raise a safety signal for each rule and record whose time has passed and was not told yet; gives how many."""
    with knowledge_of(clinic):
        signal = knowledge().signals.watching(Watch.MISSED_DEADLINE)
        passed = [(fact, rule) for rule in _rules_with_time() for fact in _passed(rule).rows(clinic)]
        return one_by_one(passed, lambda one: _tell(*one, signal))


def _rules_with_time() -> Iterable[OverrideRule]:
    """Hard rules that ask something and give a time for it, but for those that are followed by a contact."""
    followed = knowledge().signals.watching(Watch.MISSED_CONTACT).code
    return (rule for rule in knowledge().overrides if rule.kind is OverrideKind.HARD and rule.actions and questions_of(rule) and rule.code != followed)


def _time_of(rule: OverrideRule) -> timedelta:
    """Until the first thing it asks for is due."""
    return min(timedelta(**{action.within.unit: action.within.value}) for action in rule.actions)


def _passed(rule: OverrideRule) -> UnansweredYes:
    """A yes to a question of a rule whose time has passed without a reassessment."""
    return UnansweredYes(rule.code, questions_of(rule), _time_of(rule), f"{Watch.MISSED_DEADLINE.value}:{rule.code}")


def _tell(fact: ClinicalFact, rule: OverrideRule, signal: SignalRule) -> bool:
    """Tell of one, unless somebody has taken it up meanwhile."""

    def find() -> SeenMatter | None:
        if not _passed(rule).rows(fact.clinic).filter(pk=fact.pk).exists():
            return None
        first = min(rule.actions, key=lambda action: timedelta(**{action.within.unit: action.within.value}))
        words = {"rule": rule.name, "day": date_format(timezone.localtime(fact.recorded_at), "j F Y, H:i"), "what": first.what}
        seen = _("%(rule)s: answered with yes on %(day)s, and nothing has been recorded of it since. Due was: %(what)s.") % words
        return SeenMatter(signal, rule.code, seen, f"deadline {fact.pk}", timezone.localdate(fact.recorded_at))

    return raise_in_turn(fact.patient, find)
