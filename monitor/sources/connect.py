"""Opening cameras and streams, and saying why it did not work."""

import logging
import os
import sys
from pathlib import Path

from config.settings import SourceSettings
from monitor.sources.protocol import SourceError
from monitor.sources.reader import VideoReader

logger = logging.getLogger(__name__)


def connect_camera(index: int, settings: SourceSettings) -> VideoReader:
    """Open the camera ``index`` as the settings want it, proven by a first frame.

    Raises
    ------
    SourceError
        There is no such camera, or it gives no frame.
    """
    reader = VideoReader.of_camera(index)
    if reader.is_open:
        refused = reader.ask(settings.width_px, settings.height_px, settings.fps)
        for name, (wanted, real) in refused.items():
            logger.warning("camera:%d gives %s = %g, not %g as set", index, name, real, wanted)
    return _proven(reader, f"camera:{index} cannot be opened: {_camera_problem(index)}")


def _camera_problem(index: int) -> str:
    if not sys.platform.startswith("linux"):
        return "it is absent or used by another program; see smearwatch doctor"
    device = Path(f"/dev/video{index}")
    if not device.exists():
        present = sorted(path.name for path in Path("/dev").glob("video*"))
        there = f"there are {', '.join(present)}" if present else "this machine shows no camera"
        return f"there is no {device}; {there}; check the cable and the number"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"no permission for {device}; add yourself to the group 'video'"
    return f"{device} gives no frame; another program may be using it"


def connect_stream(uri: str, shown: str, timeout_s: float) -> VideoReader:
    """Connect to the stream ``uri``, called ``shown`` in messages, proven by a first frame.

    Raises
    ------
    SourceError
        Nothing answers in time, it gives no frame, or it is a file and not live.
    """
    reader = VideoReader.of_stream(uri, timeout_s)
    if reader.frame_count is not None:
        reader.close()
        raise SourceError(f"{shown} is a video file, not a live stream; download it and count that")
    problem = f"no stream from {shown} within {timeout_s:g} s; check address, password and network"
    return _proven(reader, problem)


def _proven(reader: VideoReader, problem: str) -> VideoReader:
    """Give the reader back once it has given a frame."""
    if not reader.grab() or reader.decode() is None:
        reader.close()
        raise SourceError(problem)
    return reader
