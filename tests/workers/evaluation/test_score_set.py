"""Which cells are measured, and what becomes of their colour."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workers.evaluation.score_set import grey
from workers.training.datasets import LabelledCells, LostCells, Origin

Crops = NDArray[np.uint8]
OUTSIDE = 255


def test_grey_cells_have_the_luminance_and_keep_their_outline(
    cells: Callable[..., Crops],
) -> None:
    crops = cells(4)
    found = grey(crops, OUTSIDE)
    outside = (crops == OUTSIDE).all(axis=3)
    np.testing.assert_array_equal((found == OUTSIDE).all(axis=3), outside)
    assert (found == found[..., :1]).all()
    luminance = crops @ np.array([0.299, 0.587, 0.114])
    assert np.abs(found[..., 0] - luminance)[~outside].max() <= 1


def test_what_is_brightest_inside_stays_inside() -> None:
    crops = np.full((1, 2, 2, 3), OUTSIDE, np.uint8)
    crops[0, 0, 0] = (254, 255, 255)
    found = grey(crops, OUTSIDE)
    assert found[0, 0, 0].tolist() == [254] * 3
    assert (found[0, 1] == OUTSIDE).all()


def test_a_part_has_what_was_lost_of_its_own_groups() -> None:
    groups = np.arange(10, dtype=np.int32)
    cells = LabelledCells(
        Origin("set", "", "", ""),
        np.zeros((10, 64, 64, 3), np.uint8),
        np.array(["uninfected"] * 10),
        groups,
        LostCells(np.array(["ring", "schizont", "gametocyte"]), np.array([3, 4, 9], np.int32)),
    )
    held_out = cells.part("held out").lost
    assert held_out is not None
    assert held_out.labels.tolist() == ["schizont", "gametocyte"]
    validation = cells.part("validation").lost
    assert validation is not None
    assert validation.labels.tolist() == ["ring"]
    assert cells.healthy().lost is cells.lost
