"""Slides whose cells have the scores that a test asks for."""

import msgspec
import numpy as np
import pytest

from config import load
from monitor.store import FieldResult, FrameOutcome, SlideInfo
from workers.artefact import load_card

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "", 0.0, "0.1.0")
FIELDS = 5


@pytest.fixture(scope="session")
def draem():
    return load_card("draem")


@pytest.fixture
def healthy(draem):
    """``healthy(count)`` gives scores that lie as those of the card's healthy cells do."""

    def healthy(count, below=None):
        quantiles = draem.card.healthy_quantiles
        levels = np.linspace(0, 0.995, count)
        scores = np.interp(levels, np.linspace(0, 1, len(quantiles)), quantiles)
        return scores if below is None else np.minimum(scores, below)

    return healthy


@pytest.fixture
def new_slide(store, draem):
    """``new_slide(name, scores)`` stores a slide that draem has scored."""

    def new_slide(name, scores, *, rejected=(), finished=True, mixed=True, **info):
        told = {"model_id": draem.model_id, "threshold": draem.card.threshold} | info
        writer = store.begin(name, msgspec.structs.replace(INFO, **told), "new")
        values = np.asarray(scores, np.float32)
        if mixed:
            values = np.random.default_rng(0).permutation(values)
        parts = np.array_split(values, FIELDS) if len(values) else []
        for number, part in enumerate(parts):
            writer.commit_field(_field(number, part))
        writer.record(
            [FrameOutcome(100 + n, "rejected", reason) for n, reason in enumerate(rejected)]
        )
        if finished:
            writer.finish("ended")
        return writer

    return new_slide


def _field(number, scores):
    count = len(scores)
    return FieldResult(
        number=number,
        name="x.jpg",
        captured_at=0.0,
        shape=(9, 9),
        scores=scores,
        boxes=np.zeros((count, 4), np.int32),
        crops=np.zeros((count, 64, 64, 3), np.uint8),
        embeddings=None,
        worst_boxes=np.zeros((count, 4), np.uint8),
        focus_score=1.0,
        not_cells={},
    )


@pytest.fixture
def settings():
    """``settings(key=value)`` changes settings of ``decision``."""

    def settings(**values):
        return load(None, {f"decision.{key}": value for key, value in values.items()}, {})

    return settings
