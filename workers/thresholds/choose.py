"""Chooses a threshold by its rule."""

from workers.thresholds.budget import budget
from workers.thresholds.f_beta import f_beta
from workers.thresholds.manual import manual
from workers.thresholds.mean_sigma import mean_sigma
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import (
    AnyRule,
    Budget,
    FBeta,
    Manual,
    MeanSigma,
    Threshold,
    ThresholdError,
    Youden,
)
from workers.thresholds.youden import youden


def choose(
    rule: AnyRule, healthy: GroupedScores | None, infected: GroupedScores | None = None
) -> Threshold:
    """Choose a threshold.

    Parameters
    ----------
    rule
        How.
    healthy, infected
        Scores, as far as the rule needs them.

    Raises
    ------
    ThresholdError
        The rule needs scores that are not given, or cannot be followed with them.
    """
    if isinstance(rule, Manual):
        return manual(rule.value, healthy)
    if healthy is None:
        raise ThresholdError(
            "this model keeps no healthy scores; give cells with --healthy or --data, "
            "or train it again"
        )
    if isinstance(rule, MeanSigma):
        return mean_sigma(healthy, rule.k)
    if isinstance(rule, Budget):
        return budget(healthy, rule.per_million)
    if infected is None:
        raise ThresholdError("the rule needs infected cells; give a labelled set with --data")
    if isinstance(rule, FBeta):
        return f_beta(healthy, infected, rule.beta, rule.prevalence)
    return youden(healthy, infected)


def in_words(rule: AnyRule) -> str:
    """Say a rule as a person would."""
    match rule:
        case MeanSigma(k):
            return f"mean + {k:g} standard deviations of healthy scores"
        case Budget(per_million):
            return f"at most {per_million:,g} false cells per million healthy ones"
        case FBeta(beta, None):
            return f"largest F{beta:g} on labelled cells"
        case FBeta(beta, prevalence):
            return f"largest F{beta:g} on labelled cells at prevalence {prevalence:g}"
        case Youden():
            return "largest sensitivity + specificity on labelled cells"
        case Manual():
            return "named by hand"
