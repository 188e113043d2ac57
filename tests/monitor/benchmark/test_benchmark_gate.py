"""``smearwatch benchmark gate`` as a user meets it."""

import json
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from config import SmearwatchError, load
from monitor.benchmark.gate_figures import GateFigures, GateSpeed, PanResult, error_of, summarise
from monitor.benchmark.still_fields import StillFields
from monitor.cli.benchmark_gate_view import gate_tables
from monitor.cli.main import app
from monitor.sources.simulated import SmearOptions, VirtualSmear


def measure(*options: str) -> Result:
    return CliRunner().invoke(app, ["benchmark", "gate", *options])


def problem(*options: str) -> str:
    result = measure(*options)
    assert isinstance(result.exception, SmearwatchError), result.output
    return str(result.exception)


def write(path: Path, image: np.ndarray) -> None:
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))


def result(name: str, cells: int, true_cells: int = 100, parts: int = 1) -> PanResult:
    error = error_of(cells, true_cells)
    return PanResult(name, "walk", 300, 10, 0, cells, true_cells, parts, 1, error)


def test_a_video_of_a_simulated_field_is_counted_right(tmp_path: Path) -> None:
    write(tmp_path / "good.png", VirtualSmear(5, SmearOptions()).image((0, 0)))
    ended = measure("--data", str(tmp_path), "--videos", "1", "--json")
    assert (ended.exit_code, ended.stderr) == (0, "")
    found = json.loads(ended.stdout)
    pans = found["pans"]
    assert found["simulated"] is None
    assert [(one["name"], one["way"]) for one in pans["each"]] == [("good.png", "raster")]
    assert abs(pans["worst_error"]) <= 0.05
    assert pans["each"][0]["true_cells"] > 90
    assert (pans["videos"], pans["lost"]) == (1, 0)
    sizes = [(speed["width"], speed["height"]) for speed in pans["speeds"]]
    assert sizes == [(640, 480), (1280, 960)]
    assert all(0 < speed["mean_ms"] <= speed["p99_ms"] for speed in pans["speeds"])


def test_fields_come_again_and_pictures_of_no_use_are_passed_over(tmp_path: Path) -> None:
    image = VirtualSmear(5, SmearOptions(width=1300, height=1000)).image((0, 0))
    write(tmp_path / "good.png", image)
    write(tmp_path / "small.png", image[:900])
    write(tmp_path / "blank.png", np.full((960, 1280, 3), 220, np.uint8))
    fields = StillFields(tmp_path, load(), 0)
    first, second = islice(fields, 2)
    assert first.path == second.path == tmp_path / "good.png"
    assert (fields.small, fields.poor) == (1, 1)
    assert np.array_equal(first.image, image[20:-20, 10:-10])


def test_a_simulated_slide_is_compared_with_its_truth() -> None:
    ended = measure("--simulated", "150", "--json")
    assert (ended.exit_code, ended.stderr) == (0, "")
    slide = json.loads(ended.stdout)["simulated"]
    assert slide["true_cells"] >= 150
    assert slide["frames"] == 46
    assert slide["parts"] == 1
    assert abs(slide["gate_error"]) <= 0.04
    assert slide["gate_error"] == pytest.approx(slide["error"] - slide["separate_error"])
    assert slide["speed"]["frames"] == 46


def test_figures_tell_how_many_videos_are_how_far_off() -> None:
    each = [result("a", 100), result("b", 103), result("c", 95), result("d", 91, parts=2)]
    figures = summarise(each, 3, 1, ())
    assert (figures.within_3, figures.within_8) == (0.5, 0.75)
    assert (figures.worst_error, figures.worst_name) == (-0.09, "d")
    assert figures.median_error == pytest.approx(0.04)
    assert figures.mean_error == pytest.approx(-0.0275)
    assert (figures.lost, figures.apart, figures.fields_per_video) == (1, 0, 10)


def test_a_person_gets_a_table() -> None:
    pans = summarise([result("a.jpg", 96)], 0, 0, (GateSpeed(640, 480, 300, 1.25, 2.5),))
    console = Console(width=100)
    with console.capture() as said:
        console.print(*gate_tables(GateFigures(pans, None)))
    rows = said.get()
    assert "1 video made of still fields" in rows
    assert "-4.0% (a.jpg)" in rows
    assert "ms a 640x480 frame, mean, p99" in rows
    assert "1.25, 2.50" in rows


def test_asking_for_nothing_is_refused() -> None:
    assert "give --data FOLDER, --simulated CELLS or both" in problem()
    assert problem("--data", ".", "--videos", "0").startswith("--videos 0 leaves nothing")
    assert problem("--simulated", "-3").startswith("--simulated -3 leaves nothing")


def test_a_folder_without_a_field_to_use_is_refused(tmp_path: Path) -> None:
    assert "holds no picture" in problem("--data", str(tmp_path))
    write(tmp_path / "small.png", np.full((480, 640, 3), 200, np.uint8))
    write(tmp_path / "blank.png", np.full((960, 1280, 3), 220, np.uint8))
    said = problem("--data", str(tmp_path))
    assert "none of 2 pictures can be used, 1 are smaller than 1280x960 and 1 too poor" in said
    assert "\n" not in said


def test_a_gate_switched_off_cannot_be_measured() -> None:
    said = problem("--simulated", "1", "--set", "gate.mode=off")
    assert said == "gate.mode is off, so there is no field gate to measure; set it to auto"
