"""A real run that logs in JSON: every line of standard error is one object, none in another."""

import json
from pathlib import Path
from typing import Any

JSON_LOG = ["--set", "log.format=json"]


def test_all_processes_of_a_run_log_objects(command: Any, pictures: Path):
    done = command("run", pictures, "--slide", "a", *JSON_LOG, "--json")
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert {one["process"] for one in told} >= {"capture", "worker 1"}
    assert not any(one["text"].startswith("{") for one in told)
    assert any("listening for workers" in one["text"] for one in told)
    assert json.loads(done.stdout)["slide"] == "a"


def test_a_refusal_is_an_object_too(command: Any):
    done = command("--debug", "capture", "absent.mp4", "--slide", "a", *JSON_LOG)
    (told,) = map(json.loads, done.stderr.splitlines())
    assert done.returncode != 0
    assert told["level"] == "critical"
    assert "absent.mp4" in told["text"]
    assert "Traceback" in told["traceback"]
