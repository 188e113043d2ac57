"""A V4L2 camera through OpenCV's own driver code.

Where no kernel module can be loaded, there is no camera to be had: a library preloaded into
the process that opens it answers the system calls as a USB camera does.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

HERE = Path(__file__).parent
PATIENCE_S = 30

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="V4L2 is Linux's"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="the stand-in camera needs gcc"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("v4l2") / "fake.so"
    source = HERE / "fake_v4l2.c"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", source, "-o", path, "-ldl"], check=True)
    return path


class Camera:
    """The device's file: deleted it is unplugged."""

    def __init__(self, path, library):
        self.path = path
        self.library = library
        self.plug_in()
        jpeg = cv2.imencode(".jpg", np.full((960, 1280, 3), 77, np.uint8))[1]
        self.beside("jpg").write_bytes(jpeg.tobytes())

    @property
    def uri(self):
        return f"camera:{self.path}"

    def beside(self, end):
        return self.path.with_name(f"{self.path.name}.{end}")

    def plug_in(self):
        self.path.touch()

    def unplug(self):
        self.path.unlink()


@pytest.fixture
def camera(library):
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="smearwatch-") as folder:
        yield Camera(Path(folder) / "camera", library)


class Child:
    def __init__(self, process):
        self._process = process
        self.refused = json.loads(process.stdout.readline())["refused"]

    def ask(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def told(self):
        return [tuple(one[:3]) for one in self.ask("notices")]


@contextlib.contextmanager
def opened(camera, **settings):
    overrides = json.dumps({f"source.{name}": value for name, value in settings.items()})
    environ = {
        **os.environ,
        "FAKE_V4L2": str(camera.path),
        "LD_PRELOAD": str(camera.library),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, str(HERE / "v4l2_child.py"), camera.uri, overrides]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environ, text=True, **pipes) as process:
        killer = threading.Timer(PATIENCE_S, process.kill)
        killer.start()
        try:
            yield Child(process)
        finally:
            killer.cancel()
            killer.join()
            process.stdin.close()
            process.wait()


def test_exposure_gain_and_white_balance_are_set_though_they_were_automatic(camera):
    with opened(camera, exposure_ms=20, gain=30, white_balance_k=5000) as child:
        seen = child.ask("frames 2")
        assert (seen["whole"], seen["size"]) == (2, [640, 480])
        assert seen["level"] > 200  # 200 units of 100 us, where it had 100
        assert child.told() == []


def test_what_the_driver_refuses_is_told_with_what_it_gives(camera):
    settings = {"width_px": 1600, "height_px": 1200, "pixel_format": "YUYV", "fps": 30}
    with opened(camera, **settings, gain=150, exposure_ms="auto", white_balance_k="auto") as child:
        notices = {one[1]: one[3] for one in child.ask("notices")}
    assert sorted(notices) == ["fps", "gain", "height_px", "width_px"]
    assert notices["gain"].endswith("refuses source.gain = 150: it gives 100")
    assert notices["fps"].endswith("source.fps = 30: it gives 10")


def test_a_rate_that_raw_frames_cannot_reach_is_reached_with_jpegs(camera):
    with opened(camera, width_px=1280, height_px=960, fps=30) as child:
        seen = child.ask("frames 2")
        assert (seen["size"], seen["level"]) == ([1280, 960], 77)
        assert child.told() == []


def test_it_comes_back_with_its_settings_after_it_was_unplugged(camera):
    with opened(camera, exposure_ms=20, gain=150) as child:
        child.ask("frames 2")
        assert child.told() == [("setting_refused", "gain", False)]
        camera.unplug()
        back = threading.Timer(0.3, camera.plug_in)
        back.start()
        seen = child.ask("frames 3")
        back.join()
        assert (seen["whole"], seen["level"] > 200) == (3, True)
        assert child.told() == [("camera_lost", "", False), ("camera_lost", "", True)]


def test_garbage_is_unreadable_and_told_and_over_when_pictures_come_again(camera):
    with opened(camera, pixel_format="MJPG", fps=30) as child:
        assert child.ask("frames 2")["whole"] == 2
        camera.beside("garbage").touch()
        assert child.ask("frames 20")["whole"] <= 4  # those already on their way
        assert child.told() == [("unreadable_frames", "", False)]
        camera.beside("garbage").unlink()
        assert child.ask("frames 8")["whole"] > 0
        assert child.told() == [("unreadable_frames", "", True)]


def test_jpegs_that_are_cut_short_are_unreadable(camera):
    with opened(camera, pixel_format="MJPG", fps=30) as child:
        whole = camera.beside("jpg").read_bytes()
        camera.beside("jpg").write_bytes(whole[: len(whole) // 2])
        assert child.ask("frames 20")["whole"] <= 4


def test_a_camera_that_sends_nothing_but_garbage_is_refused(camera):
    camera.beside("garbage").touch()
    with opened(camera, pixel_format="MJPG", fps=30) as child:
        assert "sends frames that cannot be decoded" in child.refused


def test_a_camera_that_another_program_uses_is_refused_with_its_name(camera):
    camera.beside("busy").touch()
    with camera.path.open("rb") as held:
        other = subprocess.Popen(["sleep", "60"], stdin=held)
    with other, opened(camera) as child:
        other.kill()
        assert f"is used by sleep ({other.pid}); end that program" in child.refused


def test_a_camera_that_is_busy_for_an_unseen_reason_is_refused(camera):
    camera.beside("busy").touch()
    with opened(camera) as child:
        assert "gives no frame; another program may use it" in child.refused
