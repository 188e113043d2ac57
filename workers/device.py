"""Which device computes."""

import torch

from config import SmearwatchError


class DeviceError(SmearwatchError):
    """The device does not exist or cannot be used."""


def gpu_memory(device: torch.device) -> dict[str, int]:
    """Give the memory of a CUDA device in bytes: ``total``, ``free``, and ``reserved`` by us."""
    free, total = torch.cuda.mem_get_info(device)
    return {"total": total, "free": free, "reserved": torch.cuda.memory_reserved(device)}


def resolve_device(device: str) -> torch.device:
    """Turn ``auto``, ``cpu``, ``cuda`` or ``cuda:N`` into a device that is there.

    Raises
    ------
    DeviceError
        The name is unknown, or no such device is there.
    """
    present = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto":
        return torch.device("cuda:0" if present else "cpu")
    if device == "cpu":
        return torch.device("cpu")
    kind, _, number = device.partition(":")
    if kind != "cuda" or (":" in device and not number.isdecimal()):
        raise DeviceError(f"device {device}: unknown; use auto, cpu, cuda or cuda:N")
    if int(number or 0) >= present:
        raise DeviceError(f"device {device}: {present} CUDA devices are there; use auto or cpu")
    return torch.device(f"cuda:{int(number or 0)}")
