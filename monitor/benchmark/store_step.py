"""How fast a field's cells enter Redis, against a plain client that writes cell by cell."""

import time
from collections.abc import Callable
from functools import partial

import msgspec
import numpy as np

from config import Settings
from monitor.store import FieldResult, SlideInfo, connect
from monitor.store.connection import Store

CELLS = 110
SLIDE = "benchmark"
INFO = SlideInfo(SLIDE, "images", True, False, False, None, "none", 0.99, "0")
WARM = 20
BASELINE_FIELDS = 5


class StoreStepFigures(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes
    ----------
    fields, cells_per_field
        Written, one percent of the cells flagged, with crop, embedding and box.
    cells_per_s
        By one connection, each step acknowledged before the next is sent.
    ms_per_field, ms_per_field_p99
        From a field's arrays to the acknowledgement.
    baseline_cells_per_s
        Score, box and count of each cell by commands of their own, no crop, in the same store.
    speedup
        ``cells_per_s / baseline_cells_per_s``.
    """

    fields: int
    cells_per_field: int
    cells_per_s: float
    ms_per_field: float
    ms_per_field_p99: float
    baseline_cells_per_s: float
    speedup: float


def benchmark_store_step(settings: Settings, fields: int) -> StoreStepFigures:
    """Write fields into the settings' store, one after the other.

    Parameters
    ----------
    settings
        Their store is used.
    fields
        How many.
    """
    with connect(settings.store) as store:
        writer = store.begin(SLIDE, INFO, "replace")
        made = [_field(number) for number in range(fields + WARM)]
        taken = np.array([_seconds(partial(writer.commit_field, one)) for one in made])[WARM:]
        plain = [_seconds(partial(_plainly, store, one)) for one in made[:BASELINE_FIELDS]]
    rate, baseline = CELLS / float(taken.mean()), CELLS / float(np.mean(plain))
    return StoreStepFigures(
        fields=fields,
        cells_per_field=CELLS,
        cells_per_s=round(rate),
        ms_per_field=round(1000 * float(taken.mean()), 3),
        ms_per_field_p99=round(1000 * float(np.quantile(taken, 0.99)), 3),
        baseline_cells_per_s=round(baseline),
        speedup=round(rate / baseline, 1),
    )


def _seconds(step: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    step()
    return time.perf_counter() - began_s


def _field(number: int) -> FieldResult:
    rng = np.random.default_rng(number)
    corners = rng.integers(0, 900, (CELLS, 2), np.int32)
    scores = rng.random(CELLS, np.float32)
    # A smooth crop, as a cell is: PNG of mere noise would be twice as large.
    crops = np.full((CELLS, 64, 64, 3), 255, np.uint8)
    crops[:, 8:56, 8:56] = rng.integers(120, 200, (CELLS, 1, 1, 3), np.uint8)
    return FieldResult(
        number=number,
        name=f"{number}.jpg",
        captured_at=0.0,
        shape=(960, 1280),
        scores=scores,
        boxes=np.hstack([corners, corners + 60]).astype(np.int32),
        crops=crops,
        embeddings=rng.random((CELLS, 64)).astype(np.float16),
        worst_boxes=np.tile(np.array([20, 20, 30, 30], np.uint8), (CELLS, 1)),
        focus_score=3.0,
        not_cells={"border": 12, "debris": 2},
    )


def _plainly(store: Store, field: FieldResult) -> None:
    for cell, (score, box) in enumerate(zip(field.scores, field.boxes, strict=True)):
        member = f"{field.number}:{cell}"
        store.client.ask("HSET", "benchmark:scores", member, float(score))
        store.client.ask("HSET", "benchmark:boxes", member, box.tobytes())
        store.client.ask("HINCRBY", "benchmark:counts", "cells", 1)
