"""smearwatch started in a folder of others, such as a stick with pictures, runs nothing from it."""

import subprocess
import sys
from pathlib import Path

from monitor.child import Child

NAMES = ("workers", "monitor", "config", "yaml", "numpy", "sitecustomize", "argparse", "torch")

START = """
from monitor.child import Child
child = Child("worker", ["workers", "--help"], print)
child._process.wait(60)
child.stop(1)
"""


def test_a_child_runs_no_module_of_the_folder_in_which_it_is_started(tmp_path: Path):
    marker = tmp_path / "ran"
    for name in NAMES:
        code = f"from pathlib import Path\nPath({str(marker)!r}).write_text({name!r})\n"
        (tmp_path / f"{name}.py").write_text(code)
    repository = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-P", "-c", START],
        cwd=tmp_path,
        env={"PYTHONPATH": repository, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not marker.exists(), marker.read_text()


def test_the_modules_of_children_are_found_without_the_folder(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    child = Child("worker", ["workers", "--config", "absent.yaml"], said.append)
    child._process.wait(100)
    child.stop(1)
    assert child.exit_code == 2
    assert "absent.yaml" in said[-1]
