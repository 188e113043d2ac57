"""``python -m workers`` as a process: refusals in one line, an orderly end."""

import subprocess
import sys
from pathlib import Path

PATIENCE_S = 60.0


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workers", *map(str, arguments)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=PATIENCE_S, input=""
    )


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def check_refusal(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("smearwatch: worker: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert done.stdout == ""


def test_a_wrong_endpoint_is_refused_in_one_line():
    check_refusal(run("--connect", "tcp://127.0.0.1:here"), "127.0.0.1:here", "127.0.0.1:PORT")


def test_a_settings_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path):
    check_refusal(run("--config", tmp_path / "none.yaml"), "none.yaml", "No such file")


def test_a_mistake_in_the_settings_file_is_refused_in_one_line(tmp_path: Path):
    file = settings_file(tmp_path, "worker:\n  bach_size: 3\n")
    check_refusal(run("--config", file), f"{file} line 2", "worker.batch_size")


def test_a_worker_without_capture_ends_with_its_parent(tmp_path: Path):
    done = run("--with-parent", "--connect", f"ipc://{tmp_path / 'nobody.ipc'}")
    assert done.returncode == 0, done.stderr
    assert "waiting for capture" in done.stderr
