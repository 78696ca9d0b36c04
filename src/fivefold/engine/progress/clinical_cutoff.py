"""The value that parts the clinical from the ordinary range of a scale."""

from fivefold.concepts.instrument import Cutoff, Norm, NormGroup, Scale
from fivefold.concepts.progress import ClinicalCutoff, DoesNotKnow
from fivefold.concepts.rules import ProgressFile
from fivefold.concepts.vocabulary import Direction

RULE = "rule.progress.recovered"
FROM_NORMS = "The cut-off is computed from the norms of two groups, which may not be the ones this person belongs to."
FROM_ONE_GROUP = "The cut-off is computed from the norms of one group; the better one needs both."


def clinical_cutoff(scale: Scale, rules: ProgressFile) -> ClinicalCutoff | DoesNotKnow:
    """The cut-off used to tell recovery: the one the file marks as clinical, else c from both groups' norms, else a or b.

    a: two SDs from the clinical mean towards the better end. b: two SDs from the functional mean towards the worse end.
    c = (SD_f * M_c + SD_c * M_f) / (SD_f + SD_c), as likely in the one group as in the other. Formula: Jacobson and Truax
    1991. A computed cut-off is taken only from groups that the file marks as clinical or functional.
    """
    marked = next((cutoff for cutoff in scale.cutoffs if cutoff.clinical), None)
    if marked is not None:
        return _published(marked)
    clinical, functional = _norm(scale, NormGroup.CLINICAL), _norm(scale, NormGroup.FUNCTIONAL)
    if clinical and functional:
        return ClinicalCutoff(cutoff_c(clinical, functional), "c", (FROM_NORMS,), (clinical[2].basis, functional[2].basis))
    if clinical or functional:
        return _from_one(scale.direction, clinical, functional, rules)
    return DoesNotKnow(
        "No clinical cut-off is known for this scale.",
        ("a published cut-off between the clinical and the ordinary range", "mean and SD of a clinical and of a functional group"),
    )


Reference = tuple[float, float, Norm]


def cutoff_c(clinical: Reference, functional: Reference) -> float:
    """The point that is equally many SDs from the means of both groups; each is (mean, SD, norm)."""
    (mean_c, sd_c, _), (mean_f, sd_f, _) = clinical, functional
    return (sd_f * mean_c + sd_c * mean_f) / (sd_f + sd_c)


def _published(cutoff: Cutoff) -> ClinicalCutoff:
    # Both ends of a published cut-off belong to the side that it names: "at least 64" is clinical from 64.
    value = cutoff.at_least if cutoff.at_least is not None else cutoff.at_most
    assert value is not None, "a cut-off has exactly one of the two"
    return ClinicalCutoff(value, "published", (), (cutoff.basis,))


def _norm(scale: Scale, group: NormGroup) -> Reference | None:
    return next(((norm.mean, norm.sd, norm) for norm in scale.norms if norm.group is group and norm.mean is not None and norm.sd is not None), None)


def _from_one(direction: Direction, clinical: Reference | None, functional: Reference | None, rules: ProgressFile) -> ClinicalCutoff:
    distance = rules.rule(RULE).number("cutoff_distance")
    worse = 1 if direction is Direction.HIGHER_IS_WORSE else -1
    if clinical:
        mean, sd, norm = clinical
        return ClinicalCutoff(mean - worse * distance.value * sd, "a", (FROM_ONE_GROUP,), (distance.basis, norm.basis))
    assert functional, "one of the two groups is known"
    mean, sd, norm = functional
    return ClinicalCutoff(mean + worse * distance.value * sd, "b", (FROM_ONE_GROUP,), (distance.basis, norm.basis))
