"""The time, as it is written down."""

from datetime import UTC, datetime


def now_iso() -> str:
    """Give the time as ISO 8601, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
