"""``pause``, ``resume``, ``finish`` and ``events`` on a slide that another process counts."""

import json
import time
from typing import Any

import psutil
import pytest

from monitor.ask import ask_and_wait
from monitor.store import connect

VIDEO = "simulated:?motion=raster&seed=8&width=480&height=360"
SMALL = "simulated:?motion=walk&live=1&fps=10&width=480&height=360"


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def test_a_live_slide_is_paused_resumed_and_finished_from_the_command_line(command: Any):
    run = command.start("run", SMALL, "--slide", "a", "--json")
    command.wait_for("a", lambda result: result.fields >= 2)

    paused = json.loads(command("pause", "a", "--json").stdout)
    assert paused["state"] == "paused"
    children = psutil.Process(run.pid).children(recursive=True)
    began_s, spent_s = time.monotonic(), sum(map(cpu_s, children))
    still = command.wait_for("a", lambda result: result.frames_seen >= paused["frames_seen"] + 10)
    share = (sum(map(cpu_s, children)) - spent_s) / (time.monotonic() - began_s)
    assert (still.state, still.cells, still.fields) == ("paused", paused["cells"], paused["fields"])
    assert still.frames_gated >= 9
    # Most of it is the virtual microscope, which paints on.
    assert share < 0.4

    resumed = command("resume", "a")
    assert resumed.returncode == 0
    assert "SIMULATED a is counting" in resumed.stdout
    command.wait_for("a", lambda result: result.fields > paused["fields"])

    finished = command("finish", "a")
    assert finished.returncode == 0, finished.stderr
    out, error = run.communicate(timeout=120)
    assert run.returncode == 0, error
    result = json.loads(out)
    assert (result["state"], result["balanced"], result["conditions"]) == ("complete", True, {})
    assert result["frames_gated"] >= 9
    assert "paused: smearwatch resume a" in error

    told = json.loads(command("events", "a", "--kind", "state", "--json").stdout)
    assert [event["text"] for event in told] == ["begun", "paused", "counting", "complete"]
    assert command("events", "a").stdout.splitlines()[-1].endswith("complete")

    refused = command("resume", "a")
    assert refused.returncode == 2
    assert f"smearwatch run '{SMALL}' --slide a --resume" in refused.stderr


def test_a_video_paused_on_a_place_and_resumed_counts_as_if_it_had_run_through(command: Any):
    video = f"{VIDEO}&frames=300"
    assert command("run", video, "--slide", "a").returncode == 0
    # Capture waits for the scores, so that the video is not over before it can be paused.
    at_hand = ("--set", "dispatch.max_fields_in_flight=2")
    run = command.start("run", video, "--slide", "b", *at_hand)
    command.wait_for("b", lambda result: result.fields >= 1)
    with connect(command.store) as store:  # The command takes longer to start than the video.
        for _ in range(3):
            assert ask_and_wait(store, "b", "paused", 30).state == "paused"
            assert ask_and_wait(store, "b", "counting", 30).state == "counting"
    _, error = run.communicate(timeout=120)
    assert run.returncode == 0, error
    assert command.contents("b") == command.contents("a")


def test_an_idle_live_slide_is_finished_and_its_events_can_be_followed(command: Any):
    source = f"{SMALL}&density=0.01"
    run = command.start("run", source, "--slide", "a", "--set", "slide.idle_finish_s=1.5")
    command.wait_for("a", lambda result: result.frames_seen > 0)
    follow = command.start("events", "a", "--follow", "--json")
    out, error = follow.communicate(timeout=120)
    assert follow.returncode == 0, error
    told = [json.loads(line) for line in out.splitlines()]
    besides = {"rejected", "stage_jumped"}
    assert [event["kind"] for event in told if event["kind"] not in besides] == [
        "state",
        "idle",
        "state",
    ]
    assert told[-1]["text"] == "complete"
    assert run.wait(60) == 0
    assert command.summary("a").balanced


@pytest.mark.parametrize("name", ["finish", "events"])
def test_an_unknown_slide_is_one_line(command: Any, name: str):
    done = command(name, "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("smearwatch: there is no slide nothing")
