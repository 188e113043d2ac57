"""A worker's connection to one capture process: introduce, keep alive, notice silence."""

import logging
from collections.abc import Iterator

import zmq

from config import SmearwatchError, UsageError
from workers.messages import (
    Alive,
    Buffer,
    Chunk,
    Error,
    Goodbye,
    Hello,
    MalformedMessageError,
    Message,
    Payload,
    Refused,
    Welcome,
    encode,
    from_capture,
)

logger = logging.getLogger(__name__)

HELLO_AGAIN_S = 1.0
LINGER_MS = 2000
ANSWER_WITHIN_MS = 5000


class WorkerRefusedError(SmearwatchError):
    """No capture takes this worker."""


class Link:
    """One DEALER socket and what is known of the other end.

    Parameters
    ----------
    context
        The process's ZeroMQ context.
    endpoint
        Where capture listens.
    hello
        How this worker introduces itself.
    max_bytes
        Larger messages are dropped by ZeroMQ itself.

    Attributes
    ----------
    refused
        Why capture does not take this worker, None while it may.

    Raises
    ------
    UsageError
        There is nothing to connect to at such an endpoint.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], endpoint: str, hello: Hello, max_bytes: int
    ) -> None:
        self.endpoint = endpoint
        self._hello = hello
        self._context = context
        self._max_bytes = max_bytes
        self.refused: str | None = None
        self._open()

    def _open(self) -> None:
        self.socket = self._context.socket(zmq.DEALER)
        self.socket.set(zmq.MAXMSGSIZE, self._max_bytes)
        self.socket.set(zmq.LINGER, LINGER_MS)
        # No queue for a capture that is not there: what is said then is out of date later.
        self.socket.set(zmq.IMMEDIATE, 1)
        # A machine that froze or went away may take a connection, or none, and never say a word;
        # ZeroMQ waits 30 s for it, the system minutes, by which time another capture is there.
        self.socket.set(zmq.CONNECT_TIMEOUT, ANSWER_WITHIN_MS)
        self.socket.set(zmq.HANDSHAKE_IVL, ANSWER_WITHIN_MS)
        self.socket.set(zmq.RECONNECT_IVL, 100)
        self.socket.set(zmq.RECONNECT_IVL_MAX, 2000)
        self._connect()
        self._welcome: Welcome | None = None
        self._heard_s = self._said_s = float("-inf")

    def _connect(self) -> None:
        try:
            self.socket.connect(self.endpoint)
        except zmq.ZMQError as error:
            self.socket.close(0)
            raise UsageError(
                f"cannot connect to {self.endpoint}: {error.strerror}; "
                "name the endpoint that capture shows when it starts"
            ) from error

    @property
    def welcomed(self) -> bool:
        """Whether capture has taken this worker."""
        return self._welcome is not None

    def send(self, message: Message, *payload: Buffer) -> bool:
        """Send, or drop where nobody takes it at the other end; say whether it is on its way."""
        try:
            self.socket.send_multipart(encode(message, *payload), zmq.NOBLOCK, copy=False)
        except zmq.Again:
            logger.debug("nobody takes messages at %s", self.endpoint)
            return False
        return True

    def chunks(self, now_s: float) -> Iterator[tuple[Chunk, Payload]]:
        """Read what has come; give the chunks among it."""
        while self.socket.poll(0):
            frames = [frame.buffer for frame in self.socket.recv_multipart(copy=False)]
            self._heard_s = now_s
            try:
                message, payload = from_capture(frames)
            except MalformedMessageError as error:
                logger.warning("malformed message from %s: %s", self.endpoint, error)
                self.send(Error(problem=str(error)))
                continue
            if isinstance(message, Chunk):
                yield message, payload
            else:
                self._control(message)

    def _control(self, message: Message) -> None:
        if isinstance(message, Welcome):
            if not self.welcomed:
                logger.info("connected to %s", self.endpoint)
            self._welcome = message
        elif isinstance(message, Refused):
            self.refused = f"{self.endpoint} refused this worker: {message.reason}"
        elif isinstance(message, Goodbye):
            logger.info("%s has ended", self.endpoint)
            self._welcome = None
        elif isinstance(message, Error):
            logger.warning("%s could not use a message: %s", self.endpoint, message.problem)
            self._welcome = None

    def keep_alive(self, now_s: float) -> bool:
        """Say Hello or Alive when it is time; False when the other end went silent."""
        silent = self._welcome is not None and now_s - self._heard_s > self._welcome.lease_s
        if silent:
            logger.warning("%s is silent; connecting again", self.endpoint)
            self._reopen()
        pause = self._welcome.heartbeat_s if self._welcome else HELLO_AGAIN_S
        due = now_s - self._said_s >= pause
        if due and self.send(Alive() if self._welcome else self._hello):
            self._said_s = now_s
        return not silent

    def _reopen(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        """Close, giving what is on the way out a moment to leave."""
        self.socket.close()
