"""What a camera or stream is while it is connected: the interface below a live source."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Device(Protocol):
    """A connected camera or stream, read by one thread.

    Attributes
    ----------
    refused
        The settings that are not as set, by name, each with a sentence that says so.
    """

    refused: Mapping[str, str]

    def grab(self) -> bool:
        """Go on to the next frame; False where none comes: the device is lost."""

    def decode(self) -> NDArray[np.uint8] | None:
        """Give the frame gone to, (h, w, 3) uint8 RGB, or None if it is broken."""

    def close(self) -> None:
        """Let go of the device. May be called twice."""


def not_as_set(uri: str, name: str, wanted: object, real: object) -> str:
    """Say that a setting was asked for and is something else."""
    return f"{uri} refuses source.{name} = {_shown(wanted)}: it gives {_shown(real)}"


def cannot_set(uri: str, name: str, why: str) -> str:
    """Say that a setting has no meaning for a device, and what to do."""
    return f"{uri} refuses source.{name}: {why}"


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
