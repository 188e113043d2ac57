"""One bench for all schedules of a test process."""

from collections.abc import Iterator

import pytest
from soak.bench import Bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Pictures, an undisturbed run, and a process to fork others from."""
    with Bench() as bench:
        bench.undisturbed()
        yield bench
