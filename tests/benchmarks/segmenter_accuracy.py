"""How right and how fast the segmenter is on annotated fields, with default settings.

``python tests/benchmarks/segmenter_accuracy.py ../shared/data/malaria-fields [...]``
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from config import load
from config.settings import Settings
from segmenter import Segmentation, cut_crops, segment

NOT_RED_CELLS = frozenset({"WBC", "Platelets"})
INFECTED = frozenset({"ring", "trophozoite", "schizont", "gametocyte"})
BLOCKS = 9
TUNED_EVERY = 3
"""A set's sorted names are cut in nine blocks; on the 1st, 4th and 7th thresholds were chosen."""

FAR = 1e6


@dataclass(frozen=True, slots=True)
class Annotated:
    """A field's picture and its true cells.

    ``centres`` is (n, 2), (row, column); ``diameters`` is (n,), or None where the set gives
    points only: the usual diameter that the segmenter finds is then taken. ``infected`` is (n,).
    """

    path: Path
    centres: NDArray[np.float64]
    diameters: NDArray[np.float64] | None
    infected: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What came out for one field.

    ``counted`` are the cells that count; ``found`` adds those that the border rule sets apart.
    ``matched`` pairs ``found``, ``counted_matched`` only ``counted``. ``unboxed_border`` are
    those found on the frame's border that match no box: sets box such cells only in part.
    """

    counted: int
    counted_matched: int
    found: int
    unboxed_border: int
    true: int
    matched: int
    infected: int
    infected_matched: int
    verdict: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Figures over many fields."""

    fields: int
    rejected: int
    true: int
    counted: int
    counted_f1: float
    strict_f1: float
    precision: float
    recall: float
    f1: float
    infected: int
    infected_found: int
    median_count_error: float
    ms_per_frame: float

    @property
    def total_ratio(self) -> float:
        """Cells counted to cells annotated."""
        return self.counted / self.true

    def __str__(self) -> str:
        infected = f"infected {self.infected_found}/{self.infected}  " if self.infected else ""
        return (
            f"{self.fields:4d} fields ({self.rejected} rejected)  "
            f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}  "
            f"(strict {self.strict_f1:.3f}, counted alone {self.counted_f1:.3f})  "
            f"{infected}total {self.counted}/{self.true} = {self.total_ratio:.3f}  "
            f"median count error {self.median_count_error:.1%}  {self.ms_per_frame:.0f} ms/frame"
        )


def read_fields(folder: Path) -> list[Annotated]:
    """Read a folder's ``annotations.json``, sorted by the pictures' names."""
    entries = json.loads((folder / "annotations.json").read_text())
    return [
        Annotated(folder / "images" / entry["image"], *_truth(entry["cells"]))
        for entry in sorted(entries, key=lambda entry: entry["image"])
    ]


def matched_cells(
    found: NDArray[np.float64], true: NDArray[np.float64], diameters: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say which true cells pair one to one with one found within half their diameter."""
    return matched_pairs(found, true, diameters)[0]


def matched_pairs(
    found: NDArray[np.float64], true: NDArray[np.float64], diameters: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which true cells, and which of those found, pair within half a true diameter."""
    matched, used = np.zeros(len(true), bool), np.zeros(len(found), bool)
    if not len(found) or not len(true):
        return matched, used
    distances = cdist(found, true)
    near = distances <= diameters / 2
    rows, columns = linear_sum_assignment(np.where(near, distances, FAR))
    matched[columns] = used[rows] = near[rows, columns]
    return matched, used


def run_field(field: Annotated, settings: Settings) -> FieldResult:
    """Segment one field, cut its crops on one thread, and compare with the truth."""
    frame = np.asarray(cv2.imread(str(field.path)), np.uint8)[..., ::-1].copy()
    start = time.thread_time()
    segmentation = segment(frame, settings.segmenter, settings.quality)
    cut_crops(frame, segmentation)
    elapsed = time.thread_time() - start
    cells, apart = segmentation.cells, segmentation.apart
    cut = apart.kinds == "border"
    centroids = np.concatenate([cells.centroids, apart.centroids[cut]]).astype(float)
    boxes = np.concatenate([cells.boxes, apart.boxes[cut]])
    diameters = _diameters(field, segmentation)
    matched, used = matched_pairs(centroids, field.centres, diameters)
    counted = matched_cells(cells.centroids.astype(float), field.centres, diameters)
    return FieldResult(
        counted=len(cells),
        counted_matched=int(counted.sum()),
        found=len(centroids),
        unboxed_border=int((_on_border(boxes, frame.shape) & ~used).sum()),
        true=len(field.centres),
        matched=int(matched.sum()),
        infected=int(field.infected.sum()),
        infected_matched=int((matched & field.infected).sum()),
        verdict=segmentation.quality.verdict,
        milliseconds=1e3 * elapsed,
    )


def summarise(results: list[FieldResult]) -> Accuracy:
    """Add up fields; fields that quality rejects are counted like all others."""
    counted, found, true, matched, unboxed, right = (
        sum(getattr(result, name) for result in results)
        for name in ("counted", "found", "true", "matched", "unboxed_border", "counted_matched")
    )
    errors = [abs(r.counted - r.true) / r.true for r in results if r.true]
    return Accuracy(
        fields=len(results),
        rejected=sum(result.verdict != "good" for result in results),
        true=true,
        counted=counted,
        counted_f1=2 * right / max(1, counted + true),
        strict_f1=2 * matched / max(1, found + true),
        precision=matched / max(1, found - unboxed),
        recall=matched / max(1, true),
        f1=2 * matched / max(1, found - unboxed + true),
        infected=sum(result.infected for result in results),
        infected_found=sum(result.infected_matched for result in results),
        median_count_error=float(np.median(errors)),
        ms_per_frame=float(np.median([result.milliseconds for result in results])),
    )


def parts_of(results: list[FieldResult]) -> Iterator[tuple[str, list[FieldResult]]]:
    """Split a set's results into the blocks that thresholds were chosen on, and the others."""
    yield "all", results
    blocks = [i * BLOCKS // len(results) for i in range(len(results))]
    for part, tuned in (("tuned", True), ("held", False)):
        yield (
            part,
            [r for r, k in zip(results, blocks, strict=True) if (k % TUNED_EVERY == 0) == tuned],
        )


def main() -> None:
    """Print the figures of each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    settings = load(environ={})
    for folder in arguments.folders:
        results = [run_field(field, settings) for field in read_fields(folder)]
        for part, chosen in parts_of(results):
            print(f"{folder.name:15s} {part:9s} {summarise(chosen)}", flush=True)


def _truth(
    cells: list[dict[str, object]],
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.bool_]]:
    if cells and "centre_xy" in cells[0]:
        points = np.array([cell["centre_xy"] for cell in cells], float)
        return points[:, ::-1], None, np.zeros(len(points), bool)
    red = [cell["box_xywh"] for cell in cells if cell["label"] not in NOT_RED_CELLS]
    boxes = np.array(red, float).reshape(-1, 4)
    centres = boxes[:, 1::-1] + boxes[:, :1:-1] / 2
    infected = [cell["label"] in INFECTED for cell in cells if cell["label"] not in NOT_RED_CELLS]
    return centres, np.sqrt(boxes[:, 2] * boxes[:, 3]), np.array(infected, bool)


def _on_border(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    touches = (boxes[:, :2] == 0) | (boxes[:, 2:] >= shape[:2])
    return np.asarray(touches.any(axis=1))


def _diameters(field: Annotated, segmentation: Segmentation) -> NDArray[np.float64]:
    if field.diameters is not None:
        return field.diameters
    usual = np.median(segmentation.cells.diameters) if len(segmentation.cells) else 0.0
    return np.full(len(field.centres), usual, float)


if __name__ == "__main__":
    main()
