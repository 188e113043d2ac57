"""Opening cameras and streams with OpenCV, and saying why it did not work."""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from config.settings import SourceSettings
from monitor.sources.device import cannot_set, not_as_set
from monitor.sources.protocol import SourceError
from monitor.sources.reader import VideoReader
from monitor.sources.users import programs_using
from monitor.sources.v4l2 import COMPRESSED, configure, fourcc_of

logger = logging.getLogger(__name__)

FIRST_FRAMES = 10
"""Frames of which one must be whole for a camera to count as working."""

NOT_OF_A_STREAM = ("pixel_format", "exposure_ms", "gain", "white_balance_k")


def connect_camera(uri: str, device: int | str, settings: SourceSettings) -> VideoReader:
    """Open a camera by its number or path as the settings want it, proven by a first frame.

    Raises
    ------
    SourceError
        There is no such camera, or it gives no frame.
    """
    reader = VideoReader.of_camera(device)
    if reader.is_open:
        reader.refused = configure(reader.driver, uri, settings)
        sends = fourcc_of(reader.driver)
        if sends == COMPRESSED:
            reader.decode_jpegs_here()
        logger.info("%s sends %s, %d rows of %d pixels", uri, sends or "frames", *reader.frame_size)
    return _proven(reader, uri, lambda: f"{uri} cannot be opened: {_camera_problem(device)}")


def _camera_problem(camera: int | str) -> str:
    if not sys.platform.startswith("linux"):
        return "it is absent or used by another program; see smearwatch doctor"
    device = Path(f"/dev/video{camera}" if isinstance(camera, int) else camera)
    if not device.exists():
        present = sorted(path.name for path in Path("/dev").glob("video*"))
        there = f"there are {', '.join(present)}" if present else "this machine shows no camera"
        return f"there is no {device}; {there}; check the cable and the number"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"no permission for {device}; add yourself to the group 'video'"
    users = programs_using(device)
    if users:
        return f"{device} is used by {', '.join(users)}; end that program"
    return f"{device} gives no frame; another program may use it, else plug it in again"


def connect_stream(uri: str, shown: str, settings: SourceSettings) -> VideoReader:
    """Connect to the stream ``uri``, called ``shown`` in messages, proven by a first frame.

    Raises
    ------
    SourceError
        Nothing answers in time, it gives no frame, or it is a file and not live.
    """
    timeout_s = settings.open_timeout_s
    reader = VideoReader.of_stream(uri, timeout_s)
    if reader.frame_count is not None:
        reader.close()
        raise SourceError(f"{shown} is a video file, not a live stream; download it and count that")
    problem = f"no stream from {shown} within {timeout_s:g} s; check address, password and network"
    proven = _proven(reader, shown, lambda: problem)
    proven.refused = _stream_refusals(proven, shown, settings)
    return proven


def _stream_refusals(reader: VideoReader, uri: str, settings: SourceSettings) -> dict[str, str]:
    """Say what is set and cannot be: a stream comes as its sender makes it."""
    height, width = reader.frame_size
    real = {"width_px": width, "height_px": height, "fps": reader.fps}
    wanted = {name: getattr(settings, name) for name in (*real, *NOT_OF_A_STREAM)}
    refused = {
        name: not_as_set(uri, name, wanted[name], real[name])
        for name in real
        if wanted[name] is not None and abs(wanted[name] - real[name]) >= 1
    }
    why = "a stream comes as its sender makes it; set it there"
    return refused | {
        name: cannot_set(uri, name, why) for name in NOT_OF_A_STREAM if wanted[name] is not None
    }


def _proven(reader: VideoReader, uri: str, problem: Callable[[], str]) -> VideoReader:
    """Give the reader back once it has given a frame; the first ones may be torn."""
    came = 0
    while came < FIRST_FRAMES and reader.grab():
        if reader.decode() is not None:
            return reader
        came += 1
    reader.close()
    if came:
        raise SourceError(f"{uri} sends frames that cannot be decoded; check cable and bandwidth")
    raise SourceError(problem())
