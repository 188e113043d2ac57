"""``smearwatch benchmark latency`` as a user meets it."""

import json
import subprocess
import sys


def latency(*options: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "monitor", "benchmark", "latency", *options]
    return subprocess.run(whole, capture_output=True, text=True, timeout=300, check=False)


def test_a_live_slide_is_counted_and_says_how_late_its_counts_are() -> None:
    ended = latency("--seconds", "3", "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["frames"] == 90
    assert found["balanced"]
    assert found["cells"] > found["fields"] > 0
    marks = [found["latency_ms"][mark] for mark in ("p50", "p95", "p99", "max")]
    assert marks[0] > 0
    assert marks == sorted(marks)
    assert max(found["latency_p99_ms_by_fifth"]) <= marks[-1]
    assert set(found["memory"]) == {"worker 1", "capture"}


def test_a_time_of_nothing_is_refused() -> None:
    refused = latency("--seconds", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
