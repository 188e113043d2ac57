"""Draws the slide map: what was counted, how dense the cells lie, where flagged ones are."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose
from monitor.store import MapLayout, MapPicture

DENSITY_SHARE = 0.35
"""How much of what is drawn is the colour of the density."""

BLUR_PX = 12.0
EMPTY = 255
FLAGGED_RGB = (220, 0, 0)
RING_PX = 5
BAND_RGB = (160, 160, 160)


def draw_map(
    drawn: MapPicture,
    cells: Iterable[tuple[int, NDArray[np.float64]]],
    flagged: Iterable[tuple[int, NDArray[np.float64]]],
) -> NDArray[np.uint8]:
    """Colour a slide map by density, from blue (few cells) to yellow (many), and ring cells.

    Parameters
    ----------
    drawn
        The map as it is kept.
    cells, flagged
        Number of a part and (n, 2) places there, (row, column) in pixels of a frame, of all
        counted cells and of those to be ringed in red.

    Returns
    -------
    (h, w, 3) uint8, RGB.
    """
    packed = cv2.imdecode(np.frombuffer(drawn.jpeg, np.uint8), cv2.IMREAD_COLOR)
    if packed is None:
        raise ValueError("the map's picture is not a JPEG file")
    picture = np.asarray(packed[..., ::-1], np.uint8).copy()
    covered = _covered(picture)
    found = [
        points for points in (_on_picture(drawn.layout, *some) for some in cells) if len(points)
    ]
    if found:
        tinted = _tint(_density(np.concatenate(found), covered), covered)
        mixed = cv2.addWeighted(picture, 1 - DENSITY_SHARE, tinted, DENSITY_SHARE, 0)
        picture[covered] = mixed[covered]
    for tile in drawn.layout.tiles[1:]:
        cv2.line(picture, (0, tile.top), (picture.shape[1], tile.top), BAND_RGB, 1)
    for part, points in flagged:
        for row, column in _on_picture(drawn.layout, part, points):
            middle = round(float(column)), round(float(row))
            cv2.circle(picture, middle, RING_PX, FLAGGED_RGB, 2, cv2.LINE_AA)
    return picture


def _covered(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say where something was counted, (h, w) bool; JPEG leaves specks beside it."""
    darker = np.asarray((picture < EMPTY - 5).any(axis=2), np.uint8)
    return np.asarray(cv2.morphologyEx(darker, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)) > 0)


def _on_picture(layout: MapLayout, part: int, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give where places of a part lie on the picture; none where the part is not on it."""
    part, points = _joined(layout, part, points)
    tile = next((tile for tile in layout.tiles if tile.part == part), None)
    if tile is None or not len(points):
        return np.empty((0, 2))
    return (points - (tile.row, tile.column)) / tile.step_px + (tile.top, 0)


def _joined(
    layout: MapLayout, part: int, points: NDArray[np.float64]
) -> tuple[int, NDArray[np.float64]]:
    """Follow a part to the one on which it was found to lie."""
    for _ in layout.joins:
        if part in layout.joins:
            onto = Pose.at(layout.joins[part])
            part, points = onto.part, onto.to_slide(points)
    return part, points


def _density(points: NDArray[np.float64], covered: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give cells to a pixel of covered area, smoothed, (h, w) float32."""
    count = np.zeros(covered.shape, np.float32)
    squares = np.floor(points).astype(int)
    rows, columns = squares[:, 0], squares[:, 1]
    height, width = covered.shape
    inside = (rows >= 0) & (columns >= 0) & (rows < height) & (columns < width)
    np.add.at(count, (rows[inside], columns[inside]), np.float32(1))
    area = cv2.GaussianBlur(covered.astype(np.float32), (0, 0), BLUR_PX)
    return np.asarray(cv2.GaussianBlur(count, (0, 0), BLUR_PX) / np.maximum(area, 0.05), np.float32)


def _tint(density: NDArray[np.float32], covered: NDArray[np.bool_]) -> NDArray[np.uint8]:
    highest = float(np.percentile(density[covered], 99)) if covered.any() else 0.0
    level = np.clip(density / max(highest, 1e-9) * 255, 0, 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(level, cv2.COLORMAP_VIRIDIS)[..., ::-1], np.uint8)
