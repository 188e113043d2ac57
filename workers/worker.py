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

from config.settings import WorkerSettings
from workers.batcher import Batcher, PendingChunk
from workers.link import Link
from workers.messages import Failed, Goodbye, Hello, Scored, crops_of

if TYPE_CHECKING:
    from workers.score import Scores

logger = logging.getLogger(__name__)

POLL_S = 0.1


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
    """

    def __init__(
        self,
        endpoints: Sequence[str],
        model_id: str,
        scorer: ChunkScorer,
        settings: WorkerSettings,
        max_message_bytes: int,
    ) -> None:
        self._endpoints = endpoints
        self._scorer = scorer
        self._max_message_bytes = max_message_bytes
        self._hello = Hello(worker=worker_name(), model_id=model_id, credits=settings.credits)
        self._batcher = Batcher(settings.batch_size, settings.max_wait_ms / 1000)

    def run(self, stop: threading.Event) -> None:
        """Serve until ``stop`` is set; then finish what is held and say goodbye.

        Raises
        ------
        WorkerRefusedError
            A capture does not take this worker.
        """
        with ExitStack() as stack:
            context = stack.enter_context(zmq.Context())
            links = [
                Link(context, endpoint, self._hello, self._max_message_bytes)
                for endpoint in self._endpoints
            ]
            for link in links:
                stack.callback(link.close)
            while not stop.is_set():
                self._turn(links)
            self._drain(links)

    def _turn(self, links: Sequence[Link]) -> None:
        now = time.monotonic()
        for sender, link in enumerate(links):
            if not link.keep_alive(now):
                self._batcher.forget(sender)
        self._wait(links, now)
        self._collect(links)
        if self._batcher.wait_s(time.monotonic()) == 0:
            self._score(links)

    def _wait(self, links: Sequence[Link], now: float) -> None:
        due = self._batcher.wait_s(now)
        poller = zmq.Poller()
        for link in links:
            poller.register(link.socket, zmq.POLLIN)
        poller.poll(int(1000 * (POLL_S if due is None else min(due, POLL_S))))

    def _collect(self, links: Sequence[Link]) -> None:
        now = time.monotonic()
        for sender, link in enumerate(links):
            for chunk, payload in link.chunks(now):
                crops = crops_of(chunk, payload)
                self._batcher.add(PendingChunk(sender, chunk.chunk, crops, now))

    def _score(self, links: Sequence[Link]) -> None:
        batch = self._batcher.take()
        try:
            scores = self._scorer.score(np.concatenate([chunk.crops for chunk in batch]))
        except (RuntimeError, ValueError, MemoryError) as error:
            logger.exception("a batch of %d chunks could not be scored", len(batch))
            for chunk in batch:
                links[chunk.sender].send(Failed(chunk=chunk.chunk, problem=str(error)[:500]))
            return
        self._answer(links, batch, scores)

    @staticmethod
    def _answer(links: Sequence[Link], batch: list[PendingChunk], scores: "Scores") -> None:
        start = 0
        for chunk in batch:
            rows = slice(start, start + len(chunk.crops))
            embeddings = scores.embeddings[rows]
            header = Scored(
                chunk=chunk.chunk, count=len(chunk.crops), embedding_length=embeddings.shape[1]
            )
            links[chunk.sender].send(
                header,
                np.ascontiguousarray(scores.scores[rows], np.float32).tobytes(),
                np.ascontiguousarray(embeddings, np.float16).tobytes(),
            )
            start = rows.stop

    def _drain(self, links: Sequence[Link]) -> None:
        self._collect(links)
        while len(self._batcher):
            self._score(links)
        for link in links:
            link.send(Goodbye())
