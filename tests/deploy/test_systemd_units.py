"""The units are what systemd understands, and start commands that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import load

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_it(unit: Path, tmp_path: Path):
    """Verified as it is, but for programs, users and files that only an edge box has."""
    text = unit.read_text("utf-8").replace("/opt/smearwatch/bin/smearwatch", sys.executable)
    copy = tmp_path / unit.name.replace("@.", "@S1.")
    copy.write_text(re.sub(r"^(User|Group)=.*$", "", text, flags=re.MULTILINE))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = [line for line in done.stderr.splitlines() if copy.name in line]
    assert told == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_is_watched_started_anew_and_holds_no_rights(unit: Path):
    if "health" not in unit.name:
        assert lines(unit, "Type") == ["notify"]
        assert lines(unit, "WatchdogSec") == ["60"]
    assert lines(unit, "Restart") == ["on-failure"]
    assert lines(unit, "RestartPreventExitStatus") == ["2"]
    assert lines(unit, "User") == ["smearwatch"]
    assert lines(unit, "NoNewPrivileges") == ["yes"]
    assert lines(unit, "ProtectSystem") == ["strict"]
    assert lines(unit, "CapabilityBoundingSet") == [""]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_its_command_takes_these_options(unit: Path):
    (command,) = lines(unit, "ExecStart")
    _, name, *words = command.split()
    done = subprocess.run(
        [sys.executable, "-m", "monitor", name, "--help"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={"COLUMNS": "200", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0
    for option in (word for word in words if word.startswith("--")):
        assert option in done.stdout


def test_the_settings_beside_them_fit_and_meet_at_one_endpoint_with_a_port_each():
    of_capture, of_worker = (
        load(FOLDER / f"{name}.yaml", {}, {}) for name in ("capture", "worker")
    )
    assert of_capture.dispatch.endpoint == of_worker.dispatch.endpoint
    assert of_capture.metrics.address != of_worker.metrics.address
    assert of_capture.log.format == of_worker.log.format == "json"
    assert of_capture.store.url is not None
