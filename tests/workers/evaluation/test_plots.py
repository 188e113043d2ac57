"""Pictures of scores: what they choose to show, and that no scores break them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from config import UsageError
from workers.evaluation.plots import Shown, draw_plots, staged
from workers.evaluation.plots.draw import PICTURES
from workers.evaluation.plots.embedding import principal_components
from workers.evaluation.plots.worst import worst
from workers.evaluation.scored import ScoredCells

Cells = Callable[..., NDArray[np.uint8]]


def shown(cells: Cells, scores: list[float], infected: int, threshold: float = 0.5) -> Shown:
    count = len(scores)
    ill = np.arange(count) < infected
    scored = ScoredCells(
        np.array(scores, np.float32),
        ill,
        np.where(ill, "ring", "uninfected"),
        np.arange(count, dtype=np.int32),
        np.random.default_rng(0).normal(size=(count, 64)).astype(np.float16),
    )
    return Shown.of(scored, cells(count), threshold, "a title")


def test_the_worst_are_the_highest_healthy_and_the_lowest_infected(cells: Cells) -> None:
    scores = np.linspace(1, 0, 100)
    picked = shown(cells, [np.nan, *scores], 50)
    healthy, infected = worst(picked)
    assert healthy.tolist() == list(range(49, 85))
    assert infected.tolist() == list(range(48, 12, -1))
    assert len(picked.crops) == 100


def test_principal_components_find_the_directions_of_the_spread() -> None:
    chance = np.random.default_rng(0)
    plane = chance.normal(size=(500, 2)) * (3, 1)
    turned = np.linalg.qr(chance.normal(size=(8, 8)))[0][:2]
    points, shares = principal_components((plane @ turned + 5).astype(np.float16))
    assert shares == pytest.approx((0.9, 0.1), abs=0.03)
    assert points.std(axis=0) == pytest.approx((3, 1), rel=0.1)
    assert abs(np.corrcoef(points[:, 0], plane[:, 0])[0, 1]) > 0.99


SCORES = {
    "usual": ([0.9, 0.8, 0.3, 0.1, 0.05, 0.01, 0.6], 3),
    "below zero": ([2.0, 1.0, -1.0, -4.0, -3.0, 0.0], 3),
    "all the same": ([0.5] * 6, 3),
    "one of each": ([0.9, 0.1], 1),
    "apart": ([0.9, 0.8, 0.7, 0.1, 0.05, 0.01], 3),
}


@pytest.mark.parametrize("kind", SCORES)
def test_pictures_can_be_drawn_of_any_scores(cells: Cells, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra: pip install smearwatch[plots]")
    draw_plots(shown(cells, *SCORES[kind]), tmp_path / "plots")
    drawn = {path.name: cv2.imread(str(path)) for path in (tmp_path / "plots").iterdir()}
    assert set(drawn) == set(PICTURES)
    assert all(picture.std() > 1 for picture in drawn.values())


def test_pictures_appear_only_when_all_went_well(tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")

    def fail() -> None:
        with staged(folder) as drawn:
            (drawn / "roc.png").write_text("half")
            raise UsageError("no luck")

    with pytest.raises(UsageError, match="no luck"):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["plots"]
    with staged(folder) as drawn:
        (drawn / "set").mkdir()
        (drawn / "set" / "roc.png").write_text("whole")
        assert not (folder / "set").exists()
    assert (folder / "set" / "roc.png").read_text() == "whole"
    assert (folder / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["plots"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        staged(tmp_path / "absent" / "plots").__enter__()
