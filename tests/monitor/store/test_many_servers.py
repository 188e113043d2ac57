"""Several real servers: a Redis Cluster, and a primary that a sentinel watches."""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from config import UsageError, load
from monitor.store import (
    FrameOutcome,
    Store,
    StoreUnavailable,
    connect,
    events,
    flagged_cells,
    slides,
    store_status,
    summary,
)
from monitor.store.launch import server_binary

PATIENCE_S = 60.0
SLOTS = 16384
SERVICE = "smears"


def settings_for(url: str):
    return load(None, {"store.url": url}, {}).store


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def start(folder: Path, port: int, *options: str) -> subprocess.Popen[bytes]:
    folder.mkdir()
    common = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    return subprocess.Popen([server_binary(), *common, *options], stdout=subprocess.DEVNULL)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not _safely(reached):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _safely(reached: Callable[[], bool]) -> bool:
    try:
        return reached()
    except redis.RedisError:
        return False


def ask(port: int, *words: object):
    with redis.Redis(port=port, protocol=2) as client:
        return client.execute_command(*words)


def covers_all(port: int) -> bool:
    told = repr(ask(port, "CLUSTER", "INFO"))
    state = re.search(r"cluster_state\W+(\w+)", told)
    slots = re.search(r"cluster_slots_ok\W+(\d+)", told)
    return (state and state[1], slots and slots[1]) == ("ok", str(SLOTS))


def end(*servers: subprocess.Popen[bytes]) -> None:
    for server in servers:
        server.kill()
    for server in servers:
        server.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    """Ports of a cluster of three nodes, each with a third of the slots."""
    folder, numbers = tmp_path_factory.mktemp("cluster"), free_ports(6)
    ports, buses = numbers[:3], numbers[3:]
    nodes = [
        start(folder / str(port), port, "--cluster-enabled", "yes", "--cluster-port", str(bus))
        for port, bus in zip(ports, buses, strict=True)
    ]
    try:
        for port in ports:
            wait_until(lambda port=port: ask(port, "PING"))
        edges = [0, SLOTS // 3, 2 * SLOTS // 3, SLOTS]
        for port, low, high in zip(ports, edges[:-1], edges[1:], strict=True):
            ask(port, "CLUSTER", "ADDSLOTSRANGE", low, high - 1)
        for port, bus in zip(ports[1:], buses[1:], strict=True):
            ask(ports[0], "CLUSTER", "MEET", "127.0.0.1", port, bus)
        for port in ports:
            wait_until(lambda port=port: covers_all(port))
        yield ports
    finally:
        end(*nodes)


@pytest.fixture
def clustered(cluster: list[int]) -> Iterator[Store]:
    with connect(settings_for(f"redis+cluster://127.0.0.1:{cluster[0]}")) as store:
        yield store


def nodes_of(store: Store, ids: list[str]) -> set[str]:
    server = store.client._server()
    return {server.get_node_from_key(f"slide:{{{slide}}}").name for slide in ids}


def test_slides_on_all_nodes_of_a_cluster_are_counted_listed_and_asked_for(
    clustered, info, field, contents, store
):
    ids = [f"slide-{number}" for number in range(9)]
    for number, slide in enumerate(ids):
        for where in (clustered, store):
            writer = where.begin(slide, info, "new")
            writer.mark_seen([0, 1])
            assert writer.commit_field(field(0, [0.1 * number, 0.9, None]))
            assert not writer.commit_field(field(0, [0.1]))
            writer.record([FrameOutcome(1, "rejected", "blurred", name="b.jpg")])
            assert writer.heartbeat({"queue": 1}) == "counting"
            assert writer.finish("ended", 2) == "complete"
    assert len(nodes_of(clustered, ids)) == 3
    assert {one.slide for one in slides(clustered)} == set(ids)
    for slide in ids:
        assert contents(clustered, slide) == contents(store, slide)
        result = summary(clustered, slide, 0.85)
        assert (result.cells, result.flagged, result.balanced) == (3, 1, True)
        assert max(cell.score for cell in flagged_cells(clustered, slide, 5)) == pytest.approx(0.9)
        assert events(clustered, slide)[-1].text == "complete"


def test_one_node_of_a_cluster_leads_to_the_others(cluster, clustered, info):
    clustered.begin("found", info, "new")
    for port in cluster:
        with connect(settings_for(f"redis+cluster://127.0.0.1:{port}")) as other:
            assert summary(other, "found").slide == "found"
    status = store_status(settings_for(f"redis+cluster://127.0.0.1:{cluster[1]}"))
    assert status.running
    assert status.slides >= 1


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], list[int]]]:
    """URL of a primary that a sentinel watches; the primary; ports of primary and replica."""
    primary_port, replica_port, sentinel_port = free_ports(3)
    primary = start(tmp_path / "primary", primary_port)
    replica = start(tmp_path / "replica", replica_port, "--replicaof", f"127.0.0.1 {primary_port}")
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {sentinel_port}\nbind 127.0.0.1\ndir {tmp_path}\n"
        f"sentinel monitor {SERVICE} 127.0.0.1 {primary_port} 1\n"
        f"sentinel down-after-milliseconds {SERVICE} 500\n"
    )
    sentinel = subprocess.Popen([server_binary(), config, "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: ask(replica_port, "INFO", "replication")["master_link_status"] == "up")
        wait_until(lambda: len(ask(sentinel_port, "SENTINEL", "REPLICAS", SERVICE)) == 1)
        url = f"redis+sentinel://127.0.0.1:{sentinel_port}/{SERVICE}"
        yield url, primary, [primary_port, replica_port]
    finally:
        end(primary, replica, sentinel)


def test_a_slide_goes_on_at_the_replica_that_sentinels_make_primary(watched, info, field):
    url, primary, (_, replica_port) = watched
    with pytest.raises(StoreUnavailable, match="'unknown'"):
        connect(settings_for(url.replace(SERVICE, "unknown")))
    with connect(settings_for(url)) as store:
        writer = store.begin("a", info, "new")
        writer.commit_field(field(0, [0.9]))
        wait_until(lambda: ask(replica_port, "HGET", "slide:{a}", "cells") == b"1")
        end(primary)
        with pytest.raises(StoreUnavailable):
            writer.commit_field(field(1, [0.9, 0.1]))
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                writer.commit_field(field(1, [0.9, 0.1]))
                break
            except StoreUnavailable:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert summary(store, "a").cells == 3
    assert ask(replica_port, "HGET", "slide:{a}", "cells") == b"3"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis+sentinel://:secret@host:1", "names no service"),
        ("redis+sentinel://host:1/a/b", "not valid"),
        ("redis+sentinel:///a", "a host is missing"),
        ("redis+cluster://:secret@host:1/2", "database 0"),
        ("redis+cluster://host,", "a host is missing"),
        ("redis+cluster://host:port", "not valid"),
        ("unix+cluster://host", "not a Redis URL"),
        ("redis+what://host", "not a Redis URL"),
    ],
)
def test_a_url_of_several_servers_that_is_wrong_is_refused(url, words):
    with pytest.raises(UsageError, match=words) as refused:
        connect(settings_for(url))
    assert "secret" not in str(refused.value)


def test_a_cluster_that_is_not_there_is_named_without_its_password():
    with pytest.raises(StoreUnavailable, match=r"redis\+cluster://127\.0\.0\.1:1") as gone:
        connect(settings_for("redis+cluster://:secret@127.0.0.1:1"))
    assert "secret" not in str(gone.value)
