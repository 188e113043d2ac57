"""A small picture of the slide, put together from the views that were counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose
from monitor.gate.view import View
from monitor.store import Tile

LONG_SIDE = 128
"""The longer side of a view is so many pixels of the mosaic, as long as there is room."""

LONGEST = 2048
"""No part of the mosaic is wider or higher, in pixels: it is halved where it would grow so."""

HIGHEST = 32768
"""All parts together are no higher, in pixels: a JPEG file holds twice that."""

JPEG_QUALITY = 80
EMPTY = 255


class Mosaic:
    """Grows with every view that was counted."""

    def __init__(self) -> None:
        self._parts: dict[int, _Sheet] = {}

    def add(self, pose: Pose, view: View) -> None:
        """Lay a view on the part of the map on which it lies."""
        sheet = self._parts.get(pose.part)
        if sheet is None:
            sheet = self._parts[pose.part] = _Sheet(max(view.shape) / LONG_SIDE)
        sheet.lay(pose, view)

    def forget(self, part: int) -> None:
        """Take a part off the picture."""
        self._parts.pop(part, None)

    def move(self, part: int, onto: Pose) -> None:
        """Lay a part on another one, on which its first frame has the pose ``onto``."""
        sheet = self._parts.pop(part, None)
        if sheet is None:
            return
        if onto.part not in self._parts:
            self._parts[onto.part] = _Sheet(sheet.step_px)
        self._parts[onto.part].take(sheet, onto)

    def laid_out(self) -> tuple[NDArray[np.uint8], list[Tile]] | None:
        """Give all parts below one another, (h, w, 3) uint8 RGB, and what is where; None: empty."""
        if not self._parts:
            return None
        sheets = sorted(self._parts.items())
        by = 1
        while sum(-(-sheet.colours.shape[0] // by) for _, sheet in sheets) > HIGHEST:
            by *= 2
        small = [_reduced(sheet.colours, by) for _, sheet in sheets]
        width = max(colours.shape[1] for colours in small)
        rows, tiles, top = [], [], 0
        for (part, sheet), colours in zip(sheets, small, strict=True):
            height, own = colours.shape[:2]
            beside = ((0, 0), (0, width - own), (0, 0))
            rows.append(np.pad(colours, beside, constant_values=EMPTY))
            row, column = (sheet.origin * sheet.step_px).tolist()
            tiles.append(Tile(part, top, height, own, row, column, by * sheet.step_px))
            top += height
        return np.concatenate(rows), tiles


def as_jpeg(colours: NDArray[np.uint8]) -> bytes:
    """Give (h, w, 3) uint8 RGB as a JPEG file."""
    made, data = cv2.imencode(".jpg", colours[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not made:
        raise ValueError(f"no JPEG can be made of {colours.shape[1]}x{colours.shape[0]} pixels")
    return data.tobytes()


def _reduced(colours: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    height, width = (-(-side // by) for side in colours.shape[:2])
    if by == 1:
        return colours
    return np.asarray(cv2.resize(colours, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


class _Sheet:
    """One part of the mosaic."""

    def __init__(self, step_px: float) -> None:
        self.step_px = step_px
        self.origin = np.zeros(2, int)
        self.colours = np.full((0, 0, 3), EMPTY, np.uint8)

    def lay(self, pose: Pose, view: View) -> None:
        corners = pose.corners(view.shape)
        while self._grown(corners) is None:
            self._halve()
        self._make_room(corners)
        self._paste(view.colours, _matrix(pose, view.step_px, self.step_px, self.origin))

    def take(self, other: "_Sheet", pose: Pose) -> None:
        height, width = (round(side * other.step_px) for side in other.colours.shape[:2])
        row, column = (float(value) for value in other.origin * other.step_px)
        corners = Pose(0, row, column).corners((height, width))
        on_other = pose.to_slide(corners)
        while self._grown(on_other) is None:
            self._halve()
        self._make_room(on_other)
        origin = pose.to_slide(np.array([[row, column]]))[0]
        there = Pose(pose.part, float(origin[0]), float(origin[1]), pose.rotation)
        self._paste(other.colours, _matrix(there, other.step_px, self.step_px, self.origin))

    def _paste(self, colours: NDArray[np.uint8], matrix: NDArray[np.float64]) -> None:
        height, width = self.colours.shape[:2]
        laid = cv2.warpAffine(
            colours, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
        )
        full = np.where((colours == EMPTY).all(axis=2), 0, EMPTY).astype(np.uint8)
        covered = cv2.warpAffine(full, matrix, (width, height), flags=cv2.INTER_NEAREST)
        self.colours[covered > 0] = laid[covered > 0]

    def _grown(self, corners: NDArray[np.float64]) -> tuple[NDArray[np.int64], ...] | None:
        """Give the new low and high corner in pixels; None where that would be too large."""
        low = np.floor(corners.min(axis=0) / self.step_px).astype(int)
        high = np.ceil(corners.max(axis=0) / self.step_px).astype(int)
        if self.colours.size:
            low = np.minimum(low, self.origin)
            high = np.maximum(high, self.origin + self.colours.shape[:2])
        return None if (high - low).max() > LONGEST else (low, high)

    def _make_room(self, corners: NDArray[np.float64]) -> None:
        grown = self._grown(corners)
        if grown is None:
            return
        low, high = grown
        if not self.colours.size:
            self.origin = low
        before = self.origin - low
        after = high - self.origin - self.colours.shape[:2]
        pads = [*zip(before, after, strict=True), (0, 0)]
        self.colours = np.pad(self.colours, pads, constant_values=EMPTY)
        self.origin = low

    def _halve(self) -> None:
        self.step_px *= 2
        # On an even origin, so that two pixels become one everywhere.
        odd = self.origin % 2
        even = np.pad(self.colours, [*((int(n), 0) for n in odd), (0, 0)], constant_values=EMPTY)
        height, width = (max(1, -(-length // 2)) for length in even.shape[:2])
        self.colours = np.asarray(
            cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        self.origin = (self.origin - odd) // 2


def _matrix(
    pose: Pose, from_px: float, to_px: float, origin: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give the matrix, for OpenCV, that takes pixels of a view to those of a sheet."""
    ends = pose.to_slide(np.array([[0.0, 0.0], [from_px, 0.0], [0.0, from_px]])) / to_px - origin
    start, down, right = ends[0], ends[1] - ends[0], ends[2] - ends[0]
    middle = start + 0.5 * (down + right) - 0.5
    return np.array([[right[1], down[1], middle[1]], [right[0], down[0], middle[0]]])
