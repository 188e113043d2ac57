"""``smearwatch benchmark segmenter`` as a user meets it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from config import SmearwatchError
from monitor.cli.main import app

NewSet = Callable[..., Path]
Marks = list[dict[str, object]]
PROMISED = (
    "precision",
    "recall",
    "f1",
    "median_count_error",
    "ms_per_frame",
    "baseline_ms_per_frame",
    "speedup",
)


def measure(data: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["benchmark", "segmenter", "--data", str(data), *more])


def figures(data: Path, *more: str) -> dict[str, float]:
    result = measure(data, "--json", *more)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_a_drawn_set_is_right_on_both_sides(new_set: NewSet, boxes: Marks) -> None:
    found = figures(new_set("one", {"a.png": boxes, "b.png": boxes}))
    assert found["data"] == "one"
    assert found["frames"] == found["baseline_frames"] == 2
    assert found["true_cells"] == 2 * len(boxes)
    for side in ("", "strict_", "counted_", "baseline_", "baseline_strict_"):
        assert found[f"{side}f1"] == found[f"{side}precision"] == found[f"{side}recall"] == 1
        assert found[f"{side}median_count_error"] == 0
    assert found["ms_per_frame"] > 0
    assert found["fps"] > 0
    assert found["cells_per_s"] > 0
    ratio = found["baseline_ms_per_frame"] / found["ms_per_frame"]
    assert found["speedup"] == pytest.approx(ratio, rel=0.01)
    assert set(PROMISED) <= set(found)


def test_points_are_a_truth_too(new_set: NewSet, points: Marks) -> None:
    assert figures(new_set("one", {"a.png": points}))["f1"] == 1


def test_wrong_and_missing_cells_show_in_the_figures(
    new_set: NewSet, boxes: Marks, new_box: Callable[..., dict[str, object]]
) -> None:
    nowhere = [new_box(19 + 62 * i, 19 + 62 * i) for i in (1, 2, 3)]
    found = figures(new_set("one", {"a.png": boxes[:-4] + nowhere}))
    assert found["recall"] == pytest.approx((len(boxes) - 4) / (len(boxes) - 1), abs=1e-4)
    assert found["precision"] == pytest.approx((len(boxes) - 4) / len(boxes), abs=1e-4)
    assert found["median_count_error"] == pytest.approx(1 / (len(boxes) - 1), abs=1e-4)


def test_cells_that_the_border_rule_leaves_out_count_as_found_but_not_as_counted(
    new_set: NewSet, boxes: Marks, new_box: Callable[..., dict[str, object]]
) -> None:
    at_bottom = [(255, 100), (255, 200)]
    centres = [(row, column) for row in range(50, 220, 62) for column in range(50, 290, 62)]
    marks = [*boxes, new_box(250, 100)]
    found = figures(new_set("one", {"a.png": marks}, centres + at_bottom))
    assert (found["recall"], found["precision"]) == (1, 1)
    assert found["strict_precision"] == pytest.approx(len(marks) / (len(marks) + 1), abs=1e-4)
    assert found["counted_recall"] == pytest.approx(len(boxes) / len(marks), abs=1e-4)
    assert found["counted_precision"] == 1


def test_infected_boxes_are_reported(
    new_set: NewSet, boxes: Marks, new_box: Callable[..., dict[str, object]]
) -> None:
    marks = [{**boxes[0], "label": "ring"}, *boxes[1:], new_box(81, 81, "schizont")]
    found = figures(new_set("one", {"a.png": marks}))
    assert (found["infected"], found["infected_found"]) == (2, 1)


def test_without_annotations_there_is_speed_alone(new_set: NewSet) -> None:
    found = figures(new_set("bare", None))
    assert found["f1"] is found["baseline_f1"] is found["median_count_error"] is None
    assert found["ms_per_frame"] > 0
    assert found["speedup"] > 0


def test_a_folder_of_sets_gives_figures_by_name(
    new_set: NewSet, boxes: Marks, tmp_path: Path
) -> None:
    new_set("one", {"a.png": boxes})
    new_set("bare", None)
    found = json.loads(measure(tmp_path, "--json").stdout)
    assert set(found) == {"one", "bare"}
    assert found["one"]["f1"] == 1


def test_frames_and_parts_choose_fields(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("one", {f"{i}.png": boxes for i in range(9)})
    some = figures(folder, "--frames", "4", "--baseline-frames", "1")
    assert (some["frames"], some["baseline_frames"]) == (4, 1)
    held = figures(folder, "--part", "held", "--baseline-frames", "0")
    assert (held["part"], held["frames"], held["speedup"]) == ("held", 6, None)
    assert figures(folder, "--part", "tuned", "--baseline-frames", "0")["frames"] == 3


def test_a_person_gets_a_table(new_set: NewSet, boxes: Marks) -> None:
    result = measure(new_set("one", {"a.png": boxes}))
    assert result.exit_code == 0, result.output
    assert "one: 1 fields, 0 rejected" in result.stdout
    for row in ("precision", "median count error", "ms/frame, one core", "speedup"):
        assert row in result.stdout


def test_opencv_has_its_threads_back_afterwards(new_set: NewSet) -> None:
    before = cv2.getNumThreads()
    figures(new_set("bare", None), "--baseline-frames", "0")
    assert cv2.getNumThreads() == before


def test_a_picture_that_cannot_be_read_is_named(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("one", {"a.png": boxes})
    path = folder / "images" / "a.png"
    path.write_bytes(path.read_bytes()[:500])
    result = measure(folder)
    assert isinstance(result.exception, SmearwatchError)
    assert str(result.exception).startswith(f"{path} is truncated")


def test_a_part_without_a_field_is_refused(new_set: NewSet, boxes: Marks) -> None:
    result = measure(new_set("one", {"a.png": boxes}), "--part", "held")
    assert isinstance(result.exception, SmearwatchError)
    assert str(result.exception) == "one is too small for a held part: 1 field; use --part all"


def test_malformed_annotations_end_in_one_line_and_1(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("one", {"a.png": boxes})
    (folder / "annotations.json").write_text("[{")
    command = [sys.executable, "-m", "monitor", "benchmark", "segmenter", "--data", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith(f"smearwatch: {folder / 'annotations.json'} is no list")
