"""Views whose place on the slide is known, by which others are placed."""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose
from monitor.gate.trace import trace
from monitor.gate.view import View, spectrum

_STEPS_A_DEVIATION = 25
"""Views are kept in a byte a pixel: to 5 standard deviations, in steps of a 25th of one."""


@dataclass(frozen=True)
class Reference:
    """A view and its place, ready to be compared with others.

    Attributes
    ----------
    pose
        Its place.
    shape
        Height and width of the frame in pixels.
    flat
        (rh, rw) float32, see :class:`monitor.gate.view.View`.
    """

    pose: Pose
    shape: tuple[int, int]
    flat: NDArray[np.float32]

    @cached_property
    def spectrum(self) -> NDArray[np.complex64]:
        """The spectrum of ``flat``."""
        return spectrum(self.flat)

    @property
    def centre(self) -> NDArray[np.float64]:
        """Where its centre lies on the part, (row, column)."""
        return self.pose.centre(self.shape)


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A reference as it is kept, in a byte a pixel.

    Attributes
    ----------
    pose, shape
        As of :class:`Reference`.
    packed
        (rh, rw) int8.
    trace
        By which it is found again, see :func:`monitor.gate.trace.trace`.
    """

    pose: Pose
    shape: tuple[int, int]
    packed: NDArray[np.int8]
    trace: NDArray[np.complex64]

    @classmethod
    def of(cls, view: View, pose: Pose) -> "Keyframe":
        """Keep a view."""
        steps = np.rint(view.flat * _STEPS_A_DEVIATION)
        packed = np.clip(steps, -127, 127).astype(np.int8)
        return cls(pose, view.shape, packed, trace(view.flat))

    def unpacked(self) -> Reference:
        """Give the reference, but for the roundings."""
        flat = self.packed.astype(np.float32) / np.float32(_STEPS_A_DEVIATION)
        return Reference(self.pose, self.shape, flat)

    def at(self, pose: Pose) -> "Keyframe":
        """Give the keyframe at another place."""
        return replace(self, pose=pose)


def turned(flat: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    """Turn a reduced frame round its centre, from rows to columns; what comes in is 0."""
    if not degrees:
        return flat
    height, width = flat.shape
    # OpenCV turns from columns to rows where the angle is positive.
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(flat, turn, (width, height)), np.float32)
