"""Finds dirt: what stays in place in the picture while the stage moves."""

from math import ceil, comb, exp

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.care.condition import Condition
from monitor.care.places import Places
from monitor.care.stands_out import stands_out
from monitor.gate.pose import Pose
from monitor.gate.view import View

LEAST_PLACES = 8

NEARLY_ALL, MANY = 0.95, 0.7
"""Shares of the places at which new dirt, and dirt known before, stands out."""

MOST_BY_CHANCE = exp(-13)
"""Chance that cells alone stand at nearly all places at one pixel. On real fields, whose cells
are wider than a pixel and touch, false dirt of few pixels was seen down to exp(-12.3)."""

LEAST_AREA_PX = 12
LARGEST_SHARE = 0.3
"""What covers more of the view is no dirt; the whole picture is wrong then, or too crowded."""

_MARGIN_PX = 2
_NO_SPECKS = np.ones((2, 2), np.uint8)

Mask = NDArray[np.bool_]


class Dirt:
    """Dust on camera and lenses, and all that is burned into the picture.

    The stage has to move: of each place one view is looked at, and what is darker or brighter
    than its background at nearly all of the last places is dirt. A stage that rests or
    goes to and fro between few places tells nothing.

    Parameters
    ----------
    depth
        By which share of the background dirt is darker or brighter, in (0, 1).

    Attributes
    ----------
    mask
        Where dirt is, a little widened, (rh, rw) bool at the scale of the views; None: nowhere.
        Another array whenever it has been looked for.
    """

    def __init__(self, depth: float) -> None:
        self._depth = depth
        self._places: Places | None = None
        self._found: Mask | None = None
        self.mask: Mask | None = None

    def look(self, view: View, pose: Pose | None) -> list[Condition]:
        """Look at the next frame; give what has begun or is over."""
        if pose is None:
            return []
        told: list[Condition] = []
        if self._places is None or not self._places.fit(view.shape):
            self._places = Places(view.shape, view.flat.shape)
            told = self._learn(None, "the picture has another size")
        if self._places.has_left(pose):
            told += self._arrive(self._places, view, pose)
        return told

    def _arrive(self, places: Places, view: View, pose: Pose) -> list[Condition]:
        places.arrive(pose, stands_out(view.colours, self._depth))
        if not self._is_certain(places):
            return []
        return self._learn(self._standing(places), "nothing stays in place any more")

    def _is_certain(self, places: Places) -> bool:
        """Say whether there are so many places that cells cannot stand at nearly all of them."""
        covered = float(places.totals[0].mean() / len(places))
        return len(places) >= LEAST_PLACES and _chance(covered, len(places)) <= MOST_BY_CHANCE

    def _standing(self, places: Places) -> Mask | None:
        share = NEARLY_ALL if self._found is None else np.where(self._found, MANY, NEARLY_ALL)
        stands = places.totals >= np.ceil(share * np.float64(len(places)))
        found = np.stack([_whole(pixels) for pixels in stands])
        return found if 0 < found.any(axis=0).mean() <= LARGEST_SHARE else None

    def _learn(self, found: Mask | None, over: str) -> list[Condition]:
        before, self._found = self._found, found
        self.mask = mask = None if found is None else _widened(found)
        if mask is None:
            return [] if before is None else [Condition("dirt", False, f"no dirt: {over}")]
        if before is not None:
            return []
        text = (
            f"dirt or print that stays in place while the stage moves covers "
            f"{100 * mask.mean():.1f} % of the view; cells under it are set apart. Clean the "
            "camera's glass and the lenses"
        )
        return [Condition("dirt", True, text)]


def _chance(covered: float, places: int) -> float:
    """Give the chance that one pixel is covered at nearly all of so many places."""
    least = ceil(NEARLY_ALL * places)
    return sum(
        comb(places, times) * covered**times * (1 - covered) ** (places - times)
        for times in range(least, places + 1)
    )


def _widened(found: Mask) -> Mask:
    side = 2 * _MARGIN_PX + 1
    kernel = np.ones((side, side), np.uint8)
    return np.asarray(cv2.dilate(np.asarray(found.any(axis=0), np.uint8), kernel), np.bool_)


def _whole(pixels: Mask) -> Mask:
    """Leave out what is too small to be dirt."""
    opened = cv2.morphologyEx(pixels.view(np.uint8), cv2.MORPH_OPEN, _NO_SPECKS)
    if not opened.any():
        return np.zeros(pixels.shape, np.bool_)
    _, names, figures, _ = cv2.connectedComponentsWithStats(opened)
    large = figures[:, cv2.CC_STAT_AREA] >= LEAST_AREA_PX
    large[0] = False
    return np.asarray(large[names], np.bool_)
