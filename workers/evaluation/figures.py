"""The figures of an evaluation, by name, and those of them that a model card carries."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from workers.evaluation import measures
from workers.evaluation.curve import Curve

Figure = Callable[[Curve, float], float]
"""From what is flagged, and the model's threshold, to one number."""

DECIMALS = 6
CARD_DECIMALS = 4


def _at_specificity(curve: Curve, _threshold: float, *, rate: float) -> float:
    return measures.sensitivity_at_false_positive_rate(curve, rate)


def _at_sensitivity(curve: Curve, _threshold: float, *, sensitivity: float) -> float:
    return measures.false_positive_rate_at_sensitivity(curve, sensitivity)


def _specificity_at_sensitivity_90(curve: Curve, _threshold: float) -> float:
    return 1 - measures.false_positive_rate_at_sensitivity(curve, 0.9)


def _per_million(rate: Figure) -> Figure:
    return lambda curve, threshold: measures.MILLION * rate(curve, threshold)


RANKED: dict[str, Figure] = {
    "auroc": lambda curve, _threshold: measures.auroc(curve),
    "auprc": lambda curve, _threshold: measures.auprc(curve),
    "sensitivity_at_specificity_95": partial(_at_specificity, rate=0.05),
    "sensitivity_at_specificity_99": partial(_at_specificity, rate=0.01),
    "sensitivity_at_specificity_999": partial(_at_specificity, rate=1e-3),
    "specificity_at_sensitivity_90": _specificity_at_sensitivity_90,
    "false_positives_per_million_at_sensitivity_50": _per_million(
        partial(_at_sensitivity, sensitivity=0.5)
    ),
    "false_positives_per_million_at_sensitivity_90": _per_million(
        partial(_at_sensitivity, sensitivity=0.9)
    ),
    "sensitivity_at_false_positive_rate_1e-3": partial(_at_specificity, rate=1e-3),
    "sensitivity_at_false_positive_rate_1e-4": partial(_at_specificity, rate=1e-4),
}
"""What depends on the order of the scores alone."""

AT_THRESHOLD: dict[str, Figure] = {
    "sensitivity_at_threshold": measures.sensitivity,
    "specificity_at_threshold": measures.specificity,
    "false_positives_per_million_at_threshold": _per_million(
        lambda curve, threshold: 1 - measures.specificity(curve, threshold)
    ),
    "precision": measures.precision,
    "recall": measures.sensitivity,
    "f1": measures.f1,
    "balanced_accuracy": measures.balanced_accuracy,
}
"""What depends on the model's threshold."""

FIGURES = RANKED | AT_THRESHOLD
OF_A_STAGE = (
    "auroc",
    "sensitivity_at_threshold",
    "sensitivity_at_specificity_95",
    "sensitivity_at_specificity_99",
)
OF_A_CARD = (
    "auroc",
    "sensitivity_at_specificity_95",
    "sensitivity_at_specificity_99",
    "specificity_at_sensitivity_90",
    "sensitivity_at_threshold",
    "specificity_at_threshold",
    "false_positives_per_million_at_threshold",
)
LEAST_HEALTHY = {
    "sensitivity_at_false_positive_rate_1e-3": 10_000,
    "sensitivity_at_false_positive_rate_1e-4": 100_000,
}
"""Healthy cells from which a figure can be said: ten of them may be flagged."""


def figures(
    healthy: NDArray[np.float32], infected: NDArray[np.float32], threshold: float
) -> dict[str, float]:
    """Give the figures of a model card for finite scores of held-out cells."""
    curve = Curve.of(
        np.concatenate([healthy, infected]),
        np.repeat([False, True], [len(healthy), len(infected)]),
    )
    return {name: round(FIGURES[name](curve, threshold), CARD_DECIMALS) for name in OF_A_CARD}


def unsaid(curve: Curve, values: Mapping[str, float]) -> dict[str, str]:
    """Say which of the figures cannot be said, and why.

    Parameters
    ----------
    curve
        What the figures were made of.
    values
        Figures by name; NaN: it has no value.
    """
    reasons = {
        name: f"cannot be said from {curve.healthy:,} healthy cells: needs {least:,}"
        for name, least in LEAST_HEALTHY.items()
        if name in values and curve.healthy < least
    }
    undefined = [name for name, value in values.items() if math.isnan(value)]
    return reasons | dict.fromkeys(undefined, "no cell is flagged")
