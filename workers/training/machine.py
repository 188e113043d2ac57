"""What a network is trained on: one CPU or GPU, or one of several that ``torchrun`` started."""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from workers.device import DeviceError, resolve_device


@dataclass(frozen=True, slots=True)
class Machine:
    """A device, and which of how many it is.

    Attributes
    ----------
    device
        Where the network learns.
    rank, ranks
        Of several processes that learn together, each from its share of every pass; the first
        alone writes and tells.
    """

    device: torch.device
    rank: int = 0
    ranks: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes the result."""
        return self.rank == 0

    def joined(self, network: nn.Module) -> nn.Module:
        """Let gradients be averaged over all processes."""
        return DistributedDataParallel(network) if self.ranks > 1 else network

    def share(self, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give this process's part of a pass; all parts are equally long."""
        return order[self.rank : len(order) - len(order) % self.ranks : self.ranks]

    def agreed(self, value: float) -> float:
        """Give the first process's value in all of them, so that all decide alike."""
        if self.ranks == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(told, 0)
        return float(told)

    def precision(self) -> AbstractContextManager[object]:
        """Compute in bfloat16 on CUDA, in float32 on a CPU."""
        if self.device.type == "cuda":
            return torch.autocast("cuda", torch.bfloat16)
        return nullcontext()


CPU = Machine(torch.device("cpu"))


@contextmanager
def machine(device: str, environ: Mapping[str, str] | None = None) -> Iterator[Machine]:
    """Join the processes that ``torchrun`` started, where it did.

    Parameters
    ----------
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; under ``torchrun`` each process takes its own
        GPU where there are any.
    environ
        The environment; ``os.environ`` when None.

    Raises
    ------
    DeviceError
        The device is unknown or not there.
    """
    variables = os.environ if environ is None else environ
    ranks = _number(variables, "WORLD_SIZE", 1)
    chosen = resolve_device(device)
    if ranks == 1:
        yield Machine(chosen)
        return
    if not {"RANK", "MASTER_ADDR", "MASTER_PORT"} <= set(variables):
        raise DeviceError(
            f"WORLD_SIZE is {ranks}, but nothing says who the others are: start with torchrun, "
            "or unset WORLD_SIZE"
        )
    if chosen.type == "cuda":
        chosen = resolve_device(f"cuda:{_number(variables, 'LOCAL_RANK', 0)}")
        torch.cuda.set_device(chosen)
    torch.distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield Machine(chosen, torch.distributed.get_rank(), ranks)
    finally:
        torch.distributed.destroy_process_group()


def _number(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name, str(default))
    if not text.isdecimal():
        raise DeviceError(f"{name} is {text!r}, a whole number is needed: start with torchrun")
    return int(text)
