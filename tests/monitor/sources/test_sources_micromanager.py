"""Micro-Manager's own demo camera, driven by pymmcore-plus with the adapters of its tests."""

import logging
import os
import queue
import subprocess
import sys
from itertools import islice

import pytest

from config import load
from monitor.latest import LatestFrames
from monitor.sources import Frame, SourceError, open_source

pytest.importorskip("mm_test_adapters", reason="the extra micromanager's test camera is absent")

PATIENCE_S = 20

CONFIG = """
Device,Scope,DemoCamera,DCam
Property,Core,Initialize,1
Property,Core,Camera,Scope
Property,Scope,PixelType,16bit
Property,Scope,BitDepth,12
Property,Scope,Mode,Noise
Property,Scope,Exposure,5
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "scope.cfg"
    path.write_text(CONFIG)
    return path


def settings(**changes):
    quick = {"open_timeout_s": 2, "exposure_ms": 5, **changes}
    return load(environ={}, overrides={f"source.{key}": value for key, value in quick.items()})


def take(source, count):
    return list(islice(source.frames(), count))


@pytest.fixture
def opened():
    sources = []

    def opening(uri, **changes):
        sources.append(open_source(str(uri), settings(**changes)))
        return sources[-1]

    yield opening
    for source in sources:
        source.close()


def test_the_demo_camera_gives_coloured_frames_and_says_that_it_is_one(opened):
    source = opened("micromanager:demo")
    assert (source.kind, source.live, source.repeats) == ("micromanager", True, True)
    assert source.simulated
    frames = take(source, 5)
    assert [frame.number for frame in frames] == [0, 1, 2, 3, 4]
    assert {(frame.image.shape, frame.image.dtype.name) for frame in frames} == {
        ((512, 512, 3), "uint8")
    }


def test_a_configuration_file_is_loaded_and_12_bits_become_8(opened, config, caplog):
    caplog.set_level(logging.INFO)
    source = opened(f"micromanager:{config}", exposure_ms=40)
    (frame,) = take(source, 1)
    raw = source._device._pixels
    assert "512 x 512 pixels of 12 bits, scaled to 8" in caplog.text
    assert raw.dtype.name == "uint16"
    assert abs(frame.image.mean() - raw.mean() / 4095 * 255) < 0.1
    assert frame.image.mean() > 40
    assert (frame.image[..., 0] == frame.image[..., 2]).all()


@pytest.mark.parametrize("kind", ["8bit", "16bit", "32bitRGB", "64bitRGB"])
def test_every_usual_pixel_type_is_taken(opened, kind):
    source = opened("micromanager:demo", pixel_format=kind)
    assert source.take_notices() == []
    assert take(source, 2)[1].image.shape == (512, 512, 3)


def test_a_pixel_type_of_more_bits_is_refused(opened):
    with pytest.raises(SourceError, match=r"its pixels have 32 bits; set PixelType 8bit"):
        opened("micromanager:demo", pixel_format="32bit")


def test_settings_are_read_back_and_what_is_refused_is_told(opened):
    source = opened("micromanager:demo", exposure_ms=12, gain=3, width_px=512)
    assert source.take_notices() == []
    source.close()
    again = opened(
        "micromanager:demo", gain=99, white_balance_k=5000, fps=30, height_px=7, exposure_ms="auto"
    )
    told = {notice.about: notice.text for notice in again.take_notices()}
    assert sorted(told) == ["exposure_ms", "fps", "gain", "height_px", "white_balance_k"]
    assert told["gain"].endswith("refuses source.gain = 99: it gives 0")
    assert take(again, 1)


def test_an_exposure_beyond_the_camera_is_told_and_does_no_harm(opened):
    source = opened("micromanager:demo", exposure_ms=50_000)
    (notice,) = source.take_notices()
    assert "refuses source.exposure_ms = 50000: it gives" in notice.text
    assert take(source, 1)


def test_a_camera_that_stops_is_loaded_again_and_numbers_go_on(opened):
    source = opened("micromanager:demo", reconnect_initial_s=0.05)
    frames = source.frames()
    first = next(frames)
    source._device.core.stopSequenceAcquisition()
    later = next(frame for frame in frames if source.take_notices() and isinstance(frame, Frame))
    assert later.number > first.number


def test_a_reader_that_is_slow_gets_the_newest_and_every_frame_is_accounted_for(opened):
    arrived, passed, taken = [], queue.Queue(), []
    source = opened("micromanager:demo", exposure_ms=1)
    skipped = []
    with LatestFrames(
        source,
        lambda frame: arrived.append(frame.number),
        lambda frame: passed.put(frame.number),
    ) as latest:
        frames = iter(latest)
        for busy_for in (1, 5, 20):
            taken.append(next(frames).number)
            skipped += [passed.get(timeout=PATIENCE_S) for _ in range(busy_for)]
        assert taken[1] < taken[2]
    skipped += [passed.get_nowait() for _ in range(passed.qsize())]
    assert sorted(skipped + taken) == arrived == list(range(len(arrived)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Device,Scope,NoSuchAdapter,Camera\n", "NoSuchAdapter"),
        ("Device,Stage,DemoCamera,DXYStage\nProperty,Core,Initialize,1\n", "names no camera"),
        ("nonsense\n", "names no camera"),
    ],
)
def test_a_configuration_that_gives_no_camera_is_refused_in_one_line(opened, tmp_path, text, words):
    (tmp_path / "bad.cfg").write_text(text)
    with pytest.raises(SourceError, match=words) as caught:
        opened(f"micromanager:{tmp_path / 'bad.cfg'}")
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_absent_is_named_with_its_neighbour(opened, config):
    with pytest.raises(SourceError, match=r"scpe\.cfg does not exist; there is .*scope\.cfg"):
        opened(f"micromanager:{config.with_name('scpe.cfg')}")
    with pytest.raises(SourceError, match="names no configuration"):
        opened("micromanager:")


ABSENT = """
import sys
sys.modules["{library}"] = None
from config import load
from monitor.sources import SourceError, open_source
try:
    open_source("{uri}", load(environ={{}}))
except SourceError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("library", "uri", "extra"),
    [
        ("pymmcore_plus", "micromanager:demo", "smearwatch[micromanager]"),
        ("gi", "genicam:", "smearwatch[genicam]"),
    ],
)
def test_without_its_library_one_line_says_what_to_install(library, uri, extra):
    code = ABSENT.format(library=library, uri=uri)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{uri} cannot be opened:")
    assert extra in line


def test_opening_changes_neither_the_log_nor_the_home_folder(tmp_path):
    code = (
        "import logging; from config import load; from monitor.sources import open_source\n"
        "open_source('micromanager:demo', load(environ={})).close()\n"
        "print(logging.getLogger().level)"
    )
    environ = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ
    )
    assert (done.stdout.strip(), done.stderr) == (str(logging.WARNING), "")
    assert list(tmp_path.rglob("*.log")) == []


def test_a_process_that_used_a_camera_ends_well():
    code = (
        "import threading; from itertools import islice\n"
        "from config import load; from monitor.sources import open_source\n"
        "source = open_source('micromanager:demo', load(environ={}))\n"
        "reader = threading.Thread(target=lambda: list(islice(source.frames(), 20)))\n"
        "reader.start(); reader.join(); source.close()"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE_S)
