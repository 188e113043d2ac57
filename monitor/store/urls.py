"""What a store URL names: one server, the primary that sentinels know of, or a cluster."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from config import UsageError
from config.redact import without_secrets

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 10.0
SENTINEL_PORT = 26379
SERVER_PORT = 6379
SCHEMES = ("redis", "rediss", "unix")
KINDS = ("", "sentinel", "cluster")

TRIES_IN_A_CLUSTER = 3
"""A command that a slot's former node answers goes to its new one."""

Server = redis.Redis | RedisCluster


@dataclass(frozen=True, slots=True)
class Address:
    """A store URL taken apart.

    Attributes
    ----------
    name
        The URL without user name, password and query: what the server is called in messages.
    open
        Makes the client; that of a cluster connects at once.
    """

    name: str
    open: Callable[[], Server]

    @classmethod
    def of(cls, url: str) -> Self:
        """Take a URL apart; nothing is sent.

        Raises
        ------
        UsageError
            It is not the URL of a store.
        """
        name = public_name(url)
        try:
            return cls(name, _opener(url, name))
        except ValueError:
            # Its text may hold a piece of the password: what comes after an unescaped sign.
            raise UsageError(
                f"store.url {name!r} is not valid: it is redis://USER:PASSWORD@HOST:PORT/0, "
                "with the signs :/?#[]@ of a password written as %3A, %2F and so on"
            ) from None


def public_name(url: str) -> str:
    """Give ``url`` without user name, password and query."""
    try:
        parts = urlsplit(without_secrets(url))
    except ValueError:
        return f"{url.partition('://')[0]}://..."
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _opener(url: str, name: str) -> Callable[[], Server]:
    scheme, _, kind = url.partition("://")[0].lower().partition("+")
    if scheme not in SCHEMES or kind not in KINDS or (scheme == "unix" and kind):
        raise UsageError(
            f"store.url {name!r} is not a Redis URL: use redis://host:6379/0, rediss://..., "
            "unix:///path/to/socket, redis+sentinel://host,host/service or redis+cluster://host,host"
        )
    parts = urlsplit(url)
    if kind == "sentinel":
        return _by_sentinels(parts, name)
    if kind == "cluster":
        return _cluster(parts, name)
    made = redis.Redis.from_url(url, **_options(), retry=_once_more())
    return lambda: made


def _by_sentinels(parts: SplitResult, name: str) -> Callable[[], Server]:
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise UsageError(
            f"store.url {name!r} names no service: redis+sentinel://host:26379,host:26379/SERVICE"
        )
    query = dict(parse_qsl(parts.query))
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        _hosts(parts, name, SENTINEL_PORT),
        sentinel_kwargs={
            **_options(),
            "username": query.get("sentinel_username"),
            "password": query.get("sentinel_password"),
        },
        **_options(),
        **_secured(parts),
    )
    database_number = int(database or 0)
    return lambda: sentinels.master_for(  # type: ignore[no-untyped-call]
        service, db=database_number, retry=_once_more()
    )


def _cluster(parts: SplitResult, name: str) -> Callable[[], Server]:
    if parts.path.strip("/") not in {"", "0"}:
        raise UsageError(
            f"store.url {name!r}: a cluster has database 0 alone; leave the number out"
        )
    nodes = [
        ClusterNode(host, port)  # type: ignore[no-untyped-call]
        for host, port in _hosts(parts, name, SERVER_PORT)
    ]
    retry = Retry(NoBackoff(), TRIES_IN_A_CLUSTER)
    return partial(RedisCluster, startup_nodes=nodes, retry=retry, **_options(), **_secured(parts))


def _hosts(parts: SplitResult, name: str, port: int) -> list[tuple[str, int]]:
    hosts = [urlsplit(f"//{one}") for one in parts.netloc.rpartition("@")[2].split(",")]
    if not all(host.hostname for host in hosts):
        raise UsageError(f"store.url {name!r}: a host is missing; they are HOST:PORT,HOST:PORT")
    return [(host.hostname or "", host.port or port) for host in hosts]


def _secured(parts: SplitResult) -> dict[str, Any]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    given = {"username": unquote(user) or None, "password": unquote(password) or None}
    return given | ({"ssl": True} if parts.scheme.startswith("rediss") else {})


def _options() -> dict[str, Any]:
    return {
        "protocol": 2,
        "socket_timeout": ANSWER_TIMEOUT_S,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
    }


def _once_more() -> Retry:
    """Try once more at once: an idle connection may have been dropped by a restart."""
    return Retry(NoBackoff(), 1)
