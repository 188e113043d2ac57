"""The whole pipeline, files to Redis, against a plain script, both in one run."""

import threading
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.benchmark.memory import MemoryWatch
from monitor.benchmark.textbook import textbook_crops, textbook_regions
from monitor.request import CountRequest
from monitor.socket_paths import private_endpoint
from monitor.sources import Frame, SourceError, open_source
from monitor.sources.images import list_pictures
from monitor.store import SlideNotFound, Store, connect, summary
from monitor.supervisor import Supervisor
from workers.artefact import load_card
from workers.eager import EagerScorer

SLIDE = "benchmark"
SIMULATED = "simulated:?fields={fields}&seed=7"
SIMULATED_FIELDS = 40


class PipelineFigures(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes
    ----------
    frames, cells
        Counted by the pipeline.
    fps, cells_per_s
        Of the pipeline, from the beginning of the slide to its end in Redis.
    baseline_frames, baseline_fps
        Of the plain script.
    speedup
        ``fps / baseline_fps``.
    memory
        By process: median resident MiB in the second and the last fifth of the run, and the
        ratio ``growth``.
    """

    frames: int
    cells: int
    fps: float
    cells_per_s: float
    baseline_frames: int
    baseline_fps: float
    speedup: float
    memory: dict[str, dict[str, float]]


def benchmark_pipeline(
    settings: Settings, folder: Path, data: Path | None, frames: int, baseline_frames: int
) -> PipelineFigures:
    """Count ``frames`` files with the pipeline, and some of them with the plain script.

    Parameters
    ----------
    settings
        Of the pipeline; their store is used.
    folder
        An empty folder for the files.
    data
        Folder of images to take; None renders fields of the virtual microscope.
    frames, baseline_frames
        How many files each side counts.
    """
    files = _files(data, folder, settings)
    links = _links(files, folder / "frames", frames)
    baseline_fps = _plain_script(_first(links, baseline_frames), settings)
    memory = _count(links, settings, frames)
    with connect(settings.store) as store:
        result = summary(store, SLIDE)
    fps = result.frames_per_s or 0.0
    return PipelineFigures(
        frames=result.frames_counted,
        cells=result.cells,
        fps=round(fps, 3),
        cells_per_s=round(result.cells_per_s or 0.0, 1),
        baseline_frames=baseline_frames,
        baseline_fps=round(baseline_fps, 3),
        speedup=round(fps / baseline_fps, 2),
        memory=memory,
    )


def _files(data: Path | None, folder: Path, settings: Settings) -> list[Path]:
    if data is not None:
        found = list_pictures(data.resolve())
        if not found:
            raise SourceError(f"{data} holds no image to count: give a folder of images")
        return found
    rendered = folder / "rendered"
    rendered.mkdir()
    source = open_source(SIMULATED.format(fields=SIMULATED_FIELDS), settings)
    for frame in source.frames():
        if isinstance(frame, Frame):
            bgr = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(rendered / f"{frame.number:04}.jpg"), bgr)
    source.close()
    return sorted(rendered.iterdir())


def _links(files: Sequence[Path], folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        target = files[number % len(files)]
        (folder / f"{number:06}{target.suffix}").symlink_to(target)
    return folder


def _first(folder: Path, count: int) -> list[Path]:
    return list(islice(sorted(folder.iterdir()), count))


def _plain_script(files: Sequence[Path], settings: Settings) -> float:
    """Read, segment by the textbook and score cell by cell; give frames per second."""
    threshold = load_card(settings.model.artefact).card.threshold
    scorer = EagerScorer(load_card(settings.model.artefact))
    cells = flagged = 0
    started = time.perf_counter()
    for path in files:
        frame = _read(path)
        scores = scorer.score(textbook_crops(frame, textbook_regions(frame)))
        cells += len(scores)
        flagged += int((scores >= threshold).sum())
    return len(files) / (time.perf_counter() - started)


def _read(path: Path) -> NDArray[np.uint8]:
    picture = cv2.imread(str(path))
    if picture is None:
        raise SourceError(f"{path} is not a picture: give a folder of images alone")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _count(links: Path, settings: Settings, frames: int) -> dict[str, dict[str, float]]:
    with private_endpoint() as endpoint, connect(settings.store) as store:
        request = CountRequest(str(links), SLIDE, "replace", endpoint)
        supervisor = Supervisor(request, settings, lambda _line: None)
        watch = MemoryWatch(lambda: supervisor.pids, lambda: _share(store, frames))
        supervisor.run(threading.Event(), watch.sample)
    return watch.report()


def _share(store: Store, frames: int) -> float:
    try:
        return summary(store, SLIDE).frames_counted / frames
    except SlideNotFound:
        return 0.0
