"""The containers install what pyproject.toml asks for, each file known by its digest."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "deploy" / f"requirements-{kind}.lock" for kind in ("cpu", "cuda")]
EXTRAS = ("parquet", "plots")


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [text for extra in EXTRAS for text in project["optional-dependencies"][extra]]
    return [Requirement(text) for text in project["dependencies"] + extras]


def entries(lock: Path) -> list[str]:
    lines = [line for line in lock.read_text("utf-8").splitlines() if not line.startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
@pytest.mark.parametrize("python", ["3.11.9", "3.12.4"])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_direct_dependency_is_locked_at_a_version_that_fits(
    lock: Path, python: str, machine: str
):
    here = default_environment() | {
        "platform_machine": machine,
        "platform_system": "Linux",
        "sys_platform": "linux",
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
    }
    locked: dict[str, str] = {}
    for entry in entries(lock):
        found = Requirement(entry.partition("--hash")[0])
        if found.marker is None or found.marker.evaluate(here):
            (exact,) = found.specifier
            assert exact.operator == "=="
            assert locked.setdefault(plain(found.name), exact.version) == exact.version
    for wanted in asked():
        version = locked.get(plain(wanted.name))
        assert version is not None, f"{wanted.name} is not in {lock.name}: make lock"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted}: make lock"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_entry_is_one_version_known_by_its_digest_and_comes_from_no_address(lock: Path):
    for entry in entries(lock):
        assert re.fullmatch(
            r"[a-z0-9-]+==[\w.+]+( ; [^\\]*?)?\s+(--hash=sha256:[0-9a-f]{64}\s*)+", entry
        ), entry[:200]


def test_the_box_without_a_gpu_gets_torch_without_cuda_and_the_other_one_with():
    cpu, cuda = (" ".join(entries(lock)) for lock in LOCKS)
    assert re.search(r"\btorch==[\d.]+\+cpu\b", cpu)
    assert "nvidia-" not in cpu
    assert re.search(r"\btorch==[\d.]+ ", cuda)
    assert "nvidia-cudnn" in cuda
