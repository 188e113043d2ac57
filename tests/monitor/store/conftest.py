"""Makes what a capture would store, and reads back all that stands."""

import numpy as np
import pytest

from monitor.store import FieldResult, SlideInfo

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "conv-wide-1", 0.5, "0.1.0")


def make_field(number, scores, *, name=None, not_cells=None, seed=0):
    """A field whose cells have these scores; None is a cell without one."""
    values = np.array([np.nan if s is None else s for s in scores], np.float32)
    count = len(values)
    rng = np.random.default_rng([seed, number])
    corners = rng.integers(0, 1200, (count, 2), np.int32)
    return FieldResult(
        number=number,
        name=name or f"IMG_{number}.jpg",
        captured_at=1000.0 + number,
        shape=(960, 1280),
        scores=values,
        boxes=np.hstack([corners, corners + 40]).astype(np.int32),
        crops=rng.integers(0, 256, (count, 64, 64, 3), np.uint8),
        embeddings=rng.random((count, 8)).astype(np.float16),
        worst_boxes=np.where(np.isnan(values)[:, None], 0, [10, 12, 20, 30]).astype(np.uint8),
        focus_score=2.5,
        not_cells=not_cells or {},
    )


def read_contents(store, slide):
    """Everything of a slide but times, owners and the order of events."""
    ask = store.client.ask
    key = f"slide:{{{slide}}}"
    fields = ask("HGETALL", key)
    for passing in (b"started_at", b"ended_at", b"owner", b"owner_seen_ms", b"last_owner"):
        fields.pop(passing, None)
    fields.pop(b"counting_ms")
    hashes = {part: ask("HGETALL", f"{key}:{part}") for part in ("fields", "scores", "boxes")}
    kept = ask("HGETALL", f"{key}:flagged_cells")
    ranked = ask("ZRANGE", f"{key}:flagged", 0, -1, "WITHSCORES")
    bits = [ask("GET", f"{key}:{part}") for part in ("seen", "done")]
    events = sorted(
        str(sorted(event.items())) for _, event in ask("XRANGE", f"{key}:events", "-", "+")
    )
    return fields, hashes, kept, ranked, bits, events


@pytest.fixture
def info():
    return INFO


@pytest.fixture
def field():
    return make_field


@pytest.fixture
def contents():
    return read_contents
