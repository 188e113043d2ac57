"""The digits check on drawn digits: upright strokes are ones, rings are not."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from monitor.cli.main import app
from workers.training.datasets.cells import DataError
from workers.training.digit_models import MODELS
from workers.training.digits import benchmark_digits, threshold_of
from workers.training.read_digits import Digits, read_digits

SIZE = 28
DATA = Path(os.environ.get("SMEARWATCH_DATA", Path(__file__).parents[4] / "shared" / "data"))


def strokes(count: int, seed: int) -> NDArray[np.uint8]:
    chance = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    middle, tilt = chance.uniform(11, 17, (2, count, 1, 1))
    distance = np.abs(columns - middle - (rows - 14) * (tilt - 14) / 14)
    inside = (rows > 4) & (rows < 24)
    return (255 * np.exp(-((distance / 2) ** 2)) * inside).astype(np.uint8)


def rings(count: int, seed: int) -> NDArray[np.uint8]:
    radius = np.random.default_rng(seed).uniform(5, 9, (count, 1, 1))
    rows, columns = np.mgrid[:SIZE, :SIZE] - 13.5
    return (255 * np.exp(-(((np.hypot(rows, columns) - radius) / 2) ** 2))).astype(np.uint8)


def write(folder: Path, **changed: NDArray[np.generic]) -> Path:
    arrays = {
        "train_images": np.concatenate([strokes(96, 0), rings(16, 0)]),
        "train_labels": np.repeat(np.array([1, 0], np.uint8), [96, 16]),
        "test_images": np.concatenate([strokes(20, 1), rings(30, 1)]),
        "test_labels": np.repeat(np.array([1, 8], np.uint8), [20, 30]),
    }
    np.savez(folder / "digits.npz", **{**arrays, **changed})
    return folder


def test_only_ones_are_learned_from_and_all_others_are_anomalies(tmp_path: Path) -> None:
    digits = read_digits(write(tmp_path))
    np.testing.assert_array_equal(digits.training_ones[..., 0], strokes(96, 0))
    np.testing.assert_array_equal(digits.test_ones[..., 0], strokes(20, 1))
    np.testing.assert_array_equal(digits.test_others[..., 0], rings(30, 1))


def test_the_same_seeds_give_the_same_figures_and_means_are_over_seeds(tmp_path: Path) -> None:
    digits = read_digits(write(tmp_path))
    small = Digits(digits.training_ones[:32], digits.test_ones, digits.test_others)
    first, again = (benchmark_digits(small, ["super-resolution"], [0, 1]) for _ in range(2))
    assert first.models == again.models
    [figures] = first.models
    assert len(figures.by_seed) == 2
    assert figures.anomalous_right == pytest.approx(np.mean([both[1] for both in figures.by_seed]))


def test_the_threshold_is_three_sigma_above_the_mean() -> None:
    assert threshold_of(np.array([1.0, 3.0])) == 2 + 3 * 1


def test_the_command_prints_how_every_model_tells_strokes_from_rings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["benchmark", "digits", "--data", str(write(tmp_path)), "--seeds", "1", "--json"]
    monkeypatch.setattr(sys, "argv", ["smearwatch", *arguments])
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert [model["model"] for model in printed["models"]] == list(MODELS)
    for model in printed["models"]:
        assert min(model["normal_right"], model["anomalous_right"]) >= 0.9, model
    assert (printed["training_ones"], printed["test_ones"], printed["test_others"]) == (96, 20, 30)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"train_images": np.zeros((112, 64, 64), np.uint8)}, r"train_images are uint8 \(112, 64"),
        ({"test_images": np.zeros((50, 28, 28))}, "test_images are float64"),
        ({"test_labels": np.ones(50, np.uint8)}, "others to test on, are missing"),
        ({"train_labels": np.zeros(112, np.uint8)}, "ones to train on"),
        ({"train_labels": np.array([None] * 112)}, "cannot be read"),
    ],
)
def test_digits_of_another_form_are_refused(
    tmp_path: Path, changed: dict[str, NDArray[np.generic]], said: str
) -> None:
    with pytest.raises(DataError, match=said) as caught:
        read_digits(write(tmp_path, **changed))
    assert "\n" not in str(caught.value)


def test_a_missing_or_truncated_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"digits\.npz: cannot be read"):
        read_digits(tmp_path)
    path = write(tmp_path) / "digits.npz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataError, match=r"digits\.npz: cannot be read"):
        read_digits(tmp_path)


@pytest.mark.skipif(
    not (DATA / "mnist" / "digits.npz").is_file(),
    reason=f"no mnist/digits.npz in {DATA}; set SMEARWATCH_DATA",
)
def test_the_parts_are_those_of_the_classic_check() -> None:
    digits = read_digits(DATA / "mnist")
    parts = (digits.training_ones, digits.test_ones, digits.test_others)
    assert [len(part) for part in parts] == [6742, 1135, 8865]
