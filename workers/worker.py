"""The worker: take chunks from one or several captures, score them in batches, send scores back."""

import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import numpy as np
import zmq
from numpy.typing import NDArray

from config import SmearwatchError
from config.settings import WorkerSettings
from workers.batcher import Batcher, PendingChunk
from workers.lifetime import BROKE_DOWN
from workers.link import Link, WorkerRefusedError
from workers.messages import Failed, Goodbye, Hello, Scored, crops_of
from workers.metrics import WorkerMetrics
from workers.service_notify import ServiceNotifier

if TYPE_CHECKING:
    from workers.score import Scores

logger = logging.getLogger(__name__)

POLL_S = 0.1
MAX_FAILED_BATCHES = 3


class ScoringFailedError(SmearwatchError):
    """Batch after batch could not be scored; another process may do better."""

    exit_code = BROKE_DOWN


class ChunkScorer(Protocol):
    """What a worker needs of a scoring backend."""

    def score(self, crops: NDArray[np.uint8]) -> "Scores":
        """Score crops, (n, 64, 64, 3) uint8."""


def worker_name() -> str:
    """Name this process for logs: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Worker:
    """Serves captures until told to stop.

    Parameters
    ----------
    endpoints
        Where captures listen; several microscopes share one worker.
    model_id
        Id of the artefact that scores; captures with another refuse this worker.
    scorer
        Turns crops into scores.
    settings
        Batch size, wait and credits.
    max_message_bytes
        Largest message accepted.
    metrics
        Takes figures; None: they are not served.
    notifier
        Tells who watches over this process; None: nobody does.
    """

    def __init__(
        self,
        endpoints: Sequence[str],
        model_id: str,
        scorer: ChunkScorer,
        settings: WorkerSettings,
        max_message_bytes: int,
        metrics: WorkerMetrics | None = None,
        notifier: ServiceNotifier | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._scorer = scorer
        self._max_message_bytes = max_message_bytes
        self._hello = Hello(worker=worker_name(), model_id=model_id, credits=settings.credits)
        self._batcher = Batcher(settings.batch_size, settings.max_wait_ms / 1000)
        self._links: dict[int, Link] = {}
        self._failed_batches = 0
        self._metrics = metrics or WorkerMetrics()
        self._notifier = notifier or ServiceNotifier()
        self._turns = 0

    def run(self, stop: threading.Event) -> None:
        """Serve until ``stop`` is set; then finish what is held and say goodbye.

        Raises
        ------
        WorkerRefusedError
            No capture takes this worker.
        ScoringFailedError
            Several batches in a row could not be scored.
        """
        with ExitStack() as stack:
            context = stack.enter_context(zmq.Context())
            stack.callback(self._close)
            for sender, endpoint in enumerate(self._endpoints):
                link = Link(context, endpoint, self._hello, self._max_message_bytes)
                self._links[sender] = link
            stack.callback(self._say_goodbye)
            self._notifier.ready()
            while not stop.is_set():
                self._turn()
            self._notifier.stopping()
            self._drain()

    def _turn(self) -> None:
        self._turns += 1
        self._notifier.lives(self._turns)
        self._wait()
        # Read before silence is judged: what came while a batch was scored is a sign of life.
        self._collect()
        now = time.monotonic()
        for sender, link in self._links.items():
            if not link.keep_alive(now):
                self._batcher.forget(sender)
        if self._batcher.wait_s(now) == 0:
            self._score()

    def _wait(self) -> None:
        due = self._batcher.wait_s(time.monotonic())
        poller = zmq.Poller()
        for link in self._links.values():
            poller.register(link.socket, zmq.POLLIN)
        poller.poll(int(1000 * (POLL_S if due is None else min(due, POLL_S))))

    def _collect(self) -> None:
        now = time.monotonic()
        for sender, link in self._links.items():
            for chunk, payload in link.chunks(now):
                crops = crops_of(chunk, payload)
                self._batcher.add(PendingChunk(sender, chunk.chunk, crops, now))
        self._drop_refused()

    def _drop_refused(self) -> None:
        for sender, link in list(self._links.items()):
            if link.refused is None:
                continue
            if len(self._links) == 1:
                raise WorkerRefusedError(link.refused)
            logger.warning("%s", link.refused)
            self._batcher.forget(sender)
            self._links.pop(sender).close()

    def _score(self) -> None:
        batch = self._batcher.take()
        try:
            crops = np.concatenate([chunk.crops for chunk in batch])
            with self._metrics.scoring(len(crops)):
                scores = self._scorer.score(crops)
        except (RuntimeError, ValueError, MemoryError) as error:
            logger.exception("a batch of %d chunks could not be scored", len(batch))
            self._fail(batch, str(error)[:500])
        else:
            self._failed_batches = 0
            self._answer(batch, scores)

    def _fail(self, batch: list[PendingChunk], problem: str) -> None:
        for chunk in batch:
            self._links[chunk.sender].send(Failed(chunk=chunk.chunk, problem=problem))
        self._failed_batches += 1
        if self._failed_batches >= MAX_FAILED_BATCHES:
            raise ScoringFailedError(
                f"{MAX_FAILED_BATCHES} batches in a row could not be scored: {problem}; "
                "see the errors above, smearwatch doctor tries the device"
            )

    def _answer(self, batch: list[PendingChunk], scores: "Scores") -> None:
        start = 0
        for chunk in batch:
            rows = slice(start, start + len(chunk.crops))
            embeddings = scores.embeddings[rows]
            header = Scored(
                chunk=chunk.chunk, count=len(chunk.crops), embedding_length=embeddings.shape[1]
            )
            self._links[chunk.sender].send(
                header,
                np.ascontiguousarray(scores.scores[rows], np.float32).tobytes(),
                np.ascontiguousarray(embeddings, np.float16).tobytes(),
                np.ascontiguousarray(scores.boxes[rows], np.uint8).tobytes(),
            )
            start = rows.stop

    def _drain(self) -> None:
        self._collect()
        while len(self._batcher):
            self._score()

    def _say_goodbye(self) -> None:
        for link in self._links.values():
            link.send(Goodbye())

    def _close(self) -> None:
        for link in self._links.values():
            link.close()
