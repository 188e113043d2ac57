"""Two models on the same cells: the interval of their difference."""

import numpy as np
import pytest

from workers.evaluation.bootstrap import Resampling
from workers.evaluation.paired import auroc_difference

HOW = Resampling(resamples=200)


def cells(seed, count=400, groups=8):
    chance = np.random.default_rng(seed)
    infected = chance.random(count) < 0.3
    return chance, infected, np.arange(count, dtype=np.int32) % groups


def test_a_model_against_itself_differs_by_nothing():
    chance, infected, groups = cells(0)
    scores = chance.normal(infected, 1).astype(np.float32)
    found = auroc_difference(scores, scores, infected, groups, HOW)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert found.drawn == "groups"


def test_a_model_that_ranks_better_is_surely_better():
    chance, infected, groups = cells(1)
    old = chance.normal(infected, 1).astype(np.float32)
    new = chance.normal(3 * infected, 1).astype(np.float32)
    found = auroc_difference(old, new, infected, groups, HOW)
    assert 0 < found.low < found.value < found.high
    back = auroc_difference(new, old, infected, groups, HOW)
    assert back.value == pytest.approx(-found.value)
    assert back.high < 0


def test_models_that_are_alike_are_not_surely_different():
    chance, infected, groups = cells(2)
    truth = chance.normal(infected, 1)
    old, new = (
        (truth + chance.normal(0, 0.2, len(truth))).astype(np.float32) for _ in ("old", "new")
    )
    found = auroc_difference(old, new, infected, groups, HOW)
    assert found.low < 0 < found.high
    # They err alike, so that the difference is known far better than either AUROC.
    assert found.high - found.low < 0.08


def test_with_too_few_groups_cells_are_drawn():
    chance, infected, groups = cells(3, groups=2)
    scores = chance.normal(infected, 1).astype(np.float32)
    assert auroc_difference(scores, -scores, infected, groups, HOW).drawn == "cells"


def test_few_infected_cells_are_in_every_draw():
    scores = np.arange(50, dtype=np.float32)
    infected = scores > 48
    found = auroc_difference(scores, -scores, infected, np.zeros(50, np.int32), HOW)
    assert (found.value, found.low, found.high) == (-1, -1, -1)
