"""Parasitemia corrected for the model's errors."""

import numpy as np
import pytest

from monitor.statistics import (
    ErrorsDrawn,
    HealthySlides,
    Sensitivity,
    corrected_parasitemia,
    exact_interval,
)


@pytest.fixture
def errors():
    return ErrorsDrawn.of(HealthySlides((20,) * 20, (10_000,) * 20), Sensitivity(0.8, 400.0))


def test_the_estimate_is_that_of_rogan_and_gladen(errors):
    found = corrected_parasitemia(300, 10_000, errors)
    assert found.estimate == pytest.approx((0.03 - 0.002) / (0.8 - 0.002))
    assert found.low < found.estimate < found.high


def test_as_many_as_the_background_may_be_none(errors):
    found = corrected_parasitemia(20, 10_000, errors)
    assert found.estimate == 0.0
    assert found.low == 0.0
    assert 0.0005 < found.high < 0.004


def test_a_slide_cleaner_than_expected_keeps_an_interval(errors):
    found = corrected_parasitemia(0, 100_000, errors)
    assert found.low == 0.0
    assert found.high > 0.0


def test_all_flagged_is_all_infected_at_the_most(errors):
    found = corrected_parasitemia(1000, 1000, errors)
    assert found.estimate == 1.0
    assert found.high == 1.0


def test_a_perfect_model_gives_the_plain_interval():
    perfect = ErrorsDrawn(np.full(64, 1e-12), np.full(64, 1 - 1e-12), 0.0, 1.0)
    found = corrected_parasitemia(50, 5000, perfect)
    assert found.estimate == pytest.approx(0.01)
    assert (found.low, found.high) == pytest.approx(exact_interval(50, 5000), rel=0.03)


def test_slides_that_differ_widen_it(errors):
    unlike = HealthySlides((0, 60, 5, 40, 1, 30, 9, 70, 15, 3), (10_000,) * 10)
    wide = corrected_parasitemia(300, 10_000, ErrorsDrawn.of(unlike, Sensitivity(0.8, 400.0)))
    found = corrected_parasitemia(300, 10_000, errors)
    assert wide.high - wide.low > 1.2 * (found.high - found.low)


def test_a_model_that_tells_nothing_says_nothing():
    blind = ErrorsDrawn.of(HealthySlides((500,) * 5, (1000,) * 5), Sensitivity(0.5, 200.0))
    found = corrected_parasitemia(500, 1000, blind)
    assert found.estimate == 0.0
    assert found.high > 0.5


def test_no_cell_is_refused(errors):
    with pytest.raises(ValueError, match="no scored cell"):
        corrected_parasitemia(0, 0, errors)
