"""Measures agree with scikit-image's regionprops."""

import cv2
import numpy as np
import pytest
from skimage.measure import label, regionprops

from segmenter.measure import Members
from segmenter.measure import measure as measure_members

SOLIDITY_TOLERANCE = 0.06
"""Ours takes polygons through pixel centres, regionprops counts pixels; blobs of >= 150 pixels."""


def measure(labels):
    return measure_members(labels, Members(labels))


def blobs(seed):
    noise = np.random.default_rng(seed).normal(size=(200, 260)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 5)
    return label(smooth > 0.03, connectivity=1).astype(np.int32)


@pytest.mark.parametrize("seed", range(4))
def test_random_blobs_are_measured_as_regionprops_does(seed):
    labels = blobs(seed)
    regions, truth = measure(labels), regionprops(labels)
    assert len(regions) == len(truth) > 20
    np.testing.assert_array_equal(regions.areas, [t.area for t in truth])
    np.testing.assert_array_equal(regions.boxes, [t.bbox for t in truth])
    np.testing.assert_allclose(regions.centroids, [t.centroid for t in truth], atol=1e-9)
    np.testing.assert_allclose(regions.eccentricities, [t.eccentricity for t in truth], atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_solidity_is_near_that_of_regionprops(seed):
    labels = cv2.resize(blobs(seed), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    regions = measure(labels)
    truth = [t.solidity if t.euler_number == 1 else np.nan for t in regionprops(labels)]
    kept = (regions.areas >= 150) & ~np.isnan(truth)
    assert kept.sum() > 10
    away = np.abs(regions.solidities - truth)[kept]
    assert away.max() < SOLIDITY_TOLERANCE


def test_single_pixels_and_lines_are_measured():
    labels = np.zeros((6, 9), np.int32)
    labels[0, 0], labels[2, 1:8], labels[5, 8] = 1, 2, 3
    regions = measure(labels)
    assert regions.areas.tolist() == [1, 7, 1]
    assert regions.boxes.tolist() == [[0, 0, 1, 1], [2, 1, 3, 8], [5, 8, 6, 9]]
    assert regions.solidities.tolist() == [1, 1, 1]
    assert regions.eccentricities.tolist() == [0, 1, 0]


def test_nothing_is_measured_where_nothing_is():
    regions = measure(np.zeros((5, 5), np.int32))
    assert len(regions) == 0
    assert regions.boxes.shape == (0, 4)
    assert regions.centroids.shape == (0, 2)


def test_means_are_taken_within_each_region():
    labels = np.array([[1, 1, 0], [2, 0, 2]], np.int32)
    values = np.array([[2, 4, 100], [10, 100, 30]], np.float32)
    assert Members(labels).means(values).tolist() == [3, 20]
    coloured = np.stack([values, 2 * values], -1)
    assert Members(labels).means(coloured).tolist() == [[3, 6], [20, 40]]
