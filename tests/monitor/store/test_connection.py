import socket
import threading

import pytest

from config import UsageError, load
from monitor.store import (
    SlideInfo,
    StoreRefused,
    StoreUnavailable,
    connect,
    store_status,
    summary,
)
from monitor.store.client import Client
from monitor.store.connection import check_version
from monitor.store.place import Place
from monitor.store.urls import public_name


def settings_for(url):
    return load(None, {"store.url": url}, {}).store


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://user:secret@host:6379/0?x=secret", "redis://host:6379/0"),
        ("rediss://:secret@host", "rediss://host"),
        ("unix://secret@/run/redis.sock?password=secret", "unix:///run/redis.sock"),
    ],
)
def test_passwords_are_never_part_of_a_servers_name(url, name):
    assert public_name(url) == name


def test_a_server_that_is_not_there_is_named_without_its_password():
    with pytest.raises(StoreUnavailable, match=r"redis://127\.0\.0\.1:1/0 does not answer") as gone:
        connect(settings_for("redis://:secret@127.0.0.1:1/0"))
    assert "secret" not in str(gone.value)


@pytest.mark.parametrize("url", ["http://host", "host:6379", "redis://host:port", ""])
def test_what_is_no_redis_url_is_refused(url):
    with pytest.raises(UsageError, match=r"Redis URL|not valid"):
        connect(settings_for(url))


def test_a_wrong_password_is_refused_for_good(store, store_settings):
    url = Place.of(store_settings).url
    store.client.ask("CONFIG", "SET", "requirepass", "right")
    try:
        for given, words in (("", "asks for a password"), ("?password=wrong", "refuses the user")):
            with pytest.raises(StoreRefused, match=words):
                connect(settings_for(url + given))
        with connect(settings_for(url + "?password=right")) as other:
            assert other.client.ask("PING")
    finally:
        store.client.ask("CONFIG", "SET", "requirepass", "")


def test_a_url_of_a_running_server_is_used_as_it_is(store, store_settings, info):
    url = Place.of(store_settings).url
    store.begin("a", info, "new")
    with connect(settings_for(url)) as other:
        assert summary(other, "a").slide == "a"
    status = store_status(settings_for(url))
    assert (status.running, status.data_dir, status.slides) == (True, None, 1)
    assert status.version.startswith("Valkey 9")


def test_what_is_not_redis_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            peer, _ = server.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        port = server.getsockname()[1]
        with pytest.raises(StoreRefused, match="not a Redis server"):
            connect(settings_for(f"redis://127.0.0.1:{port}"))
        thread.join()


@pytest.mark.parametrize("version", ["5.0.14", "6.0.16", "6.1.9"])
def test_old_servers_are_refused(version):
    with pytest.raises(StoreRefused, match=r"6\.2 or newer"):
        check_version(version, "redis://host")


@pytest.mark.parametrize("version", ["6.2.0", "7.2.4", "8.0.1", "10.0.0"])
def test_newer_servers_are_taken(version):
    check_version(version, "redis://host")


def test_a_full_server_is_unavailable_and_counts_nothing(store, info, field):
    writer = store.begin("a", info, "new")
    store.client.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        with pytest.raises(StoreUnavailable, match="no memory left"):
            writer.commit_field(field(0, [0.9]))
    finally:
        store.client.ask("CONFIG", "SET", "maxmemory", "0")
    assert summary(store, "a").frames_seen == 0
    assert writer.commit_field(field(0, [0.9]))


def test_a_read_only_replica_is_unavailable(store, info):
    store.client.ask("REPLICAOF", "127.0.0.1", "1")
    try:
        with pytest.raises(StoreUnavailable, match=r"is a read-only replica"):
            store.begin("a", info, "new")
    finally:
        store.client.ask("REPLICAOF", "NO", "ONE")


def test_scripts_that_the_server_has_forgotten_are_sent_again(store, info, field):
    writer = store.begin("a", info, "new")
    store.client.ask("SCRIPT", "FLUSH")
    assert writer.commit_field(field(0, [0.1]))


def test_making_a_client_sends_nothing():
    with Client("redis://127.0.0.1:1") as client:
        assert client.server == "redis://127.0.0.1:1"


def test_threshold_survives_the_store_exactly(store):
    awkward = SlideInfo("s", "images", False, False, False, None, "m", 0.1 + 0.2, "0")
    store.begin("a", awkward, "new")
    assert summary(store, "a").threshold == 0.1 + 0.2
