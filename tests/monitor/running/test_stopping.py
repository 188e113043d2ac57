"""A slide ends by itself once a stopping rule is reached."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TIMEOUT_S = 120
MANY = "simulated:?fields=400&width=640&height=480&density=300&diameter=40"


@pytest.mark.parametrize(
    ("rule", "reached"),
    [("stop_at_cells=100", "cells"), ("stop_at_fields=3", "fields")],
)
def test_a_slide_is_finished_once_a_rule_is_reached(tmp_path: Path, rule: str, reached: str):
    command = [sys.executable, "-m", "monitor", "run", MANY, "--slide", "a", "--json"]
    command += ["--data-dir", str(tmp_path), "--set", f"decision.{rule}"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_S, env=environment, check=False
    )
    result = json.loads(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert int(rule.partition("=")[2]) <= result[reached]
    assert result["fields"] < 400
    assert result["balanced"]
    assert f"decision.{rule.partition('=')[0]} is reached" in ran.stderr
