"""How many frames a second the segmenter makes with a pool as capture has one."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.picture import open_picture, read_page
from segmenter import cut_crops, segment

MOST_BYTES = 256 << 20
"""Frames held in memory, so that reading files takes no part in the time."""

LEAST_FRAMES = 16
MOST_FRAMES = 64


def frames_per_second(paths: Sequence[Path], settings: Settings) -> float:
    """Segment frames and cut their crops on all cores, by wall clock.

    Parameters
    ----------
    paths
        Pictures. The first ones that fit into memory are taken, again where they are few.
    settings
        Of the segmenter, its number of threads among them.
    """
    frames = _held(paths)
    count = max(LEAST_FRAMES, len(frames))

    def work(frame: NDArray[np.uint8]) -> None:
        cut_crops(frame, segment(frame, settings.segmenter, settings.quality))

    # As in capture: one more thread than there are cores.
    threads = settings.segmenter.threads or (os.cpu_count() or 1) + 1
    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        for _ in pool.map(work, islice(cycle(frames), count)):
            pass
        return count / (time.perf_counter() - started)


def _held(paths: Sequence[Path]) -> list[NDArray[np.uint8]]:
    frames: list[NDArray[np.uint8]] = []
    for path in paths[:MOST_FRAMES]:
        frames.append(read_page(open_picture(path)))
        if sum(frame.nbytes for frame in frames) > MOST_BYTES:
            break
    return frames
