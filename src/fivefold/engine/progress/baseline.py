"""What is usual for this person: the personal baseline of urges and mood, and departures from it.

A usual urge raises no alarm each time. That never reaches further than this file: a positive answer about intent, a plan or a
new method is told by the risk rules, which know nothing of baselines.
"""

import math
import statistics
from dataclasses import dataclass
from datetime import date, timedelta

from fivefold.concepts.progress import DoesNotKnow, Grounds, Series, Sign
from fivefold.concepts.rules import ProgressFile

RULE = "rule.progress.personal_baseline"


@dataclass(frozen=True)
class PersonalBaseline:
    """The usual level and spread of a series, in its unit; ``usual_up_to`` is the worst that is still usual for this person.

    It may not be used after ``expires_on``.
    """

    usual: float
    spread: float
    usual_up_to: float
    expires_on: date
    grounds: Grounds


def personal_baseline(series: Series, as_of: date, rules: ProgressFile, *, before_last: int = 0) -> PersonalBaseline | DoesNotKnow:
    """The baseline on a day, from the entries of the four weeks before it; the newest ``before_last`` entries left out.

    Usual level: the median. Spread: 1.4826 times the median distance from it, so that a few hard days do not become usual.
    Usual up to: the worst level that at least a tenth of the entries reach, because the spread of entries that are mostly the
    same is 0, and what comes every fortnight is no alarm.
    Numbers: ``rule.progress.personal_baseline``, our proposal. Worked example of the spread: the data chem of the R package MASS, of which
    its page on huber prints 0.526323; those of the usual level, of jumps and of warnings are our own arithmetic. Unknown with fewer
    entries than the rule asks for, and once the
    last entry is older than the rule allows: a baseline of weeks ago tells nothing of today.
    """
    rule = rules.rule(RULE)
    since = as_of - timedelta(days=rule.number("window").value)
    entries = [score for score in series.scores if since < score.on <= as_of]
    kept = entries[: len(entries) - before_last]
    least = int(rule.number("least_entries").value)
    if len(kept) < least:
        return DoesNotKnow(f"What is usual needs {least} entries in four weeks.", ("more entries",), len(kept), kept[-1].on if kept else series.last)
    expires = kept[-1].on + timedelta(days=rule.number("expires_after").value)
    if as_of > expires:
        return DoesNotKnow(f"The baseline expired on {expires.isoformat()}.", ("newer entries",), len(kept), kept[-1].on)
    usual = statistics.median(score.value for score in kept)
    spread = rule.number("spread_factor").value * statistics.median(abs(score.value - usual) for score in kept)
    worst_first = sorted((score.value for score in kept), key=series.burden, reverse=True)
    usual_up_to = worst_first[math.ceil(rule.number("usual_share").value / 100 * len(kept)) - 1]
    return PersonalBaseline(usual, round(spread, 6), usual_up_to, expires, Grounds(len(kept), kept[-1].on, (), (rule.basis,)))


def jump_above_baseline(series: Series, as_of: date, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """Whether the last entry lies far above what is usual for this person; above means worse. None when it does not.

    It lies beyond what is usual, above the usual level by more than two spreads, and by at least a tenth of the scale: a person
    whose entries hardly differ is not alarmed by a trifle. The entry itself is not part of the baseline.
    """
    rule = rules.rule(RULE)
    baseline = personal_baseline(series, as_of, rules, before_last=1)
    if isinstance(baseline, DoesNotKnow):
        return baseline
    last = [score.value for score in series.scores if score.on <= as_of][-1]
    above = series.worse_by(baseline.usual, last)
    least = rule.number("smallest_jump").value / 100 * (series.maximum - series.minimum)
    beyond = series.worse_by(baseline.usual_up_to, last) > 0 and above > rule.number("jump").value * baseline.spread
    if beyond and round(above - least, 6) >= 0:
        return Sign(RULE, f"The last entry, {last:g}, lies far above the usual {baseline.usual:g}.", rule.action, baseline.grounds)
    return None


def early_warning(series: Series, as_of: date, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """Whether three of the last five entries lie beyond what was usual before them, by one spread or more; None when not."""
    rule = rules.rule(RULE)
    count, needed = int(rule.number("warning_of").value), int(rule.number("warning_from").value)
    baseline = personal_baseline(series, as_of, rules, before_last=count)
    if isinstance(baseline, DoesNotKnow):
        return baseline
    latest = [score.value for score in series.scores if score.on <= as_of][-count:]
    above = sum(series.worse_by(baseline.usual_up_to, value) > 0 and series.worse_by(baseline.usual, value) >= baseline.spread for value in latest)
    if above < needed:
        return None
    return Sign(RULE, f"{above} of the last {len(latest)} entries lie above the usual {baseline.usual:g}.", rule.action, baseline.grounds)
