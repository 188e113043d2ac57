"""``smearwatch evaluate`` as a user meets it."""

import csv
import hashlib
import importlib.util
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import safetensors.numpy
import yaml
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from config import SmearwatchError
from monitor.cli.main import app
from workers.artefact import SHIPPED

PATIENTS, CELLS_EACH = 10, 8
INFECTED_EACH = 2
GRID = [(row, column) for row in range(50, 220, 62) for column in range(50, 290, 62)]
EMPTY, STAINED, LESION = (232, 228, 224), (200, 140, 150), (110, 50, 130)
PROMISED = {
    "auroc",
    "auprc",
    "sensitivity_at_specificity_95",
    "sensitivity_at_specificity_99",
    "sensitivity_at_specificity_999",
    "false_positives_per_million_at_sensitivity_50",
    "false_positives_per_million_at_sensitivity_90",
    "specificity_at_sensitivity_90",
    "precision",
    "recall",
    "f1",
    "balanced_accuracy",
}
has_matplotlib = importlib.util.find_spec("matplotlib") is not None
needs_matplotlib = pytest.mark.skipif(
    not has_matplotlib, reason="plots are an extra: pip install smearwatch[plots]"
)


def disc(image: NDArray[np.uint8], row: int, column: int, radius: int, infected: bool) -> None:
    cv2.circle(image, (column, row), radius, STAINED, -1, cv2.LINE_AA)
    if infected:
        cv2.circle(image, (column - radius // 3, row), radius // 5, LESION, -1, cv2.LINE_AA)


def write_cells(folder: Path, infected: list[bool]) -> Path:
    """A set in the format of ``nih-cells``."""
    folder.mkdir(parents=True)
    with (
        zipfile.ZipFile(folder / "cells.zip", "w") as pictures,
        (folder / "cells.csv").open("w", newline="") as table,
    ):
        rows = csv.writer(table)
        rows.writerow(["file", "patient", "infected", "original_width", "original_height"])
        for number, ill in enumerate(infected):
            crop = np.zeros((64, 64, 3), np.uint8)
            disc(crop, 32, 32, 24 + number % 5, ill)
            pictures.writestr(f"{number}.png", cv2.imencode(".png", crop[..., ::-1])[1].tobytes())
            rows.writerow([f"{number}.png", f"P{number // CELLS_EACH}", int(ill), 64, 64])
    return folder


def write_fields(folder: Path, labels: list[str], fields: int = 5) -> Path:
    """A set in the format of ``malaria-fields``: cells that are not healthy have a lesion.

    In each field is one more box, of a ring, where there is no cell.
    """
    (folder / "images").mkdir(parents=True)
    image = np.full((260, 330, 3), EMPTY, np.uint8)
    for (row, column), label in zip(GRID, labels, strict=True):
        disc(image, row, column, 20, label != "uninfected")
    boxes = [
        {"label": label, "box_xywh": [column - 20, row - 20, 40, 40]}
        for (row, column), label in zip([*GRID, (81, 81)], [*labels, "ring"], strict=True)
    ]
    for number in range(fields):
        noise = np.random.default_rng(number).normal(0, 2, image.shape)
        noisy = np.clip(cv2.GaussianBlur(image, (0, 0), 0.7) + noise, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / "images" / f"{number}.png"), noisy[..., ::-1])
    entries = [{"image": f"{number}.png", "cells": boxes} for number in range(fields)]
    (folder / "annotations.json").write_text(json.dumps(entries))
    return folder


CELLS = [number % CELLS_EACH < INFECTED_EACH for number in range(PATIENTS * CELLS_EACH)]
LABELS = ["trophozoite", "trophozoite", "schizont", "difficult"] + ["uninfected"] * 8


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    return write_cells(tmp_path / "data" / "cells", CELLS)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["evaluate", "--data", *map(str, arguments)])


def figures(*arguments: str | Path) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(*arguments: str | Path) -> str:
    """Give the one line with which a command ends that does not work."""
    result = run(*arguments, "--json")
    assert isinstance(result.exception, SmearwatchError), result.output
    assert result.stdout == ""
    line = str(result.exception)
    assert "\n" not in line
    return line


def test_single_cells_that_are_new_to_the_model_are_all_measured(cells: Path) -> None:
    found = figures(cells)
    assert found["data"] == "cells"
    assert found["model"].startswith("draem-")
    assert (found["part"], found["grey"]) == ("all", False)
    assert (found["cells"], found["healthy"], found["infected"]) == (80, 60, 20)
    assert (found["unscored"], found["groups"]) == (0, PATIENTS)
    assert found["auroc"] == 1
    assert found["recall"] == found["sensitivity_at_threshold"] == 1
    assert found["by_stage"]["infected"]["cells"] == 20
    assert found["missed_by_segmenter"] is found["sensitivity_per_annotated_cell"] is None
    assert set(found) >= PROMISED
    assert set(found["intervals"]) >= PROMISED
    assert sum(found["confusion_matrix"].values()) == 80


def trained_on(model: Path, folder: Path, seed: int = 0) -> Path:
    """A model whose card says that it was trained on these cells."""
    copied(model)
    card = yaml.safe_load((model / "card.yaml").read_text())
    listing = hashlib.sha256((folder / "cells.csv").read_bytes())
    card["trained_on"][0] |= {"digest": listing.hexdigest()[:16], "seed": seed}
    (model / "card.yaml").write_text(yaml.safe_dump(card))
    return model


def test_of_a_set_that_the_model_was_trained_on_only_the_held_out_part_is(tmp_path: Path) -> None:
    folder = write_cells(tmp_path / "by-another-name", CELLS)
    model = trained_on(tmp_path / "model", folder)
    found = figures(folder, "--model", model)
    assert (found["part"], found["cells"], found["groups"]) == ("held-out", 16, 2)
    assert found["auroc"] == 1
    assert found["intervals"]["auroc"] is None
    assert "2 groups" in found["reasons"]["intervals"]
    everything = figures(folder, "--model", model, "--part", "all")
    assert (everything["part"], everything["cells"]) == ("all", 80)


def test_who_is_held_out_follows_from_the_seed_of_the_training(tmp_path: Path) -> None:
    infected = [number % CELLS_EACH <= number // CELLS_EACH % 7 for number in range(len(CELLS))]
    folder = write_cells(tmp_path / "cells", infected)
    found = [
        figures(folder, "--model", trained_on(tmp_path / f"seed-{seed}", folder, seed))
        for seed in range(4)
    ]
    assert {one["part"] for one in found} == {"held-out"}
    assert len({one["infected"] for one in found}) > 1


def test_other_cells_in_a_folder_of_the_same_name_are_all_measured(tmp_path: Path) -> None:
    model = copied(tmp_path / "model")
    card = yaml.safe_load((model / "card.yaml").read_text())
    for data in card["trained_on"]:
        data["digest"] = "0123456789abcdef"
    (model / "card.yaml").write_text(yaml.safe_dump(card))
    found = figures(write_cells(tmp_path / "nih-cells", CELLS), "--model", model)
    assert (found["part"], found["cells"]) == ("all", 80)


def test_fields_are_segmented_and_what_is_lost_counts_against_the_user(tmp_path: Path) -> None:
    found = figures(write_fields(tmp_path / "fields", LABELS))
    assert (found["part"], found["groups"]) == ("all", 5)
    assert (found["healthy"], found["infected"]) == (40, 15)
    assert found["missed_by_segmenter"] == {"ring": 5}
    assert found["recall"] == 1
    assert found["sensitivity_per_annotated_cell"] == 0.75
    stages = found["by_stage"]
    assert {name: stage["cells"] for name, stage in stages.items()} == {
        "schizont": 5,
        "trophozoite": 10,
    }
    assert stages["trophozoite"]["auroc"] == 1
    assert stages["trophozoite"]["intervals"]["auroc"] == [1, 1]


def test_the_threshold_is_that_of_the_artefact_unless_set(cells: Path) -> None:
    card = (SHIPPED / "draem" / "card.yaml").read_text()
    assert f"\nthreshold: {figures(cells)['threshold']}\n" in card
    found = figures(cells, "--set", "model.threshold=1000")
    assert found["threshold"] == 1000
    assert found["recall"] == 0
    assert found["precision"] is None
    assert found["reasons"]["precision"] == "no cell is flagged"


def test_grey_cells_are_scored_without_their_colour(cells: Path) -> None:
    found = figures(cells, "--grey")
    assert found["grey"]
    assert found["cells"] == 80
    assert found["auroc"] == 1


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "conv-wide", folder))


def test_several_sets_and_models_give_a_list(cells: Path, tmp_path: Path) -> None:
    write_fields(cells.parent / "fields", LABELS)
    other = copied(tmp_path / "other")
    card = (other / "card.yaml").read_text()
    (other / "card.yaml").write_text(card.replace("name: conv-wide\n", "name: other\n"))
    found = figures(cells.parent, "--model", "conv-wide", "--model", other)
    assert [(each["data"], each["model"].rsplit("-", 1)[0]) for each in found] == [
        ("cells", "conv-wide"),
        ("cells", "other"),
        ("fields", "conv-wide"),
        ("fields", "other"),
    ]
    assert found[0]["auprc"] == found[1]["auprc"]


def test_a_person_gets_tables(cells: Path, tmp_path: Path) -> None:
    result = run(write_fields(tmp_path / "fields", LABELS))
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "on fields, all cells: 40 healthy and 15 infected cells of 5 groups" in said
    assert "AUROC │ 1.0000 │ 1.0000 to 1.0000" in said
    assert "sensitivity of all annotated, at the threshold │ 75.0%" in said
    assert "the segmenter did not deliver: 5 ring" in said
    assert "cannot be said from 40 healthy cells: needs 10,000" in said
    assert "intervals of only 5 groups are too narrow" in said
    assert "trophozoite │ 10 │ 1.0000 │ 100.0%" in said


def changed(
    folder: Path, change: Callable[[dict[str, NDArray[np.float32]]], dict[str, NDArray[np.float32]]]
) -> Path:
    """An artefact with other weights, which its card names."""
    copied(folder)
    weights, card = folder / "weights.safetensors", folder / "card.yaml"
    before = hashlib.sha256(weights.read_bytes()).hexdigest()
    safetensors.numpy.save_file(change(safetensors.numpy.load(weights.read_bytes())), weights)
    after = hashlib.sha256(weights.read_bytes()).hexdigest()
    card.write_text(card.read_text().replace(before, after))
    return folder


def with_nan(weights: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    name, first = next(iter(weights.items()))
    return weights | {name: np.full_like(first, np.nan)}


def of_one_channel(weights: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    return {
        name: np.ascontiguousarray(each[:, :1]) if each.ndim == 4 and each.shape[1] == 3 else each
        for name, each in weights.items()
    }


def truncated(folder: Path) -> Path:
    weights = copied(folder) / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    return folder


def other_architecture(folder: Path, name: str) -> Path:
    card = copied(folder) / "card.yaml"
    said = card.read_text().replace("architecture: conv-wide", f"architecture: {name}")
    card.write_text(said)
    return folder


BROKEN_MODELS = {
    "truncated": (truncated, "truncated or not the weights that card.yaml names"),
    "architecture": (
        lambda folder: other_architecture(folder, "conv"),
        "does not fit architecture conv",
    ),
    "unknown architecture": (lambda folder: other_architecture(folder, "covn"), "covn"),
    "NaN": (lambda folder: changed(folder, with_nan), "holds values that are not finite"),
    "channels": (lambda folder: changed(folder, of_one_channel), "does not fit architecture"),
}


@pytest.mark.parametrize("kind", BROKEN_MODELS)
def test_a_broken_model_is_refused(cells: Path, tmp_path: Path, kind: str) -> None:
    make, problem = BROKEN_MODELS[kind]
    assert problem in refusal(cells, "--model", make(tmp_path / "broken"))


def test_an_unknown_model_is_refused_with_the_nearest(cells: Path) -> None:
    line = refusal(cells, "--model", "conv-wied")
    assert line.startswith("model conv-wied: no such folder")
    assert "did you mean conv-wide" in line


def empty_folder(folder: Path) -> None:
    folder.mkdir(parents=True)


BROKEN_SETS = {
    "missing": (lambda folder: None, "no such folder"),
    "of no format": (empty_folder, "holds no labelled cells"),
    "empty": (lambda folder: write_cells(folder, []), "cells.csv lists no cells"),
    "without healthy cells": (
        lambda folder: write_cells(folder, [True] * 10),
        "set has no healthy cells",
    ),
    "without infected cells": (
        lambda folder: write_cells(folder, [False] * 10),
        "set has no infected cells",
    ),
    "fields without infected cells": (
        lambda folder: write_fields(folder, ["uninfected"] * 12, 1),
        "set has no infected cells",
    ),
}


@pytest.mark.parametrize("kind", BROKEN_SETS)
def test_a_set_that_says_nothing_is_refused(tmp_path: Path, kind: str) -> None:
    make, problem = BROKEN_SETS[kind]
    make(tmp_path / "set")
    assert problem in refusal(tmp_path / "set")


def test_no_data_at_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMEARWATCH_DATA", raising=False)
    result = CliRunner().invoke(app, ["evaluate"])
    assert str(result.exception) == "no data: give --data FOLDER or set SMEARWATCH_DATA"


def test_a_file_is_no_folder_for_pictures(cells: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert "is a file: name a folder" in refusal(cells, "--plots", tmp_path / "note.txt")
    assert (tmp_path / "note.txt").read_text() == "mine"
    assert "does not exist" in refusal(cells, "--plots", tmp_path / "absent" / "plots")


@pytest.mark.skipif(has_matplotlib, reason="matplotlib is installed")
def test_without_matplotlib_nothing_is_begun(cells: Path, tmp_path: Path) -> None:
    line = refusal(cells, "--plots", tmp_path / "plots")
    assert "pip install 'smearwatch[plots]'" in line
    assert not (tmp_path / "plots").exists()


@needs_matplotlib
def test_pictures_come_into_the_folder(cells: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    figures(cells, "--plots", plots)
    names = ["det", "embedding", "precision-recall", "roc", "scores", "training", "worst"]
    assert sorted(path.name for path in plots.iterdir()) == [f"{name}.png" for name in names]
    assert all(cv2.imread(str(path)).std() > 1 for path in plots.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "plots"]


@needs_matplotlib
def test_a_set_that_fails_leaves_no_picture_of_another(cells: Path, tmp_path: Path) -> None:
    write_cells(cells.parent / "later", [False] * 10)
    assert "later has no infected cells" in refusal(cells.parent, "--plots", tmp_path / "plots")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
