"""The worker's loop, against a capture's end that the test holds."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
import zmq
from numpy.typing import NDArray

from config import load
from workers.link import WorkerRefusedError
from workers.messages import (
    Chunk,
    Error,
    Failed,
    FromWorker,
    Goodbye,
    Hello,
    Message,
    Payload,
    Refused,
    Scored,
    Welcome,
    encode,
    from_worker,
    scores_of,
)
from workers.score import Scores
from workers.worker import MAX_FAILED_BATCHES, ScoringFailedError, Worker

PATIENCE_S = 20.0


class BatchRecorder:
    """Scores a crop by its mean; remembers how many crops came together."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.problem: Exception | None = None

    def score(self, crops: NDArray[np.uint8]) -> Scores:
        self.batches.append(len(crops))
        if self.problem is not None:
            raise self.problem
        means = crops.reshape(len(crops), -1).mean(axis=1).astype(np.float32)
        boxes = means[:, None].astype(np.uint8) + np.uint8([0, 0, 2, 2])
        return Scores(means, np.ones((len(crops), 3), np.float16), boxes)


class CaptureEnd:
    """A capture's socket in the hands of the test."""

    def __init__(self, router: zmq.Socket[bytes], endpoint: str) -> None:
        self.router = router
        self.endpoint = endpoint
        self.worker = b""

    def hear(self, kind: type[Message]) -> tuple[FromWorker, Payload]:
        while self.router.poll(int(1000 * PATIENCE_S)):
            self.worker, *frames = self.router.recv_multipart()
            message, payload = from_worker(frames)
            if isinstance(message, kind):
                return message, payload
        pytest.fail(f"no {kind.__name__} came")

    def say(self, message: Message, *payload: bytes) -> None:
        self.router.send_multipart([self.worker, *encode(message, *payload)])

    def welcome(self, lease_s: float = 60.0) -> None:
        self.hear(Hello)
        self.say(Welcome(heartbeat_s=0.05, lease_s=lease_s))

    def give(self, number: int, count: int = 2) -> None:
        crops = np.full((count, 64, 64, 3), number, np.uint8)
        self.say(Chunk(slide="a", field=0, chunk=number, count=count), crops.tobytes())

    def scores(self) -> tuple[int, list[float]]:
        message, payload = self.hear(Scored)
        assert isinstance(message, Scored)
        scores, embeddings, boxes = scores_of(message, payload)
        assert embeddings.shape == (message.count, 3)
        assert boxes.tolist() == [[number, number, number + 2, number + 2] for number in scores]
        return message.chunk, scores.tolist()


@contextmanager
def captures(folder: Path, count: int) -> Iterator[list[CaptureEnd]]:
    with ExitStack() as stack:
        context = stack.enter_context(zmq.Context())
        ends = []
        for number in range(count):
            router = stack.enter_context(context.socket(zmq.ROUTER))
            router.set(zmq.LINGER, 0)
            endpoint = f"ipc://{folder / f'{number}.ipc'}"
            router.bind(endpoint)
            ends.append(CaptureEnd(router, endpoint))
        yield ends


@pytest.fixture
def capture(tmp_path: Path) -> Iterator[CaptureEnd]:
    with captures(tmp_path, 1) as ends:
        yield ends[0]


def worker_of(scorer: BatchRecorder, *ends: CaptureEnd, max_wait_ms: float = 2.0) -> Worker:
    settings = load(overrides={"worker.max_wait_ms": max_wait_ms, "worker.batch_size": 8}).worker
    return Worker([end.endpoint for end in ends], "m", scorer, settings, 1 << 26)


@contextmanager
def working(scorer: BatchRecorder, *ends: CaptureEnd, max_wait_ms: float = 2.0) -> Iterator[None]:
    stop = threading.Event()
    worker = worker_of(scorer, *ends, max_wait_ms=max_wait_ms)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_it_says_which_model_it_has_and_how_many_chunks_it_takes(capture: CaptureEnd):
    with working(BatchRecorder(), capture):
        hello, _ = capture.hear(Hello)
    assert isinstance(hello, Hello)
    assert (hello.model_id, hello.credits) == ("m", load().worker.credits)


def test_it_answers_each_chunk_with_its_own_scores(capture: CaptureEnd):
    with working(BatchRecorder(), capture):
        capture.welcome()
        for number in range(6):
            capture.give(number, count=1 + number % 3)
        answers = [capture.scores() for _ in range(6)]
    assert answers == [(number, [number] * (1 + number % 3)) for number in range(6)]


def test_chunks_of_two_captures_are_scored_in_one_batch_and_answered_apart(tmp_path: Path):
    scorer = BatchRecorder()
    with captures(tmp_path, 2) as (one, two), working(scorer, one, two, max_wait_ms=60_000):
        one.welcome()
        two.welcome()
        one.give(10, count=4)
        two.give(20, count=4)
        assert one.scores() == (10, [10] * 4)
        assert two.scores() == (20, [20] * 4)
    assert scorer.batches == [8]


def test_one_of_two_captures_may_be_absent(tmp_path: Path):
    with captures(tmp_path, 1) as (one,):
        absent = CaptureEnd(one.router, f"ipc://{tmp_path / 'absent.ipc'}")
        with working(BatchRecorder(), absent, one):
            one.welcome()
            one.give(3)
            assert one.scores() == (3, [3, 3])


def test_when_asked_to_stop_it_scores_what_it_holds_and_says_goodbye(capture: CaptureEnd):
    scorer = BatchRecorder()
    with working(scorer, capture, max_wait_ms=60_000):
        capture.welcome()
        capture.give(1)
        capture.give(2)
        # Answered behind the chunks, so that the worker holds them by then.
        capture.router.send_multipart([capture.worker, b"nonsense"])
        capture.hear(Error)
        assert scorer.batches == []
    assert [capture.scores(), capture.scores()] == [(1, [1, 1]), (2, [2, 2])]
    capture.hear(Goodbye)


@pytest.mark.parametrize("problem", [RuntimeError("CUDA out of memory"), MemoryError("full")])
def test_a_batch_that_fails_is_said_to_have_failed_and_the_next_is_scored(
    capture: CaptureEnd, problem: Exception
):
    scorer = BatchRecorder()
    scorer.problem = problem
    with working(scorer, capture):
        capture.welcome()
        capture.give(1)
        failed, _ = capture.hear(Failed)
        assert failed == Failed(chunk=1, problem=str(problem))
        scorer.problem = None
        capture.give(2)
        assert capture.scores() == (2, [2, 2])


def test_when_batch_after_batch_fails_it_ends_with_the_reason(capture: CaptureEnd):
    scorer = BatchRecorder()
    scorer.problem = RuntimeError("CUDA error: device lost")
    worker = worker_of(scorer, capture)
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(worker.run, threading.Event())
        capture.welcome()
        for number in range(MAX_FAILED_BATCHES):
            capture.give(number)
            capture.hear(Failed)
        capture.hear(Goodbye)
        with pytest.raises(ScoringFailedError, match="device lost"):
            ran.result(PATIENCE_S)


def test_a_capture_that_refuses_it_does_not_keep_it_from_serving_another(tmp_path: Path):
    with captures(tmp_path, 2) as (one, two), working(BatchRecorder(), one, two):
        one.hear(Hello)
        one.say(Refused(reason="another model"))
        two.welcome()
        for number in range(3):
            two.give(number)
            assert two.scores() == (number, [number] * 2)


def test_it_ends_when_every_capture_has_refused_it(tmp_path: Path):
    with captures(tmp_path, 2) as ends, ThreadPoolExecutor(1) as pool:
        ran = pool.submit(worker_of(BatchRecorder(), *ends).run, threading.Event())
        for end in ends:
            end.hear(Hello)
            end.say(Refused(reason="another model"))
        with pytest.raises(WorkerRefusedError, match="another model"):
            ran.result(PATIENCE_S)


def test_what_a_silent_capture_sent_is_dropped_and_it_is_greeted_again(capture: CaptureEnd):
    scorer = BatchRecorder()
    with working(scorer, capture, max_wait_ms=60_000):
        capture.welcome(lease_s=0.3)
        capture.give(1)
        first = capture.worker
        while capture.worker == first:
            capture.hear(Hello)
        capture.say(Welcome(heartbeat_s=0.05, lease_s=60))
        capture.give(2, count=8)
        assert capture.scores() == (2, [2] * 8)
    assert scorer.batches == [8]


def test_it_joins_as_soon_as_there_is_a_capture(capture: CaptureEnd):
    started_s = time.monotonic()
    with working(BatchRecorder(), capture):
        capture.hear(Hello)
        assert time.monotonic() - started_s < 0.9, "a first Hello that is lost costs a second"
