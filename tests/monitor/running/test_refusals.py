"""Wrong input ends before the first frame: one line that says what, why and what to do."""

from pathlib import Path
from typing import Any

import pytest

from monitor.store import connect, slides

CASES = {
    "no such folder": (["run", "/no/such/folder", "--slide", "a"], "/no/such/folder"),
    "unknown kind": (["run", "camra:0", "--slide", "a"], "camera"),
    "absent camera": (["run", "camera:99", "--slide", "a"], "camera:99"),
    "simulated key": (["run", "simulated:?feilds=3", "--slide", "a"], "fields"),
    "slide id": (["run", "simulated:", "--slide", "a/b"], "a/b"),
    "both modes": (["run", "simulated:", "--slide", "a", "--resume", "--replace"], "--replace"),
    "setting": (["run", "simulated:", "--slide", "a", "--set", "worker.cuont=2"], "worker.count"),
    "value": (["run", "simulated:", "--slide", "a", "--workers", "0"], "worker.count"),
    "a thousand workers": (["run", "simulated:", "--slide", "a", "--workers", "9999"], "at most"),
    "nothing to measure": (["benchmark", "pipeline", "--data", "/no/such"], "/no/such"),
    "no assignment": (["run", "simulated:", "--slide", "a", "--set", "worker"], "SECTION.KEY"),
    "config file": (["run", "simulated:", "--slide", "a", "--config", "/no.yaml"], "/no.yaml"),
    "model": (
        ["run", "simulated:", "--slide", "a", "--set", "model.artefact=conv-wid"],
        "conv-wide",
    ),
    "open endpoint": (["run", "simulated:", "--slide", "a", "--bind", "tcp://0.0.0.0:0"], "tunnel"),
    "port by chance": (
        ["run", "simulated:", "--slide", "a", "--bind", "tcp://127.0.0.1:0"],
        "5757",
    ),
    "contradiction": (
        ["run", "simulated:", "--slide", "a", "--set", "dispatch.lease_s=1"],
        "heartbeat_s",
    ),
    "worker endpoint": (["worker", "--connect", "tcp://10.0.0.1:5"], "tunnel"),
    "device": (["run", "simulated:", "--slide", "a", "--set", "worker.device=gpu"], "cuda"),
    "no redis": (["run", "simulated:", "--slide", "a", "--redis", "redis://127.0.0.1:1"], "redis"),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused_in_words_and_leaves_no_slide(name: str, command: Any):
    arguments, expected = CASES[name]
    done = command(*arguments)
    assert done.returncode in {1, 2}
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    with connect(command.store) as store:
        assert slides(store) == []


def test_a_folder_without_pictures(command: Any, tmp_path: Path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("nothing to see")
    done = command("run", tmp_path / "notes", "--slide", "a")
    assert done.returncode in {1, 2}
    assert "notes" in done.stderr


def test_debug_shows_where_an_error_arose(command: Any):
    done = command("--debug", "run", "/no/such/folder", "--slide", "a")
    assert done.returncode in {1, 2}
    assert "Traceback" in done.stderr
    assert "monitor/sources" in done.stderr


def test_an_unknown_slide_is_named(command: Any):
    done = command("summary", "nobody")
    assert done.returncode == 2
    assert "nobody" in done.stderr
