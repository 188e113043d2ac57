"""``smearwatch train`` as a process: it can be interrupted and goes on."""

import csv
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from workers.artefact import load_card

SIDE = 64
TIMEOUT_S = 100


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set in the format of ``nih-cells``: ten patients, one cell in four with a dark dot."""
    folder = tmp_path_factory.mktemp("data") / "nih-cells"
    folder.mkdir()
    chance = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    disc = np.hypot(rows, columns) < 28
    with (
        zipfile.ZipFile(folder / "cells.zip", "w") as pictures,
        (folder / "cells.csv").open("w", newline="") as table,
    ):
        lines = csv.writer(table)
        lines.writerow(["file", "patient", "infected", "original_width", "original_height"])
        for number in range(80):
            cell = np.where(disc[..., None], chance.normal((160, 150, 200), 4, (SIDE, SIDE, 3)), 0)
            if number % 4 == 0:
                cell[20:26, 20:26] = (120, 40, 90)
            name = f"{number}.png"
            pictures.writestr(name, cv2.imencode(".png", cell.astype(np.uint8))[1].tobytes())
            lines.writerow([name, f"P{number // 8}", int(number % 4 == 0), SIDE, SIDE])
    return folder.parent


def training(data: Path, output: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "monitor", "train", "--data", str(data), "-o", str(output)]
    return subprocess.Popen(
        [*command, "--examples", "64", *more],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def test_an_interrupted_training_goes_on_after_its_last_whole_pass(
    data: Path, tmp_path: Path
) -> None:
    output = tmp_path / "mine"
    saved = tmp_path / ".mine.training"
    long = ("--model", "conv-wide", "--epochs", "400")
    with training(data, output, *long) as stopped:
        for line in stopped.stderr or ():
            if "epoch 3 of 400" in line:
                break
        stopped.send_signal(signal.SIGINT)
        said = stopped.communicate(timeout=TIMEOUT_S)[1]
    assert stopped.returncode == 130
    assert "the same command goes on after the last whole pass" in said
    assert saved.is_file()
    assert not output.exists()
    with training(data, output, *long) as resumed:
        first = next(line for line in resumed.stderr or () if "epoch" in line)
        resumed.kill()
        resumed.communicate(timeout=TIMEOUT_S)
    assert "epoch 1 of" not in first
    with training(data, output, "--model", "conv-wide", "--epochs", "2") as other:
        said = other.communicate(timeout=TIMEOUT_S)[1]
    assert other.returncode == 1
    assert "of another training" in said


def test_a_training_leaves_an_artefact_with_its_curves_and_nothing_else(
    data: Path, tmp_path: Path
) -> None:
    with training(data, tmp_path / "mine", "--epochs", "2") as process:
        said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, said
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    names = {path.name for path in (tmp_path / "mine").iterdir()}
    assert names == {"card.yaml", "weights.safetensors", "curves.csv", "curves.png"}
    card = load_card(str(tmp_path / "mine")).card
    assert card.architecture == "draem"
    assert np.isfinite(card.threshold)
    assert (tmp_path / "mine" / "curves.csv").read_text().count("\n") == 3


def test_an_unknown_family_is_refused_before_the_data_are_read(tmp_path: Path) -> None:
    with training(tmp_path / "nowhere", tmp_path / "mine", "--model", "conw") as process:
        said = process.communicate(timeout=TIMEOUT_S)[1]
    assert process.returncode == 1
    assert "architecture conw: unknown; did you mean conv?" in said


def test_inputs_score_loss_and_network_can_be_chosen(data: Path, tmp_path: Path) -> None:
    inputs = ("--colours", "hsv", "--blur-px", "1")
    network = ("--model", "conv-wide", "--last-layer", "relu", "--activity-l1", "0.01")
    how = ("--epochs", "1", "--score", "combined", "--loss", "ssim")
    with training(data, tmp_path / "mine", *inputs, *network, *how) as process:
        said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, said
    card = load_card(str(tmp_path / "mine")).card
    assert (card.normalisation.colours, card.normalisation.blur_px) == ("hsv", 1)
    assert card.score.kind == "combined"
    assert all(part.deviation not in {0, 1} for part in card.score.parts)
    assert card.config == {"output": "relu", "activity_l1": 0.01}


def test_what_does_not_fit_is_refused_before_the_data_are_read(tmp_path: Path) -> None:
    more = ("--model", "resnet34", "--weights", "x", "--frozen")
    with training(tmp_path / "nowhere", tmp_path / "mine", *more) as process:
        said = process.communicate(timeout=TIMEOUT_S)[1]
    assert process.returncode == 1
    assert "x: no safetensors file" in said
    assert said.count("\n") == 1
