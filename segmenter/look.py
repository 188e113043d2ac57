"""A frame at the scale at which its cells are about 20 pixels wide, and what is stained in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.settings import SegmenterSettings
from segmenter.centres import centre_votes, voted_diameter
from segmenter.foreground import foreground_of, stain_of
from segmenter.holes import LARGEST, fill_round
from segmenter.illumination import Light, light_of
from segmenter.outlines import Slopes, slopes_of
from segmenter.scale import cell_diameter, first_scale, fits, scale_for, shrink

MOST_LOOKS = 3
A_LOT = 0.3
"""With more of a field stained there may be cells though nothing has a cell's width: a heap."""


@dataclass(frozen=True, slots=True)
class Look:
    """A frame at one scale.

    Attributes
    ----------
    scale
        Working pixels per frame pixel.
    image
        (h, w, 3) uint8, RGB.
    light
        Its empty field.
    absorbed
        (h, w, 3) float32, share of the light that is missing.
    stain, slopes
        (h, w) float32, and how steeply it changes.
    foreground
        (h, w) bool, what is stained, pale centres not filled.
    diameter_px
        Usual diameter of a cell in working pixels; None where there is no cell.
    votes
        (h, w) float32, see :func:`segmenter.centres.centre_votes`; zero where there is no cell.
    """

    scale: float
    image: NDArray[np.uint8]
    light: Light
    absorbed: NDArray[np.float32]
    stain: NDArray[np.float32]
    slopes: Slopes
    foreground: NDArray[np.bool_]
    diameter_px: float | None
    votes: NDArray[np.float32]


def look_at(
    frame: NDArray[np.uint8], settings: SegmenterSettings, diameter_px: float | None = None
) -> Look:
    """Look at a frame at a first scale, and again until its cells have a good size there.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    settings
        The scale, where known, and the diameters looked for.
    diameter_px
        Usual diameter of a cell in pixels of the frame, where it is known from other frames.
    """
    if diameter_px is not None:
        return _look(frame, scale_for(diameter_px, frame.shape), settings, diameter_px)
    look = _look(frame, first_scale(frame.shape, settings), settings)
    for _ in range(MOST_LOOKS - 1):
        if settings.um_per_pixel is not None or look.diameter_px is None or fits(look.diameter_px):
            break
        better = scale_for(look.diameter_px / look.scale, frame.shape)
        if better == look.scale:
            break
        look = _look(frame, better, settings)
    return look


def _look(
    frame: NDArray[np.uint8],
    scale: float,
    settings: SegmenterSettings,
    known_px: float | None = None,
) -> Look:
    image = shrink(frame, scale)
    light = light_of(image)
    absorbed = light.absorbed(image)
    stain = stain_of(absorbed)
    slopes = slopes_of(stain)
    foreground = foreground_of(stain, slopes)
    known = foreground.any() and known_px is not None
    found = (
        _known(stain, slopes, foreground, scale * (known_px or 0))
        if known
        else _found(stain, slopes, foreground, scale, settings)
    )
    diameter, votes = found or (None, np.zeros_like(stain))
    return Look(scale, image, light, absorbed, stain, slopes, foreground, diameter, votes)


def _found(
    stain: NDArray[np.float32],
    slopes: Slopes,
    foreground: NDArray[np.bool_],
    scale: float,
    settings: SegmenterSettings,
) -> tuple[float, NDArray[np.float32]] | None:
    """Find the cells' usual diameter, and its votes; None where there is no cell."""
    low, high = settings.min_diameter_px * scale, settings.max_diameter_px * scale
    whole = fill_round(foreground, LARGEST * np.pi / 4 * (high / 2) ** 2)
    diameter = cell_diameter(whole, low, high)
    if diameter is None and foreground.mean() <= A_LOT:
        return None
    contrast = _contrast(stain, foreground)
    return voted_diameter(slopes, contrast, foreground, diameter, (low, high))


def _known(
    stain: NDArray[np.float32],
    slopes: Slopes,
    foreground: NDArray[np.bool_],
    diameter_px: float,
) -> tuple[float, NDArray[np.float32]]:
    """Give the diameter that is known, in working pixels, and its votes."""
    return diameter_px, centre_votes(slopes, diameter_px, _contrast(stain, foreground))


def _contrast(stain: NDArray[np.float32], foreground: NDArray[np.bool_]) -> float:
    return float(np.median(stain[::2, ::2][foreground[::2, ::2]]))
