"""What capture measures of what it writes, on a real store that goes away and comes back."""

import time
from collections.abc import Callable

import numpy as np

from monitor import outcomes
from monitor.committer import Committer
from monitor.life import SlideLife
from monitor.metrics import CaptureMetrics
from monitor.store import FieldResult, SlideInfo, Store

INFO = SlideInfo("made", "images", True, True, False, None, "m", 0.5, "1")
PATIENCE_S = 30.0


def value(metrics: CaptureMetrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"smearwatch_{name}", labels)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def committer(store: Store, metrics: CaptureMetrics) -> Committer:
    life = SlideLife(False, None, lambda: True)
    writer = store.begin("a", INFO, "new")
    return Committer(store, writer, store.settings, dict, life, lambda: None, metrics)


def test_frames_are_told_by_outcome_and_reason(store: Store):
    metrics = CaptureMetrics()
    with committer(store, metrics) as running:
        for number in range(5):
            running.seen(number)
        for number in range(3):
            running.passed(outcomes.skipped(number))
        running.outcome(outcomes.gated(3, "moving"), lambda: None)
        running.outcome(outcomes.shows_label(4, "b"), lambda: None)
        running.finish("ended", 5)
    assert value(metrics, "frames_total", outcome="skipped", reason="busy") == 3
    assert value(metrics, "frames_total", outcome="gated", reason="moving") == 1
    assert value(metrics, "frames_total", outcome="rejected", reason="label") == 1
    assert value(metrics, "store_errors_total") == 0


def test_a_store_that_cannot_write_is_told_while_it_lasts(store: Store):
    metrics = CaptureMetrics()
    with committer(store, metrics) as running:
        store.client.ask("CONFIG", "SET", "min-replicas-to-write", 1)
        try:
            running.seen(0)
            running.outcome(outcomes.skipped(0), lambda: None)
            wait_until(lambda: (value(metrics, "store_retries_total") or 0) >= 2)
            assert (value(metrics, "store_errors_total") or 0) >= 2
            assert value(metrics, "frames_total", outcome="skipped", reason="busy") is None
        finally:
            store.client.ask("CONFIG", "SET", "min-replicas-to-write", 0)
        running.finish("ended", 1)
    assert value(metrics, "frames_total", outcome="skipped", reason="busy") == 1


def test_cells_without_a_score_are_no_healthy_ones():
    metrics = CaptureMetrics()
    nothing = np.empty((0, 4), np.uint8)
    field = FieldResult(
        number=0,
        name="a",
        captured_at=time.time(),
        shape=(40, 40),
        scores=np.float32([0.1, 0.5, 0.9, np.nan]),
        boxes=nothing.astype(np.int32),
        crops=np.empty((0, 64, 64, 3), np.uint8),
        embeddings=None,
        worst_boxes=nothing,
        focus_score=9.0,
        not_cells={},
    )
    metrics.stored(field, 0.5)
    assert value(metrics, "cells_total") == 4
    assert value(metrics, "cells_flagged_total") == 2
    assert value(metrics, "cells_unscored_total") == 1
