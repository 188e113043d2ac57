"""The slide that is counted: pictures of the virtual microscope, small and quick to segment."""

import os
from pathlib import Path

import cv2

from config import load
from monitor.sources import Frame, open_source
from soak.schedule import FIELDS, LIVE_FRAMES

LOOK = "seed=11&width=480&height=360&diameter=40&density=240&parasitemia=0.2"
LIVE_SOURCE = f"simulated:?motion=raster&live=1&fps=30&frames={LIVE_FRAMES}&{LOOK}"
FRAMES = {"files": FIELDS, "live": LIVE_FRAMES}
CORRUPT_NUMBER = FIELDS - 1
WAYS = 3


def paint(folder: Path) -> None:
    """Write the pictures of a slide."""
    source = open_source(f"simulated:?fields={FIELDS}&{LOOK}", load(environ={}))
    for frame in source.frames():
        assert isinstance(frame, Frame)
        cv2.imwrite(str(folder / _name(frame.number)), cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR))
    source.close()


def link_all(painted: Path, folder: Path) -> None:
    """Give a folder the same pictures, so that one can be broken for it alone."""
    folder.mkdir()
    for picture in painted.iterdir():
        os.link(picture, folder / picture.name)


def corrupt(folder: Path, chance: float) -> None:
    """Break the last picture: cut off, of no bytes, or of wrong ones."""
    path = folder / _name(CORRUPT_NUMBER)
    whole = path.read_bytes()
    half = len(whole) // 2
    broken = [whole[:half], b"", whole[:16] + bytes(half)][way_of(chance)]
    path.unlink()  # the others' stays whole
    path.write_bytes(broken)


def way_of(chance: float) -> int:
    """Which way of breaking a picture a number in [0, 1) stands for."""
    return int(chance * WAYS)


def _name(number: int) -> str:
    return f"field {number}.png"
