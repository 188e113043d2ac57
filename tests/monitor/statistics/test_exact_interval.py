"""The Clopper-Pearson interval."""

import pytest

from monitor.statistics import exact_interval, wilson_interval


def test_it_gives_published_values():
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20 and 1 of 29.
    for counts, expected in {
        (81, 263): (0.2527, 0.3676),
        (15, 148): (0.0578, 0.1617),
        (0, 20): (0.0, 0.1684),
        (1, 29): (0.0009, 0.1776),
    }.items():
        assert exact_interval(*counts) == pytest.approx(expected, abs=1e-4)


def test_all_flagged_reaches_up_to_one():
    low, high = exact_interval(29, 29)
    assert high == 1.0
    assert 0.85 < low < 0.9


def test_more_confidence_is_wider():
    assert exact_interval(5, 100, 0.99)[1] > exact_interval(5, 100, 0.95)[1]


def test_it_is_wider_than_wilsons():
    exact, wilson = exact_interval(10, 1000), wilson_interval(10, 1000)
    assert exact[1] - exact[0] > wilson[1] - wilson[0]


def test_no_cell_has_no_interval():
    assert exact_interval(0, 0) is None


@pytest.mark.parametrize(("flagged", "cells", "confidence"), [(3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1)])
def test_what_makes_no_sense_is_refused(flagged, cells, confidence):
    with pytest.raises(ValueError, match="must lie within"):
        exact_interval(flagged, cells, confidence)
