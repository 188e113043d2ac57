"""What can go wrong with the store, and the translation of Redis' own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis.exceptions as redis_errors

from config import SmearwatchError, UsageError


class StoreError(SmearwatchError):
    """The store cannot do what was asked."""


class StoreUnavailable(StoreError):  # noqa: N818 - named for what the user meets
    """The store does not answer or cannot write now; trying again later may help."""


class StoreRefused(StoreError):  # noqa: N818
    """The server will not serve us, however often we ask: wrong password, too old."""


class SlideTaken(StoreError):  # noqa: N818
    """Another capture owns the slide; this one must write nothing more."""


class SlideExists(UsageError):  # noqa: N818
    """A slide of this id exists and neither ``--resume`` nor ``--replace`` was given."""


class SlideDiffers(UsageError):  # noqa: N818
    """The slide to resume was begun with another source, model or threshold."""


class SlideNotCounting(UsageError):  # noqa: N818
    """What is asked needs a capture that counts the slide, and none does."""


class SlideNotFound(UsageError):  # noqa: N818
    """There is no slide of this id."""


# What a server that answers may say, by the first word of its reply or the error's type.
_CANNOT_WRITE = {
    "OOM": "has no memory left: raise its maxmemory or delete slides",
    "MISCONF": "cannot write to its disk: free some space there and see its log",
    "READONLY": "is a read-only replica: give the primary's URL",
    "BUSY": "is busy with a script: try again in a moment",
    "LOADING": "is still loading its data: try again in a moment",
    "MASTERDOWN": "is a replica that has lost its primary: give the primary's URL",
    "CLUSTERDOWN": "belongs to a Redis Cluster that is down: repair the cluster",
    "NOREPLICAS": "has too few replicas to accept writes: bring them back",
}
_REFUSES = {
    "NOAUTH": "asks for a password: put it in the URL, redis://:PASSWORD@host",
    "WRONGPASS": "refuses the user name or password in the URL",
    "NOPERM": "does not let this user run the commands we need: widen the user's ACL",
    "MOVED": "is a node of a Redis Cluster that does not hold this slide: give a single server",
    "CROSSSLOT": "is a node of a Redis Cluster: give a single server",
}


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Raise Redis' errors as ours.

    Parameters
    ----------
    server
        How the server is called in the message; must hold no password.

    Raises
    ------
    StoreUnavailable
        The server is gone, too slow, busy, loading, full or read-only.
    StoreRefused
        The server refuses this user, password or command.
    """
    try:
        yield
    except (redis_errors.RedisError, redis_errors.RedisClusterException) as error:
        raise _ours(error, server) from error


def _ours(error: Exception, server: str) -> StoreError:
    word = _first_word(error)
    if word in _CANNOT_WRITE:
        return StoreUnavailable(f"the store at {server} {_CANNOT_WRITE[word]}")
    if word in _REFUSES:
        return StoreRefused(f"the store at {server} {_REFUSES[word]}")
    if isinstance(error, redis_errors.TimeoutError):
        return StoreUnavailable(f"the store at {server} does not answer in time: is it overloaded?")
    if isinstance(error, redis_errors.InvalidResponse):
        return StoreRefused(f"what answers at {server} is not a Redis server: check the URL")
    if isinstance(error, redis_errors.ConnectionError | redis_errors.RedisClusterException):
        return StoreUnavailable(
            f"the store at {server} does not answer ({error}): start it or check the URL"
        )
    return StoreError(f"the store at {server} reports: {error}")


# redis-py strips the leading word from some replies and gives them a type instead.
_WORD_OF_TYPE: list[tuple[type[Exception], str]] = [
    (redis_errors.BusyLoadingError, "LOADING"),
    (redis_errors.OutOfMemoryError, "OOM"),
    (redis_errors.ReadOnlyError, "READONLY"),
    (redis_errors.AuthenticationWrongNumberOfArgsError, "WRONGPASS"),
    (redis_errors.AuthenticationError, "WRONGPASS"),
    (redis_errors.NoPermissionError, "NOPERM"),
    (redis_errors.MovedError, "MOVED"),
    (redis_errors.MasterDownError, "MASTERDOWN"),
    (redis_errors.ClusterDownError, "CLUSTERDOWN"),
]


def _first_word(error: Exception) -> str:
    if "authentication required" in str(error).lower():
        return "NOAUTH"
    for kind, word in _WORD_OF_TYPE:
        if isinstance(error, kind):
            return word
    return str(error).partition(" ")[0]
