"""Cross-validation: every cell is held out once, and scores of different networks compare."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from config import load
from workers.evaluation.scored import ScoredCells
from workers.training.compare import compare
from workers.training.cross_validate import _as_ranks, across, cross_validate
from workers.training.datasets import HEALTHY, LabelledCells, Origin
from workers.training.fit_settings import FitSettings
from workers.training.keep import place_of
from workers.training.recipes import recipe_of

Cells = Callable[..., np.ndarray]
HOW = FitSettings(epochs=1, batch_size=32, examples_an_epoch=32)
GROUPS, EACH = 10, 12
SETTINGS = load(environ={}, overrides={"worker.threads": 1})


@pytest.fixture(scope="module")
def labelled(cells: Cells, with_lesion: Cells) -> LabelledCells:
    """Ten groups of twelve cells, one in four with a dark dot."""
    crops = cells(GROUPS * EACH)
    infected = np.arange(len(crops)) % 4 == 0
    crops[infected] = with_lesion(crops[infected])
    labels = np.where(infected, "ring", HEALTHY)
    groups = np.repeat(np.arange(GROUPS, dtype=np.int32), EACH)
    return LabelledCells(Origin("made", "", "", ""), crops, labels, groups)


def test_cells_of_one_score_share_one_rank() -> None:
    level = np.zeros(8, np.float32)
    ill = np.arange(8) < 4
    part = ScoredCells(level, ill, level.astype(str), level.astype(np.int32), level[:, None])
    assert len(set(_as_ranks(part).tolist())) == 1


def test_what_is_kept_of_a_fold_has_a_name_of_its_own(labelled: LabelledCells) -> None:
    recipe = recipe_of("conv")
    by_cell = replace(labelled, groups=np.arange(len(labelled), dtype=np.int32))
    grey = recipe.seeing(msgspec.structs.replace(recipe.task.normalisation, colours="grey"))
    places = {
        place_of(Path(), recipe, [labelled], labelled, 0),
        place_of(Path(), recipe, [by_cell], by_cell, 0),
        place_of(Path(), grey, [labelled], labelled, 0),
        place_of(Path(), recipe, [labelled, by_cell], labelled, 0),
        place_of(Path(), recipe, [labelled], labelled, 1),
    }
    assert len(places) == 5
    assert place_of(Path(), recipe_of("conv"), [labelled], labelled, 0) in places


def test_every_cell_is_held_out_once(labelled: LabelledCells) -> None:
    [held] = cross_validate("conv", [labelled], HOW, range(5), SETTINGS)
    assert sorted(held.cells.groups.tolist()) == sorted(labelled.groups.tolist())
    assert held.cells.infected.sum() == labelled.infected.sum()


def test_healthy_cells_of_each_fold_lie_at_evenly_spaced_ranks(labelled: LabelledCells) -> None:
    [held] = cross_validate("conv", [labelled], HOW, (0, 3), SETTINGS)
    for fold in (0, 3):
        ranks = held.cells.scores[(held.cells.groups % 5 == fold) & ~held.cells.infected]
        assert sorted(ranks) == pytest.approx(np.arange(len(ranks)) / len(ranks))


def test_ranks_keep_the_order_of_the_scores(labelled: LabelledCells) -> None:
    [held] = cross_validate("conv", [labelled], HOW, (2,), SETTINGS)
    ill = held.cells.infected
    above = held.scores[ill][:, None] > held.scores[~ill][None]
    ranked = held.cells.scores[ill][:, None] > held.cells.scores[~ill][None]
    np.testing.assert_array_equal(above, ranked)


def test_a_family_that_learns_from_labels_is_told_apart_from_one_that_does_not(
    labelled: LabelledCells,
) -> None:
    [plain] = compare("conv", [labelled], HOW, "groups", [0], SETTINGS)
    [taught] = compare("cnn-gap", [labelled], HOW, "cells", [0], SETTINGS)
    assert plain.accuracy is None
    assert 0 <= taught.accuracy <= 1
    assert plain.auroc_by_stage.keys() == {"ring"}
    assert plain.healthy + plain.infected == 2 * EACH
    assert taught.cost > 0


def test_a_network_of_one_set_scores_all_of_the_other_without_colour(
    labelled: LabelledCells,
) -> None:
    [held] = across("conv", labelled, [labelled], HOW, SETTINGS)
    assert len(held.cells) == len(labelled)
    found = compare("conv", [labelled, replace(labelled)], HOW, "across", range(5), SETTINGS)
    assert [row.folds for row in found] == [1, 1]


def test_a_fold_that_is_kept_is_not_made_again(labelled: LabelledCells, tmp_path: Path) -> None:
    [first] = cross_validate("conv", [labelled], HOW, (1,), SETTINGS, tmp_path)
    [file] = tmp_path.iterdir()
    written = file.stat().st_mtime_ns
    [again] = cross_validate("conv", [labelled], HOW, (1,), SETTINGS, tmp_path)
    assert file.stat().st_mtime_ns == written
    np.testing.assert_array_equal(first.cells.scores, again.cells.scores)
    np.testing.assert_array_equal(first.cells.labels, again.cells.labels)
    longer = FitSettings(epochs=2, batch_size=32, examples_an_epoch=32)
    cross_validate("conv", [labelled], longer, (1,), SETTINGS, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
