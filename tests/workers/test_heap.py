"""Memory that is freed is kept for what comes next."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
if "kept" in sys.argv:
    from workers.heap import keep_freed_memory
    assert keep_freed_memory()
def touch():
    arrays = [np.ones(1 << 20, np.float64) for _ in range(3)]
touch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    touch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(*arguments: str) -> int:
    command = [sys.executable, "-c", FAULTS, *arguments]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_arrays_of_megabytes_cost_no_page_faults_the_second_time():
    assert page_faults("kept") < page_faults() / 5
