"""Dispatch and workers in processes of their own, one of them killed in the middle."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from config import load
from monitor.chunks import ChunkScores, CropChunk
from monitor.dispatch import Dispatcher

MODEL = "model-1"
PATIENCE_S = 60.0
CHUNKS = 120
WORKER = """
import sys, time
from types import SimpleNamespace
import numpy as np
from config import load
from workers.lifetime import stop_on_signals
from workers.worker import Worker

class SlowMean:
    def score(self, crops):
        time.sleep(0.01)
        means = crops.reshape(len(crops), -1).mean(axis=1).astype(np.float32)
        embeddings, boxes = np.ones((len(crops), 4), np.float16), np.zeros((len(crops), 4), "u1")
        return SimpleNamespace(scores=means, embeddings=embeddings, boxes=boxes)

stop = stop_on_signals()
settings = load(environ={}).worker
Worker([sys.argv[1]], sys.argv[2], SlowMean(), settings, 1 << 26).run(stop)
"""


@contextmanager
def worker(endpoint: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", WORKER, endpoint, MODEL]) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def dispatcher(tmp_path: Path) -> Iterator[Dispatcher]:
    overrides = {"dispatch.heartbeat_s": 0.1, "dispatch.lease_s": 1.0}
    settings = load(overrides=overrides, environ={}).dispatch
    with Dispatcher(f"ipc://{tmp_path / 'd.ipc'}", MODEL, settings) as running:
        yield running


class Slide:
    """Chunks given to dispatch, and every answer to each."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, ChunkScores]] = []
        self._changed = threading.Condition()

    def submit(self, dispatcher: Dispatcher) -> None:
        for number in range(CHUNKS):
            crops = np.full((2, 64, 64, 3), number, np.uint8)
            dispatcher.submit(CropChunk("a", number, crops), self._taker(number))

    def _taker(self, number: int):
        def take(scores: ChunkScores) -> None:
            with self._changed:
                self.answers.append((number, scores))
                self._changed.notify()

        return take

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.answers) >= count, PATIENCE_S)

    def check(self) -> None:
        assert sorted(number for number, _ in self.answers) == list(range(CHUNKS))
        assert all(answer.scores.tolist() == [number] * 2 for number, answer in self.answers)


def test_a_worker_killed_in_the_middle_loses_no_chunk_and_doubles_none(dispatcher: Dispatcher):
    slide = Slide()
    with worker(dispatcher.endpoint) as victim:
        assert dispatcher.wait_for_worker(PATIENCE_S)
        slide.submit(dispatcher)
        slide.wait_for(10)
        victim.kill()
        assert victim.wait() == -signal.SIGKILL
    assert len(slide.answers) < CHUNKS
    with worker(dispatcher.endpoint):
        slide.wait_for(CHUNKS)
    slide.check()
    assert dispatcher.status.open == dispatcher.status.queued == 0


def test_a_worker_that_was_stopped_and_goes_on_later_changes_nothing(dispatcher: Dispatcher):
    slide = Slide()
    with worker(dispatcher.endpoint) as sleeper:
        assert dispatcher.wait_for_worker(PATIENCE_S)
        slide.submit(dispatcher)
        slide.wait_for(10)
        sleeper.send_signal(signal.SIGSTOP)
        with worker(dispatcher.endpoint) as other:
            slide.wait_for(CHUNKS)
            sleeper.send_signal(signal.SIGCONT)
            for process in (sleeper, other):
                process.terminate()
                assert process.wait(PATIENCE_S) == 0
    slide.check()
    assert dispatcher.status.malformed == 0


def test_a_worker_serves_one_capture_after_another(tmp_path: Path):
    settings = load(overrides={"dispatch.heartbeat_s": 0.1}, environ={}).dispatch
    endpoint = f"ipc://{tmp_path / 'd.ipc'}"
    with worker(endpoint) as process:
        for _ in range(2):
            slide = Slide()
            with Dispatcher(endpoint, MODEL, settings) as dispatcher:
                slide.submit(dispatcher)
                slide.wait_for(CHUNKS)
            slide.check()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
