"""The shipped model on real cells that it never saw; small samples, so the bars are low."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from config import load
from workers.artefact import load_card
from workers.evaluation.figures import figures
from workers.inputs import normalise
from workers.load_detector import load_detector
from workers.score import Scorer
from workers.training.datasets.cells import FIFTHS, LabelledCells
from workers.training.datasets.fields import STRETCHES, read_fields
from workers.training.datasets.nih_cells import read_nih_cells

DATA = Path(os.environ.get("SMEARWATCH_DATA", Path(__file__).parents[4] / "shared" / "data"))
SEED = 0
"""The seed with which the shipped model was trained: its split follows from it."""
FIELDS = 8
CELLS = 400

needs_data = pytest.mark.skipif(
    not (DATA / "nih-cells").is_dir() or not (DATA / "malaria-fields").is_dir(),
    reason=f"no nih-cells/ and malaria-fields/ in {DATA}; set SMEARWATCH_DATA",
)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(load_card("draem"), "cpu", 1, 256)


def sampled(cells: LabelledCells, infected: bool) -> np.ndarray:
    found = cells.crops[cells.infected == infected]
    return found[np.random.default_rng(SEED).permutation(len(found))[:CELLS]]


def measured(scorer: Scorer, cells: LabelledCells) -> float:
    healthy = scorer.score(sampled(cells, False)).scores
    infected = scorer.score(sampled(cells, True)).scores
    return figures(healthy[np.isfinite(healthy)], infected[np.isfinite(infected)], 0)["auroc"]


def held_out_fields(folder: Path) -> list[dict]:
    """The annotations of the held-out fields with the most infected cells."""
    fields = sorted(
        json.loads((folder / "annotations.json").read_bytes()), key=lambda f: f["image"]
    )
    stretches = np.arange(len(fields)) * STRETCHES // len(fields)
    held_out = [fields[i] for i in np.flatnonzero(stretches % FIFTHS == FIFTHS - 1)]
    healthy = {"uninfected", "difficult"}
    held_out.sort(
        key=lambda f: sum(cell["label"] in healthy for cell in f["cells"]) / len(f["cells"])
    )
    return held_out[:FIELDS]


@pytest.fixture(scope="module")
def patients() -> LabelledCells:
    return read_nih_cells(DATA / "nih-cells", SEED).part("held out")


@needs_data
def test_cells_of_held_out_patients_are_told_apart(scorer: Scorer, patients: LabelledCells) -> None:
    assert measured(scorer, patients) > 0.95


@needs_data
def test_healthy_cells_are_rebuilt_better_than_by_their_mean_colour(
    patients: LabelledCells,
) -> None:
    detector = load_detector(load_card("draem"))
    crops = torch.from_numpy(sampled(patients, False))
    with torch.inference_mode():
        inputs = normalise(crops, detector.outside_value, detector.normalisation)
        errors = (detector.network(inputs.pixels).reconstruction - inputs.pixels) * inputs.mask
    assert errors.square().sum() < 0.3 * inputs.pixels.square().sum()


@needs_data
def test_cells_of_held_out_fields_are_told_apart(scorer: Scorer, tmp_path: Path) -> None:
    fields = held_out_fields(DATA / "malaria-fields")
    (tmp_path / "annotations.json").write_text(json.dumps(fields))
    (tmp_path / "images").symlink_to(DATA / "malaria-fields" / "images")
    cells = read_fields(tmp_path, load(environ={}))
    assert cells.infected.sum() >= FIELDS
    assert measured(scorer, cells) > 0.95
