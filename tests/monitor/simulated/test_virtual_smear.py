"""The virtual smear: the same slide from the same seed, and a truth that the pixels bear out."""

import math
from itertools import combinations

import numpy as np
import pytest

from monitor.sources.simulated import FieldTruth, SmearOptions, VirtualSmear

SMALL = SmearOptions(width=640, height=480)


def cells_by_id(truth: FieldTruth):
    return {cell.id: cell for cell in truth.cells}


def centred_inside(truth: FieldTruth):
    height, width = truth.size
    return [
        cell for cell in truth.cells if 0 <= cell.centre[0] < height and 0 <= cell.centre[1] < width
    ]


def many_fields(smear: VirtualSmear, count: int):
    return [smear.truth((0, number * 5000)) for number in range(count)]


def test_same_seed_gives_same_bytes_whatever_was_looked_at_before():
    first, second = VirtualSmear(5, SMALL), VirtualSmear(5, SMALL)
    second.image((900, 1300))
    second.image((-700, -200))
    image, truth = first.render((300, 200))
    again, truth_again = second.render((300, 200))
    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8
    assert image.tobytes() == again.tobytes()
    assert truth == truth_again


def test_other_seed_gives_another_slide():
    one, other = (VirtualSmear(seed, SmearOptions(stain="grey")) for seed in (1, 2))
    assert one.truth((0, 0)).cells != other.truth((0, 0)).cells
    assert not np.array_equal(one.image((0, 0)), other.image((0, 0)))


def test_each_exposure_has_noise_of_its_own_and_nothing_else():
    smear = VirtualSmear(5, SMALL)
    first, second = (smear.image((0, 0), exposure=number).astype(float) for number in (0, 1))
    assert 0.5 < np.std(first - second) < 4


def test_neighbouring_position_shows_the_same_cells_shifted():
    smear = VirtualSmear(5, SMALL)
    image, truth = smear.render((0, 0))
    moved, moved_truth = smear.render((60, -90))
    here, there = image[60:, :-90].astype(float), moved[:-60, 90:].astype(float)
    assert np.corrcoef(here.ravel(), there.ravel())[0, 1] > 0.98
    shared = cells_by_id(truth).keys() & cells_by_id(moved_truth).keys()
    assert len(shared) > 10
    for name in shared:
        before, after = cells_by_id(truth)[name], cells_by_id(moved_truth)[name]
        assert after.slide_centre == before.slide_centre
        assert after.centre == (before.centre[0] - 60, before.centre[1] + 90)


def test_truth_lies_where_the_cells_are_seen():
    smear = VirtualSmear(5, SmearOptions(stain="grey"))
    image, truth = smear.render((0, 0))
    green = image[..., 1].astype(float)
    background = np.percentile(green, 90)
    whole = truth.whole
    assert len(whole) > 60
    for cell in whole:
        top, left, bottom, right = cell.box
        assert green[cell.centre] < background - 8
        assert green[top:bottom, left:right].mean() < background - 20


@pytest.mark.parametrize("stain", ["grey", "mauve", "magenta", "pink", "purple"])
def test_outside_the_boxes_there_is_hardly_anything_dark(stain):
    smear = VirtualSmear(5, SmearOptions(stain=stain))
    image, truth = smear.render((0, 0))
    outside = np.ones(truth.size, bool)
    for cell in truth.cells:
        top, left, bottom, right = cell.box
        outside[top:bottom, left:right] = False
    shade = image[..., 1][outside].astype(float) / smear.stain.background[1]
    assert np.mean(shade < 0.88) < 0.03


def test_boxes_are_clipped_to_the_frame_and_mark_cut_cells():
    truth = VirtualSmear(5).truth((0, 0))
    assert any(cell.cut for cell in truth.cells)
    for cell in truth.cells:
        top, left, bottom, right = cell.box
        assert 0 <= top < bottom <= 960
        assert 0 <= left < right <= 1280
        touches = top == 0 or left == 0 or bottom == 960 or right == 1280
        assert touches or not cell.cut
        assert cell.cut or abs((bottom - top) * (right - left) / (4 * cell.radius_px**2) - 1) < 0.35


@pytest.mark.parametrize(("density", "diameter"), [(110, 70), (60, 90), (250, 45)])
def test_density_is_the_mean_number_of_cells(density, diameter):
    smear = VirtualSmear(3, SmearOptions(density=density, diameter=diameter))
    counts = [len(centred_inside(truth)) for truth in many_fields(smear, 16)]
    assert np.mean(counts) == pytest.approx(density, rel=0.06)


def test_diameter_is_the_mean_diameter():
    truth = VirtualSmear(3, SmearOptions(diameter=50)).truth((0, 0))
    assert np.mean([2 * cell.radius_px for cell in truth.cells]) == pytest.approx(50, rel=0.04)


@pytest.mark.parametrize("parasitemia", [0.0, 0.02, 0.3])
def test_parasitemia_is_the_share_of_infected_cells(parasitemia):
    truths = many_fields(VirtualSmear(3, SmearOptions(parasitemia=parasitemia)), 16)
    cells = [cell for truth in truths for cell in truth.cells]
    deviation = np.sqrt(parasitemia * (1 - parasitemia) / len(cells))
    assert abs(np.mean([cell.infected for cell in cells]) - parasitemia) <= 4 * deviation
    assert sum(truth.infected for truth in truths) == sum(cell.infected for cell in cells)


def test_all_stages_are_there_rings_most():
    truth = VirtualSmear(3, SmearOptions(parasitemia=1)).truth((0, 0))
    stages = [cell.stage for cell in truth.cells]
    assert stages.count("ring") > stages.count("trophozoite") > stages.count("schizont") > 0


@pytest.mark.parametrize("stain", ["grey", "mauve", "magenta", "pink", "purple"])
def test_infected_cells_differ_from_the_same_cells_uninfected(stain):
    healthy = VirtualSmear(3, SmearOptions(parasitemia=0, stain=stain)).image((0, 0))
    image, truth = VirtualSmear(3, SmearOptions(parasitemia=1, stain=stain)).render((0, 0))
    assert len(truth.whole) > 60
    for cell in truth.whole:
        top, left, bottom, right = cell.box
        change = np.abs(
            image[top:bottom, left:right].astype(int) - healthy[top:bottom, left:right].astype(int)
        )
        assert change.max() > 30, cell


def test_overlap_is_the_share_of_cells_laid_onto_another():
    for share in (0.0, 0.08, 0.4):
        smear = VirtualSmear(3, SmearOptions(overlap=share, density=90))
        cells = [cell for truth in many_fields(smear, 8) for cell in truth.cells]
        assert np.mean([cell.overlapping for cell in cells]) == pytest.approx(share, abs=0.04)


def test_only_cells_marked_so_overlap():
    cells = VirtualSmear(3, SmearOptions(overlap=0.3, density=90)).truth((0, 0)).cells
    centres = np.array([cell.slide_centre for cell in cells], float)
    radii = np.array([cell.radius_px for cell in cells])
    gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2) - radii[:, None] - radii[None]
    np.fill_diagonal(gaps, np.inf)
    alone = [number for number, cell in enumerate(cells) if not cell.overlapping]
    paired = [n for n, cell in enumerate(cells) if cell.overlapping and not cell.cut]
    assert gaps[alone].min() > 0
    assert len(paired) > 10
    assert np.median(gaps[paired].min(1)) < 0


def test_overlaps_are_darker_than_single_cells():
    smear = VirtualSmear(3, SmearOptions(overlap=1, density=60, stain="mauve", parasitemia=0))
    image, truth = smear.render((0, 0))
    green = image[..., 1].astype(float)
    lenses = [
        green[(one.centre[0] + other.centre[0]) // 2, (one.centre[1] + other.centre[1]) // 2]
        for one, other in combinations(truth.whole, 2)
        if math.dist(one.centre, other.centre) < 0.85 * (one.radius_px + other.radius_px)
    ]
    assert len(lenses) > 5
    assert np.mean(lenses) < np.mean([green[cell.centre] for cell in truth.whole]) - 15


def test_platelets_and_white_cells_are_counted():
    truths = many_fields(VirtualSmear(3), 24)
    assert np.mean([truth.platelets for truth in truths]) == pytest.approx(4, rel=0.3)
    assert 0 < np.mean([truth.white_cells for truth in truths]) < 0.5
    assert sum(truth.deposits for truth in truths) > 0


def test_blur_and_motion_soften_the_outlines():
    smear = VirtualSmear(3, SMALL)

    def sharpness(image):
        return float(np.abs(np.diff(image[..., 1].astype(float), axis=1)).max())

    sharp = sharpness(smear.image((0, 0)))
    assert sharpness(smear.image((0, 0), focus_blur_px=3)) < 0.75 * sharp
    assert sharpness(smear.image((0, 0), motion=(0, 15))) < 0.75 * sharp


def test_truth_does_not_depend_on_the_size_of_the_frame():
    large = cells_by_id(VirtualSmear(3).truth((0, 0)))
    small = VirtualSmear(3, SMALL).truth((100, 100))
    assert {cell.slide_centre for cell in small.cells} <= {
        cell.slide_centre for cell in large.values()
    }


def test_each_seed_has_colours_of_its_own():
    stains = [VirtualSmear(seed, SMALL).stain for seed in range(1, 11)]
    assert len({stain.background for stain in stains}) == 10
    assert VirtualSmear(2, SMALL).stain == VirtualSmear(2, SMALL.model_copy()).stain
    greens = [stain.rim[1] for stain in stains[:5]]
    assert max(greens) > 2 * min(greens)
