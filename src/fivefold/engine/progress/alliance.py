"""Signs of a rupture in the alliance, from session ratings and attendance.

A high rating silences nothing: what a therapist has noticed counts on its own, and so does each sign here. The marks have their basis with each
rule; the examples in the tests are our own arithmetic, because no printed one was found.
"""

import math
from collections.abc import Sequence
from datetime import date

from fivefold.concepts.progress import Change, ChangeWord, DoesNotKnow, Grounds, MeasurementError, Series, Sign
from fivefold.concepts.rules import NamedNumber, ProgressFile

SESSION = "rule.progress.rupture_session"
OWN_MEAN = "rule.progress.below_own_mean"
FLAT = "rule.progress.high_and_flat"
NO_RATING = DoesNotKnow("There is no session rating.", ("a rating of the last session",))


def low_rating(series: Series, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """A last rating at or below its mark; None when it lies above, or where no mark is known for this scale.

    SRS total 36 or less; a single SRS line under 7, or under 9 to ask about; WAI-SR total under 36
    (``rule.progress.rupture_session``). The lower of two marks is the one named.
    """
    if not series.scores:
        return NO_RATING
    rule, last = rules.rule(SESSION), series.scores[-1].value
    marks: list[tuple[NamedNumber, bool]] = []
    if (series.instrument, series.scale) == ("srs", "total"):
        marks = [(rule.number("srs_total"), True)]
    elif series.instrument == "srs":
        marks = [(rule.number("srs_item_red"), False), (rule.number("srs_item_ask"), False)]
    elif (series.instrument, series.scale) == ("waisr", "total"):
        marks = [(rule.number("waisr_total"), False)]
    for mark, counts in marks:
        if last < mark.value or (counts and last == mark.value):
            return _sign(SESSION, f"The last rating is {last:g}, {'at or ' if counts else ''}under {mark.value:g}.", series, rules, mark)
    return None


def fallen_rating(series: Series, error: MeasurementError | DoesNotKnow, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """A fall since the rating before: by the rule's own number for the SRS total, by the reliable change elsewhere.

    None when the last rating has not fallen that far. Needs two ratings, and for other scales a measurement error.
    """
    if len(series.scores) < 2:
        return DoesNotKnow("A fall needs two ratings.", ("another rating",), len(series.scores), series.last)
    before, last = (score.value for score in series.scores[-2:])
    own = rules.rule(SESSION).number("srs_drop") if (series.instrument, series.scale) == ("srs", "total") else None
    if own is None and isinstance(error, DoesNotKnow):
        return DoesNotKnow(error.because, error.settled_by, len(series.scores), series.last)
    least = own.value if own is not None else error.reliable_from if isinstance(error, MeasurementError) else math.inf
    fall = round(series.worse_by(before, last), 6)
    return _sign(SESSION, f"The last rating is {fall:g} below the one before.", series, rules, own) if fall >= round(least, 6) else None


def below_own_mean(series: Series, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """A last rating two SDs or more below the mean of this person's earlier ratings; None when it is not.

    (mean - last) >= 2 * SD, mean and SD (n - 1) over all earlier ratings. Ours, after product dossier 3.7. Unknown with fewer
    than four earlier ratings, or when these do not differ: then a person has no spread of their own.
    """
    rule = rules.rule(OWN_MEAN)
    scores = [score.value for score in series.scores]
    earlier, least = scores[:-1], int(rule.number("least_ratings").value)
    if len(earlier) < least:
        return DoesNotKnow(f"An own mean needs {least} earlier ratings.", ("more ratings",), len(scores), series.last)
    mean = math.fsum(earlier) / len(earlier)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in earlier) / (len(earlier) - 1))
    if spread == 0:
        return DoesNotKnow("The earlier ratings do not differ, so that there is no spread of this person's own.", (), len(scores), series.last)
    distance = rule.number("distance")
    if series.worse_by(mean, scores[-1]) < distance.value * spread:
        return None
    return _sign(OWN_MEAN, f"The last rating, {scores[-1]:g}, lies far below this person's own mean of {mean:.1f}.", series, rules, distance)


def high_and_flat(series: Series, symptoms: Change | DoesNotKnow, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """Ratings high and flat for five sessions while symptoms worsen, reliably or possibly: ask, it may be pleasing.

    High: within a tenth of the scale from its best end; flat: within a twentieth from each other. None when the ratings are
    not like that or symptoms do not worsen; unknown when they are and nobody knows of the symptoms.
    """
    rule = rules.rule(FLAT)
    count = int(rule.number("sessions").value)
    latest = [entry.value for entry in series.values[-count:]]
    ratings = [value for value in latest if value is not None]
    if len(ratings) < count:
        return DoesNotKnow(f"There are fewer than {count} ratings in a row.", ("a rating at every session",), len(series.scores), series.last)
    width = series.maximum - series.minimum
    high = max(series.burden(value) for value in ratings) <= rule.number("high").value / 100 * width
    if not high or max(ratings) - min(ratings) > rule.number("flat").value / 100 * width:
        return None
    if isinstance(symptoms, DoesNotKnow):
        return DoesNotKnow("Ratings are high and flat; whether symptoms worsen is not known.", symptoms.settled_by, len(series.scores), series.last)
    if ChangeWord.DETERIORATED not in (symptoms.word, symptoms.possible):
        return None
    return _sign(FLAT, f"The last {count} ratings are high and flat while symptoms worsen.", series, rules)


def missed_sessions(attended: Sequence[bool | None], as_of: date, rules: ProgressFile) -> Sign | DoesNotKnow | None:
    """Two of the last four sessions missed; ``attended`` is oldest first, None where nobody knows.

    Two known misses are a sign whatever the others are. None when even the unknown ones could not make two.
    """
    rule = rules.rule(SESSION)
    wanted, of = rule.number("missed"), int(rule.number("missed_of").value)
    latest = attended[-of:]
    missed, unknown = sum(one is False for one in latest), sum(one is None for one in latest)
    if missed >= wanted.value:
        grounds = Grounds(len(latest) - unknown, as_of, (), (wanted.basis,))
        return Sign(SESSION, f"{missed} of the last {len(latest)} sessions were missed.", rule.action, grounds)
    if not latest or missed + unknown >= wanted.value:
        return DoesNotKnow("Whether the last sessions were attended is not known.", ("attendance of the last sessions",), len(latest) - unknown)
    return None


def _sign(rule_id: str, seen: str, series: Series, rules: ProgressFile, number: NamedNumber | None = None) -> Sign:
    rule = rules.rule(rule_id)
    basis = (rule.basis,) if number is None else (rule.basis, number.basis)
    return Sign(rule_id, seen, rule.action, Grounds(len(series.scores), series.scores[-1].on, (), tuple(dict.fromkeys(basis))))
