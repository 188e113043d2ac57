"""Which labelled cells a threshold rests on: none that a weight has seen or that is held out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.artefact import load_card
from workers.score import Scorer
from workers.training.datasets import DataError, LabelledCells, Origin
from workers.training.known_scores import known_scores

GROUPS, EACH = 5, 4
Cells = Callable[..., NDArray[np.uint8]]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(load_card("conv-wide"), "cpu", 1, 32)


@pytest.fixture
def labelled(cells: Cells, with_lesion: Cells) -> LabelledCells:
    """Five patients of four cells, the last of each infected."""
    crops = cells(GROUPS * EACH)
    ill = np.arange(len(crops)) % EACH == EACH - 1
    crops[ill] = with_lesion(crops[ill])
    labels = np.where(ill, "ring", "uninfected")
    groups = np.arange(len(crops)) // EACH
    return LabelledCells(Origin("mine", "", "", ""), crops, labels, groups.astype(np.int32))


def test_of_a_set_trained_on_only_what_no_weight_has_seen(
    scorer: Scorer, labelled: LabelledCells
) -> None:
    known = known_scores(scorer, labelled, ["other", "mine"])
    validation = labelled.part("validation").healthy()
    expected = np.sort(scorer.score(validation.crops).scores)
    np.testing.assert_array_equal(np.float32(known.healthy.tail), expected)
    assert known.healthy.cells == "healthy cells of the validation part of mine"
    assert known.infected.count == GROUPS - 1
    held_out = labelled.part("held out")
    unwanted = scorer.score(held_out.crops[held_out.infected]).scores
    assert not set(unwanted.tolist()) & set(known.infected.tail)


def test_no_infected_cell_of_a_model_that_learned_from_labels(
    scorer: Scorer, labelled: LabelledCells
) -> None:
    assert known_scores(scorer, labelled, ["mine"], labels=True).infected is None
    assert known_scores(scorer, labelled, ["other"], labels=True).infected.count == GROUPS


def test_a_set_is_known_by_its_digest_whatever_its_folder_is_called(
    scorer: Scorer, labelled: LabelledCells
) -> None:
    renamed = replace(labelled, origin=Origin("renamed", "", "", "", digest="d1"))
    known = known_scores(scorer, renamed, ["d1"])
    assert known.healthy.count == len(labelled.part("validation").healthy())


def test_of_another_set_all_cells(scorer: Scorer, labelled: LabelledCells) -> None:
    known = known_scores(scorer, labelled)
    assert (known.healthy.count, known.infected.count) == (GROUPS * (EACH - 1), GROUPS)
    assert len(known.healthy.groups) == GROUPS


def test_cells_without_a_score_are_counted(scorer: Scorer, labelled: LabelledCells) -> None:
    labelled.crops[0] = 255
    known = known_scores(scorer, labelled)
    assert (known.unscored, known.healthy.count) == (1, GROUPS * (EACH - 1) - 1)


def test_healthy_cells_alone_are_enough_and_without_them_nothing_is(
    scorer: Scorer, labelled: LabelledCells
) -> None:
    assert known_scores(scorer, labelled.healthy()).infected is None
    with pytest.raises(DataError, match="mine: no healthy cell could be scored"):
        known_scores(scorer, labelled.only(labelled.infected))
