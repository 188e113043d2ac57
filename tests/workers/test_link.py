"""A worker's connection, seen from a capture's end that the test holds."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq

from config import UsageError
from workers.link import Link
from workers.messages import (
    CROP_BYTES,
    Alive,
    Chunk,
    Error,
    FromWorker,
    Goodbye,
    Hello,
    Message,
    Refused,
    Welcome,
    encode,
    from_worker,
)

PATIENCE_S = 20.0
HELLO = Hello(worker="w", model_id="m", credits=2)
WELCOME = Welcome(heartbeat_s=0.05, lease_s=60)


class Ends:
    """Both ends: a link, and a capture's socket."""

    def __init__(self, link: Link, router: zmq.Socket[bytes]) -> None:
        self.link = link
        self.router = router
        self.worker = b""

    def hear(self, kind: type[Message]) -> FromWorker:
        """Let the link live until capture's end has heard such a message from it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.link.keep_alive(time.monotonic())
            if self.router.poll(10):
                self.worker, *frames = self.router.recv_multipart()
                message, _ = from_worker(frames)
                if isinstance(message, kind):
                    return message
        pytest.fail(f"no {kind.__name__} came")

    def say(self, message: Message, *payload: bytes) -> list[Chunk]:
        """Send from capture's end; give the chunks that the link reads."""
        return self.say_frames([bytes(frame) for frame in encode(message, *payload)])

    def say_frames(self, frames: list[bytes]) -> list[Chunk]:
        self.router.send_multipart([self.worker, *frames])
        assert self.link.socket.poll(int(1000 * PATIENCE_S))
        return [chunk for chunk, _ in self.link.chunks(time.monotonic())]


@pytest.fixture
def endpoint(tmp_path: Path) -> str:
    return f"ipc://{tmp_path / 'link.ipc'}"


@contextmanager
def capture_at(context: zmq.Context[zmq.Socket[bytes]], endpoint: str) -> Iterator[zmq.Socket]:
    with context.socket(zmq.ROUTER) as router:
        router.set(zmq.LINGER, 0)
        router.bind(endpoint)
        yield router


@pytest.fixture
def ends(endpoint: str) -> Iterator[Ends]:
    with zmq.Context() as context, capture_at(context, endpoint) as router:
        link = Link(context, endpoint, HELLO, 1 << 20)
        yield Ends(link, router)
        link.close()


def test_it_introduces_itself_and_is_taken(ends: Ends):
    assert ends.hear(Hello) == HELLO
    assert not ends.link.welcomed
    ends.say(WELCOME)
    assert ends.link.welcomed
    ends.hear(Alive)


def test_it_introduces_itself_to_a_capture_that_starts_later(endpoint: str):
    with zmq.Context() as context:
        link = Link(context, endpoint, HELLO, 1 << 20)
        assert not link.send(HELLO)
        with capture_at(context, endpoint) as router:
            assert Ends(link, router).hear(Hello) == HELLO
        link.close()


def test_it_gives_chunks_with_their_crops(ends: Ends):
    ends.hear(Hello)
    ends.say(WELCOME)
    chunk = Chunk(slide="a", field=1, chunk=2, count=1)
    assert ends.say(chunk, bytes(CROP_BYTES)) == [chunk]


def test_it_answers_a_malformed_message_with_an_error_and_goes_on(ends: Ends):
    ends.hear(Hello)
    ends.say(WELCOME)
    assert ends.say_frames([b"nonsense"]) == []
    error = ends.hear(Error)
    assert isinstance(error, Error)
    assert "unreadable" in error.problem
    assert ends.say(chunk := Chunk(slide="a", field=1, chunk=2, count=0), b"") == [chunk]


@pytest.mark.parametrize("farewell", [Goodbye(), Error(problem="not known here")])
def test_it_introduces_itself_again_where_it_is_not_known_any_more(ends: Ends, farewell: Message):
    ends.hear(Hello)
    ends.say(WELCOME)
    ends.say(farewell)
    assert not ends.link.welcomed
    assert ends.hear(Hello) == HELLO


def test_it_knows_why_it_is_refused(ends: Ends):
    ends.hear(Hello)
    assert ends.link.refused is None
    ends.say(Refused(reason="another model"))
    assert ends.link.refused == f"{ends.link.endpoint} refused this worker: another model"


def test_it_connects_again_when_the_other_end_is_silent(ends: Ends):
    ends.hear(Hello)
    first = ends.worker
    ends.say(WELCOME)
    heard_s = time.monotonic()
    assert ends.link.keep_alive(heard_s + WELCOME.lease_s - 1)
    assert not ends.link.keep_alive(heard_s + WELCOME.lease_s + 1)
    assert ends.hear(Hello) == HELLO
    assert ends.worker != first, "a connection of its own has another identity"


def test_a_message_larger_than_agreed_is_not_read_and_costs_the_connection(ends: Ends):
    ends.hear(Hello)
    first = ends.worker
    ends.say(Welcome(heartbeat_s=0.05, lease_s=0.3))
    chunk = Chunk(slide="a", field=1, chunk=2, count=200)
    ends.router.send_multipart([ends.worker, *encode(chunk, bytes(200 * CROP_BYTES))])
    assert not ends.link.socket.poll(200)
    while ends.worker == first:
        ends.hear(Hello)
    assert ends.say(small := Chunk(slide="a", field=1, chunk=3, count=0), b"") == [small]


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:*", "ipc:///" + "x" * 300])
def test_an_endpoint_to_which_nothing_connects_is_named(endpoint: str):
    with zmq.Context() as context, pytest.raises(UsageError, match="cannot connect") as caught:
        Link(context, endpoint, HELLO, 1 << 20)
    assert endpoint in str(caught.value)


def test_what_takes_a_connection_and_never_answers_is_tried_anew():
    with socket.create_server(("127.0.0.1", 0)) as frozen, zmq.Context() as context:
        frozen.settimeout(PATIENCE_S)
        link = Link(context, f"tcp://127.0.0.1:{frozen.getsockname()[1]}", HELLO, 1 << 20)
        first, _ = frozen.accept()
        second, _ = frozen.accept()
        for end in (first, second, link):
            end.close()
