"""``smearwatch threshold``: from cells on disk, or from the card alone, to a new artefact."""

import csv
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import typer
import yaml
from typer.testing import CliRunner, Result

from config import SmearwatchError
from monitor.cli import threshold as command
from monitor.threshold_change import Changed
from workers.artefact import load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError

Run = Callable[..., Result]
PATIENTS, CELLS_EACH = 6, 12
SIZE = 64


def drawn_cell(chance: np.random.Generator, ill: bool) -> np.ndarray:
    crop = np.zeros((SIZE, SIZE, 3), np.uint8)
    stain = tuple(int(level) for level in chance.integers(150, 210, 3))
    cv2.circle(crop, (32, 32), int(chance.integers(22, 29)), stain, -1)
    if ill:
        cv2.circle(crop, (38, 26), 5, (120, 40, 100), -1)
    noise = chance.normal(0, 2, crop.shape)
    return np.where(crop > 0, np.clip(crop + noise, 20, 250), 0).astype(np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six patients in the format of ``nih-cells``, a quarter of the cells infected."""
    folder = tmp_path_factory.mktemp("labelled") / "elsewhere"
    folder.mkdir()
    write(folder, [number % 4 == 0 for number in range(PATIENTS * CELLS_EACH)])
    return folder


def write(folder: Path, infected: list[bool]) -> None:
    chance = np.random.default_rng(0)
    with (
        zipfile.ZipFile(folder / "cells.zip", "w") as pictures,
        (folder / "cells.csv").open("w", newline="") as table,
    ):
        rows = csv.writer(table)
        rows.writerow(["file", "patient", "infected", "original_width", "original_height"])
        for number, ill in enumerate(infected):
            png = cv2.imencode(".png", drawn_cell(chance, ill))[1]
            pictures.writestr(f"{number}.png", png.tobytes())
            rows.writerow([f"{number}.png", f"P{number // CELLS_EACH}", int(ill), SIZE, SIZE])


@pytest.fixture
def run(tmp_path: Path) -> Run:
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)

    def run(*words: object, model: object = "conv-wide", to: str = "mine") -> Result:
        where = [str(model), "-o", str(tmp_path / to), "--set", "worker.device=cpu"]
        return CliRunner().invoke(app, ["threshold", *where, *map(str, words)])

    return run


def said(result: Result) -> Changed:
    assert result.exit_code == 0, result.exception
    return msgspec.json.decode(result.stdout_bytes, type=Changed)


def refused(result: Result, words: str) -> None:
    assert isinstance(result.exception, SmearwatchError), result.output
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_named_value_makes_another_model_of_the_same_weights(run: Run, tmp_path: Path) -> None:
    changed = said(run("--value", 0.5, "--json"))
    shipped, mine = load_card("conv-wide"), load_card(str(tmp_path / "mine"))
    assert mine.model_id == changed.model_id
    assert mine.model_id.removeprefix("mine") != shipped.model_id.removeprefix("conv-wide")
    assert mine.card.threshold == 0.5
    assert mine.card.threshold_rule.startswith("named by hand")
    assert mine.read_weights() == shipped.read_weights()
    assert mine.card.healthy_quantiles == shipped.card.healthy_quantiles
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_nothing_is_said_any_more_of_the_threshold_before(run: Run, tmp_path: Path) -> None:
    assert "sensitivity_at_threshold" in load_card("conv-wide").card.figures["malaria-fields"]
    assert run("--value", 0.5).exit_code == 0
    card = load_card(str(tmp_path / "mine")).card
    assert "auroc" in card.figures["malaria-fields"]
    assert not [key for of in card.figures.values() for key in of if "at_threshold" in key]
    assert not [said for said in card.limits if "At this threshold" in said]


def test_labelled_cells_give_threshold_calibration_and_error_rates(
    run: Run, data: Path, tmp_path: Path
) -> None:
    changed = said(run("--youden", "--data", data, "--json"))
    card = load_card(str(tmp_path / "mine")).card
    assert changed.threshold == card.threshold_details
    assert card.error_rates == changed.error_rates
    assert changed.error_rates.false_positive.cells == PATIENTS * CELLS_EACH * 3 // 4
    assert changed.error_rates.false_negative.cells == PATIENTS * CELLS_EACH // 4
    assert changed.error_rates.false_negative.rate < 0.5
    assert card.calibration.method == "platt"
    assert card.healthy.count == PATIENTS * CELLS_EACH * 3 // 4
    assert "healthy cells of elsewhere" in card.threshold_rule


def test_what_the_card_keeps_gives_the_same_as_the_cells(
    run: Run, data: Path, tmp_path: Path
) -> None:
    first = said(run("--budget", 100_000, "--healthy", data, "--json"))
    again = said(run("--budget", 100_000, "--json", model=tmp_path / "mine", to="again"))
    assert again.threshold == first.threshold
    stricter = said(run("--sigma", 4, "--json", model=tmp_path / "mine", to="sigma"))
    assert stricter.model_id.removeprefix("sigma") != again.model_id.removeprefix("again")


def test_every_cell_of_a_folder_of_pictures_is_taken_as_healthy(run: Run, tmp_path: Path) -> None:
    for slide in ("a", "b"):
        (tmp_path / "smears" / slide).mkdir(parents=True)
        image = np.full((420, 560, 3), (224, 228, 232), np.uint8)
        for row in range(45, 400, 60):
            for column in range(45, 540, 60):
                cv2.circle(image, (column, row), 20, (150, 140, 200), -1, cv2.LINE_AA)
        noise = np.random.default_rng(0).normal(0, 2, image.shape)
        cv2.imwrite(str(tmp_path / "smears" / slide / "1.png"), np.clip(image + noise, 0, 255))
    (tmp_path / "smears" / "b" / "2.png").write_bytes(b"broken")
    result = run("--sigma", 3, "--healthy", tmp_path / "smears")
    assert result.exit_code == 0, result.exception
    assert "cells of smears, all taken as healthy" in result.stdout
    assert "warning: " in result.stdout
    assert len(load_card(str(tmp_path / "mine")).card.healthy.groups) == 2


def test_an_old_card_says_that_it_keeps_no_healthy_scores(run: Run) -> None:
    old = load_card("conv-wide").card
    if old.healthy is None:
        refused(run("--budget", 100), "keeps no healthy scores")


def test_an_artefact_is_replaced_only_when_asked(run: Run, tmp_path: Path) -> None:
    assert run("--value", 0.5).exit_code == 0
    refused(run("--value", 0.6), "exists: name another folder or give --overwrite")
    assert load_card(str(tmp_path / "mine")).card.threshold == 0.5
    assert run("--value", 0.6, "--overwrite", model=tmp_path / "mine").exit_code == 0
    assert load_card(str(tmp_path / "mine")).card.threshold == 0.6


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--budget", "0"], "budget 0 must lie within 0 and a million"),
        (["--budget", "1000001"], "must lie within 0 and a million"),
        (["--sigma", "nan"], "sigma nan must be a finite number"),
        (["--f-beta", "0"], "beta 0 must be"),
        (["--f-beta", "1", "--prevalence", "2"], "prevalence 2 must lie"),
    ],
)
def test_senseless_numbers_are_refused_and_nothing_is_written(
    run: Run, data: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    refused(run(*words, "--data", data), message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "give one of --sigma"),
        (["--sigma", "3", "--youden"], "give one of --sigma"),
        (["--value", "nan"], "not a number that a score can reach"),
        (["--value", "1", "--prevalence", "0.1"], "--prevalence goes with --f-beta"),
        (["--youden", "--data", "/nowhere"], "/nowhere: no such folder"),
        (["--sigma", "3", "--healthy", "/nowhere"], "/nowhere: no such folder"),
        (["--sigma", "3", "--healthy", "/a", "--data", "/b"], "give one of them"),
    ],
)
def test_wrong_usage_is_named(run: Run, words: list[str], message: str) -> None:
    refused(run(*words), message)


def test_an_unknown_model_is_named(run: Run) -> None:
    refused(run("--value", 1, model="conv-wyde"), "did you mean conv-wide")


def test_a_folder_without_pictures_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    refused(run("--sigma", 3, "--healthy", tmp_path / "none"), "holds no image")


def test_youden_without_infected_cells_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "well").mkdir()
    write(tmp_path / "well", [False] * CELLS_EACH)
    refused(run("--youden", "--data", tmp_path / "well"), "needs infected cells")


def test_a_card_whose_parts_disagree_is_refused(run: Run, data: Path, tmp_path: Path) -> None:
    assert run("--youden", "--data", data).exit_code == 0
    whole = yaml.safe_load((tmp_path / "mine" / CARD_FILE).read_text("utf-8"))
    for part, key, value, words in (
        ("threshold_details", "value", 9.0, "threshold_details.value: must be the threshold"),
        ("error_rates", "threshold", 9.0, "error_rates.threshold: must be the threshold"),
        ("healthy", "tail_groups", [99], "healthy: tail and tail_groups"),
        ("calibration", "prevalence", 2.0, "calibration: prevalence"),
    ):
        broken = tmp_path / part
        shutil.copytree(tmp_path / "mine", broken)
        card = {**whole, part: {**whole[part], key: value}}
        (broken / CARD_FILE).write_text(yaml.safe_dump(card), "utf-8")
        with pytest.raises(ArtefactError, match=words):
            load_card(str(broken))
    assert (tmp_path / "mine" / WEIGHTS_FILE).is_file()
