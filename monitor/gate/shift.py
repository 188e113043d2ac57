"""How far one reduced frame lies from another: phase correlation proposes, the overlap decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2

PEAKS = 3
LEAST_OVERLAP = 0.12
"""Views that share less than this share of their area are not compared."""

FLATTENING = 0.8
"""How far the spectrum's strengths are made alike: 1 is plain phase correlation, which noise
and blur disturb; 0 plain correlation, whose peaks are as wide as cells."""

_AROUND_PX = 3


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a view lies against another.

    Attributes
    ----------
    rows, columns
        What stands at (r, c) of the view stands at (r + rows, c + columns) of the other, in
        reduced pixels.
    likeness
        Correlation of what both show, in [-1, 1]; the confidence.
    overlap
        Share of the view that both show, in (0, 1].
    """

    rows: float
    columns: float
    likeness: float
    overlap: float


def shift_between(
    view: NDArray[np.float32],
    view_spectrum: NDArray[np.complex64],
    other: NDArray[np.float32],
    other_spectrum: NDArray[np.complex64],
) -> Shift | None:
    """Find where ``view`` lies against ``other``.

    Parameters
    ----------
    view, other
        (rh, rw) float32, see :class:`monitor.gate.view.View`.
    view_spectrum, other_spectrum
        Their spectra.

    Returns
    -------
    Shift or None
        The likeliest; None where nothing can be said, as of views of different size.

    References
    ----------
    C. D. Kuglin and D. C. Hines, "The phase correlation image alignment method", Proc. IEEE
    Int. Conf. Cybernetics and Society, 163-165 (1975).
    """
    if view.shape != other.shape:
        return None
    surface = correlation(view_spectrum, other_spectrum, view.shape)
    found = [_judged(view, other, place) for place in _proposals(surface, view.shape)]
    return max(
        (shift for shift in found if shift is not None),
        key=lambda shift: shift.likeness,
        default=None,
    )


def correlation(
    view: NDArray[np.complex64], other: NDArray[np.complex64], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Give the phase correlation of two spectra of reduced frames, (ph, pw) float32."""
    cross = other * np.conj(view)
    strength = np.abs(cross)
    strength += np.float32(1e-3) * strength.mean() + np.float32(1e-12)
    cross /= strength**FLATTENING
    width = 2 * (cross.shape[1] - 1)
    width += width < shape[1]
    return np.asarray(irfft2(cross, (cross.shape[0], width)), np.float32)


def likeness(
    view: NDArray[np.float32], other: NDArray[np.float32], rows: int, columns: int
) -> float:
    """Give the correlation of what two views share when one is moved, in [-1, 1].

    0 where they share nothing, or what they share is featureless.
    """
    height, width = view.shape
    mine = view[max(0, -rows) : height - rows, max(0, -columns) : width - columns]
    theirs = other[max(0, rows) : height + rows, max(0, columns) : width + columns]
    if not mine.size:
        return 0.0
    mine, theirs = mine - mine.mean(), theirs - theirs.mean()
    spread = float((mine * mine).sum()) * float((theirs * theirs).sum())
    return float((mine * theirs).sum()) / spread**0.5 if spread > 1e-6 else 0.0  # noqa: PLR2004


def _proposals(surface: NDArray[np.float32], shape: tuple[int, ...]) -> Iterator[tuple[float, ...]]:
    """Give the shifts that the highest peaks may stand for: each wraps round the border."""
    rest = surface.copy()
    for _ in range(PEAKS):
        row, column = (int(at) for at in np.unravel_index(int(rest.argmax()), rest.shape))
        fine = _between_pixels(surface, row, column)
        both = zip(fine, surface.shape, shape, strict=True)
        for rows, columns in product(*(_unwrapped(*axis) for axis in both)):
            if _overlap(rows, columns, shape) >= LEAST_OVERLAP:
                yield rows, columns
        _clear(rest, row, column)


def _unwrapped(at: float, period: int, length: int) -> list[float]:
    return [shift for shift in (at, at - period) if abs(shift) < length]


def _overlap(rows: float, columns: float, shape: tuple[int, ...]) -> float:
    return (1 - abs(rows) / shape[0]) * (1 - abs(columns) / shape[1])


def _judged(
    view: NDArray[np.float32], other: NDArray[np.float32], place: tuple[float, ...]
) -> Shift | None:
    rows, columns = place
    alike = likeness(view, other, round(rows), round(columns))
    return Shift(rows, columns, alike, _overlap(rows, columns, view.shape))


def _between_pixels(surface: NDArray[np.float32], row: int, column: int) -> tuple[float, float]:
    """Give the top of the parabolas through a peak and its neighbours."""
    height, width = surface.shape
    along_rows = surface[[(row - 1) % height, row, (row + 1) % height], column]
    along_columns = surface[row, [(column - 1) % width, column, (column + 1) % width]]
    return row + _top(along_rows), column + _top(along_columns)


def _top(values: NDArray[np.float32]) -> float:
    before, peak, after = (float(value) for value in values)
    bend = before - 2 * peak + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


def _clear(surface: NDArray[np.float32], row: int, column: int) -> None:
    rows = np.arange(row - _AROUND_PX, row + _AROUND_PX + 1) % surface.shape[0]
    columns = np.arange(column - _AROUND_PX, column + _AROUND_PX + 1) % surface.shape[1]
    surface[np.ix_(rows, columns)] = -np.inf
