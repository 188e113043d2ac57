"""The textbook's way to segment cells, at full resolution, as scikit-image's gallery shows it."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
from skimage.segmentation import watershed

from segmenter import OUTSIDE

LEAST_DISTANCE_PX = 20
LEAST_AREA_PX = 400
CROP_PX = 64


def textbook_crops(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut out the cells that the textbook finds.

    Otsu's threshold on green, distance transform, ``peak_local_max``, watershed,
    ``regionprops``, then each cell's box scaled by itself.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.

    Returns
    -------
    (n, 64, 64, 3) uint8, RGB; 255 outside the cells.
    """
    green = frame[..., 1]
    foreground = ndimage.binary_fill_holes(green < threshold_otsu(green))
    distance = ndimage.distance_transform_edt(foreground)
    peaks = peak_local_max(distance, min_distance=LEAST_DISTANCE_PX, labels=label(foreground))
    seeds = np.zeros(foreground.shape, np.int32)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = watershed(-distance, seeds, mask=foreground)
    crops = [
        _crop(frame, region.bbox, region.image)
        for region in regionprops(labels)
        if region.area >= LEAST_AREA_PX
    ]
    return np.array(crops, np.uint8).reshape(-1, CROP_PX, CROP_PX, 3)


def _crop(
    frame: NDArray[np.uint8], box: tuple[int, int, int, int], mask: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    top, left, bottom, right = box
    picture = cv2.resize(frame[top:bottom, left:right], (CROP_PX, CROP_PX))
    inside = cv2.resize(mask.astype(np.uint8), (CROP_PX, CROP_PX)) > 0
    return np.where(inside[..., None], np.minimum(picture, OUTSIDE - 1), OUTSIDE)
