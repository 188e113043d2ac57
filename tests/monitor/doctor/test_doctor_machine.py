"""Checks of the machine."""

import os
from pathlib import Path

from monitor.doctor.machine import cameras, memory, processor, python_version, video


def test_this_machine_can_count() -> None:
    for result in (python_version(), processor(), memory(), video()):
        assert result.state in {"ok", "note"}, result
        assert result.found


def test_an_old_python_fails_and_a_newer_one_is_named() -> None:
    result = python_version((3, 10, 13))
    assert result.state == "failed"
    assert "3.10.13" in result.found
    assert "3.11" in str(result.cure)


def test_too_little_memory_fails_with_what_is_needed() -> None:
    result = memory(needed_bytes=1 << 50)
    assert result.state == "failed"
    assert "1048576.0 GiB" in str(result.cure)


def test_scarce_memory_is_a_note() -> None:
    assert memory(needed_bytes=0, ample_bytes=1 << 50).state == "note"


def test_no_camera_is_only_a_note(tmp_path: Path) -> None:
    result = cameras(tmp_path, tmp_path)
    assert result.state == "note"
    assert "simulated:" in str(result.cure)


def test_cameras_are_listed_by_number_with_their_names(tmp_path: Path) -> None:
    for number in (10, 2):
        (tmp_path / f"video{number}").touch()
        (tmp_path / "names" / f"video{number}").mkdir(parents=True)
        (tmp_path / "names" / f"video{number}" / "name").write_text(f"microscope {number}\n")
    (tmp_path / "video-notes").touch()
    result = cameras(tmp_path, tmp_path / "names")
    assert result.state == "ok"
    assert result.found == "camera:2 (microscope 2), camera:10 (microscope 10)"


def test_a_camera_whose_device_is_gone_fails_with_the_group_to_join(tmp_path: Path) -> None:
    (tmp_path / "video0").symlink_to(tmp_path / "unplugged")
    assert not os.access(tmp_path / "video0", os.R_OK)
    result = cameras(tmp_path, tmp_path)
    assert result.state == "failed"
    assert "usermod -aG video" in str(result.cure)
