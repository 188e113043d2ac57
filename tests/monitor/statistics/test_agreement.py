"""Kappa against figures worked out by others, and what its interval promises."""

import numpy as np
import pytest

from monitor.statistics.agreement import cohens_kappa, fleiss_kappa


def pairs_of(table):
    return np.array(
        [(i, j) for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]
    )


def test_cohens_kappa_of_a_textbook_table():
    # 50 applications, two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: kappa 0.4.
    found = cohens_kappa(pairs_of([[20, 5], [10, 15]]))
    assert found is not None
    value, (low, high) = found
    assert value == pytest.approx(0.4)
    # The large-sample interval of Fleiss, Cohen and Everitt (1969) is 0.15 to 0.65.
    assert (low, high) == (pytest.approx(0.15, abs=0.03), pytest.approx(0.65, abs=0.03))


def test_fleiss_kappa_of_a_textbook_table():
    # Ten subjects, fourteen raters, five categories: kappa 0.210 (Fleiss 1971's formula).
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    found = fleiss_kappa(np.array(counts))
    assert found is not None
    value, (low, high) = found
    assert value == pytest.approx(0.210, abs=5e-4)
    assert low < value < high


def test_perfect_agreement_is_one_and_opposite_judgements_are_below_zero():
    perfect = cohens_kappa(pairs_of([[10, 0], [0, 10]]))
    assert perfect == (1.0, (1.0, 1.0))
    opposed = cohens_kappa(pairs_of([[0, 10], [10, 0]]))
    assert opposed is not None
    assert opposed[0] == -1


@pytest.mark.parametrize("pairs", [[[0, 0]] * 9, [[0, 1]], np.empty((0, 2), int)])
def test_where_chance_explains_all_or_there_is_one_thing_it_cannot_be_said(pairs):
    assert cohens_kappa(np.array(pairs)) is None


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # Both see the truth with 90 %, else guess: kappa is 0.81 in the long run.
    chance = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        truth = chance.integers(0, 2, 150)
        seen = [np.where(chance.random(150) < 0.9, truth, chance.integers(0, 2, 150)) for _ in "ab"]
        found = cohens_kappa(np.stack(seen, 1))
        assert found is not None
        covered += found[1][0] <= 0.81 <= found[1][1]
    assert 180 <= covered <= 199
