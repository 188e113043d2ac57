"""Limit of blank and limit of detection."""

import numpy as np
import pytest

from monitor.statistics import ErrorsDrawn, HealthySlides, Sensitivity, limits


@pytest.fixture
def errors():
    return ErrorsDrawn.of(HealthySlides((20,) * 20, (10_000,) * 20), Sensitivity(0.8, 400.0))


def test_blank_slides_exceed_the_limit_of_blank_in_one_case_of_twenty(errors):
    rng = np.random.default_rng(1)
    rates = rng.choice(errors.false_positive, 40_000)
    above = rng.binomial(20_000, rates) / 20_000 > limits(20_000, errors).blank
    assert 0.035 < above.mean() <= 0.052


def test_slides_at_the_limit_of_detection_exceed_it_in_nineteen(errors):
    rng = np.random.default_rng(2)
    told = limits(20_000, errors)
    rates = rng.choice(errors.flagged_share(told.detection), 40_000)
    above = rng.binomial(20_000, rates) / 20_000 > told.blank
    assert above.mean() == pytest.approx(0.95, abs=0.006)


def test_for_one_known_rate_they_are_those_of_armbruster_and_pry():
    known = ErrorsDrawn(np.full(8, 0.01), np.full(8, 1.0), 0.01, 1.0)
    told = limits(100_000, known)
    blank = 0.01 + 1.645 * np.sqrt(0.01 * 0.99 / 100_000)
    assert told.blank == pytest.approx(blank, rel=0.005)
    detection = (blank + 1.645 * np.sqrt(blank / 100_000) - 0.01) / 0.99
    assert told.detection == pytest.approx(detection, rel=0.03)


def test_more_cells_detect_less_down_to_what_is_reachable(errors):
    found = [limits(cells, errors).detection for cells in (1000, 10_000, 100_000, 10_000_000)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(limits(1000, errors).reachable, rel=0.02)


def test_too_few_cells_detect_nothing(errors):
    assert limits(1, errors).detection is None


def test_a_stated_limit_of_blank_is_taken(errors):
    assert limits(100_000, errors, 0.01).blank == pytest.approx(0.01, rel=0.1)
    assert limits(100_000, errors, 0.01).detection > limits(100_000, errors).detection


def test_a_model_blinder_than_its_background_reaches_nothing():
    blind = ErrorsDrawn.of(HealthySlides((9, 500, 30, 200), (1000,) * 4), Sensitivity(0.2, 100.0))
    assert limits(10_000, blind).reachable is None
