"""What share of its healthy cells the next slide may have flagged."""

import numpy as np
import pytest

from monitor.statistics import ErrorsDrawn, HealthySlides, Sensitivity
from monitor.statistics.background import background_rates, van_der_corput


def upper(slides):
    return float(np.quantile(background_rates(slides), 0.95))


def test_many_like_slides_tell_the_rate():
    rates = background_rates(HealthySlides((100,) * 30, (50_000,) * 30))
    assert np.median(rates) == pytest.approx(0.002, rel=0.03)
    assert np.quantile(rates, 0.95) < 0.0026


def test_slides_that_differ_have_a_wide_background():
    like = HealthySlides((40,) * 10, (20_000,) * 10)
    unlike = HealthySlides((2, 120, 20, 5, 90, 60, 10, 70, 13, 10), (20_000,) * 10)
    assert sum(unlike.flagged) == sum(like.flagged)
    assert upper(unlike) > 2 * upper(like)


def test_few_slides_promise_less_than_many():
    few, many = HealthySlides((4,) * 3, (2000,) * 3), HealthySlides((4,) * 30, (2000,) * 30)
    assert few.rate == many.rate
    assert upper(few) > 1.5 * upper(many)


def test_none_flagged_is_not_taken_for_a_rate_of_zero():
    rates = background_rates(HealthySlides((0,) * 5, (10_000,) * 5))
    assert 1 / 50_000 < np.quantile(rates, 0.95) < 10 / 50_000


def test_ten_times_the_cells_promise_ten_times_less():
    small, large = HealthySlides((0,) * 5, (1000,) * 5), HealthySlides((0,) * 5, (10_000,) * 5)
    assert upper(small) == pytest.approx(10 * upper(large), rel=1e-6)


def test_the_sample_is_the_same_each_time():
    slides = HealthySlides((3, 4), (1000, 2000))
    np.testing.assert_array_equal(background_rates(slides), background_rates(slides))


def test_its_distribution_is_that_of_a_drawn_gamma():
    """Known mean and variation, given by very many slides, come back."""
    rng = np.random.default_rng(0)
    drawn = rng.gamma(4.0, 0.002 / 4.0, 400)
    cells = np.full(400, 100_000)
    slides = HealthySlides(tuple(rng.binomial(cells, drawn).tolist()), tuple(cells.tolist()))
    rates = background_rates(slides)
    assert rates.mean() == pytest.approx(0.002, rel=0.06)
    assert rates.std() / rates.mean() == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("flagged", "cells"), [((), ()), ((3,), (2,)), ((0,), (0,)), ((-1,), (5,))]
)
def test_slides_that_make_no_sense_are_refused(flagged, cells):
    with pytest.raises(ValueError, match="healthy slide"):
        HealthySlides(flagged, cells)


def test_a_sensitivity_is_spread_as_its_cells_tell():
    errors = ErrorsDrawn.of(HealthySlides((4,) * 9, (2000,) * 9), Sensitivity(0.8, 100.0))
    assert errors.sensitivity.mean() == pytest.approx(0.797, abs=0.003)
    assert errors.sensitivity.std() == pytest.approx(0.04, abs=0.003)


def test_rates_and_sensitivities_are_drawn_apart():
    errors = ErrorsDrawn.of(HealthySlides((4,) * 9, (2000,) * 9), Sensitivity(0.8, 100.0))
    assert abs(np.corrcoef(errors.false_positive, errors.sensitivity)[0, 1]) < 0.05


def test_infected_cells_are_flagged_no_less_than_healthy_ones():
    errors = ErrorsDrawn.of(HealthySlides((900, 950), (1000, 1000)), Sensitivity(0.1, 50.0))
    assert (errors.sensitivity > errors.false_positive).all()
    assert (errors.sensitivity <= 1).all()


def test_the_even_sequence_is_even():
    for base in (2, 3):
        points = np.sort(van_der_corput(243, base))
        assert points[0] > 0
        assert points[-1] < 1
        assert np.diff(points).max() < 2.1 / 243
