"""``smearwatch benchmark intervals`` prints how often each interval holds."""

import json

from typer.testing import CliRunner

from monitor.cli.main import app


def run(*words):
    return CliRunner().invoke(app, ["benchmark", "intervals", "--runs", "100", *words])


def test_every_interval_is_simulated_and_holds():
    done = run("--json")
    rows = json.loads(done.stdout)
    assert {row["method"] for row in rows} == {"Wilson", "exact", "anytime", "corrected", "verdict"}
    assert all(row["runs"] == 100 and 0.85 < row["covered"] <= 1 for row in rows)
    assert len({(row["method"], row["case"]) for row in rows}) == len(rows)
