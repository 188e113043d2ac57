"""How right and how fast the segmenter is on real fields, beside the textbook's steps.

What is compared, and how it is kept fair:

- Both sides see the same frames, one after the other in one process, and both cut their crops.
  Time is CPU time of all threads of the process, OpenCV held to one, so that neither other
  programs nor a second core help or hurt.
- White cells and platelets are not truth. A box that the annotators were unsure of is neither
  truth nor, when something is found on it, an error. A field that is too poor to count is
  compared like any other.
- A red cell that the border rule leaves to the neighbouring field was found. Annotators boxed
  cells on the border in part, so what either side finds there without a box is neither right
  nor wrong; the ``strict_*`` figures take it for wrong. The ``counted_*`` figures are strict too,
  and of the counted cells alone.
- Where the truth is points alone, the cells' diameter is the median of the segmenter's in that
  field, for both sides.
"""

import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.benchmark.datasets import DataSet, FieldFile, Part, choose, spread
from monitor.benchmark.figures import SegmenterFigures, summarise
from monitor.benchmark.matching import FoundCells, Match, compare
from monitor.benchmark.measured import FieldFigures, Timed
from monitor.benchmark.textbook import textbook_crops, textbook_regions
from monitor.benchmark.throughput import frames_per_second
from monitor.picture import open_picture, read_page
from segmenter import Segmentation, cut_crops, segment


def benchmark_segmenter(
    data: DataSet,
    settings: Settings,
    part: Part = "all",
    frames: int | None = None,
    baseline_frames: int | None = None,
    step: Callable[[], None] = lambda: None,
) -> SegmenterFigures:
    """Measure one data set.

    Parameters
    ----------
    data
        The fields.
    settings
        Of the segmenter.
    part
        Which part of the sorted fields.
    frames, baseline_frames
        How many of these are measured, at even distances, and how many of those with the
        textbook's steps too; None is all.
    step
        Called after each frame.

    Raises
    ------
    DataError
        The part holds no field.
    SourceError
        A picture cannot be read.
    """
    files = choose(data, part, frames)
    compared = {field.path for field in spread(files, baseline_frames)}
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        _warm_up(files[0], settings)
        results = []
        for field in files:
            results.append(_measure(field, settings, field.path in compared))
            step()
        fps = frames_per_second([field.path for field in files], settings)
    finally:
        cv2.setNumThreads(threads)
    return summarise(data.name, part, results, fps)


def found_cells(segmentation: Segmentation, shape: tuple[int, ...]) -> FoundCells:
    """Give all red cells that were found: those counted, then those the border rule leaves out.

    Parameters
    ----------
    segmentation
        Of a frame.
    shape
        (h, w, ...) of that frame.
    """
    cells, apart = segmentation.cells, segmentation.apart
    left_out = apart.kinds == "border"
    boxes = np.concatenate([cells.boxes, apart.boxes[left_out]])
    centroids = np.concatenate([cells.centroids, apart.centroids[left_out]])
    return FoundCells(centroids, _on_border(boxes, shape))


def _on_border(boxes: NDArray[np.integer], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    touching = (boxes[:, :2] <= 0) | (boxes[:, 2:] >= shape[:2])
    return np.asarray(touching.any(axis=1))


def _warm_up(field: FieldFile, settings: Settings) -> None:
    frame = read_page(open_picture(field.path))
    cut_crops(frame, segment(frame, settings.segmenter, settings.quality))


def _measure(field: FieldFile, settings: Settings, compared: bool) -> FieldFigures:
    frame = read_page(open_picture(field.path))
    segmentation, ms = _segmented(frame, settings)
    cells = segmentation.cells
    usual = float(np.median(cells.diameters)) if len(cells) else 0.0

    def against(found: FoundCells, strict: bool) -> Match | None:
        if field.truth is None:
            return None
        return compare(found, field.truth, usual, strict=strict)

    found = found_cells(segmentation, frame.shape)
    counted = FoundCells(cells.centroids, found.cut[: len(cells)])
    baseline = None
    if compared:
        theirs, their_ms = _by_the_textbook(frame)
        count = len(theirs.centroids)
        baseline = Timed(their_ms, count, against(theirs, False), against(theirs, True))
    return FieldFigures(
        segmented=Timed(ms, len(cells), against(found, False), against(found, True)),
        counted=against(counted, True),
        baseline=baseline,
        rejected=segmentation.quality.verdict != "good",
    )


def _segmented(frame: NDArray[np.uint8], settings: Settings) -> tuple[Segmentation, float]:
    started = time.process_time()
    segmentation = segment(frame, settings.segmenter, settings.quality)
    cut_crops(frame, segmentation)
    return segmentation, 1e3 * (time.process_time() - started)


def _by_the_textbook(frame: NDArray[np.uint8]) -> tuple[FoundCells, float]:
    started = time.process_time()
    regions = textbook_regions(frame)
    textbook_crops(frame, regions)
    elapsed_ms = 1e3 * (time.process_time() - started)
    centroids = np.array([region.centroid for region in regions], float).reshape(-1, 2)
    boxes = np.array([region.bbox for region in regions], int).reshape(-1, 4)
    return FoundCells(centroids, _on_border(boxes, frame.shape)), elapsed_ms
