"""Hands chunks to workers over a ROUTER socket and gives their scores back, each once."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np
import zmq
from numpy.typing import NDArray

from config import SmearwatchError
from config.settings import DispatchSettings
from monitor.chunks import ChunkScores, CropChunk, DispatchStatus, Done
from monitor.leases import Leases, WorkerId
from monitor.nonsense import nonsense
from workers.endpoints import refuse_open_endpoint
from workers.messages import (
    Alive,
    Buffer,
    Chunk,
    Error,
    Failed,
    FromWorker,
    Goodbye,
    Hello,
    MalformedMessageError,
    Message,
    Payload,
    Refused,
    Scored,
    Welcome,
    encode,
    from_worker,
    scores_of,
)

logger = logging.getLogger(__name__)

LINGER_MS = 1000
STOP_WITHIN_S = 5.0


class DispatchError(SmearwatchError):
    """Dispatch cannot listen, or has broken down."""


class Dispatcher:
    """Runs dispatch in a thread of its own, from ``with`` to its end.

    Parameters
    ----------
    endpoint
        Where to listen: ``tcp://127.0.0.1:PORT`` (0 takes a free one) or ``ipc://PATH``.
    model_id
        The only model whose scores are taken.
    settings
        Heartbeat, lease, attempts and message size.

    Attributes
    ----------
    endpoint
        Where it listens.
    turns
        How often its loop has turned: one that stands still hangs.
    """

    def __init__(self, endpoint: str, model_id: str, settings: DispatchSettings) -> None:
        refuse_open_endpoint(endpoint)
        self._model_id = model_id
        self._settings = settings
        self._leases = Leases(settings.lease_s, settings.max_attempts)
        self._incoming: queue.SimpleQueue[tuple[CropChunk, Done]] = queue.SimpleQueue()
        self._open: dict[int, tuple[CropChunk, Done]] = {}
        # Numbers differ from run to run, so that a late answer to an earlier one fits nothing.
        self._next_chunk = secrets.randbits(60)
        self._malformed = 0
        self._aside: set[WorkerId] = set()
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.turns = 0
        self._said_s = float("-inf")
        self._stop = threading.Event()
        self._joined = threading.Event()
        self._problem: BaseException | None = None
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._listen(endpoint)
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")
        self._waker, self._wakee = self._wake_pair()
        self._wake_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="dispatch")

    def _listen(self, endpoint: str) -> zmq.Socket[bytes]:
        router = self._context.socket(zmq.ROUTER)
        router.set(zmq.LINGER, LINGER_MS)
        router.set(zmq.MAXMSGSIZE, self._settings.max_message_bytes)
        router.set(zmq.ROUTER_MANDATORY, 1)
        router.set(zmq.SNDTIMEO, 0)
        try:
            router.bind(endpoint)
        except zmq.ZMQError as error:
            router.close(0)
            self._context.term()
            raise DispatchError(
                f"cannot listen on {endpoint}: {error.strerror}; "
                "end what uses it or name another with --bind"
            ) from error
        return router

    def _wake_pair(self) -> tuple[zmq.Socket[bytes], zmq.Socket[bytes]]:
        ends = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        ends[1].bind("inproc://wake")
        ends[0].connect("inproc://wake")
        return ends

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._wake()
        self._thread.join(STOP_WITHIN_S)
        for end in (self._waker, self._wakee, self._socket):
            end.close()
        self._context.term()

    def submit(self, chunk: CropChunk, done: Done) -> None:
        """Queue a chunk; ``done`` is called once, in dispatch's thread. Safe from any thread."""
        self._incoming.put((chunk, done))
        self._wake()

    def wait_for_worker(self, timeout_s: float) -> bool:
        """Wait until a first worker has joined; False after ``timeout_s`` seconds without one."""
        return self._joined.wait(timeout_s)

    def check(self) -> None:
        """Raise :class:`DispatchError` when dispatch has broken down."""
        if self._problem is not None:
            raise DispatchError(f"dispatch broke down: {self._problem}") from self._problem

    @property
    def status(self) -> DispatchStatus:
        """How it stands now."""
        return DispatchStatus(
            workers=len(self._leases.workers),
            queued=self._leases.queued + self._incoming.qsize(),
            open=self._leases.open,
            malformed=self._malformed,
        )

    def take_told(self) -> list[str]:
        """Give what an operator should know, and was not given before; safe from any thread."""
        told = []
        while not self._told.empty():
            told.append(self._told.get())
        return told

    def _wake(self) -> None:
        with self._wake_lock:
            try:
                self._waker.send(b"", zmq.NOBLOCK)
            except zmq.Again:
                logger.debug("dispatch is awake already")

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._turn()
            self._say_all(Goodbye())
        except Exception as error:
            self._problem = error
            logger.exception("dispatch broke down")

    def _turn(self) -> None:
        self.turns += 1
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._wakee, zmq.POLLIN)
        poller.poll(int(1000 * self._settings.heartbeat_s / 2))
        while self._wakee.poll(0):
            self._wakee.recv()
        self._take_in()
        while self._socket.poll(0):
            self._receive()
        self._end_leases()
        self._hand_out()
        self._keep_alive()

    def _take_in(self) -> None:
        while not self._incoming.empty():
            self._next_chunk += 1
            self._open[self._next_chunk] = self._incoming.get()
            self._leases.add(self._next_chunk)

    def _receive(self) -> None:
        worker, *frames = (frame.buffer for frame in self._socket.recv_multipart(copy=False))
        identity = bytes(worker)
        try:
            message, payload = from_worker(frames)
        except MalformedMessageError as error:
            self._malformed += 1
            logger.warning("malformed message from a worker: %s", error)
            self._send(identity, Error(problem=str(error)))
            self._set_aside(identity, str(error))
            return
        if isinstance(message, Hello):
            self._welcome(identity, message)
        elif self._leases.hear(identity, time.monotonic()):
            self._handle(identity, message, payload)
        elif not isinstance(message, Goodbye | Error):
            if isinstance(message, Scored):
                self._finish(identity, message, payload)  # late, and worth no less for it
            self._send(identity, Error(problem="not known here: say Hello"))

    def _welcome(self, worker: WorkerId, hello: Hello) -> None:
        if hello.model_id != self._model_id:
            reason = f"it scores with {hello.model_id}, this slide with {self._model_id}"
            logger.warning("worker %s refused: %s", hello.worker, reason)
            self._send(worker, Refused(reason=reason))
            return
        if worker in self._aside:
            self._send(worker, Refused(reason="what it returned made no sense"))
            return
        now = time.monotonic()
        self._give_up(self._leases.join(worker, hello.worker, hello.credits, now))
        lease_s, heartbeat_s = self._settings.lease_s, self._settings.heartbeat_s
        self._send(worker, Welcome(lease_s=lease_s, heartbeat_s=heartbeat_s))
        logger.info("worker %s joined", hello.worker)
        self._joined.set()

    def _handle(self, worker: WorkerId, message: FromWorker, payload: Payload) -> None:
        if isinstance(message, Scored):
            self._finish(worker, message, payload)
        elif isinstance(message, Failed):
            logger.warning("a worker could not score a chunk: %s", message.problem)
            self._give_up(self._leases.release(worker, message.chunk))
        elif isinstance(message, Goodbye):
            logger.info("worker %s left", self._leases.workers[worker].name)
            self._give_up(self._leases.leave(worker))
        elif isinstance(message, Error):
            logger.warning("a worker could not use a message: %s", message.problem)
            self._give_up(self._leases.leave(worker))

    def _finish(self, worker: WorkerId, message: Scored, payload: Payload) -> None:
        waiting = self._open.get(message.chunk)
        if waiting is None:
            return
        chunk, done = waiting
        cells = scores_of(message, payload)
        wrong = nonsense(cells, len(chunk.crops))
        if wrong is not None:
            self._malformed += 1
            self._set_aside(worker, wrong)
        elif self._leases.finish(worker, message.chunk, time.monotonic()):
            del self._open[message.chunk]
            done(_believed(*cells))

    def _set_aside(self, worker: WorkerId, why: str) -> None:
        """Give a worker nothing more, and what it holds to others."""
        state = self._leases.workers.get(worker)
        if state is None:
            return
        text = f"worker {state.name} is set aside: {why}; its chunks go to others"
        logger.error(text)
        self._told.put(text)
        self._aside.add(worker)
        self._give_up(self._leases.leave(worker))
        self._send(worker, Refused(reason=f"what it returned made no sense: {why}"))

    def _give_up(self, chunks: Sequence[int]) -> None:
        for number in chunks:
            chunk, done = self._open.pop(number)
            logger.error("field %d: %d cells stay unscored", chunk.field, len(chunk.crops))
            done(ChunkScores.none(len(chunk.crops)))

    def _end_leases(self) -> None:
        for worker in self._leases.silent(time.monotonic()):
            name = self._leases.workers[worker].name
            logger.warning("worker %s is silent; its chunks go to others", name)
            self._give_up(self._leases.leave(worker))

    def _hand_out(self) -> None:
        for worker, number in self._leases.assign(time.monotonic()):
            if worker not in self._leases.workers:
                continue  # It took nothing a moment ago; its chunks are queued again.
            chunk = self._open[number][0]
            header = Chunk(
                slide=chunk.slide, field=chunk.field, chunk=number, count=len(chunk.crops)
            )
            if not self._send(worker, header, chunk.crops.data.cast("B")):
                self._give_up(self._leases.leave(worker))

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._said_s >= self._settings.heartbeat_s:
            self._said_s = now
            self._say_all(Alive())

    def _say_all(self, message: Message) -> None:
        for worker in list(self._leases.workers):
            self._send(worker, message)

    def _send(self, worker: WorkerId, message: Message, *payload: Buffer) -> bool:
        try:
            self._socket.send_multipart([worker, *encode(message, *payload)], copy=False)
        except zmq.ZMQError as error:
            logger.debug("a worker takes no messages: %s", error)
            return False
        return True


def _believed(
    scores: NDArray[np.float32], embeddings: NDArray[np.float16], boxes: NDArray[np.uint8]
) -> ChunkScores:
    """Copy what came; what is not finite is no score, and must not pass for a low one."""
    finite = np.isfinite(scores)
    return ChunkScores(
        np.where(finite, scores, np.float32(np.nan)),
        embeddings.copy(),
        np.where(finite[:, None], boxes, np.uint8(0)),
    )
