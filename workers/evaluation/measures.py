"""Measures of a detector, each a function of the curve of what is flagged.

All take curves with at least one infected and one healthy cell.
"""

import math

import numpy as np

from workers.evaluation.curve import Curve

MILLION = 1_000_000
ROUNDING = 1e-9
"""Of a cell: so that 5 % of 100 cells are 5 in binary fractions too."""


def auroc(curve: Curve) -> float:
    """Give the chance that an infected cell scores above a healthy one (ties count half).

    Notes
    -----
    The area under the receiver operating characteristic by trapezoids, which is the
    Mann-Whitney statistic: Hanley and McNeil 1982, Radiology 143, 29.
    """
    above = np.concatenate([[0], curve.true_positives])
    heights = (above[1:] + above[:-1]) / 2
    steps = np.diff(curve.false_positives, prepend=0)
    return float(steps @ heights / (curve.infected * curve.healthy))


def auprc(curve: Curve) -> float:
    """Give the average precision: the precision at each threshold, by the sensitivity it adds.

    Notes
    -----
    Without interpolation, which would flatter: Davis and Goadrich 2006, ICML, 233.
    """
    steps = np.diff(curve.true_positives, prepend=0)
    return float(steps @ curve.precisions / curve.infected)


def sensitivity_at_false_positive_rate(curve: Curve, rate: float) -> float:
    """Give the largest share of infected cells flagged with at most ``rate`` of the healthy."""
    allowed = math.floor(rate * curve.healthy + ROUNDING)
    last = int(np.searchsorted(curve.false_positives, allowed, side="right")) - 1
    return 0.0 if last < 0 else float(curve.true_positives[last] / curve.infected)


def false_positive_rate_at_sensitivity(curve: Curve, sensitivity: float) -> float:
    """Give the smallest share of healthy cells flagged with ``sensitivity`` of the infected."""
    needed = math.ceil(sensitivity * curve.infected - ROUNDING)
    first = int(np.searchsorted(curve.true_positives, needed, side="left"))
    return float(curve.false_positives[first] / curve.healthy)


def sensitivity(curve: Curve, threshold: float) -> float:
    """Give the share of infected cells flagged at ``threshold`` (the recall)."""
    return curve.flagged(threshold)[0] / curve.infected


def specificity(curve: Curve, threshold: float) -> float:
    """Give the share of healthy cells not flagged at ``threshold``."""
    return 1 - curve.flagged(threshold)[1] / curve.healthy


def precision(curve: Curve, threshold: float) -> float:
    """Give the share of flagged cells that are infected; NaN where none is flagged."""
    true, false = curve.flagged(threshold)
    return true / (true + false) if true + false else math.nan


def f1(curve: Curve, threshold: float) -> float:
    """Give the harmonic mean of precision and sensitivity at ``threshold``."""
    true, false = curve.flagged(threshold)
    return 2 * true / (true + false + curve.infected)


def balanced_accuracy(curve: Curve, threshold: float) -> float:
    """Give the mean of sensitivity and specificity at ``threshold``."""
    return (sensitivity(curve, threshold) + specificity(curve, threshold)) / 2
