"""Fixtures that all tests share: a real store, in a folder of its own."""

import gc
import logging
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from config import load
from config.settings import StoreSettings
from monitor.store import Store, connect, stop_server

ENDED_WITHIN_S = 5.0


def _running() -> dict[str, set[object]]:
    """Threads, child processes and network sockets of this process."""
    process = psutil.Process()
    return {
        "threads": set(threading.enumerate()),
        "processes": set(process.children(recursive=True)),
        "sockets": {(one.fd, one.laddr, one.raddr) for one in process.net_connections("inet")},
    }


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread, a process or a socket behind."""
    before = _running()
    yield
    deadline = time.monotonic() + ENDED_WITHIN_S
    while left := {kind: gone for kind, now in _running().items() if (gone := now - before[kind])}:
        if time.monotonic() > deadline:
            pytest.fail(f"left running: {left}")
        gc.collect()
        time.sleep(0.02)


@pytest.fixture(autouse=True, scope="session")
def _no_models_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the model that whoever runs the tests has made active out of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("user")))
        yield


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Commands run in this process set up logging to a stream that ends with their test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def store_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreSettings]:
    """Settings of an embedded store that lives as long as the tests."""
    settings = load(None, {"store.data_dir": tmp_path_factory.mktemp("store")}, {}).store
    yield settings
    stop_server(settings)


@pytest.fixture
def store(store_settings: StoreSettings) -> Iterator[Store]:
    """A connection to a store without slides."""
    with connect(store_settings) as store:
        store.client.ask("FLUSHALL")
        yield store
