"""A slide ends by itself once a stopping rule is reached."""

import json
from typing import Any

import pytest

MANY = "simulated:?fields=400&width=640&height=480&density=300&diameter=40"


@pytest.mark.parametrize(
    ("rule", "reached"),
    [("stop_at_cells=100", "cells"), ("stop_at_fields=3", "fields")],
)
def test_a_slide_is_finished_once_a_rule_is_reached(command: Any, rule: str, reached: str):
    ran = command("run", MANY, "--slide", "a", "--json", "--set", f"decision.{rule}")
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert int(rule.partition("=")[2]) <= result[reached]
    assert result["fields"] < 400
    assert result["balanced"]
    assert f"decision.{rule.partition('=')[0]} is reached" in ran.stderr
