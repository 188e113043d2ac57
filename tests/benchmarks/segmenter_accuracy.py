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
LOOKED_AT_EVERY = {"malaria-fields": 6, "chula-fields": 2}
"""Every so many fields of a set, thresholds were chosen by looking; the others were not seen."""

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
    """What came out for one field."""

    found: int
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
    found: int
    precision: float
    recall: float
    f1: float
    infected: int
    infected_found: int
    median_count_error: float
    ms_per_frame: float

    @property
    def total_ratio(self) -> float:
        """Cells found to cells annotated."""
        return self.found / self.true

    def __str__(self) -> str:
        infected = f"infected {self.infected_found}/{self.infected}  " if self.infected else ""
        return (
            f"{self.fields:4d} fields ({self.rejected} rejected)  "
            f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}  "
            f"{infected}total {self.found}/{self.true} = {self.total_ratio:.3f}  "
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
    matched = np.zeros(len(true), bool)
    if not len(found) or not len(true):
        return matched
    distances = cdist(found, true)
    near = distances <= diameters / 2
    rows, columns = linear_sum_assignment(np.where(near, distances, FAR))
    matched[columns] = near[rows, columns]
    return matched


def run_field(field: Annotated, settings: Settings) -> FieldResult:
    """Segment one field, cut its crops on one thread, and compare with the truth."""
    frame = np.asarray(cv2.imread(str(field.path)), np.uint8)[..., ::-1].copy()
    start = time.thread_time()
    segmentation = segment(frame, settings.segmenter, settings.quality)
    cut_crops(frame, segmentation)
    elapsed = time.thread_time() - start
    matched = matched_cells(
        segmentation.cells.centroids.astype(float),
        field.centres,
        _diameters(field, segmentation),
    )
    return FieldResult(
        found=len(segmentation.cells),
        true=len(field.centres),
        matched=int(matched.sum()),
        infected=int(field.infected.sum()),
        infected_matched=int((matched & field.infected).sum()),
        verdict=segmentation.quality.verdict,
        milliseconds=1e3 * elapsed,
    )


def summarise(results: list[FieldResult]) -> Accuracy:
    """Add up fields; fields that quality rejects are counted like all others."""
    found, true = (sum(getattr(r, name) for r in results) for name in ("found", "true"))
    matched = sum(result.matched for result in results)
    errors = [abs(r.found - r.true) / r.true for r in results if r.true]
    return Accuracy(
        fields=len(results),
        rejected=sum(result.verdict != "good" for result in results),
        true=true,
        found=found,
        precision=matched / max(1, found),
        recall=matched / max(1, true),
        f1=2 * matched / max(1, found + true),
        infected=sum(result.infected for result in results),
        infected_found=sum(result.infected_matched for result in results),
        median_count_error=float(np.median(errors)),
        ms_per_frame=float(np.median([result.milliseconds for result in results])),
    )


def parts_of(name: str, results: list[FieldResult]) -> Iterator[tuple[str, list[FieldResult]]]:
    """Split a set's results into fields looked at while thresholds were chosen, and others."""
    yield "all", results
    step = LOOKED_AT_EVERY.get(name)
    if step is not None:
        yield "looked at", results[::step]
        yield "others", [result for i, result in enumerate(results) if i % step]


def main() -> None:
    """Print the figures of each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    settings = load(environ={})
    for folder in arguments.folders:
        results = [run_field(field, settings) for field in read_fields(folder)]
        for part, chosen in parts_of(folder.name, results):
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


def _diameters(field: Annotated, segmentation: Segmentation) -> NDArray[np.float64]:
    if field.diameters is not None:
        return field.diameters
    usual = np.median(segmentation.cells.diameters) if len(segmentation.cells) else 0.0
    return np.full(len(field.centres), usual, float)


if __name__ == "__main__":
    main()
