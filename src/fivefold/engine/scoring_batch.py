"""Scoring of many responses at once: the same rules as ``scoring``, as array operations, with the same values to the last digit.

For population questions and for loading a register. One response at a time goes through ``score_entry``; a test holds both against each
other for every instrument.
"""

import numpy as np
from numpy.typing import NDArray

from fivefold.concepts.instrument import Instrument, MissingRule, Scale, ScoringMethod

Numbers = NDArray[np.float64]
# More decimals than any score has, so that the noise of binary fractions goes; as in ``scoring``.
DECIMALS = 6


def score_batch(instrument: Instrument, scale: Scale, answers: Numbers) -> Numbers:
    """One value for each response, NaN where too much is missing.

    ``answers``: one row for each response, one column for each item of the instrument in order, NaN where there is no answer. Answers are
    not checked again: what reads them has refused impossible ones. Raises ValueError for another number of columns, and for a scale that
    is not scored from items.
    """
    known = instrument.items
    if known is None or not scale.items or scale.method is ScoringMethod.GAS_T:
        raise ValueError(f"{instrument.id}.{scale.id} is not scored from items")
    if answers.ndim != 2 or answers.shape[1] != known.count:
        raise ValueError(f"{answers.shape} answers; expected one row for each response and {known.count} columns for {instrument.id}")
    given = answers[:, np.array(scale.items) - 1]
    if scale.method is ScoringMethod.TRIAGE:
        return _triage(given, scale)
    missing = np.isnan(given)
    gaps = missing.sum(axis=1)
    prorates = scale.missing is not None and scale.missing.rule is MissingRule.PRORATE
    allowed = min(scale.missing.max if scale.missing is not None and prorates else 0, len(scale.items) - 1)
    keyed = np.where(missing, 0.0, _keyed(instrument, scale, given))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = _combined(scale, keyed, missing, gaps)
    return np.where(gaps > allowed, np.nan, np.round(value, DECIMALS))


def _keyed(instrument: Instrument, scale: Scale, given: Numbers) -> Numbers:
    """Answers as the scale counts them: recoded, reversed, or as given."""
    known = instrument.items
    assert known is not None  # the caller has looked
    counted = given.copy()
    recoded = instrument.recode.get(scale.id, {})
    for place, number in enumerate(scale.items):
        if number in recoded:
            key = recoded[number]
            column = given[:, place]
            counted[:, place] = np.select([column == answer for answer in key], [float(value) for value in key.values()], default=np.nan)
        elif number in scale.reversed:
            counted[:, place] = known.minimum + known.maximum_of(number) - given[:, place]
    return counted


def _combined(scale: Scale, keyed: Numbers, missing: NDArray[np.bool_], gaps: NDArray[np.int_]) -> Numbers:
    answered = len(scale.items) - gaps
    total = keyed.sum(axis=1)
    if scale.method is ScoringMethod.MEAN:
        return np.asarray(total / answered)
    if scale.method is ScoringMethod.MEAN_TIMES_TEN:
        return np.asarray(total / answered * 10)
    if scale.method is ScoringMethod.WEIGHTED:
        weights = np.array(scale.weights)
        share = (~missing * weights).sum(axis=1) / weights.sum()
        return np.asarray((keyed * weights).sum(axis=1) / share)
    return np.asarray(np.where(gaps == 0, total, total / answered * len(scale.items)))


def _triage(given: Numbers, scale: Scale) -> Numbers:
    """The published triage of the six-question screener, as in ``scoring``: its items by number."""
    answer = {number: given[:, place] for place, number in enumerate(scale.items)}
    yes = {number: np.nan_to_num(column) != 0 for number, column in answer.items()}
    unknown = {number: np.isnan(column) for number, column in answer.items()}
    level = np.where(yes[1] | yes[2], 1.0, 0.0)
    level = np.where(yes[3] | yes[6], 2.0, level)
    level = np.where(np.logical_or.reduce(list(unknown.values())), np.nan, level)
    return np.asarray(np.where(yes[4] | yes[5] | yes[7] | (yes[6] & unknown[7]), 3.0, level))
