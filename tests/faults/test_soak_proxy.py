"""The proxy of the fault suite relays, cuts, silences and remembers; poison is what it says."""

import socket
from collections.abc import Iterator

import pytest
import zmq
from soak.proxy import Proxy
from soak.wire import messages_of, spoiled

from workers.messages import Alive, Chunk, MalformedMessageError, encode, from_capture

PATIENCE_S = 20.0
PATIENCE_MS = 20_000


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_S)
        yield server


@pytest.fixture
def proxy(far: socket.socket) -> Iterator[Proxy]:
    with Proxy() as proxy:
        proxy.target = far.getsockname()[1]
        yield proxy


def _reach(proxy: Proxy, far: socket.socket) -> tuple[socket.socket, socket.socket]:
    near = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_S)
    there, _ = far.accept()
    there.settimeout(PATIENCE_S)
    return near, there


def test_relays_both_ways_and_remembers(proxy: Proxy, far: socket.socket):
    near, there = _reach(proxy, far)
    with near, there:
        near.sendall(b"to")
        assert there.recv(10) == b"to"
        there.sendall(b"fro")
        assert near.recv(10) == b"fro"
    assert [(line.sent, line.answered) for line in proxy.lines] == [(b"to", b"fro")]


def test_a_cut_line_is_broken_at_both_ends_and_no_new_one_is_made(proxy: Proxy, far: socket.socket):
    near, there = _reach(proxy, far)
    with near, there:
        proxy.cut()
        for end in (near, there):
            assert _ends(end)
    with socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_S) as refused:
        assert _ends(refused)
    proxy.mend()
    near, there = _reach(proxy, far)
    near.close()
    there.close()


def _ends(end: socket.socket) -> bool:
    try:
        return end.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_silent_line_gives_all_once_it_is_mended(proxy: Proxy, far: socket.socket):
    near, there = _reach(proxy, far)
    with near, there:
        proxy.silence()
        near.sendall(b"late")
        there.settimeout(0.3)
        with pytest.raises(TimeoutError):
            there.recv(10)
        proxy.mend()
        there.settimeout(PATIENCE_S)
        assert there.recv(10) == b"late"


def test_messages_are_read_back_from_a_remembered_connection():
    chunk = Chunk(slide="a", field=1, chunk=2, count=30)
    crops = bytes(30 * 64 * 64 * 3)
    with Proxy() as proxy, zmq.Context() as context:
        with context.socket(zmq.ROUTER) as router, context.socket(zmq.DEALER) as dealer:
            proxy.target = router.bind_to_random_port("tcp://127.0.0.1")
            dealer.connect(f"tcp://127.0.0.1:{proxy.port}")
            dealer.send_multipart(encode(Alive()))
            assert router.poll(PATIENCE_MS)
            peer, *_ = router.recv_multipart()
            router.send_multipart([peer, *encode(chunk, crops)])
            assert dealer.poll(PATIENCE_MS)
            dealer.recv_multipart()
        (line,) = proxy.lines
        assert messages_of(bytes(line.sent)) == [encode(Alive())]
        assert messages_of(bytes(line.answered)) == [encode(chunk, crops)]


@pytest.mark.parametrize(
    "message",
    [encode(Alive()), encode(Chunk(slide="a", field=1, chunk=2, count=1), bytes(64 * 64 * 3))],
)
def test_poison_is_malformed_and_what_it_was_made_of_is_not(message: list[bytes]):
    from_capture(message)
    for bad in spoiled(message):
        with pytest.raises(MalformedMessageError):
            from_capture(bad)
