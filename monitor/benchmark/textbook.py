"""The textbook's way to segment cells, at full resolution, as scikit-image's gallery shows it."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
from skimage.measure._regionprops import RegionProperties
from skimage.segmentation import watershed

from segmenter import OUTSIDE

LEAST_DISTANCE_PX = 20
LEAST_AREA_PX = 400
"""For pictures of up to ``USUAL_SIDE_PX``; they grow with larger ones, whose cells are larger."""

USUAL_SIDE_PX = 1280
CROP_PX = 64


def textbook_regions(frame: NDArray[np.uint8]) -> list[RegionProperties]:
    """Find cells as the textbook does.

    Otsu's threshold on green, holes filled, distance transform, ``peak_local_max``, watershed,
    ``regionprops``.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.

    Returns
    -------
    list of RegionProperties
        Those that are not too small to be a cell; lengths in pixels of the frame.
    """
    times_larger = max(1.0, max(frame.shape) / USUAL_SIDE_PX)
    green = frame[..., 1]
    foreground = ndimage.binary_fill_holes(green < threshold_otsu(green))
    distance = ndimage.distance_transform_edt(foreground)
    apart = round(LEAST_DISTANCE_PX * times_larger)
    peaks = peak_local_max(distance, min_distance=apart, labels=label(foreground))
    seeds = np.zeros(foreground.shape, np.int32)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = watershed(-distance, seeds, mask=foreground)
    least_area = LEAST_AREA_PX * times_larger**2
    return [region for region in regionprops(labels) if region.area >= least_area]


def textbook_crops(
    frame: NDArray[np.uint8], regions: Sequence[RegionProperties]
) -> NDArray[np.uint8]:
    """Cut out regions, each box scaled by itself.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    regions
        Its n cells, from :func:`textbook_regions`.

    Returns
    -------
    (n, 64, 64, 3) uint8, RGB; 255 outside the cells.
    """
    crops = [_crop(frame, region.bbox, region.image) for region in regions]
    return np.array(crops, np.uint8).reshape(-1, CROP_PX, CROP_PX, 3)


def _crop(
    frame: NDArray[np.uint8], box: tuple[int, int, int, int], mask: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    top, left, bottom, right = box
    picture = cv2.resize(frame[top:bottom, left:right], (CROP_PX, CROP_PX))
    inside = cv2.resize(mask.astype(np.uint8), (CROP_PX, CROP_PX)) > 0
    return np.where(inside[..., None], np.minimum(picture, OUTSIDE - 1), OUTSIDE)
