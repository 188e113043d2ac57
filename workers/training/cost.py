"""What a network costs on a CPU, against the plain one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from workers.models import build

BASELINE = "conv-wide"
CROPS = 32
ROUNDS = 30


def relative_cost(architecture: str, rounds: int = ROUNDS) -> float:
    """Give the time of a network on one CPU core as a multiple of that of ``conv-wide``.

    Parameters
    ----------
    architecture
        Name of the family.
    rounds
        Both are run in turns so often; the fastest of each counts.
    """
    inputs = torch.zeros(CROPS, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    ours, plain = (_ready(build(name)) for name in (architecture, BASELINE))
    fastest = [float("inf"), float("inf")]
    with _one_thread(), torch.inference_mode():
        for _ in range(rounds):
            for place, network in enumerate((ours, plain)):
                fastest[place] = min(fastest[place], _seconds(network, inputs))
    return fastest[0] / fastest[1]


def _ready(network: nn.Module) -> nn.Module:
    ready: nn.Module = network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return ready


def _seconds(network: nn.Module, inputs: Tensor) -> float:
    started = time.perf_counter()
    network(inputs)
    return time.perf_counter() - started


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
