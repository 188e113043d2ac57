"""A live capture through the gate: dust, frozen pictures and changes of size reach the slide."""

import threading
from collections.abc import Container, Iterator

import numpy as np
import pytest

from config import load
from monitor.capture import Capture
from monitor.care.standing import Standing
from monitor.dispatch import Dispatcher
from monitor.gate.gate import FieldGate
from monitor.gate.part import Things
from monitor.label_frames import LabelFrames
from monitor.prepare import prepare
from monitor.sources import Frame
from monitor.sources.notices import Notice, Notices
from monitor.store import SlideInfo, events, summary
from segmenter import segment

SETTINGS = load(None, {"quality.min_cells": 10_000}, {})
"""Every field is rejected as empty, so that no worker is needed."""


class Shown:
    """Gives the pictures of a list, as a video does, and says of itself what is in ``notices``."""

    uri = "shown"
    kind = "video"
    simulated = True
    repeats = True
    live = False
    names = None
    exhausted = False

    def __init__(self, images: list[np.ndarray]) -> None:
        self.total = len(images)
        self.notices = Notices()
        self._images = images
        self._stopped = threading.Event()

    def frames(self, done: Container[int] = ()) -> Iterator[Frame]:
        for number, image in enumerate(self._images):
            if self._stopped.is_set():
                return
            if number not in done:
                yield Frame(number, f"frame {number}", image, number / 30)
        self.exhausted = True

    def take_notices(self) -> list[Notice]:
        return self.notices.take()

    def stop(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self.stop()


@pytest.fixture
def dispatcher(tmp_path) -> Iterator[Dispatcher]:
    with Dispatcher(f"ipc://{tmp_path / 'd.ipc'}", "m", SETTINGS.dispatch) as running:
        yield running


def test_what_picture_and_source_do_is_told_on_the_slide(store, dispatcher, walk, dusty) -> None:
    """Also where frames change their size in the middle, which begins a new part of the map."""
    images = [dusty(walk.image(stop), stop) for stop in range(32)]
    images += [np.ascontiguousarray(walk.image(stop)[::2, ::2]) for stop in range(32, 36)]
    source = Shown(images)
    source.notices.tell("setting_refused", "shown takes no gain", "gain")
    info = SlideInfo("shown", "video", True, False, False, len(images), "m", 0.5, "1")
    writer = store.begin("a", info, "new")
    prepared = prepare(source, SETTINGS, LabelFrames(False), {}, ())
    capture = Capture("a", source, store, writer, dispatcher, SETTINGS, prepared)
    assert capture.run(threading.Event()) == "complete"
    known = {"state", "rejected"}
    told = [(one.kind, one.cleared) for one in events(store, "a") if one.kind not in known]
    assert told == [
        ("setting_refused", None),
        ("dirt", False),
        ("dirt", True),
        ("stage_jumped", None),
    ]
    result = summary(store, "a")
    assert (result.frames_seen, result.balanced, result.frames_failed) == (36, True, 0)


def test_cells_under_what_stands_in_place_are_set_apart(walk) -> None:
    """The mask is learnt at the scale of the reduced frames and used at that of the frames."""
    standing = Standing()
    before = segment(walk.image(0), SETTINGS.segmenter, SETTINGS.quality, standing.of((480, 640)))
    assert standing.of((480, 640)) is None
    mask = np.zeros((160, 213), np.bool_)
    mask[:, :107] = True
    standing.set(mask, (480, 640))
    after = segment(walk.image(0), SETTINGS.segmenter, SETTINGS.quality, standing.of((480, 640)))
    assert (after.cells.boxes[:, 3] > 300).all()
    assert 0.3 * len(before.cells) < len(after.cells) < 0.7 * len(before.cells)


@pytest.mark.parametrize("smaller_first", [True, False])
def test_frames_of_another_size_begin_a_part_of_the_map(walk, smaller_first) -> None:
    """What has changed its scale cannot be laid on the part before; nor can cells be lost."""
    gate = FieldGate(SETTINGS.gate, 75.0, False)
    sizes = [walk.image(0), np.ascontiguousarray(walk.image(0)[::2, ::2])]
    first, second = reversed(sizes) if smaller_first else sizes
    parts = []
    for number, image in enumerate([first] * 8 + [second] * 8 + [first] * 8):
        seen = gate.look(Frame(number, str(number), image, number / 30))
        if seen.field is not None:
            gate.settle(seen.field[0].number, Things(np.empty((0, 2)), 40.0))
        if seen.sighting.pose is not None:
            parts.append(seen.sighting.pose.part)
    assert sorted(set(parts)) == [0, 1]
    assert parts[-1] == 0
