"""The time: as it is written down, and as a slide's server tells it."""

from datetime import UTC, datetime

from monitor.store.client import Word

_CLOCK = "return redis.call('TIME')"


def now_iso() -> str:
    """Give the time as ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def clock_words(key: str) -> list[Word]:
    """Give the command that asks the server of a key for its time.

    It is a script, as only what names a key finds its node in a cluster.
    """
    return ["EVAL", _CLOCK, 1, key]


def clock_told(reply: list[bytes]) -> tuple[int, int]:
    """Give the time that it told: seconds of Unix time, and microseconds."""
    seconds, microseconds = reply
    return int(seconds), int(microseconds)
