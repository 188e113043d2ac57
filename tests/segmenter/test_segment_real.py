"""Real fields, compared with what people marked in them."""

from monitor.benchmark.datasets import find_sets
from monitor.benchmark.segmenter import benchmark_segmenter

FRAMES = 13


def test_real_fields_are_counted_rightly(malaria_fields, defaults):
    (fields,) = find_sets(malaria_fields)
    figures = benchmark_segmenter(fields, defaults, frames=FRAMES, baseline_frames=0)
    assert figures.frames == FRAMES
    assert figures.rejected == 0
    assert figures.counted is not None
    assert 0.85 <= figures.counted.found_cells / figures.counted.true_cells <= 1.15
    assert figures.counted.f1 >= 0.85
