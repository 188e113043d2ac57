"""Checks that capture can listen."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import load
from monitor.doctor import Check
from monitor.doctor.ports import endpoint


def look(name: str) -> Check:
    return endpoint(load(None, {"dispatch.endpoint": name}, {}).dispatch)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_in_use_fails_and_the_port_is_named(port: int) -> None:
    result = look(f"tcp://127.0.0.1:{port}")
    assert result.state == "failed"
    assert "in use" in result.found
    assert f"port {port}" in str(result.cure)
    assert "dispatch.endpoint" in str(result.cure)


def test_a_port_is_free_again_once_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        name = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        assert look(name).state == "failed"
    assert look(name).state == "ok"


@pytest.mark.parametrize("name", ["tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://localhost:0"])
def test_any_port_is_free(name: str) -> None:
    assert look(name).state == "ok"


def test_an_address_open_to_others_fails() -> None:
    result = look("tcp://0.0.0.0:5757")
    assert result.state == "failed"
    assert "from outside" in result.found
    assert "127.0.0.1" in str(result.cure)


@pytest.mark.parametrize("name", ["tcp://127.0.0.1:high", "tcp://127.0.0.1:99999"])
def test_what_is_no_port_fails(name: str) -> None:
    result = look(name)
    assert result.state == "failed"
    assert result.cure


def test_ipc_needs_a_folder(tmp_path: Path) -> None:
    assert look(f"ipc://{tmp_path}/capture.ipc").state == "ok"
    result = look(f"ipc://{tmp_path}/missing/capture.ipc")
    assert result.state == "failed"
    assert str(tmp_path / "missing") in result.found
    assert "make the folder" in str(result.cure)
