"""Cameras and streams: a real MJPEG server on loopback, lost and found again."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import monitor
from config import load
from monitor.sources import Frame, SourceError, TellsNotices, open_source
from monitor.sources.live import waits

PER_CONNECTION = 12


class MjpegServer(ThreadingHTTPServer):
    """Sends a few pictures, then drops the connection, or holds it open in silence."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections = 0
        self.stall = False
        self.refuse = threading.Event()
        self.leaving = threading.Event()
        level = np.full((120, 160, 3), 90, np.uint8)
        self.picture = cv2.imencode(".jpg", level)[1].tobytes()

    @property
    def url(self):
        return f"http://eve:secret@127.0.0.1:{self.server_port}/video.mjpg"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.connections += 1
        if self.server.refuse.is_set():
            self.send_error(503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            self._send_pictures()
        except OSError:
            return

    def _send_pictures(self):
        picture = self.server.picture
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
        for _ in range(PER_CONNECTION):
            self.wfile.write(head.encode() + picture + b"\r\n")
        self.wfile.flush()
        if self.server.stall:
            self.server.leaving.wait()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with MjpegServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.leaving.set()
        server.shutdown()
        thread.join()


def settings(**changes):
    quick = {"open_timeout_s": 2, "reconnect_initial_s": 0.02, "reconnect_max_s": 0.1, **changes}
    return load(environ={}, overrides={f"source.{key}": value for key, value in quick.items()})


def take(frames, count):
    return [next(frames) for _ in range(count)]


def test_a_stream_goes_on_after_its_connection_was_dropped(server, caplog):
    source = open_source(server.url, settings())
    assert (source.kind, source.live, source.total) == ("stream", True, None)
    assert isinstance(source, TellsNotices)
    frames = source.frames()
    got = take(frames, 3 * PER_CONNECTION)
    source.close()
    assert server.connections >= 3
    assert [frame.number for frame in got] == list(range(3 * PER_CONNECTION))
    assert all(isinstance(frame, Frame) for frame in got)
    assert abs(int(got[-1].image[60, 80, 0]) - 90) <= 3
    assert "gives no more frames" in caplog.text
    told = [(notice.kind, notice.cleared) for notice in source.take_notices()]
    assert told[:2] == [("camera_lost", False), ("camera_lost", True)]
    assert source.take_notices() == []


def test_the_password_of_a_stream_is_never_shown(server, caplog):
    source = open_source(server.url, settings())
    assert source.uri == f"http://eve:***@127.0.0.1:{server.server_port}/video.mjpg"
    server.refuse.set()
    thread = threading.Thread(target=list, args=(source.frames(),))
    thread.start()
    while "trying again" not in caplog.text:
        assert thread.is_alive()
        thread.join(0.02)
    source.stop()
    thread.join(10)
    source.close()
    assert not thread.is_alive()
    assert "secret" not in caplog.text


def test_a_stream_that_falls_silent_is_left_after_the_time_limit(server):
    server.stall = True
    source = open_source(server.url, settings(open_timeout_s=0.5))
    got = take(source.frames(), 2 * PER_CONNECTION)
    source.close()
    assert len(got) == 2 * PER_CONNECTION
    assert server.connections >= 2


def test_a_stream_that_nobody_serves_is_refused_at_opening():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://eve:secret@127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"no stream from http://eve:\*\*\*@"):
            open_source(url, settings())


def test_what_cannot_be_set_over_a_stream_is_told(server):
    source = open_source(server.url, settings(width_px=640, height_px=120, exposure_ms=5))
    texts = {notice.about: notice.text for notice in source.take_notices()}
    source.close()
    assert sorted(texts) == ["exposure_ms", "width_px"]
    assert texts["width_px"].endswith("refuses source.width_px = 640: it gives 160")
    assert texts["exposure_ms"].endswith("a stream comes as its sender makes it; set it there")


def test_a_stream_that_changes_its_size_goes_on_and_tells(server):
    source = open_source(server.url, settings())
    frames = source.frames()
    take(frames, 3)
    server.picture = cv2.imencode(".jpg", np.full((60, 80, 3), 90, np.uint8))[1].tobytes()
    assert any(frame.image.shape == (60, 80, 3) for frame in take(frames, 2 * PER_CONNECTION))
    told = [notice.kind for notice in source.take_notices()]
    source.close()
    assert "resolution_changed" in told


def test_a_stream_that_sends_garbage_is_lost_until_it_sends_pictures(server):
    source = open_source(server.url, settings())
    whole = server.picture
    frames = source.frames()
    take(frames, PER_CONNECTION)
    server.picture = whole[: len(whole) // 3]
    lost = threading.Timer(1, setattr, (server, "picture", whole))
    lost.start()
    got = take(frames, 2 * PER_CONNECTION)
    lost.join()
    told = [notice.kind for notice in source.take_notices()]
    source.close()
    assert all(abs(int(frame.image[30, 40, 0]) - 90) <= 3 for frame in got)
    assert "camera_lost" in told


def test_an_absent_camera_is_named(capfd):
    with pytest.raises(SourceError, match=r"camera:99 cannot be opened: .*99.*check the cable"):
        open_source("camera:99", settings())
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("uri", ["camera:", "camera:front", "camera:-1"])
def test_a_camera_is_named_by_its_number(uri):
    with pytest.raises(SourceError, match="camera:0 for the first"):
        open_source(uri, settings())


def test_the_waits_grow_to_a_limit_and_are_never_much_shorter():
    several = waits(1, 8)
    got = [next(several) for _ in range(20)]
    for wait, most in zip(got, [1, 2, 4] + [8] * 17, strict=True):
        assert most / 2 <= wait <= most
    assert any(earlier != later for earlier, later in pairwise(got[3:]))


def test_one_file_alone_opens_captures():
    sources = Path(monitor.__file__).parent.rglob("*.py")
    users = [path.name for path in sources if "VideoCapture(" in path.read_text("utf-8")]
    assert users == ["reader.py"]
