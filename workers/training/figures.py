"""How well scores tell infected cells from healthy ones."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

MILLION = 1_000_000


def auroc(healthy: NDArray[np.float32], infected: NDArray[np.float32]) -> float:
    """Give the chance that an infected cell scores above a healthy one (ties count half).

    Notes
    -----
    The Mann-Whitney statistic: Hanley and McNeil 1982, Radiology 143, 29.
    """
    ranks = rankdata(np.concatenate([healthy, infected]))
    above = ranks[len(healthy) :].sum() - len(infected) * (len(infected) + 1) / 2
    return float(above / (len(healthy) * len(infected)))


def figures(
    healthy: NDArray[np.float32], infected: NDArray[np.float32], threshold: float
) -> dict[str, float]:
    """Give the figures of a model card for scores of held-out cells."""
    at_95, at_99 = np.quantile(healthy, (0.95, 0.99))
    false_positives = float((healthy >= threshold).mean())
    values = {
        "auroc": auroc(healthy, infected),
        "sensitivity_at_specificity_95": float((infected >= at_95).mean()),
        "sensitivity_at_specificity_99": float((infected >= at_99).mean()),
        "specificity_at_sensitivity_90": float((healthy < np.quantile(infected, 0.1)).mean()),
        "sensitivity_at_threshold": float((infected >= threshold).mean()),
        "specificity_at_threshold": 1 - false_positives,
        "false_positives_per_million_at_threshold": MILLION * false_positives,
    }
    return {name: round(value, 4) for name, value in values.items()}
