"""What is kept of a view so that it is found again among thousands: half its size, made alike."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2

from monitor.gate.shift import FLATTENING
from monitor.gate.view import spectrum

HALVED = 2
WEAKEST = np.float32(1e-2)
"""Of the mean strength of a spectrum; what is weaker is not made as strong as the rest."""


def trace(flat: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Give the spectrum of a halved view, its strengths made alike.

    The product of two of them is the phase correlation of the views. So what dividing costs is
    spent once for each view, not for each pair.

    Parameters
    ----------
    flat
        (rh, rw) float32, see :class:`monitor.gate.view.View`.

    Returns
    -------
    NDArray
        (ph, pw // 2 + 1) complex64.
    """
    size = max(1, flat.shape[1] // HALVED), max(1, flat.shape[0] // HALVED)
    found = spectrum(np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.float32))
    strength = np.abs(found)
    strength += WEAKEST * strength.mean() + np.float32(1e-12)
    return np.asarray(found / strength**FLATTENING, np.complex64)


def peaks(mine: NDArray[np.complex64], theirs: NDArray[np.complex64]) -> Iterator[float]:
    """Give the height of the highest peak of the phase correlation with each of ``theirs``.

    Parameters
    ----------
    mine
        Trace of a view.
    theirs
        (n, ...) complex64, traces of others of its size.

    Returns
    -------
    Iterator
        n heights, in standard deviations.
    """
    surfaces = irfft2(theirs * np.conj(mine))
    yield from (surfaces.max(axis=(1, 2)) / (surfaces.std(axis=(1, 2)) + 1e-12)).tolist()
