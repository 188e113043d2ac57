"""``smearwatch run``: what is counted, and that it is counted once."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from config import load
from monitor.sources import open_source
from monitor.sources.simulated import SimulatedSource
from monitor.store import connect
from monitor.store.keys import SlideKeys

SOURCE = "simulated:?fields=12&seed=3"


def test_counts_a_simulated_slide_near_its_truth_and_says_that_it_is_simulated(command: Any):
    done = command("run", SOURCE, "--slide", "s", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    source = open_source(SOURCE, load(environ={}))
    assert isinstance(source, SimulatedSource)
    truths = [source.truth(number) for number in range(12)]
    # Two of four borders count, so half of the cells that a border cuts.
    expected = sum((len(truth.whole) + len(truth.cells)) / 2 for truth in truths)
    assert result["state"] == "complete"
    assert result["simulated"] is True
    assert result["frames_counted"] == result["frames_seen"] == 12
    assert result["cells"] == pytest.approx(expected, rel=0.08)
    assert result["parasitemia_low"] <= result["parasitemia"] <= result["parasitemia_high"]
    assert "SIMULATED" in done.stderr


def test_a_slide_is_refused_then_resumed_without_change_then_replaced_by_the_same(
    command: Any, pictures: Path, undisturbed: dict[str, object]
):
    assert command("run", pictures, "--slide", "a").returncode == 0
    assert command.contents("a") == undisturbed
    again = command("run", pictures, "--slide", "a")
    assert again.returncode == 2
    assert "--resume" in again.stderr
    assert command("run", pictures, "--slide", "a", "--resume").returncode == 0
    assert command.contents("a") == undisturbed
    assert command("run", pictures, "--slide", "a", "--replace").returncode == 0
    assert command.contents("a") == undisturbed


def test_two_workers_give_what_one_gives(
    command: Any, pictures: Path, undisturbed: dict[str, object]
):
    assert command("run", pictures, "--slide", "a", "--workers", 2).returncode == 0
    assert command.contents("a") == undisturbed


def test_the_documented_hash_holds_the_counts_of_the_summary(command: Any, pictures: Path):
    done = command("run", pictures, "--slide", "a", "--json")
    result = json.loads(done.stdout)
    shown = json.loads(command("summary", "a", "--json").stdout)
    assert shown == result
    with connect(command.store) as store:
        stored = store.client.ask("HGETALL", SlideKeys.of("a").slide)
    assert isinstance(stored, dict)
    for key in ("cells", "flagged", "unscored", "fields", "frames_seen", "frames_failed"):
        assert int(stored[key.encode()]) == result[key]


def test_a_broken_picture_is_counted_as_failed_and_named(command: Any, pictures: Path, tmp_path):
    folder = tmp_path / "some broken"
    folder.mkdir()
    for number in range(3):
        shutil.copy(pictures / f"field {number}.png", folder)
    whole = (pictures / "field 3.png").read_bytes()
    (folder / "field 3.png").write_bytes(whole[: len(whole) // 2])
    (folder / "field 4.png").write_bytes(b"")
    done = command("run", folder, "--slide", "a", "--json")
    result = json.loads(done.stdout)
    assert done.returncode == 0
    assert (result["frames_seen"], result["frames_counted"], result["frames_failed"]) == (5, 3, 2)
    assert result["reasons"] == {"frames_failed:unreadable": 2}
    assert result["state"] == "complete"
    assert "field 3.png" in done.stderr
    assert "field 4.png" in done.stderr


def test_an_interrupted_run_keeps_its_fields_and_goes_on_to_the_same_counts(
    command: Any, pictures: Path, undisturbed: dict[str, object]
):
    process = command.start("run", pictures, "--slide", "a")
    command.wait_for("a", lambda result: result.fields >= 2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 130, error
    stopped = command.summary("a")
    assert stopped.state == "interrupted"
    assert stopped.balanced
    assert 2 <= stopped.fields < 16
    assert command("run", pictures, "--slide", "a", "--resume").returncode == 0
    assert command.contents("a") == undisturbed


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files: an empty one, with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_a_second_interrupt_ends_all_at_once_and_leaves_nothing_behind(
    command: Any, pictures: Path, undisturbed: dict[str, object], temporary: Path
):
    process = command.start("run", pictures, "--slide", "a")
    command.wait_for("a", lambda result: result.fields >= 2)
    children = psutil.Process(process.pid).children()
    for worker in children:
        worker.suspend()  # so that the fields in flight are never finished
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert error.splitlines()[-1].startswith("smearwatch: stopped at once")
    assert not any(child.is_running() for child in children)
    assert list(temporary.iterdir()) == []


def test_one_interrupted_before_it_has_begun_leaves_the_slide_as_it_was(
    command: Any, pictures: Path, undisturbed: dict[str, object]
):
    assert command("run", pictures, "--slide", "a").returncode == 0
    process = command.start("run", pictures, "--slide", "a", "--replace")
    # Begun is only after a worker has come, and that takes longer than the first child.
    root = psutil.Process(process.pid)
    deadline = time.monotonic() + 60
    while not root.children() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert "before the slide was begun" in error
    assert "Traceback" not in error
    assert command.contents("a") == undisturbed


def test_a_picture_whose_name_is_no_text_is_counted(command: Any, pictures: Path, tmp_path: Path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    shutil.copy(pictures / "field 0.png", os.fsencode(folder) + b"/caf\xe9.png")
    done = command("run", folder, "--slide", "a", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames_counted"] == 1
    assert command("run", folder, "--slide", "a", "--resume").returncode == 0


def test_files_that_changed_are_not_resumed(command: Any, pictures: Path, tmp_path: Path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        shutil.copy(pictures / f"field {number}.png", folder)
    assert command("run", folder, "--slide", "a").returncode == 0
    before = command.contents("a")
    shutil.copy(pictures / "field 2.png", folder / "a new first one.png")
    done = command("run", folder, "--slide", "a", "--resume")
    assert done.returncode == 2
    assert "field 0.png" in done.stderr
    assert command.contents("a") == before


def test_files_added_at_the_end_are_counted_by_resuming(command: Any, pictures: Path, tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    shutil.copy(pictures / "field 0.png", folder)
    # Named from another folder the first time: it is the same source all the same.
    assert command("run", os.path.relpath(folder), "--slide", "a").returncode == 0
    shutil.copy(pictures / "field 1.png", folder)
    assert command("run", folder, "--slide", "a", "--resume").returncode == 0
    assert command.summary("a").frames_counted == 2


def test_a_live_source_skips_frames_and_its_ledger_balances(command: Any):
    source = "simulated:?motion=walk&live=1&fps=60&frames=90"
    done = command("run", source, "--slide", "a", "--json", "--set", "gate.mode=off")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["state"] == "complete"
    assert result["frames_seen"] == 90
    assert result["frames_skipped"] > 0
    assert result["may_contain_repeats"]


def test_a_live_source_that_is_stopped_loses_no_frame_from_its_ledger(command: Any):
    process = command.start("run", "simulated:?motion=walk&live=1&fps=60", "--slide", "a")
    command.wait_for("a", lambda result: result.fields >= 2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    stopped = command.summary("a")
    assert stopped.balanced
    assert stopped.state == "complete"
