"""The textbook's steps do what they are compared for."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.benchmark.textbook import textbook_crops, textbook_regions
from segmenter import mask_of

CENTRES = [(row, column) for row in range(60, 400, 90) for column in range(60, 580, 90)]
Picture = Callable[..., NDArray[np.uint8]]


def test_a_clean_field_is_found_whole(picture: Picture) -> None:
    frame = picture(CENTRES, (480, 640))
    regions = textbook_regions(frame)
    centroids = sorted((round(row), round(column)) for row, column in (r.centroid for r in regions))
    np.testing.assert_allclose(centroids, CENTRES, atol=1)
    crops = textbook_crops(frame, regions)
    assert crops.shape == (len(CENTRES), 64, 64, 3)
    np.testing.assert_allclose(mask_of(crops).mean(axis=(1, 2)), np.pi / 4, atol=0.06)


def test_specks_are_no_cells(picture: Picture) -> None:
    frame = picture([])
    cv2.circle(frame, (100, 100), 6, (200, 140, 150), -1)
    regions = textbook_regions(frame)
    assert regions == []
    assert textbook_crops(frame, regions).shape == (0, 64, 64, 3)


def test_its_lengths_grow_with_pictures_larger_than_usual(picture: Picture) -> None:
    small = picture(CENTRES, (480, 640))
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    assert len(textbook_regions(np.asarray(large, np.uint8))) == len(CENTRES)
