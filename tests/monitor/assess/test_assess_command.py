"""``smearwatch assess`` counts for real and prints a competence sheet."""

import json
import os
import subprocess
import sys

import pytest

from config import load
from monitor.store import connect, stop_server, summary

SLIDES = """source,label
simulated:?fields=3&seed=3&parasitemia=0,negative
simulated:?fields=3&seed=4&parasitemia=0.3,
"""
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A set of two slides and a store of its own."""
    folder = tmp_path_factory.mktemp("a set")
    (folder / "slides.csv").write_text(SLIDES)
    yield folder
    stop_server(load(None, {"store.data_dir": folder / "store"}, {}).store)


def command(place, *words):
    environment = os.environ | {"SMEARWATCH_STORE__DATA_DIR": str(place / "store")}
    return subprocess.run(
        [sys.executable, "-m", "monitor", "assess", str(place), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        timeout=PATIENCE_S,
        check=False,
    )


def test_slides_are_counted_and_the_sheet_is_filled_in(place):
    done = command(place, "--json")
    assert done.returncode == 0, done.stderr
    sheet = json.loads(done.stdout)
    assert [one["slide"] for one in sheet["slides"]] == [f"{_name(place)}-1", f"{_name(place)}-2"]
    assert [one["label"] for one in sheet["slides"]] == ["negative", "positive"]
    assert sheet["model_id"].startswith("draem-")
    assert sheet["software_version"]
    assert sheet["simulated"]
    assert sheet["balanced"]
    assert sheet["ledger"]["seen"] == sheet["ledger"]["counted"] == 6
    assert sheet["cells_per_s"] > 0
    assert 0 < sheet["latency_p95_s"] < PATIENCE_S
    assert sheet["slides"][1]["parasites_per_ul"] > sheet["slides"][0]["parasites_per_ul"]
    with connect(load(None, {"store.data_dir": place / "store"}, {}).store) as store:
        for one in sheet["slides"]:
            assert summary(store, one["slide"]).cells == one["cells"]

    again = command(place)
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert again.stdout == ""


def _name(place):
    return place.name.replace(" ", "-")
