"""Looks at torch and at the device that a worker would use."""

from dataclasses import dataclass

import torch

from workers.device import DeviceError, resolve_device


@dataclass(frozen=True, slots=True)
class TorchProbe:
    """Which torch is installed, and on which device it has computed.

    Attributes
    ----------
    version
        Version of torch, such as ``2.13.0+cpu``.
    cuda
        Version of CUDA that torch was built for; None: a build without CUDA.
    device
        Device that the setting comes down to, such as ``cpu`` or ``cuda:0``.
    device_name
        What its maker calls the GPU; None for the CPU.
    memory_bytes
        Memory of the GPU; None for the CPU.
    """

    version: str
    cuda: str | None
    device: str
    device_name: str | None
    memory_bytes: int | None


def probe_torch(device: str) -> TorchProbe:
    """Find the device of a setting and compute something on it.

    Parameters
    ----------
    device
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Raises
    ------
    DeviceError
        The device is unknown, not there or does not compute.
    """
    chosen = resolve_device(device)
    _compute(chosen)
    on_gpu = torch.cuda.get_device_properties(chosen) if chosen.type == "cuda" else None
    return TorchProbe(
        version=torch.__version__,
        cuda=torch.version.cuda,
        device=str(chosen),
        device_name=on_gpu.name if on_gpu else None,
        memory_bytes=on_gpu.total_memory if on_gpu else None,
    )


def _compute(device: torch.device) -> None:
    side = 8
    try:
        total = float(torch.ones(side, side, device=device).sum())
    except RuntimeError as error:
        problem = str(error).splitlines()[0]
        raise DeviceError(f"device {device} is there but does not compute: {problem}") from error
    if total != side * side:
        raise DeviceError(f"device {device} computes wrongly: {side * side} ones add up to {total}")
