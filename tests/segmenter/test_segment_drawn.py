"""Cells drawn into a field are found, once each, where they are."""

import numpy as np
import pytest


def nearest(found, centres):
    """For each true centre, the distance to the nearest cell found."""
    away = np.linalg.norm(found[:, None] - np.array(centres)[None], axis=2)
    return away.min(axis=0)


@pytest.mark.parametrize("diameter", [10, 14, 20, 27, 40, 60, 90, 120, 150])
def test_cells_of_every_size_are_found_without_being_told_the_scale(new_field, find, diameter):
    side = max(240, 6 * diameter)
    drawn = new_field(side, side + 80).grid(diameter)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert nearest(found.cells.centroids, drawn.centres).max() < 0.05 * diameter + 0.5
    assert np.median(found.cells.diameters) == pytest.approx(diameter, rel=0.08, abs=1.7)


@pytest.mark.parametrize(("diameter", "scale"), [(12, 1.0), (54, 0.375), (108, 0.1875)])
def test_a_scale_that_is_given_is_used(new_field, find, diameter, scale):
    drawn = new_field(6 * diameter, 7 * diameter).grid(diameter)
    found = find(drawn.frame(), um_per_pixel=7.5 / diameter)
    assert found.scale == scale
    assert len(found.cells) == len(drawn.centres)


@pytest.mark.parametrize("diameter", [54, 108])
def test_centroids_of_a_shrunk_frame_are_not_shifted(new_field, find, diameter):
    drawn = new_field(6 * diameter, 7 * diameter).grid(diameter)
    found = find(drawn.frame())
    assert found.scale < 1
    shift = found.cells.centroids.mean(axis=0) - np.mean(drawn.centres, axis=0)
    np.testing.assert_allclose(shift, 0, atol=0.15)


def test_cells_outside_the_diameters_looked_for_are_not_cells(new_field, find):
    drawn = new_field().grid(12)
    assert len(find(drawn.frame(), min_diameter_px=20.0).cells) == 0


def test_pale_centres_stay_whole(new_field, find):
    drawn = new_field().grid(54, pallor=1.0)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert np.median(found.cells.areas) == pytest.approx(np.pi / 4 * 54**2, rel=0.1)
    assert found.cells.solidities.min() > 0.95


@pytest.mark.parametrize("apart", [0.8, 0.9, 1.0, 1.05])
def test_touching_and_overlapping_pairs_are_two_cells(new_field, find, apart):
    drawn = new_field()
    for row in range(60, 440, 120):
        for column in range(60, 560, 160):
            drawn.cell(row, column, 54).cell(row, column + apart * 54, 54)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert nearest(found.cells.centroids, drawn.centres).max() < 0.15 * 54


def test_a_long_cell_is_one_cell(new_field, find):
    drawn = new_field().grid(54)
    for share in np.linspace(-0.3, 0.3, 21):
        drawn.spot(135, 135 + share * 54, 40, (200, 140, 150))
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)


@pytest.mark.parametrize("darkest", [0.75, 0.6])
def test_a_vignette_changes_nothing(new_field, find, darkest):
    drawn = new_field().grid(54).vignette(darkest)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert np.ptp(found.cells.diameters) < 0.1 * 54


@pytest.mark.parametrize("colour", [(215, 200, 205), (190, 195, 170), (150, 90, 110)])
def test_stains_from_pale_to_dark_are_found_alike(new_field, find, colour):
    drawn = new_field()
    for row in range(60, 440, 90):
        for column in range(60, 600, 90):
            drawn.cell(row, column, 54, colour)
    assert len(find(drawn.frame()).cells) == len(drawn.centres)


def test_what_is_not_a_red_cell_is_set_apart(new_field, find):
    drawn = new_field().grid(40, spacing=2.0)
    gaps = [(row + 40, column + 40) for row, column in drawn.centres]
    drawn.spot(*gaps[0], 20, (120, 60, 150))
    drawn.spot(*gaps[30], 50, (60, 20, 110))
    row, column = (round(x) for x in gaps[16])
    drawn.image[row - 6 : row + 6, column - 25 : column + 25] = 0
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert found.not_cells == {"platelet": 1, "white_cell": 1, "graphic": 1}


def test_an_empty_field_has_no_cells(new_field, find):
    found = find(new_field().frame())
    assert len(found.cells) == 0
    assert found.not_cells == {}
    np.testing.assert_allclose(found.background, (232, 228, 224), atol=2)


def test_the_background_is_that_of_the_empty_field(new_field, find):
    found = find(new_field().grid(54, spacing=1.4).frame())
    np.testing.assert_allclose(found.background, (232, 228, 224), atol=3)


def test_cells_come_from_top_to_bottom(new_field, find):
    found = find(new_field().grid(54).frame())
    assert (np.diff(found.cells.centroids[:, 0]) >= 0).all()


def test_the_mean_colour_is_the_cells_own(new_field, find):
    found = find(new_field().grid(54).frame())
    np.testing.assert_allclose(np.median(found.cells.mean_colours, axis=0), (200, 140, 150), atol=6)


def test_labels_boxes_and_centroids_tell_the_same_cells(new_field, find):
    found = find(new_field().grid(54).frame())
    for number, (row, column) in enumerate(found.cells.centroids, 1):
        place = int((row + 0.5) * found.scale), int((column + 0.5) * found.scale)
        assert found.labels[place] == number
    tops = found.cells.boxes[:, :2]
    assert (tops <= found.cells.centroids).all()
    assert (found.cells.centroids < found.cells.boxes[:, 2:]).all()


@pytest.mark.parametrize("spacing", [1.0, 0.95, 0.85])
def test_a_field_full_of_cells_that_touch_or_overlap_is_counted_cell_by_cell(
    new_field, find, spacing
):
    drawn = new_field(960, 1280).grid(54, spacing=spacing)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert found.quality.verdict == "good"
