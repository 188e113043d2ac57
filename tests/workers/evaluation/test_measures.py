"""Every measure against a definition that looks at one threshold, or one pair, after another."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.evaluation import measures
from workers.evaluation.curve import Curve
from workers.evaluation.figures import FIGURES, OF_A_CARD, figures

scores = st.lists(st.integers(0, 12), min_size=1, max_size=30)
"""Few values, so that ties are many."""


def curve_of(healthy: list[float], infected: list[float]) -> Curve:
    return Curve.of(
        np.array([*healthy, *infected], np.float32),
        np.repeat([False, True], [len(healthy), len(infected)]),
    )


def operating_points(healthy: list[float], infected: list[float]) -> list[tuple[float, float]]:
    """Sensitivity and false positive rate at every threshold there can be."""
    thresholds = [math.inf, *{*healthy, *infected}]
    return [
        (
            sum(score >= threshold for score in infected) / len(infected),
            sum(score >= threshold for score in healthy) / len(healthy),
        )
        for threshold in thresholds
    ]


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_the_right_order(
    healthy: list[int], infected: list[int]
) -> None:
    wins = sum((ill > well) + (ill == well) / 2 for ill in infected for well in healthy)
    found = measures.auroc(curve_of(healthy, infected))
    assert found == pytest.approx(wins / (len(healthy) * len(infected)))


@given(scores, scores)
def test_auprc_is_the_mean_precision_at_the_infected_cells(
    healthy: list[int], infected: list[int]
) -> None:
    everyone = [*healthy, *infected]
    precisions = [
        sum(ill >= score for ill in infected) / sum(other >= score for other in everyone)
        for score in infected
    ]
    found = measures.auprc(curve_of(healthy, infected))
    assert found == pytest.approx(np.mean(precisions))


@given(scores, scores, st.sampled_from([0.0, 1e-3, 0.01, 0.05, 0.1, 0.5, 1.0]))
def test_sensitivity_at_a_false_positive_rate_is_the_best_that_keeps_to_it(
    healthy: list[int], infected: list[int], rate: float
) -> None:
    best = max(ill for ill, well in operating_points(healthy, infected) if well <= rate + 1e-12)
    found = measures.sensitivity_at_false_positive_rate(curve_of(healthy, infected), rate)
    assert found == pytest.approx(best)


@given(scores, scores, st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_false_positive_rate_at_a_sensitivity_is_the_least_that_reaches_it(
    healthy: list[int], infected: list[int], sensitivity: float
) -> None:
    points = operating_points(healthy, infected)
    least = min(well for ill, well in points if ill >= sensitivity - 1e-12)
    found = measures.false_positive_rate_at_sensitivity(curve_of(healthy, infected), sensitivity)
    assert found == pytest.approx(least)


@given(scores, scores, st.integers(-1, 13))
def test_what_scores_at_least_the_threshold_is_flagged(
    healthy: list[int], infected: list[int], threshold: int
) -> None:
    curve = curve_of(healthy, infected)
    true = sum(score >= threshold for score in infected)
    false = sum(score >= threshold for score in healthy)
    assert curve.flagged(threshold) == (true, false)
    assert measures.sensitivity(curve, threshold) == pytest.approx(true / len(infected))
    assert measures.specificity(curve, threshold) == pytest.approx(1 - false / len(healthy))
    precision = measures.precision(curve, threshold)
    if true + false:
        assert precision == pytest.approx(true / (true + false))
    else:
        assert math.isnan(precision)
    missed = len(infected) - true
    assert measures.f1(curve, threshold) == pytest.approx(true / (true + (false + missed) / 2))


def test_a_worked_example() -> None:
    healthy = [float(score) for score in range(100)]
    curve = curve_of(healthy, [10, 94, 95, 96, 99, 120, 121, 122, 123, 124])
    values = {name: figure(curve, 99) for name, figure in FIGURES.items()}
    # 95..99 are five of a hundred healthy cells: at 95 % specificity from 95 on is flagged.
    assert values["sensitivity_at_specificity_95"] == 0.8
    assert values["sensitivity_at_specificity_99"] == 0.6
    assert values["sensitivity_at_specificity_999"] == 0.5
    assert values["false_positives_per_million_at_sensitivity_50"] == 0
    assert values["false_positives_per_million_at_sensitivity_90"] == 60_000
    assert values["specificity_at_sensitivity_90"] == pytest.approx(0.94)
    assert values["precision"] == pytest.approx(6 / 7)
    assert values["recall"] == values["sensitivity_at_threshold"] == 0.6
    assert values["f1"] == pytest.approx(12 / 17)
    assert values["balanced_accuracy"] == pytest.approx((0.6 + 0.99) / 2)
    assert values["false_positives_per_million_at_threshold"] == pytest.approx(10_000)


def test_a_threshold_is_compared_as_the_store_compares_it() -> None:
    """0.7 as a float32 is below 0.7, and the store would not flag it."""
    assert np.float32(0.7) < np.float64(0.7)
    assert curve_of([0.0], [0.7]).flagged(0.7) == (0, 0)
    assert curve_of([0.0], [0.7]).flagged(float(np.float32(0.7))) == (1, 0)


def test_the_figures_of_a_card_keep_their_names() -> None:
    found = figures(np.arange(100, dtype=np.float32), np.full(4, 98, np.float32), 98.5)
    assert tuple(found) == OF_A_CARD
    assert found == {
        "auroc": 0.985,
        "sensitivity_at_specificity_95": 1,
        "sensitivity_at_specificity_99": 0,
        "specificity_at_sensitivity_90": 0.98,
        "sensitivity_at_threshold": 0,
        "specificity_at_threshold": 0.99,
        "false_positives_per_million_at_threshold": 10_000,
    }


def test_a_threshold_just_above_a_score_does_not_flag_it() -> None:
    scores = np.full(100, 5.0, np.float32)
    curve = Curve.of(scores, np.arange(100) < 10)
    assert curve.flagged(float(np.nextafter(5.0, np.inf))) == (0, 0)
    assert curve.flagged(5.0) == (10, 90)
