"""The containers install what is locked, run without rights and say how they do."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "deploy" / f"Containerfile.{kind}" for kind in ("cpu", "cuda")]


def steps(path: Path) -> list[tuple[str, str]]:
    """Give the instructions of the last stage and those before it, in their order."""
    text = re.sub(r"\\\n\s*", "", path.read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def last_stage(path: Path) -> dict[str, str]:
    taken = steps(path)
    start = max(at for at, (word, _) in enumerate(taken) if word == "FROM")
    return dict(taken[start:])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix)
def test_packages_come_from_the_lock_of_its_kind_by_their_digests(path: Path):
    installs = [text for word, text in steps(path) if word == "RUN" and " install " in text]
    locked = f"-r /build/requirements-{path.suffix[1:]}.lock"
    assert [locked in text and "--require-hashes" in text for text in installs].count(True) == 1
    (ours,) = [text for text in installs if "/build/smearwatch" in text]
    assert "--no-deps" in ours
    assert "--no-build-isolation" in ours


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix)
def test_it_runs_as_nobody_in_particular_and_what_builds_it_stays_behind(path: Path):
    stage = last_stage(path)
    assert int(stage["USER"]) >= 10000
    assert "--from=build" in stage["COPY"]
    assert stage["STOPSIGNAL"] == "SIGTERM"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.suffix)
def test_its_healthcheck_tells_a_box_that_does_not_answer(path: Path):
    check = json.loads(last_stage(path)["HEALTHCHECK"].partition("CMD ")[2])
    assert check[0] == "python"
    done = subprocess.run(
        [sys.executable, *check[1:]],
        check=False,
        capture_output=True,
        env={"HEALTH_URL": "http://127.0.0.1:1/ready"},
        timeout=60,
    )
    assert done.returncode != 0
    default = json.loads(last_stage(path)["CMD"])
    assert default[:2] == ["doctor", "--serve"]
    assert default[2].rpartition(":")[2] in shlex.join(check)


def test_both_kinds_differ_in_nothing_but_torch():
    one, other = (path.read_text("utf-8") for path in FILES)
    lines = set(one.splitlines()) ^ set(other.splitlines())
    assert all(
        re.search(r"lock|TORCH|torch|GPU|podman|NVIDIA|LOG__FORMAT", line) for line in lines
    ), lines


def test_what_is_sent_to_the_build_is_named():
    named = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = [line[1:] for line in named if line.startswith("!")]
    assert "*" in named
    assert all(list(ROOT.glob(pattern)) for pattern in kept)
    assert {"config", "segmenter", "workers", "monitor", "pyproject.toml"} <= set(kept)
