"""What a process holds at a moment: memory, files, sockets, threads."""

import statistics

import msgspec
import psutil

WINDOW_S = 60.0


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a process holds: resident memory in MB, open files and sockets, threads."""

    at_s: float
    rss_mb: float
    files: int
    sockets: int
    threads: int


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a process held when it had settled, and in the end; medians of a minute each.

    Attributes
    ----------
    growth
        Memory in the end over memory when it had settled, less 1; of the store, less what its
        data grew by.
    """

    settled: Sample
    end: Sample
    most_rss_mb: float
    growth: float
    passed: bool


class LongReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a long run; ``bytes_a_cell``: of the store's data."""

    passed: bool
    minutes: float
    state: str
    balanced: bool
    fields: int
    cells: int
    cells_per_s: float
    bytes_a_cell: float
    processes: dict[str, Held]


def sample(process: psutil.Process, at_s: float) -> Sample:
    """Look at a process."""
    with process.oneshot():
        return Sample(
            at_s=at_s,
            rss_mb=process.memory_info().rss / 1e6,
            files=process.num_fds(),
            sockets=len(process.net_connections("all")),
            threads=process.num_threads(),
        )


def median(samples: list[Sample], about_s: float) -> Sample:
    """Give the medians of the minute around a moment, in seconds."""
    near = [one for one in samples if abs(one.at_s - about_s) <= WINDOW_S / 2] or samples[-1:]
    return Sample(
        at_s=about_s,
        rss_mb=round(statistics.median(one.rss_mb for one in near), 1),
        files=round(statistics.median(one.files for one in near)),
        sockets=round(statistics.median(one.sockets for one in near)),
        threads=round(statistics.median(one.threads for one in near)),
    )
