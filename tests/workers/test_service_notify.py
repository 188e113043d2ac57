"""What is told to systemd, heard at a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.service_notify import ServiceNotifier


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        yield line


def words(heard: socket.socket) -> list[str]:
    said: list[str] = []
    while True:
        try:
            said.append(heard.recv(4096).decode())
        except BlockingIOError:
            return said


def notifier(heard: socket.socket, **more: str) -> ServiceNotifier:
    return ServiceNotifier.of({"NOTIFY_SOCKET": heard.getsockname(), **more})


def test_it_is_ready_lives_and_stops(heard: socket.socket):
    told = notifier(heard, WATCHDOG_USEC="4")
    told.ready()
    told.lives(1)
    told.stopping()
    assert words(heard) == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_one_loop_that_hangs_ends_the_signs_of_life(heard: socket.socket):
    told = notifier(heard, WATCHDOG_USEC="4")
    told.lives(1, 1)
    for turn in range(2, 20):
        told.lives(turn, 1)
    assert words(heard) == ["WATCHDOG=1"]
    told.lives(20, 2)
    assert words(heard) == ["WATCHDOG=1"]


def test_signs_of_life_do_not_flood_systemd(heard: socket.socket):
    told = notifier(heard, WATCHDOG_USEC=str(3600 * 10**6))
    for turn in range(1000):
        told.lives(turn)
    assert len(words(heard)) <= 100


@pytest.mark.parametrize("more", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}])
def test_without_a_watchdog_there_are_no_signs_of_life(heard: socket.socket, more: dict[str, str]):
    notifier(heard, **more).lives(1)
    assert words(heard) == []


def test_a_watchdog_of_another_process_is_not_ours(heard: socket.socket):
    notifier(heard, WATCHDOG_USEC="4", WATCHDOG_PID=str(os.getpid() + 1)).lives(1)
    assert words(heard) == []
    notifier(heard, WATCHDOG_USEC="4", WATCHDOG_PID=str(os.getpid())).lives(1)
    assert words(heard) == ["WATCHDOG=1"]


def test_an_abstract_socket_is_reached():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0smearwatch-test-{os.getpid()}")
        ServiceNotifier(f"@smearwatch-test-{os.getpid()}").ready()
        assert line.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_told_and_one_that_is_gone_is_no_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    ServiceNotifier.of({}).ready()
    assert not caplog.records
    ServiceNotifier(str(tmp_path / "gone")).ready()
    assert "is not told READY=1" in caplog.text
