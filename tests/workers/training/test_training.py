"""Training from pictures on disk to an artefact that scores, and what it refuses."""

import csv
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from config import Settings, SmearwatchError, UsageError, load
from workers.artefact import load_card
from workers.card import Normalisation
from workers.models import build
from workers.score import Scorer
from workers.training import FitSettings, recipe_of, train
from workers.training.curves import Epoch
from workers.training.datasets import DataError, find_sets, read_nih_cells
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.new_card import RULE
from workers.training.task import CellTask

Crops = NDArray[np.uint8]
Cells = Callable[..., Crops]
HOW = Normalisation(centre="cell-mean", scale=64.0)
RECIPE = replace(recipe_of("conv-wide"), fit=FitSettings(epochs=1))
OUTSIDE = 255
PATIENTS = 10
CELLS_EACH = 8


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(environ={})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, cells: Cells, with_lesion: Cells) -> Path:
    """A folder in the format of ``nih-cells``: ten patients, a quarter of the cells infected."""
    folder = tmp_path_factory.mktemp("data") / "nih-cells"
    folder.mkdir()
    crops = cells(PATIENTS * CELLS_EACH)
    infected = np.arange(len(crops)) % 4 == 0
    crops[infected] = with_lesion(crops[infected])
    write(folder, np.where((crops == OUTSIDE).all(3, keepdims=True), 0, crops), infected)
    return folder.parent


def write(folder: Path, crops: Crops, infected: NDArray[np.bool_]) -> None:
    with (
        zipfile.ZipFile(folder / "cells.zip", "w") as pictures,
        (folder / "cells.csv").open("w", newline="") as table,
    ):
        rows = csv.writer(table)
        rows.writerow(["file", "patient", "infected", "original_width", "original_height"])
        for number, (crop, ill) in enumerate(zip(crops, infected, strict=True)):
            name = f"{'infected' if ill else 'uninfected'}/{number}.png"
            pictures.writestr(name, cv2.imencode(".png", crop[..., ::-1])[1].tobytes())
            rows.writerow([name, f"P{number // CELLS_EACH}", int(ill), 64, 64])


def fitted(crops: Crops, seed: int) -> tuple[torch.nn.Module, list[Epoch]]:
    torch.manual_seed(seed)
    network = build("conv-wide")
    how = FitSettings(epochs=3, batch_size=16, seed=seed)
    training, validation = Examples.healthy(crops[:96]), Examples.healthy(crops[96:])
    losses = fit(network, training, validation, CellTask(HOW, OUTSIDE), how)
    return network, losses


def test_the_loss_falls(cells: Cells) -> None:
    losses = fitted(cells(128), 0)[1]
    assert len(losses) == 3
    assert losses[-1][0] < losses[0][0]
    assert losses[-1][1] < losses[0][1]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(cells: Cells) -> None:
    crops = cells(128)
    first, again, other = (fitted(crops, seed)[0].state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_reading_keeps_patients_together_and_lesions_out_of_training(data: Path) -> None:
    read = read_nih_cells(data / "nih-cells", seed=0)
    assert len(read) == PATIENTS * CELLS_EACH
    parts = [read.part(part) for part in ("training", "validation", "held out")]
    assert [len(set(part.groups.tolist())) for part in parts] == [6, 2, 2]
    assert not set(parts[0].groups) & set(parts[2].groups)
    assert not parts[0].healthy().infected.any()
    assert len(parts[0].healthy()) == 6 * CELLS_EACH * 3 // 4
    assert parts[2].infected.sum() == 2 * CELLS_EACH // 4


def test_ground_and_the_pixels_mixed_with_it_are_outside_and_colours_stay(
    data: Path, cells: Cells
) -> None:
    read = read_nih_cells(data / "nih-cells", seed=0).crops[1]
    cell = cells(PATIENTS * CELLS_EACH)[1]
    mask = (cell != OUTSIDE).any(2).astype(np.uint8)
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8), borderValue=0) > 0
    np.testing.assert_array_equal(read[inside], cell[inside])
    assert (read[~inside] == OUTSIDE).all()


def test_training_gives_an_artefact_that_scores(
    data: Path, tmp_path: Path, settings: Settings, cells: Cells
) -> None:
    output = tmp_path / "mine"
    artefact = train(data, output, settings, RECIPE, overwrite=False)
    assert artefact.model_id == load_card(str(output)).model_id
    assert artefact.model_id.startswith("mine-")
    [described] = artefact.card.trained_on
    assert described.seed == artefact.card.seed
    assert described.training_cells == 6 * CELLS_EACH * 3 // 4
    assert described.held_out_infected == 2 * CELLS_EACH // 4
    assert 0 <= artefact.card.figures["nih-cells"]["auroc"] <= 1
    assert "sensitivity_at_threshold" in artefact.card.figures["nih-cells"]
    assert artefact.card.healthy.count == 2 * CELLS_EACH * 3 // 4
    assert artefact.card.infected.count == 8 * CELLS_EACH // 4
    assert artefact.card.threshold_details.rule == RULE
    assert artefact.card.error_rates.threshold == artefact.card.threshold
    assert artefact.card.calibration.problem() is None
    assert np.isfinite(Scorer.load(artefact, "cpu", 1, 32).score(cells(2)).scores).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_folder_that_exists_is_left_alone(data: Path, tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists: name another folder or give --overwrite"):
        train(data, tmp_path, settings, RECIPE, overwrite=False)
    assert (tmp_path / "note.txt").read_text() == "mine"


def test_a_folder_without_data_is_refused(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(DataError, match="holds no labelled cells"):
        train(
            tmp_path,
            tmp_path / "mine",
            settings,
            RECIPE,
            overwrite=False,
        )
    assert not (tmp_path / "mine").exists()


def test_fields_without_boxes_of_healthy_cells_are_no_set_to_train_on(tmp_path: Path) -> None:
    box = {"label": "RBC", "box_xywh": [0, 0, 9, 9]}
    annotations = [{"image": "a.jpg", "cells": [box]}]
    (tmp_path / "annotations.json").write_text(json.dumps(annotations))
    with pytest.raises(DataError, match="holds no labelled cells"):
        find_sets(tmp_path)
    annotations[0]["cells"].append(box | {"label": "uninfected"})
    (tmp_path / "annotations.json").write_text(json.dumps(annotations))
    assert find_sets(tmp_path) == [tmp_path]


@pytest.mark.parametrize("name", ["cells.csv", "cells.zip"])
def test_a_missing_file_is_refused(data: Path, tmp_path: Path, name: str) -> None:
    other = {"cells.csv": "cells.zip", "cells.zip": "cells.csv"}[name]
    (tmp_path / other).write_bytes((data / "nih-cells" / other).read_bytes())
    with pytest.raises(DataError, match=name):
        read_nih_cells(tmp_path, seed=0)


def broken_set(folder: Path, rows: list[str], picture: bytes) -> Path:
    """A set whose rows all name one picture."""
    (folder / "cells.csv").write_text("\n".join(["file,patient,infected", *rows]))
    with zipfile.ZipFile(folder / "cells.zip", "w") as pictures:
        pictures.writestr("a.png", picture)
    return folder


PICTURE = cv2.imencode(".png", np.full((64, 64, 3), 99, np.uint8))[1].tobytes()
SMALL = cv2.imencode(".png", np.full((80, 80, 3), 99, np.uint8))[1].tobytes()


@pytest.mark.parametrize(
    ("row", "picture", "message"),
    [
        ("a.png,P1,yes", PICTURE, "infected is 'yes', 0 or 1 is needed"),
        ("a.png,P1,", PICTURE, "infected is '', 0 or 1 is needed"),
        ("a.png,P1", PICTURE, "infected is None"),
        ("a.png,,0", PICTURE, "the patient is missing"),
        (",P1,0", PICTURE, "a row names no file"),
        ("b.png,P1,0", PICTURE, "b.png"),
        ("a.png,P1,0", b"", "a.png is not a picture"),
        ("a.png,P1,0", PICTURE[:40], "a.png is not a picture"),
        ("a.png,P1,0", SMALL, "a.png is 80x80, 64x64 is needed"),
    ],
)
def test_a_broken_row_or_picture_is_named_in_one_line(
    tmp_path: Path, row: str, picture: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_nih_cells(broken_set(tmp_path, [row], picture), seed=0)
    assert "\n" not in str(caught.value)


def test_a_damaged_zip_is_named_in_one_line(tmp_path: Path) -> None:
    folder = broken_set(tmp_path, ["a.png,P1,0"], bytes(range(256)) * 40)
    damaged = bytearray((folder / "cells.zip").read_bytes())
    damaged[60:200] = bytes(140)
    (folder / "cells.zip").write_bytes(damaged)
    with pytest.raises(DataError, match=r"cells\.zip cannot be read"):
        read_nih_cells(folder, seed=0)


def test_a_set_without_held_out_lesions_writes_nothing(
    tmp_path: Path, settings: Settings, cells: Cells
) -> None:
    folder = tmp_path / "nih-cells"
    folder.mkdir()
    write(folder, cells(40), np.zeros(40, bool))
    with pytest.raises(SmearwatchError, match="held-out part lacks healthy or infected"):
        train(
            tmp_path,
            tmp_path / "mine",
            settings,
            RECIPE,
            overwrite=False,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["nih-cells"]
