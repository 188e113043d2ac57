"""``smearwatch benchmark redis`` as a user meets it."""

import json

from typer.testing import CliRunner

from monitor.cli.main import app


def test_fields_are_written_and_timed_beside_plain_commands() -> None:
    ended = CliRunner().invoke(app, ["benchmark", "redis", "--fields", "20", "--json"])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.stdout.splitlines()[-1])
    assert (found["fields"], found["cells_per_field"]) == (20, 110)
    assert found["ms_per_field_p99"] >= found["ms_per_field"] > 0
    assert found["cells_per_s"] > found["baseline_cells_per_s"] > 0
