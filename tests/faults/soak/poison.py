"""Peers that send what no honest peer sends: to a capture, and to workers."""

import socket
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Self

import zmq

from soak.wire import OVERSIZED_BYTES, Frames, messages_of, spoiled

ANSWER_WITHIN_S = 3.0
SENT_WITHIN_MS = 500
POLL_MS = 20
NOISE = (
    [b""],
    [b"\x00"],
    [b"\xc1" * 40],
    [b"\x91" * 60_000],
    [b"x" * 100_000],
    [b"GET / HTTP/1.1\r\n\r\n"],
)


def poison_of(streams: Iterable[bytes]) -> list[Frames]:
    """Make poison of genuine connections: a few messages of each kind, spoiled in every way."""
    kinds: dict[int, Frames] = {}
    for stream in streams:
        for message in messages_of(stream):
            kinds.setdefault(len(message), message)
    return [*map(list, NOISE), *(bad for message in kinds.values() for bad in spoiled(message))]


def poison_capture(port: int, sent_before: Sequence[bytes]) -> dict[str, int]:
    """Send poison to a capture: spoiled messages, whole connections again, halves of them.

    Parameters
    ----------
    port
        Where it listens.
    sent_before
        What workers have sent over earlier connections.

    Returns
    -------
    dict
        How many malformed messages were ``sent``, and how many of them it ``answered``.
    """
    poison = poison_of(sent_before)
    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.set(zmq.LINGER, SENT_WITHIN_MS)
        dealer.connect(f"tcp://127.0.0.1:{port}")
        for frames in poison:
            dealer.send_multipart(frames)
        answered = _count_answers(dealer, len(poison))
        dealer.send_multipart([b"", bytes(OVERSIZED_BYTES)])
        for stream in sent_before:
            _play(port, stream)
            _play(port, stream[: len(stream) // 2])
        _play(port, b"\xff" * 1000)
    return {"sent": len(poison), "answered": answered}


def _count_answers(asked: zmq.Socket[bytes], most: int) -> int:
    answers, deadline = 0, time.monotonic() + ANSWER_WITHIN_S
    while answers < most and time.monotonic() < deadline:
        if asked.poll(POLL_MS):
            asked.recv_multipart()
            answers += 1
    return answers


def _play(port: int, stream: bytes) -> None:
    """Send the bytes of a connection over another one."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0) as peer:
        peer.sendall(stream)
        peer.shutdown(socket.SHUT_WR)
        peer.settimeout(0.2)
        while peer.recv(1 << 16):
            pass


class Rogue:
    """Poses as a capture; workers say Hello to it as to any other.

    Attributes
    ----------
    port
        Where it listens.
    """

    def __init__(self) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._router = self._context.socket(zmq.ROUTER)
        self._router.set(zmq.LINGER, 0)
        self._router.set(zmq.SNDTIMEO, 100)
        self.port = self._router.bind_to_random_port("tcp://127.0.0.1")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._router.close()
        self._context.term()

    def poison_workers(self, answered_before: Sequence[bytes]) -> dict[str, int]:
        """Send poison to all workers that have said Hello; then genuine messages again.

        Parameters
        ----------
        answered_before
            What captures have sent over earlier connections.

        Returns
        -------
        dict
            How many malformed messages were ``sent``, and how many of them ``answered``.
        """
        workers = self._greeted()
        poison = poison_of(answered_before)
        for worker in workers:
            for frames in poison:
                self._send(worker, frames)
        sent = len(workers) * len(poison)
        answered = _count_answers(self._router, sent)
        for worker in workers:
            for stream in answered_before:
                for frames in messages_of(stream):
                    self._send(worker, frames)
            self._send(worker, [b"", bytes(OVERSIZED_BYTES)])
        return {"sent": sent, "answered": answered}

    def _send(self, worker: bytes, frames: Frames) -> None:
        with suppress(zmq.Again):
            self._router.send_multipart([worker, *frames])

    def _greeted(self) -> set[bytes]:
        workers, deadline = set[bytes](), time.monotonic() + ANSWER_WITHIN_S
        while time.monotonic() < deadline:
            if self._router.poll(POLL_MS):
                workers.add(self._router.recv_multipart()[0])
            elif workers:
                break
        return workers
