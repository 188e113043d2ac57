"""From a frame to its cells: the steps of the other files, one after the other."""

import cv2
import numpy as np
from numpy.typing import NDArray

from config.settings import QualitySettings, SegmenterSettings
from segmenter.cells import Segmentation
from segmenter.centres import certain_centres
from segmenter.holes import fill_centres
from segmenter.kinds import CELL, cells_in, kinds_of
from segmenter.look import Look, look_at
from segmenter.measure import Members, Regions, measure
from segmenter.platelets import with_platelet
from segmenter.quality import judge
from segmenter.separate import separate
from segmenter.tables import to_apart, to_cells


def segment(
    frame: NDArray[np.uint8],
    settings: SegmenterSettings,
    quality: QualitySettings,
    graphics: NDArray[np.bool_] | None = None,
    diameter_px: float | None = None,
) -> Segmentation:
    """Find the red blood cells of a frame, and what else is stained in it.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    settings
        Scale and range of diameters.
    quality
        Thresholds of the field's quality.
    graphics
        (h, w) bool, what is known to be burned into every frame of the source, see
        :func:`segmenter.standing_graphics`. In any frame ink is looked for besides.
    diameter_px
        Usual diameter of a cell in pixels of the frame, where it is known from other frames of
        the source: a frame with few cells tells it badly. None: it is found from this one.

    Raises
    ------
    ValueError
        ``frame`` has another shape or type, or ``graphics`` not its height and width.
    """
    _check(frame, graphics)
    look = look_at(frame, settings, diameter_px)
    labels = _labelled(look)
    members = Members(labels)
    regions = measure(labels, members)
    kinds = kinds_of(regions, members, look.absorbed, _at_scale(graphics, look))
    rows, apart = _in_order(regions, kinds == CELL), _in_order(regions, kinds != CELL)
    numbers = np.zeros(len(regions) + 1, np.int32)
    numbers[np.concatenate([rows, apart]) + 1] = np.arange(1, len(regions) + 1)
    cells, colours = regions.at(rows), members.means(look.image)[rows]
    platelets = with_platelet(members, look.absorbed, kinds == CELL)[rows]
    return Segmentation(
        labels=numbers[labels],
        scale=look.scale,
        cells=to_cells(cells, colours, platelets, look.scale, frame.shape),
        background=look.light.mean,
        quality=judge(look, _covered(look, labels), len(cells), quality),
        apart=to_apart(
            regions.at(apart),
            kinds[apart],
            cells_in(regions, kinds)[apart],
            look.scale,
            frame.shape,
        ),
        diameter_px=None if look.diameter_px is None else look.diameter_px / look.scale,
    )


def _check(frame: NDArray[np.uint8], graphics: NDArray[np.bool_] | None) -> None:
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or not frame.size:  # noqa: PLR2004
        raise ValueError(f"frame is {frame.dtype} {frame.shape}; it must be uint8 (h, w, 3)")
    if graphics is not None and graphics.shape != frame.shape[:2]:
        raise ValueError(f"graphics are {graphics.shape} and the frame is {frame.shape[:2]}")


def _at_scale(graphics: NDArray[np.bool_] | None, look: Look) -> NDArray[np.bool_] | None:
    if graphics is None:
        return None
    height, width = look.image.shape[:2]
    return np.asarray(cv2.resize(graphics.view(np.uint8), (width, height)) > 0)


def _labelled(look: Look) -> NDArray[np.int32]:
    """Give every region that is stained a number, pale centres filled; (h, w) int32."""
    diameter_px = look.diameter_px
    if diameter_px is None:
        return np.zeros(look.foreground.shape, np.int32)
    centres = certain_centres(look.votes, diameter_px)
    whole = fill_centres(look.foreground, centres, diameter_px)
    return separate(whole, look.votes, diameter_px)


def _covered(look: Look, labels: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Give what is stained, also where no cell was told apart in it; (h, w) bool."""
    return look.foreground if look.diameter_px is None else labels > 0


def _in_order(regions: Regions, chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the rows of the chosen regions, from top to bottom."""
    rows = np.flatnonzero(chosen)
    return rows[np.lexsort((regions.centroids[rows, 1], regions.centroids[rows, 0]))]
