"""Fixtures that all tests share: a real store, in a folder of its own."""

import logging
from collections.abc import Iterator

import pytest

from config import load
from config.settings import StoreSettings
from monitor.store import Store, connect, stop_server


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
