"""The reviewed parasitemia covers the truth, and says nothing that nobody looked at."""

import numpy as np
import pytest

from monitor.statistics import exact_interval
from monitor.statistics.reviewed_share import (
    Stratum,
    flagged_infected,
    missed_share,
    reviewed_share,
)


def test_flagged_cells_all_judged_are_known_and_the_sample_gives_the_rest():
    found = reviewed_share(Stratum(20, 15, 5, 0), Stratum(0, 2, 98, 0), 980, 0.95)
    low, high = exact_interval(2, 100)
    assert found.value == pytest.approx((15 + 0.02 * 980) / 1000)
    assert found.low == pytest.approx((15 + low * 980) / 1000)
    assert found.high == pytest.approx((15 + high * 980) / 1000)


def test_flagged_cells_nobody_judged_may_be_either():
    found = flagged_infected(Stratum(20, 3, 1, 2))
    assert (found.value, found.low, found.high) == (15, 3, 19)


def test_unsure_random_cells_widen_the_interval_on_both_sides():
    sure, unsure = (
        missed_share(Stratum(0, 2, 98, 0), 0.95),
        missed_share(Stratum(0, 2, 93, 5), 0.95),
    )
    assert unsure.low == pytest.approx(sure.low)
    assert unsure.high > sure.high
    assert unsure.value == pytest.approx(2 / 95)


def test_without_a_random_cell_judged_nothing_is_known_of_the_unflagged():
    found = reviewed_share(Stratum(10, 10, 0, 0), Stratum(50, 0, 0, 0), 90, 0.95)
    assert (found.value, found.low, found.high) == (None, 0.1, 1.0)


def test_a_slide_without_flagged_cells_rests_on_the_sample_alone():
    found = reviewed_share(Stratum(0, 0, 0, 0), Stratum(0, 0, 100, 0), 1000, 0.95)
    assert found.value == 0
    assert found.high == pytest.approx(exact_interval(0, 100)[1])


def test_the_interval_covers_the_truth_at_least_as_often_as_it_says():
    chance = np.random.default_rng(3)
    runs, cells, covered = 400, 3000, 0
    for _ in range(runs):
        infected = chance.random(cells) < 0.03
        flagged = np.where(infected, chance.random(cells) < 0.6, chance.random(cells) < 0.01)
        drawn = chance.permutation(cells)[:200]
        drawn = drawn[~flagged[drawn]]
        ill = int(infected[flagged].sum())
        of_flagged = Stratum(int(flagged.sum()), ill, int(flagged.sum()) - ill, 0)
        missed = int(infected[drawn].sum())
        sample = Stratum(len(drawn), missed, len(drawn) - missed, 0)
        found = reviewed_share(of_flagged, sample, int((~flagged).sum()), 0.95)
        covered += found.low <= infected.mean() <= found.high
    assert covered >= 0.945 * runs
