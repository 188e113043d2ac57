import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config import SmearwatchError, UsageError, load
from monitor.store import (
    StoreUnavailable,
    connect,
    start_server,
    stop_server,
    store_status,
    summary,
)
from monitor.store.client import Client
from monitor.store.place import Place


@pytest.fixture
def own(tmp_path):
    """Settings of a server of the test's own, in a folder with a space in its name."""
    settings = load(None, {"store.data_dir": tmp_path / "my store"}, {}).store
    yield settings
    stop_server(settings)


def pid_of(settings):
    return store_status(settings).pid


def kill(settings):
    os.kill(pid_of(settings), signal.SIGKILL)
    place = Place.of(settings)
    while place.alive:
        pass


def test_it_starts_once_is_found_again_and_stops(own):
    assert not store_status(own).running
    url = start_server(own)
    pid = pid_of(own)
    assert start_server(own) == url
    with connect(own):
        assert pid_of(own) == pid
    assert stop_server(own)
    assert not stop_server(own)
    with Client(url) as client, pytest.raises(StoreUnavailable):
        client.ask("PING")
    assert not store_status(own).running


def test_it_is_found_from_another_folder_and_outlives_the_command_that_started_it(own, tmp_path):
    code = (
        "import sys; from config import load; from monitor.store import connect; "
        "connect(load(None, {'store.data_dir': sys.argv[1]}, {}).store).close()"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", code, str(own.data_dir)]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=60)
    pid = pid_of(own)
    assert os.getsid(pid) != os.getsid(0)
    subprocess.run(command, cwd="/", env=environment, check=True, timeout=60)
    assert pid_of(own) == pid


def test_two_commands_that_start_it_at_once_share_one_server(own):
    code = (
        "import sys; from config import load; from monitor.store import *; "
        "s = load(None, {'store.data_dir': sys.argv[1]}, {}).store; sys.stdin.read(1); "
        "start_server(s); print(store_status(s).pid)"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(own.data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        for _ in range(3)
    ]
    for racer in racers:
        racer.stdin.write(b"x")
        racer.stdin.flush()
    pids = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert pids == [pid_of(own)] * 3


def test_killed_it_loses_no_acknowledged_field_and_the_writer_goes_on(own, info, field):
    with connect(own) as store:
        writer = store.begin("a", info, "new")
        for number in range(5):
            assert writer.commit_field(field(number, [0.1, 0.9]))
        kill(own)
        with pytest.raises(StoreUnavailable, match="does not answer"):
            writer.commit_field(field(5, [0.1]))
        store.revive()
        assert not writer.commit_field(field(4, [0.1, 0.9]))
        assert writer.commit_field(field(5, [0.1]))
        assert writer.finish("ended") == "complete"
        assert (summary(store, "a").cells, summary(store, "a").flagged) == (11, 5)


def test_after_a_crash_the_socket_that_was_left_is_no_hindrance(own):
    start_server(own)
    kill(own)
    assert Place.of(own).socket.exists()
    assert not store_status(own).running
    start_server(own)
    assert store_status(own).running


def test_nobody_else_may_read_it(own):
    start_server(own)
    place = Place.of(own)
    assert place.folder.stat().st_mode & 0o777 == 0o700
    files = [path for path in place.folder.rglob("*") if not path.is_dir()]
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_nearby(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    settings = load(None, {"store.data_dir": deep}, {}).store
    try:
        with connect(settings) as store:
            assert store.client.ask("PING")
        socket = Place.of(settings).socket
        assert len(str(socket)) < 100
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        assert Place.of(settings).socket == socket
    finally:
        stop_server(settings)


def test_damaged_data_is_refused_naming_the_log(own, info):
    with connect(own) as store:
        store.begin("a", info, "new")
    stop_server(own)
    (file,) = Place.of(own).folder.glob("appendonlydir/*.incr.aof")
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20] = b"#" * 20
    file.write_bytes(data)
    with pytest.raises(StoreUnavailable, match=r"Bad file format.*see .*store\.log"):
        start_server(own)


def test_a_folder_that_cannot_be_made_is_refused_naming_it(tmp_path):
    (tmp_path / "file").write_text("x")
    settings = load(None, {"store.data_dir": tmp_path / "file" / "store"}, {}).store
    with pytest.raises(SmearwatchError, match=r"file/store cannot be made.*--data-dir"):
        start_server(settings)


def test_a_server_that_hangs_is_stopped_by_force(own, monkeypatch):
    monkeypatch.setattr("monitor.store.embedded.STOP_WITHIN_S", 0.5)
    start_server(own)
    os.kill(pid_of(own), signal.SIGSTOP)
    assert stop_server(own)
    assert not store_status(own).running


def test_a_server_of_others_is_neither_started_nor_stopped():
    settings = load(None, {"store.url": "redis://localhost:1"}, {}).store
    for touch in (start_server, stop_server):
        with pytest.raises(UsageError, match="not ours"):
            touch(settings)
