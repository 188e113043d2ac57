"""Whether the cameras that need an extra can be used here."""

import subprocess
import sys

import pytest

from monitor.doctor.laboratory import genicam, micromanager


def test_micromanager_is_said_with_its_version_and_adapters() -> None:
    pytest.importorskip("mm_test_adapters", reason="the extra micromanager is absent")
    result = micromanager()
    assert result.state == "ok"
    assert "MMCore version" in result.found
    assert "mm_test_adapters" in result.found or "Micro-Manager" in result.found


def test_genicam_never_fails_a_machine_without_such_a_camera() -> None:
    result = genicam()
    assert result.state in {"ok", "note"}
    assert result.found.startswith(("Aravis", "genicam:"))


@pytest.mark.parametrize(
    ("look", "library", "found", "cure"),
    [
        ("micromanager", "pymmcore_plus", "pymmcore-plus is absent", "smearwatch[micromanager]"),
        ("genicam", "gi", "Aravis is absent", "gir1.2-aravis-0.8"),
    ],
)
def test_an_absent_extra_is_a_note_with_what_to_install(
    look: str, library: str, found: str, cure: str
) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"from monitor.doctor.laboratory import {look} as look\n"
        "result = look(); print(result.state, result.found, result.cure, sep='|')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    state, said, what = done.stdout.strip().split("|")
    assert (state, said) == ("note", found)
    assert cure in what
