"""How much memory processes hold while they work (Linux)."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

MIB = 1 << 20
EARLY = (0.2, 0.4)
LATE = (0.8, 1.0)


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MiB; 0 when it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


class MemoryWatch:
    """Follows the resident memory of processes by their share of the work done.

    Parameters
    ----------
    processes
        Gives process ids by name.
    done
        Gives the share of the work done, in [0, 1].
    """

    def __init__(
        self, processes: Callable[[], Mapping[str, int]], done: Callable[[], float]
    ) -> None:
        self._processes = processes
        self._done = done
        self._samples: dict[str, list[tuple[float, float]]] = {}

    def sample(self) -> None:
        """Take a reading of every process."""
        done = self._done()
        for name, pid in self._processes().items():
            self._samples.setdefault(name, []).append((done, resident_mb(pid)))

    def report(self) -> dict[str, dict[str, float]]:
        """Give the median MiB of each process in the second and last fifth, and their ratio."""
        return {name: _growth(samples) for name, samples in self._samples.items()}


def _growth(samples: list[tuple[float, float]]) -> dict[str, float]:
    early = _median(_within(samples, EARLY))
    late = _median(_within(samples, LATE))
    return {"early_mb": early, "late_mb": late, "growth": late / early if early else 0.0}


def _within(samples: list[tuple[float, float]], part: tuple[float, float]) -> list[float]:
    return [mb for done, mb in samples if part[0] <= done <= part[1]]


def _median(values: list[float]) -> float:
    held = sorted(value for value in values if value)
    return round(held[len(held) // 2], 1) if held else 0.0
