"""Real fields, and the textbook's way that the benchmark compares with."""

import numpy as np

from monitor.benchmark.textbook import textbook_crops
from segmenter import mask_of

EVERY = 20


def test_real_fields_are_counted_rightly(malaria_fields, accuracy, defaults):
    fields = accuracy.read_fields(malaria_fields)[::EVERY]
    figures = accuracy.summarise([accuracy.run_field(field, defaults) for field in fields])
    assert figures.fields == 13
    assert figures.rejected == 0
    assert 0.85 <= figures.total_ratio <= 1.15
    assert figures.f1 >= 0.85


def test_matching_is_one_to_one_and_within_half_a_cell(accuracy):
    true = np.array([(10.0, 10.0), (10.0, 30.0)])
    diameters = np.array([16.0, 16.0])
    twice = np.array([(10.0, 12.0), (11.0, 10.0), (10.0, 39.0)])
    assert accuracy.matched_cells(twice, true, diameters).tolist() == [True, False]
    assert accuracy.matched_cells(true[::-1], true, diameters).all()
    assert not accuracy.matched_cells(np.empty((0, 2)), true, diameters).any()


def test_the_textbook_finds_a_clean_field_too(new_field):
    drawn = new_field().grid(54)
    crops = textbook_crops(drawn.frame())
    assert len(crops) == len(drawn.centres)
    assert crops.shape[1:] == (64, 64, 3)
    np.testing.assert_allclose(mask_of(crops).mean(axis=(1, 2)), np.pi / 4, atol=0.06)


def test_the_textbook_finds_nothing_in_specks(new_field):
    drawn = new_field().spot(100, 100, 12, (200, 140, 150)).spot(300, 400, 12, (200, 140, 150))
    assert textbook_crops(drawn.frame(noise=0)).shape == (0, 64, 64, 3)
