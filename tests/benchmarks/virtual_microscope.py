"""Measure how many frames per second the virtual microscope gives on one core.

Run ``python tests/benchmarks/virtual_microscope.py``; prints JSON.
"""

import json
import time

import cv2

from config import load
from monitor.sources.simulated import SimulatedSource

CASES = {
    "fields": "fields=200",
    "raster": "motion=raster&frames=400",
    "walk": "motion=walk&frames=400",
    "still": "motion=still&frames=400",
    "raster_blurred": "motion=raster&frames=400&blur=2",
}


def frames_per_second(query: str) -> float:
    """Read a 1280x960 source to its end, the painting of its sprites included."""
    source = SimulatedSource.open(f"simulated:?{query}", load(None, {}, {}))
    started = time.perf_counter()
    count = sum(1 for _ in source.frames())
    return count / (time.perf_counter() - started)


def main() -> None:
    """Measure every case on one thread and print the figures."""
    cv2.setNumThreads(1)
    print(json.dumps({name: round(frames_per_second(query), 1) for name, query in CASES.items()}))


if __name__ == "__main__":
    main()
