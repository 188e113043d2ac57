"""Whether this machine has the memory for what is asked of it."""

import os
import re
from pathlib import Path

from config import UsageError

GIB = 1 << 30
WORKER_BYTES = 300 << 20
"""What a worker on a CPU takes, most of it torch: 280 MiB measured over 5,000 frames."""


def memory_bytes() -> tuple[int, int]:
    """Give total and free bytes; where the kernel does not tell what it could free, the total."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    figures = Path("/proc/meminfo")
    if not figures.exists():
        return total, total
    available = re.search(r"MemAvailable:\s+(\d+) kB", figures.read_text("ascii"))
    return total, int(available[1]) * 1024 if available else total


def refuse_too_many_workers(count: int) -> None:
    """Refuse more workers than there is memory for: the system would kill what it likes.

    Raises
    ------
    UsageError
        They need more than is free.
    """
    _, free = memory_bytes()
    if count > 1 and count * WORKER_BYTES > free:
        raise UsageError(
            f"{count} workers take {count * WORKER_BYTES / GIB:.1f} GiB of memory and "
            f"{free / GIB:.1f} GiB are free: use at most {max(1, free // WORKER_BYTES)}"
        )
