"""Checks of the machine: Python, processor, memory, cameras and video decoding."""

import os
import platform
import sys
from pathlib import Path

import cv2

from monitor.doctor.check import Finding, check
from monitor.room import GIB, memory_bytes

OLDEST_PYTHON = (3, 11)
FEW_CORES = 2
# Capture and one worker on a CPU take about 1 GiB together, most of it torch.
NEEDED_MEMORY_BYTES = 1 * GIB
AMPLE_MEMORY_BYTES = 2 * GIB


@check("python", "install Python 3.11 or newer and make the virtual environment anew")
def python_version(found: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Check that Python is new enough."""
    said = f"Python {'.'.join(map(str, found))} at {sys.executable}"
    if found < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return Finding("failed", said, f"use Python {wanted} or newer: make venv PYTHON=python3.11")
    return Finding("ok", said)


@check("processor", "see that the process may use a core")
def processor() -> Finding:
    """Check how many cores this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    said = f"{cores or 1} cores, {platform.machine()}"
    if (cores or 1) < FEW_CORES:
        return Finding("note", said, "with one core, segmenting and scoring take turns")
    return Finding("ok", said)


@check("memory", "see /proc/meminfo")
def memory(
    needed_bytes: int = NEEDED_MEMORY_BYTES, ample_bytes: int = AMPLE_MEMORY_BYTES
) -> Finding:
    """Check that enough memory is free."""
    total, free = memory_bytes()
    said = f"{free / GIB:.1f} of {total / GIB:.1f} GiB free"
    if free < needed_bytes:
        needed = f"{needed_bytes / GIB:.1f} GiB"
        return Finding("failed", said, f"end other programs: capture and a worker need {needed}")
    if free < ample_bytes:
        return Finding("note", said, "keep worker.count at 1")
    return Finding("ok", said)


@check("cameras", "see that /dev can be listed")
def cameras(devices: Path = Path("/dev"), names: Path = Path("/sys/class/video4linux")) -> Finding:
    """List the V4L2 cameras, and check that this user may use them."""
    found = sorted(
        (path for path in devices.glob("video*") if path.name[5:].isdecimal()),
        key=lambda path: int(path.name[5:]),
    )
    if not found:
        cure = "files, streams and simulated: work without; a camera shows up as /dev/video0"
        return Finding("note", f"no camera in {devices}", cure)
    said = ", ".join(_camera(path, names) for path in found)
    closed = [path for path in found if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        cure = f"let this user use {closed[0]}: sudo usermod -aG video $USER, then log in again"
        return Finding("failed", said, cure)
    return Finding("ok", said)


def _camera(path: Path, names: Path) -> str:
    name = names / path.name / "name"
    said = f" ({name.read_text('utf-8', errors='replace').strip()})" if name.exists() else ""
    return f"camera:{path.name[5:]}{said}"


@check("video", "install opencv-python-headless again: its wheel brings the decoders")
def video() -> Finding:
    """Check that OpenCV reads video files and streams."""
    backends = cv2.videoio_registry.getStreamBackends()
    names = [cv2.videoio_registry.getBackendName(backend) for backend in backends]
    said = f"OpenCV {cv2.__version__} reads video with {', '.join(names) or 'nothing'}"
    if cv2.CAP_FFMPEG not in backends:
        cure = "pip install --force-reinstall opencv-python-headless: its wheel brings FFmpeg"
        return Finding("failed", said, cure)
    return Finding("ok", said)
