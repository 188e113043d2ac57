"""Intervals that hold however often one looks."""

from math import log

import numpy as np
import pytest

from monitor.statistics import RunningInterval, anytime_interval, exact_interval, log_wealth


def test_its_ends_are_where_a_gambler_has_won_enough():
    low, high = anytime_interval(12, 3000)
    for end in (low, high):
        assert log_wealth(12, 3000, end) == pytest.approx(log(20), rel=1e-2)
    assert low < 12 / 3000 < high


def test_the_wealth_is_a_fair_game():
    """Its mean over the next cell is what it is: a martingale."""
    for k, n, p in ((0, 0, 0.3), (3, 50, 0.02), (7, 9, 0.9)):
        then = p * np.exp(log_wealth(k + 1, n + 1, p)) + (1 - p) * np.exp(log_wealth(k, n + 1, p))
        assert then == pytest.approx(np.exp(log_wealth(k, n, p)))


def test_it_is_wider_than_an_interval_for_one_look():
    low, high = anytime_interval(50, 5000)
    exact = exact_interval(50, 5000)
    assert low < exact[0]
    assert high > exact[1]
    assert high - low < 2.5 * (exact[1] - exact[0])


def test_none_and_all_flagged():
    assert anytime_interval(0, 0) == (0.0, 1.0)
    assert anytime_interval(0, 1000)[0] == 0.0
    assert anytime_interval(1000, 1000)[1] == 1.0
    assert 0 < anytime_interval(0, 1000)[1] < 0.01


@pytest.mark.parametrize("bad", [(3, 2, 0.95), (1, 2, 0.0)])
def test_what_makes_no_sense_is_refused(bad):
    with pytest.raises(ValueError, match="must lie within"):
        anytime_interval(*bad)


def test_the_running_interval_never_grows():
    rng = np.random.default_rng(3)
    found = np.cumsum(rng.random(3000) < 0.05)
    running, last = RunningInterval(), (0.0, 1.0)
    for cells in range(10, 3001, 10):
        now = running.update(int(found[cells - 1]), cells)
        assert last[0] <= now[0] <= now[1] <= last[1]
        last = now
    assert last[0] < 0.05 < last[1]
    assert not running.contradictory


def test_a_share_that_changes_is_noticed():
    running = RunningInterval()
    kept = running.update(0, 10_000)
    assert running.update(5_000, 20_000) == kept
    assert running.contradictory
