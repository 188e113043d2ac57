"""A slide with all that a report can say, in a real store."""

import cv2
import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from config import load
from monitor.cli.main import app
from monitor.store import (
    Event,
    FieldResult,
    FrameOutcome,
    MapLayout,
    MapPicture,
    Place,
    SlideInfo,
    Tile,
)
from workers.artefact import load_card

ARTEFACT = load_card("draem")
SOURCE = "rtsp://lab:***@camera/<b>smear</b>"
MARKUP = "<script>alert(1)</script>.jpg"
INFO = SlideInfo(
    *(SOURCE, "stream", False, False, True, None, ARTEFACT.model_id),
    *(ARTEFACT.card.threshold, "0.1.0"),
)


def make_field(number, scores, name):
    """A field with a grid of cells; the first cell of each has no score."""
    count = len(scores)
    rows, columns = np.mgrid[:64, :64]
    crops = np.full((count, 64, 64, 3), 255, np.uint8)
    crops[:, np.hypot(rows - 31.5, columns - 31.5) < 28] = (205, 150, 165)
    corners = np.stack(np.divmod(np.arange(count), 10), 1).astype(np.int32) * 70
    boxes = np.hstack([corners, corners + 60]).astype(np.int32)
    worst = np.tile(np.uint8([10, 12, 26, 28]), (count, 1))
    values = np.array(scores, np.float32)
    values[0] = np.nan
    return FieldResult(
        *(number, name, 1000.0 + number, (960, 1280), values, boxes, crops, None, worst),
        *(5.0 + number, {"platelet": 2}),
        place=Place(0, 0.0, 1000.0 * number),
        centres=(boxes[:, :2] + boxes[:, 2:]) / 2 + (0, 1000.0 * number),
    )


def write_slide(store, name="a", finished=True):
    writer = store.begin(name, INFO, "new")
    rng = np.random.default_rng(3)
    for number, field_name in enumerate(["one.jpg", MARKUP, "three.jpg"]):
        scores = np.minimum(np.exp(rng.normal(-3, 1.2, 60)), 1.5)
        scores[1 : 3 + number] = INFO.threshold * (1.1 + np.arange(2 + number))
        writer.commit_field(make_field(number, scores, field_name))
    writer.record(
        [FrameOutcome(3, "rejected", "blurred", "four.jpg", "focus score 0.2, <i>too low</i>")]
    )
    writer.event(Event("dust", "a spot stays at <u>one</u> place", False), 1)
    mosaic = np.full((120, 320, 3), 200, np.uint8)
    jpeg = cv2.imencode(".jpg", mosaic)[1].tobytes()
    tile = Tile(0, 0, 120, 320, 0.0, 0.0, 10.0)
    writer.draw(MapPicture(jpeg, MapLayout([tile], {})))
    if finished:
        writer.finish("ended")
    return writer


@pytest.fixture
def slide(store):
    write_slide(store)
    return store


@pytest.fixture
def settings():
    return load(None, {}, {})


@pytest.fixture
def run(store, store_settings):
    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)] if words[0] != "replay" else []
        return CliRunner().invoke(app, [*map(str, words), *where])

    return run


@pytest.fixture
def decoded():
    return lambda path: msgspec.json.decode(path.read_bytes())


@pytest.fixture
def unfinished(store):
    return lambda name: write_slide(store, name, finished=False)
