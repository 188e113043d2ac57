"""How right the field gate is on a large slide of the virtual microscope, whose truth is known.

What is compared, and how it is kept fair:

- A cell counts where its box ends, so it is true where a view in which the stage rested shows
  that corner off its bottom and right border, and as much of the cell as the segmenter asks of
  one. That is what one field as large as all views together would count.
- Cells that touch or overlap may be taken for one, or set apart, without any fault of the gate.
  So the same segmenter counts separate fields of the same smear by the same rule; the gate's own
  error is what is left without that one.
"""

from config import Settings
from monitor.benchmark.gate_figures import SimulatedFigures, error_of, speed_of
from monitor.benchmark.gated_count import GOOD, count_gated
from monitor.benchmark.one_thread import one_opencv_thread
from monitor.benchmark.simulated_rule import counted_ids, shown, usual_area
from monitor.sources.simulated import MicroscopeOptions, SimulatedSource
from segmenter import segment


def benchmark_simulated(settings: Settings, cells: int, seed: int = 0) -> SimulatedFigures:
    """Count a raster over a simulated slide.

    Parameters
    ----------
    settings
        All settings.
    cells
        The raster goes on until it has shown so many, at least one.
    seed
        Of the slide.
    """
    raster = MicroscopeOptions(seed=seed, motion="raster")
    true, frames = shown(raster, cells)
    with one_opencv_thread():
        count = count_gated(_source(seed=seed, motion="raster", frames=frames), settings)
        fields = _source(seed=seed, motion="fields", fields=max(1, count.fields))
        found, there = _separate(fields, usual_area(raster), settings)
    error, separate_error = error_of(count.cells, true), error_of(found, there)
    return SimulatedFigures(
        frames=frames,
        fields=count.fields,
        rejected=count.rejected,
        cells=count.cells,
        true_cells=true,
        separate_cells=found,
        separate_true_cells=there,
        error=error,
        separate_error=separate_error,
        gate_error=error - separate_error,
        parts=count.parts,
        apart=count.apart,
        speed=speed_of((raster.height, raster.width), [count]),
    )


def _separate(source: SimulatedSource, usual: float, settings: Settings) -> tuple[int, int]:
    """Segment the separate fields of a smear; give the cells found, and those there."""
    found = there = 0
    for frame in source.frames():
        segmentation = segment(frame.image, settings.segmenter, settings.quality)
        if segmentation.quality.verdict == GOOD:
            found += len(segmentation.cells)
            there += len(list(counted_ids(source.truth(frame.number), usual)))
    return found, there


def _source(**options: object) -> SimulatedSource:
    return SimulatedSource("simulated:", MicroscopeOptions.model_validate(options))
