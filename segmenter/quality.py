"""Whether a field can be counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from config.settings import QualitySettings
from segmenter.cells import FieldQuality

GOOD = "good"
BRIGHTEST = 255


def judge(
    image: NDArray[np.uint8],
    stain: NDArray[np.float32],
    foreground: NDArray[np.bool_],
    cells: int,
    diameter_px: float,
    settings: QualitySettings,
) -> FieldQuality:
    """Judge a field; the first reason to reject it wins.

    Parameters
    ----------
    image, stain, foreground
        (h, w, 3) uint8, (h, w) float32 and (h, w) bool at working scale.
    cells
        How many cells were found.
    diameter_px
        Usual diameter of a cell at working scale.
    settings
        The thresholds.
    """
    extreme = (image == 0) | (image == BRIGHTEST)
    saturated = float((extreme[..., 0] & extreme[..., 1] & extreme[..., 2]).mean())
    covered = float(foreground.mean())
    focus = focus_score(stain, foreground, diameter_px)
    reasons = {
        "saturated": saturated > settings.max_saturated_share,
        "crowded": covered > settings.max_covered_share,
        "empty": cells < settings.min_cells,
        "blurred": focus < settings.min_focus_score,
    }
    verdict = next((reason for reason, holds in reasons.items() if holds), GOOD)
    return FieldQuality(verdict, focus, saturated, covered)


def focus_score(
    stain: NDArray[np.float32], foreground: NDArray[np.bool_], diameter_px: float
) -> float:
    """Give the steepness of the outlines: contrast across them per cell diameter.

    Free of scale and of stain: the gradient along the outlines is divided by the contrast
    between cells and field, and multiplied by the cells' diameter.

    Returns
    -------
    float
        >= 0, higher is sharper; 0 where there is no outline.
    """
    if not foreground.any() or foreground.all():
        return 0.0
    inner = cv2.erode(foreground.astype(np.uint8), np.ones((3, 3), np.uint8))
    outline = foreground & (inner == 0)
    contrast = float(np.median(stain[foreground]) - np.median(stain[~foreground]))
    if contrast <= 0:
        return 0.0
    down, across = (cv2.Sobel(stain, cv2.CV_32F, x, 1 - x, scale=1 / 8) for x in (0, 1))
    steepness = float(np.median(np.hypot(down[outline], across[outline])))
    return steepness / contrast * diameter_px
