"""A counted slide whose cells were judged."""

import numpy as np
import pytest

from monitor.store import FieldResult, SlideInfo

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "draem-1", 0.5, "0.1.0")


def made_field(number, scores):
    values = np.array([np.nan if s is None else s for s in scores], np.float32)
    count = len(values)
    rng = np.random.default_rng(number)
    crops = rng.integers(60, 200, (count, 64, 64, 3), np.uint8)
    rows, columns = np.mgrid[:64, :64] - 31.5
    crops[:, np.hypot(rows, columns) > 28] = 255
    return FieldResult(
        *(
            number,
            f"{number}.png",
            0.0,
            (99, 99),
            values,
            np.tile(np.int32([1, 2, 9, 9]), (count, 1)),
        ),
        *(crops, None, np.zeros((count, 4), np.uint8), 1.0, {}),
    )


@pytest.fixture
def slide(store):
    """Slide ``a``: 6 flagged of 60 cells in 3 fields, one without a score; 20 drawn by chance."""
    store.settings = store.settings.model_copy(update={"max_sampled_cells": 20})
    writer = store.begin("a", INFO, "new")
    for number in range(3):
        writer.commit_field(made_field(number, [0.9, 0.6 + number / 100, *[0.1] * 17, None]))
    writer.finish("ended")
    return store


@pytest.fixture
def info():
    return INFO


@pytest.fixture
def field():
    return made_field
