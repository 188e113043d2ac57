"""Intervals hold what they promise: 95 %, by 10,000 simulated slides each."""

from math import comb

import numpy as np
import pytest

from monitor.benchmark.coverage import (
    anytime_coverage,
    corrected_coverage,
    fixed_coverage,
    verdict_coverage,
)
from monitor.benchmark.slides_drawn import DrawnSlides
from monitor.statistics import exact_interval, wilson_interval
from monitor.statistics.corrected import chance_above

RUNS = 10_000
CHANCE = 0.005
"""More than two standard errors of a share of 0.95 in 10,000."""


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize(("share", "cells"), [(0.01, 10_000), (0.002, 20_000), (0.2, 500)])
def test_wilsons_interval_is_nominal(share, cells, rng):
    assert 0.94 <= fixed_coverage(wilson_interval, share, cells, RUNS, rng) <= 0.97


@pytest.mark.parametrize(("share", "cells"), [(0.01, 10_000), (0.0002, 20_000), (0.2, 500)])
def test_the_exact_interval_covers_no_less_than_it_says(share, cells, rng):
    assert fixed_coverage(exact_interval, share, cells, RUNS, rng) >= 0.95 - CHANCE


def test_the_exact_interval_covers_no_less_than_it_says_by_enumeration():
    for share in np.linspace(0.001, 0.2, 60):
        counts = np.arange(101)
        held = [low <= share <= high for low, high in (exact_interval(int(k), 100) for k in counts)]
        chance = np.array([_binomial(int(k), 100, share) for k in counts])
        assert chance[held].sum() >= 0.95


@pytest.mark.parametrize("share", [0.01, 0.1])
def test_looking_after_every_cell_breaks_no_confidence_sequence(share, rng):
    assert anytime_coverage(share, 2000, RUNS, rng) >= 0.95


def test_looking_after_every_cell_breaks_an_interval_for_one_look(rng):
    found = np.cumsum(rng.random((300, 2000)) < 0.1, axis=1)[:, 99::10]
    cells = np.arange(100, 2001, 10)
    known = {}
    missed = 0
    for row in found:
        for count, of in zip(row.tolist(), cells.tolist(), strict=True):
            key = count, of
            if key not in known:
                low, high = wilson_interval(count, of)
                known[key] = low <= 0.1 <= high
            if not known[key]:
                missed += 1
                break
    assert missed / 300 > 0.15


def test_the_corrected_interval_is_nominal(rng):
    slides = DrawnSlides(healthy_slides=12, variation=0.7, parasitemia=0.01)
    assert 0.94 <= corrected_coverage(slides, RUNS, rng) <= 0.97


def test_ignoring_how_slides_differ_would_not_be(rng):
    """Healthy slides that all look alike, and a slide in question that does not."""
    alike = DrawnSlides(healthy_slides=12, variation=0.03, parasitemia=0.01)
    held = 0
    for _ in range(1000):
        errors, _ = alike.errors_and_rate(rng)
        share = alike.flagged_share(rng.gamma(0.5, 2 * alike.false_positive))
        flagged = int(rng.binomial(alike.cells, share))
        held += 0.025 <= chance_above(flagged, alike.cells, errors, 0.01) <= 0.975
    assert held / 1000 < 0.93


@pytest.mark.parametrize("parasitemia", [0.0, 0.01])
def test_a_wrong_verdict_is_given_to_fewer_than_one_slide_in_twenty(parasitemia, rng):
    slides = DrawnSlides(healthy_slides=10, variation=0.7, parasitemia=parasitemia)
    assert verdict_coverage(slides, 1500, rng) >= 0.95


def _binomial(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)
