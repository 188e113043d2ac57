"""Whether a field can be counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from config.settings import QualitySettings
from segmenter.cells import FieldQuality
from segmenter.look import Look
from segmenter.outlines import Slopes

GOOD = "good"
BRIGHTEST = 255


def judge(
    look: Look, foreground: NDArray[np.bool_], cells: int, settings: QualitySettings
) -> FieldQuality:
    """Judge a field; the first reason to reject it wins.

    Parameters
    ----------
    look
        The field at working scale.
    foreground
        (h, w) bool, what is stained in it, pale centres filled.
    cells
        How many cells were found.
    settings
        The thresholds.
    """
    some = look.image[::2, ::2]
    saturated = float(((some == 0) | (some == BRIGHTEST)).all(axis=2).mean())
    covered = float(foreground.mean())
    focus = focus_score(look.stain, look.slopes, foreground, look.diameter_px or 1.0)
    reasons = {
        "saturated": saturated > settings.max_saturated_share,
        "crowded": covered > settings.max_covered_share,
        "empty": cells < settings.min_cells,
        "blurred": focus < settings.min_focus_score,
    }
    verdict = next((reason for reason, holds in reasons.items() if holds), GOOD)
    return FieldQuality(verdict, focus, saturated, covered)


def focus_score(
    stain: NDArray[np.float32],
    slopes: Slopes,
    foreground: NDArray[np.bool_],
    diameter_px: float,
) -> float:
    """Give the steepness of the outlines: contrast across them per cell diameter.

    Free of scale and of stain: the gradient along the outlines is divided by the contrast
    between cells and field, and multiplied by the cells' diameter.

    Parameters
    ----------
    stain, slopes
        (h, w) float32, and its slopes.
    foreground
        (h, w) bool.
    diameter_px
        Usual diameter of a cell.

    Returns
    -------
    float
        >= 0, higher is sharper; 0 where there is no outline.
    """
    some, inside = stain[::2, ::2], foreground[::2, ::2]
    if not inside.any() or inside.all():
        return 0.0
    contrast = float(np.median(some[inside]) - np.median(some[~inside]))
    if contrast <= 0:
        return 0.0
    inner = cv2.erode(foreground.astype(np.uint8), np.ones((3, 3), np.uint8))
    outline = foreground & (inner == 0)
    return float(np.median(slopes.steepness[outline])) / contrast * diameter_px
