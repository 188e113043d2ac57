"""Aravis's fake GigE Vision camera, a real server of both protocols on loopback."""

import fcntl
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice
from pathlib import Path

import pytest

from config import load
from monitor.latest import LatestFrames
from monitor.sources import Frame, SourceError, UnreadableFrame, open_source

FAKE = "arv-fake-gv-camera-0.8"
SERIAL = "SW07"
CAMERA = f"Aravis-Fake-{SERIAL}"
ADDRESS = "127.0.0.1"
PATIENCE_S = 20


def _lacking():
    if shutil.which(FAKE) is None:
        return f"{FAKE} is not installed: apt install aravis-tools"
    try:
        import gi  # noqa: PLC0415

        gi.require_version("Aravis", "0.8")
    except (ImportError, ValueError) as error:
        return f"PyGObject or Aravis is not installed: {error}"
    return None


pytestmark = pytest.mark.skipif(_lacking() is not None, reason=str(_lacking()))


class FakeCamera:
    """The camera's process: ended it is unplugged."""

    def plug_in(self, *options):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [FAKE, "-i", ADDRESS, "-s", SERIAL, *options]
        self._process = subprocess.Popen(command, **quiet)

    def unplug(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def camera():
    with (Path(tempfile.gettempdir()) / "smearwatch-fake-gige.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # there is one port for all cameras of a machine
        camera = FakeCamera()
        camera.plug_in()
        yield camera
        camera.unplug()


def settings(**changes):
    quick = {
        "open_timeout_s": 1,
        "reconnect_initial_s": 0.05,
        "reconnect_max_s": 0.1,
        "pixel_format": "Mono8",
        **changes,
    }
    return load(environ={}, overrides={f"source.{key}": value for key, value in quick.items()})


@pytest.fixture
def opened():
    sources = []

    def opening(uri=f"genicam:{ADDRESS}", **changes):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                sources.append(open_source(uri, settings(**changes)))
                return sources[-1]
            except SourceError as error:
                if "no camera answers" not in str(error) or time.monotonic() > deadline:
                    raise

    yield opening
    for source in sources:
        source.close()


def take(source, count):
    return list(islice(source.frames(), count))


@pytest.mark.parametrize("kind", ["Mono8", "Mono16", "RGB8", "BayerRG8", "BayerGB8"])
def test_every_format_that_the_camera_has_is_taken(camera, opened, kind):
    source = opened(pixel_format=kind)
    assert (source.kind, source.live, source.simulated) == ("genicam", True, True)
    assert source.take_notices() == []
    frames = take(source, 3)
    assert [frame.number for frame in frames] == [0, 1, 2]
    assert {(frame.image.shape, frame.image.dtype.name) for frame in frames} == {
        ((512, 512, 3), "uint8")
    }
    assert frames[0].image.std() > 5
    grey = (frames[0].image[..., 0] == frames[0].image[..., 2]).all()
    assert grey == kind.startswith("Mono")


def test_a_camera_in_grey_that_knows_colours_is_asked_for_them(camera, opened):
    opened(pixel_format="Mono8").close()
    source = opened(pixel_format=None)
    image = take(source, 1)[0].image
    assert (image[..., 0] != image[..., 2]).any()


def test_settings_are_read_back_and_what_is_refused_is_told(camera, opened):
    source = opened(exposure_ms=2, gain=3, fps=20, width_px=256, height_px=128)
    assert source.take_notices() == []
    assert take(source, 1)[0].image.shape == (128, 256, 3)
    source.close()
    wanted = {"gain": 99, "exposure_ms": "auto", "white_balance_k": 5000, "pixel_format": "YUV9"}
    again = opened(**wanted, width_px=512, height_px=512)
    told = {notice.about: notice.text for notice in again.take_notices()}
    assert sorted(told) == ["exposure_ms", "gain", "pixel_format", "white_balance_k"]
    assert "refuses source.pixel_format = YUV9: it gives" in told["pixel_format"]


@pytest.mark.parametrize("name", ["", CAMERA, SERIAL])
def test_a_camera_is_found_by_its_id_or_serial_number_and_the_only_one_without(
    camera, opened, name
):
    assert take(opened(f"genicam:{name}"), 1)


def test_a_camera_that_is_not_there_is_named_with_those_that_are(camera, opened):
    opened().close()
    with pytest.raises(SourceError, match=rf"genicam:Nobody-1 .*there are: {CAMERA} \(Fake\)"):
        open_source("genicam:Nobody-1", settings())


HOLDER = """
import sys
from config import load
from monitor.sources import open_source
source = open_source(sys.argv[1], load(environ={}))
print("held", flush=True)
sys.stdin.read()
source.close()
"""


def test_a_camera_that_another_program_holds_is_refused(camera, opened):
    opened().close()
    command = [sys.executable, "-c", HOLDER, f"genicam:{ADDRESS}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SourceError, match="it is used by another program; end that"):
            open_source(f"genicam:{ADDRESS}", settings())
    assert holder.returncode == 0


def test_frames_that_nobody_has_time_for_are_booked(camera, opened):
    arrived, passed = [], []
    with LatestFrames(
        opened(fps=100),
        lambda frame: arrived.append(frame.number),
        lambda frame: passed.append(frame.number),
    ) as latest:
        taken = [frame.number for frame in islice(latest, 5)]
    assert sorted(taken + passed) == arrived == list(range(len(arrived)))


def test_frames_that_lack_packets_are_unreadable_and_the_others_come(camera, opened):
    camera.unplug()
    camera.plug_in("-r", "4")
    frames = take(opened(fps=100), 40)
    assert {type(frame) for frame in frames} == {Frame, UnreadableFrame}


def test_a_camera_that_is_unplugged_is_taken_up_again_when_it_is_back(camera, opened):
    source = opened()
    frames = source.frames()
    before = [next(frames).number for _ in range(3)]
    camera.unplug()
    back = threading.Timer(2, camera.plug_in)
    back.start()
    after = [next(frames).number for _ in range(20)]
    back.join()
    told = [(notice.kind, notice.cleared) for notice in source.take_notices()]
    assert before + after == list(range(23))
    assert told == [("camera_lost", False), ("camera_lost", True)]
