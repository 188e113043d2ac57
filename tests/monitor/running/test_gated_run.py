"""Videos and copies of pictures, from the command line to Redis and back."""

import json
import shutil
import signal
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from config import load
from monitor.sources.simulated.motion import poses
from monitor.sources.simulated.options import SmearOptions, options_from_uri
from monitor.sources.simulated.smear import VirtualSmear
from monitor.store import FrameRecord, Place
from segmenter import segment

SETTINGS = load(environ={})

SMALL = "width=640&height=480&density=200&diameter=40&parasitemia=0.2"
VIDEO = f"simulated:?motion=raster&seed=8&frames=160&{SMALL}"

AT_HAND = ("--set", "dispatch.max_fields_in_flight=2")
"""Capture waits for the scores, so that a video is not over before one can act on it."""


def test_a_video_is_counted_place_by_place_and_twice_the_same(command):
    first = command("run", VIDEO, "--slide", "a", "--json")
    assert first.returncode == 0, first.stderr
    result = json.loads(first.stdout)
    assert (result["state"], result["balanced"], result["frames_seen"]) == ("complete", True, 160)
    assert result["fields"] < 30 < result["frames_gated"]
    assert not result["may_contain_repeats"]
    assert command("run", VIDEO, "--slide", "b").returncode == 0
    assert command.contents("a") == command.contents("b")


def test_a_video_stopped_and_resumed_counts_as_if_it_had_run_through(command):
    assert command("run", VIDEO, "--slide", "a").returncode == 0
    stopped = command.start("run", VIDEO, "--slide", "b", *AT_HAND)
    command.wait_for("b", lambda result: result.fields >= 2)
    stopped.send_signal(signal.SIGINT)
    stopped.communicate(timeout=120)
    assert command.summary("b").state == "interrupted"
    resumed = command("run", VIDEO, "--slide", "b", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert command.contents("a") == command.contents("b")


def test_a_video_whose_capture_is_killed_counts_as_if_it_had_run_through(command):
    assert command("run", VIDEO, "--slide", "a").returncode == 0
    killed = command.start("run", VIDEO, "--slide", "b", *AT_HAND)
    command.wait_for("b", lambda result: result.fields >= 2)
    killed.kill()
    killed.communicate(timeout=120)
    command.wait_for("b", lambda result: result.state == "interrupted")
    assert command("run", VIDEO, "--slide", "b", "--resume").returncode == 0
    assert command.contents("a") == command.contents("b")


def test_where_scoring_falls_behind_whole_fields_are_left_out_never_some_of_their_cells(command):
    source = f"simulated:?motion=raster&seed=8&live=1&fps=15&{SMALL}"
    run = command.start("run", source, "--slide", "a", *AT_HAND)
    command.wait_for("a", lambda result: result.fields >= 1)
    (worker,) = (
        child for child in psutil.Process(run.pid).children() if "workers" in child.cmdline()
    )
    worker.suspend()
    before = command.summary("a")
    behind = command.wait_for("a", lambda result: result.frames_skipped >= 60)
    assert behind.fields <= before.fields + 2
    worker.resume()
    command.wait_for(
        "a", lambda _: any(number >= behind.frames_seen for number, _ in alone(command.fields("a")))
    )
    assert command("finish", "a").returncode == 0
    assert command.summary("a").balanced
    smear = VirtualSmear(8, SmearOptions(width=640, height=480, density=200, diameter=40))
    first, *others = alone(command.fields("a"))
    assert max(number for number, _ in others) >= behind.frames_seen
    origin = next(islice(poses(options_from_uri(source)), first[0], None)).position
    for _, field in [first, *others]:
        place = round(origin[0] + field.place.row), round(origin[1] + field.place.column)
        whole = len(segment(smear.image(place), SETTINGS.segmenter, SETTINGS.quality).cells)
        assert field.cells == pytest.approx(whole, abs=3)


def alone(fields: dict[int, FrameRecord]) -> list[tuple[int, FrameRecord]]:
    """Give the fields that lie clear of all that were counted before them."""
    counted = sorted((at, one) for at, one in fields.items() if one.outcome == "counted")
    return [
        (at, one)
        for at, one in counted
        if not any(_overlap(one.place, other.place) for before, other in counted if before < at)
    ]


def _overlap(one: Place, other: Place) -> bool:
    return abs(one.row - other.row) < 480 and abs(one.column - other.column) < 640


def test_flagged_cells_lie_on_the_map_and_the_map_is_drawn(command, tmp_path: Path):
    run = command("run", VIDEO, "--slide", "a", "--threshold", "-100", "--json")
    assert run.returncode == 0, run.stderr
    cells = json.loads(command("cells", "a", "--json").stdout)
    picture = tmp_path / "map.png"
    drawn = command("map", "a", "-o", picture, "--json")
    assert drawn.returncode == 0, drawn.stderr
    (tile,) = json.loads(drawn.stdout)["tiles"]
    assert cv2.imread(str(picture)).shape[:2] == (tile["height"], tile["width"])
    low = np.array([tile["row"], tile["column"]])
    high = low + np.array([tile["height"], tile["width"]]) * tile["step_px"]
    for cell in cells:
        part, *place = cell["place"]
        assert part == 0
        assert (low <= place).all()
        assert (place <= high).all()


def test_a_slide_of_separate_fields_has_no_map(command, tmp_path: Path):
    source = f"simulated:?fields=2&{SMALL}"
    assert command("run", source, "--slide", "a").returncode == 0
    refused = command("map", "a", "-o", tmp_path / "map.png")
    assert refused.returncode == 1
    assert "slide a has no map" in refused.stderr
    assert not (tmp_path / "map.png").exists()


def test_a_copy_of_a_picture_is_not_counted_again_nor_after_a_resume(command, tmp_path: Path):
    smear = VirtualSmear(3, SmearOptions(width=640, height=480, density=200, diameter=40))
    folder = tmp_path / "fields"
    folder.mkdir()
    for number in range(3):
        image = smear.image((0, 2000 * number))
        cv2.imwrite(str(folder / f"{number}.png"), image[..., ::-1])
    assert command("run", folder, "--slide", "once").returncode == 0
    once = command.summary("once")
    shutil.copy(folder / "1.png", folder / "1 copy.png")
    shutil.copy(folder / "0.png", folder / "9.png")
    again = command("run", folder, "--slide", "again", "--json")
    result = json.loads(again.stdout)
    assert (result["cells"], result["fields"]) == (once.cells, 3)
    assert result["reasons"] == {"frames_gated:duplicate": 2}
    assert (result["state"], result["balanced"]) == ("complete", True)
    assert command("run", folder, "--slide", "again", "--resume").returncode == 0
    assert command.summary("again").frames_gated == 2


def test_the_gate_can_be_switched_off_and_then_repeats_are_said(command):
    run = command("run", VIDEO, "--slide", "a", "--json", "--set", "gate.mode=off")
    result = json.loads(run.stdout)
    assert result["frames_counted"] > 100
    assert result["may_contain_repeats"]
