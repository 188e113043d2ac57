"""An RTSP stream in H.264 from a real server, lost and found again."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from config import load
from monitor.sources import Frame, open_source

SCRIPT = Path(__file__).with_name("rtsp_server.py")


class Server:
    """Its process; a second one takes up the port of the first."""

    def __init__(self):
        self.port = "0"

    @property
    def uri(self):
        return f"rtsp://127.0.0.1:{self.port}/slide"

    def start(self, width=320, height=240):
        command = [sys.executable, SCRIPT, self.port, str(width), str(height)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, text=True, **pipes)
        said = self._process.stdout.readline().strip()
        if not said.isdecimal():
            self.kill()
            pytest.skip("GStreamer's RTSP server, its gi or x264enc are not installed")
        self.port = said

    def kill(self):
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def server():
    server = Server()
    server.start()
    yield server
    server.kill()


def settings(**changes):
    quick = {"open_timeout_s": 3, "reconnect_initial_s": 0.05, "reconnect_max_s": 0.2, **changes}
    return load(environ={}, overrides={f"source.{key}": value for key, value in quick.items()})


@pytest.fixture
def source(server):
    source = open_source(server.uri, settings(fps=25))
    yield source
    source.close()


def test_a_stream_is_decoded_and_its_rate_is_known(source):
    assert source.kind == "stream"
    assert source.take_notices() == []
    frames = list(islice(source.frames(), 5))
    assert [frame.number for frame in frames] == [0, 1, 2, 3, 4]
    assert frames[4].image.shape == (240, 320, 3)
    assert frames[4].image.min() > 240


def test_a_server_that_comes_back_with_another_size_is_taken_up_again(server, source):
    frames = source.frames()
    first = next(frames)
    server.kill()
    server.start(160, 120)
    later = next(frame for frame in frames if frame.image.shape == (120, 160, 3))
    told = [(notice.kind, notice.cleared) for notice in source.take_notices()]
    assert isinstance(later, Frame)
    assert later.number > first.number
    assert told == [("camera_lost", False), ("camera_lost", True), ("resolution_changed", False)]
