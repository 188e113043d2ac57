"""Dispatch over real sockets: with real workers, and with peers that do not behave."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import zmq
from numpy.typing import NDArray

from config import Settings, UsageError, load
from monitor.chunks import ChunkScores, CropChunk
from monitor.dispatch import Dispatcher, DispatchError
from workers.link import WorkerRefusedError
from workers.messages import Chunk, Error, Hello, Refused, Scored, Welcome, encode, from_capture
from workers.score import Scores
from workers.worker import ScoringFailedError, Worker

MODEL = "model-1"
PATIENCE_S = 20.0


class MeanScorer:
    """Scores a crop by its mean, or fails when told to."""

    def __init__(self, fail: bool = False) -> None:
        self.fail = fail

    def score(self, crops: NDArray[np.uint8]) -> Scores:
        if self.fail:
            raise RuntimeError("no more memory")
        means = crops.reshape(len(crops), -1).mean(axis=1).astype(np.float32)
        boxes = np.tile(np.uint8([1, 2, 3, 4]), (len(crops), 1))
        return Scores(means, np.ones((len(crops), 4), np.float16), boxes)


def settings_with(**dispatch: object) -> Settings:
    overrides = {f"dispatch.{key}": value for key, value in dispatch.items()}
    return load(overrides={"dispatch.heartbeat_s": 0.1, **overrides}, environ={})


@contextmanager
def dispatching(folder: Path, **options: object) -> Iterator[Dispatcher]:
    settings = settings_with(**options)
    with Dispatcher(f"ipc://{folder / 'd.ipc'}", MODEL, settings.dispatch) as dispatcher:
        yield dispatcher


@contextmanager
def working(*dispatchers: Dispatcher, fail: bool = False, model: str = MODEL) -> Iterator[None]:
    stop = threading.Event()
    settings = settings_with()
    endpoints = [dispatcher.endpoint for dispatcher in dispatchers]
    worker = Worker(endpoints, model, MeanScorer(fail), settings.worker, 1 << 26)

    def run() -> None:
        try:
            worker.run(stop)
        except ScoringFailedError:
            assert fail

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def peer(dispatcher: Dispatcher) -> Iterator[zmq.Socket[bytes]]:
    """A worker's end of the wire, in the hands of the test."""
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.set(zmq.LINGER, 0)
        socket.set(zmq.RCVTIMEO, int(1000 * PATIENCE_S))
        socket.connect(dispatcher.endpoint)
        yield socket


def crops_of_level(level: int, count: int = 3) -> NDArray[np.uint8]:
    return np.full((count, 64, 64, 3), level, np.uint8)


class Results:
    """Collects what dispatch gives back."""

    def __init__(self) -> None:
        self._got: queue.Queue[tuple[int, ChunkScores]] = queue.Queue()

    def submit(self, dispatcher: Dispatcher, number: int, count: int = 3) -> None:
        chunk = CropChunk("a", number, crops_of_level(number, count))
        dispatcher.submit(chunk, lambda scores: self._got.put((number, scores)))

    def take(self, count: int) -> dict[int, ChunkScores]:
        got = [self._got.get(timeout=PATIENCE_S) for _ in range(count)]
        assert len(dict(got)) == count, "a chunk came back twice"
        return dict(got)

    def empty(self) -> bool:
        return self._got.empty()


def read_until(socket: zmq.Socket[bytes], kind: type) -> object:
    while True:
        message, _ = from_capture(socket.recv_multipart())
        if isinstance(message, kind):
            return message


def say_hello(socket: zmq.Socket[bytes], credit: int = 4) -> None:
    socket.send_multipart(encode(Hello(worker="test", model_id=MODEL, credits=credit)))
    read_until(socket, Welcome)


def test_two_workers_score_every_chunk_once(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path) as dispatcher, working(dispatcher), working(dispatcher):
        for number in range(50):
            results.submit(dispatcher, number, count=1 + number % 5)
        got = results.take(50)
        assert results.empty()
    for number, scored in got.items():
        assert scored.scores.tolist() == [number] * (1 + number % 5)
        assert scored.embeddings.shape == (1 + number % 5, 4)
        assert scored.boxes.tolist() == [[1, 2, 3, 4]] * (1 + number % 5)


def test_one_worker_serves_two_captures(tmp_path: Path):
    results = Results(), Results()
    (tmp_path / "b").mkdir()
    with dispatching(tmp_path) as one, dispatching(tmp_path / "b") as two, working(one, two):
        for number in range(10):
            results[0].submit(one, number)
            results[1].submit(two, 100 + number)
        assert set(results[0].take(10)) == set(range(10))
        assert set(results[1].take(10)) == set(range(100, 110))


def test_the_chunks_of_a_silent_worker_go_to_another(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, lease_s=0.5) as dispatcher, peer(dispatcher) as silent:
        say_hello(silent)
        results.submit(dispatcher, 5)
        read_until(silent, Chunk)
        with working(dispatcher):
            assert results.take(1)[5].scores.tolist() == [5, 5, 5]


def test_an_answer_that_comes_after_another_counts_for_nothing(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, lease_s=0.5) as dispatcher, peer(dispatcher) as late:
        say_hello(late)
        results.submit(dispatcher, 5, count=1)
        chunk = read_until(late, Chunk)
        assert isinstance(chunk, Chunk)
        with working(dispatcher):
            assert results.take(1)[5].scores.tolist() == [5]
            say_hello(late)
            header = Scored(chunk=chunk.chunk, count=1, embedding_length=0)
            late.send_multipart(encode(header, np.float32(99).tobytes(), b"", bytes(4)))
            # Answered behind the late answer, so that one has been dealt with by then.
            late.send_multipart([b"nonsense"])
            read_until(late, Error)
        assert results.empty()


def test_an_answer_that_comes_after_its_lease_counts_where_there_was_no_other(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, lease_s=0.5) as dispatcher, peer(dispatcher) as late:
        say_hello(late)
        results.submit(dispatcher, 5, count=1)
        chunk = read_until(late, Chunk)
        assert isinstance(chunk, Chunk)
        deadline = time.monotonic() + PATIENCE_S
        while dispatcher.status.workers:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        header = Scored(chunk=chunk.chunk, count=1, embedding_length=0)
        late.send_multipart(encode(header, np.float32(7).tobytes(), b"", bytes(4)))
        assert results.take(1)[5].scores.tolist() == [7]


def test_a_chunk_that_always_fails_is_given_up_as_unscored(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, max_attempts=3) as dispatcher, working(dispatcher, fail=True):
        results.submit(dispatcher, 5)
        assert np.isnan(results.take(1)[5].scores).all()


def test_a_wrong_number_of_scores_is_not_believed(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, max_attempts=1) as dispatcher, peer(dispatcher) as liar:
        say_hello(liar)
        results.submit(dispatcher, 5, count=3)
        chunk = read_until(liar, Chunk)
        assert isinstance(chunk, Chunk)
        header = Scored(chunk=chunk.chunk, count=1, embedding_length=0)
        liar.send_multipart(encode(header, np.float32(0).tobytes(), b"", bytes(4)))
        assert np.isnan(results.take(1)[5].scores).all()
        assert dispatcher.status.malformed == 1


def test_a_score_that_is_not_finite_is_none_and_has_no_box(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path) as dispatcher, peer(dispatcher) as worker:
        say_hello(worker)
        results.submit(dispatcher, 5, count=2)
        chunk = read_until(worker, Chunk)
        assert isinstance(chunk, Chunk)
        header = Scored(chunk=chunk.chunk, count=2, embedding_length=0)
        scores = np.array([np.nan, 1], np.float32).tobytes()
        worker.send_multipart(encode(header, scores, b"", bytes([1, 2, 3, 4] * 2)))
        scored = results.take(1)[5]
    assert np.isnan(scored.scores).tolist() == [True, False]
    assert scored.boxes.tolist() == [[0, 0, 0, 0], [1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([1.0] * 4, "4 scores for 5 crops"),
        ([np.nan] * 5, "no score for any of 5 crops"),
        ([1.0, 1.0, 1.0, -np.inf, 1.0], "1 infinite scores for 5 crops"),
    ],
)
def test_a_worker_that_returns_nonsense_is_set_aside_and_its_chunk_goes_elsewhere(
    tmp_path: Path, scores: list[float], said: str
):
    results = Results()
    with dispatching(tmp_path) as dispatcher, peer(dispatcher) as liar:
        say_hello(liar)
        results.submit(dispatcher, 5, count=5)
        chunk = read_until(liar, Chunk)
        assert isinstance(chunk, Chunk)
        header = Scored(chunk=chunk.chunk, count=len(scores), embedding_length=0)
        answer = encode(
            header, np.array(scores, np.float32).tobytes(), b"", bytes([1, 2, 3, 4] * len(scores))
        )
        liar.send_multipart(answer)
        refused = read_until(liar, Refused)
        assert isinstance(refused, Refused)
        assert said in refused.reason
        (told,) = dispatcher.take_told()
        assert "is set aside" in told
        assert said in told
        liar.send_multipart(encode(Hello(worker="liar", model_id=MODEL, credits=2)))
        read_until(liar, Refused)
        assert results.empty()
        with working(dispatcher):
            assert results.take(1)[5].scores.tolist() == [5] * 5
        assert dispatcher.take_told() == []


def test_a_chunk_whose_boxes_make_no_sense_is_given_up_as_unscored(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, max_attempts=1, lease_s=0.5) as dispatcher, peer(dispatcher) as liar:
        say_hello(liar)
        results.submit(dispatcher, 5, count=1)
        chunk = read_until(liar, Chunk)
        assert isinstance(chunk, Chunk)
        header = Scored(chunk=chunk.chunk, count=1, embedding_length=0)
        boxes = bytes([1, 2, 3, 65])
        liar.send_multipart(encode(header, np.float32(0).tobytes(), b"", boxes))
        scored = results.take(1)[5]
        assert dispatcher.status.malformed == 1
    assert np.isnan(scored.scores).all()
    assert not scored.boxes.any()


def test_malformed_messages_are_counted_and_work_goes_on(tmp_path: Path):
    results = Results()
    chance = np.random.default_rng(0)
    with dispatching(tmp_path) as dispatcher, peer(dispatcher) as bad, working(dispatcher):
        for _ in range(200):
            parts = [
                chance.bytes(int(chance.integers(0, 60))) for _ in range(chance.integers(1, 4))
            ]
            bad.send_multipart(parts)
        results.submit(dispatcher, 5)
        assert results.take(1)[5].scores.tolist() == [5, 5, 5]
        deadline = time.monotonic() + PATIENCE_S
        while dispatcher.status.malformed < 200:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_a_worker_with_another_model_is_refused_with_the_reason(tmp_path: Path):
    with dispatching(tmp_path) as dispatcher:
        worker = Worker(
            [dispatcher.endpoint], "model-2", MeanScorer(), settings_with().worker, 1 << 26
        )
        with pytest.raises(WorkerRefusedError, match="model-2"):
            worker.run(threading.Event())
        with peer(dispatcher) as socket:
            socket.send_multipart(encode(Hello(worker="w", model_id="model-2", credits=1)))
            refused = read_until(socket, Refused)
            assert isinstance(refused, Refused)
            assert MODEL in refused.reason


def test_a_worker_that_leaves_gives_its_chunks_back_at_once(tmp_path: Path):
    results = Results()
    with dispatching(tmp_path, lease_s=60) as dispatcher:
        with working(dispatcher):
            assert dispatcher.wait_for_worker(PATIENCE_S)
        results.submit(dispatcher, 5)
        with working(dispatcher):
            assert set(results.take(1)) == {5}


@pytest.mark.parametrize(
    "endpoint", ["tcp://0.0.0.0:0", "tcp://10.1.2.3:5", "http://x", "tcp://*:1"]
)
def test_an_endpoint_that_others_reach_is_refused(endpoint: str):
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1"):
        Dispatcher(endpoint, MODEL, settings_with().dispatch)


def test_an_endpoint_in_use_is_named(tmp_path: Path):
    settings = settings_with().dispatch
    with (
        Dispatcher("tcp://127.0.0.1:*", MODEL, settings) as first,
        pytest.raises(DispatchError, match="--bind"),
    ):
        Dispatcher(first.endpoint, MODEL, settings)
