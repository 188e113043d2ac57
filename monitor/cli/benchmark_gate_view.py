"""How the figures of the field gate are shown."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from monitor.benchmark.gate_figures import GateSpeed, SimulatedFigures
    from monitor.benchmark.pan_figures import PanFigures

Rows = Iterable[tuple[str, ...]]


def gate_tables(pans: "PanFigures | None", slide: "SimulatedFigures | None") -> Iterator[Table]:
    """Lay out what was measured, a table for the videos and one for the simulated slide."""
    if pans is not None:
        yield _table(f"{_videos(pans.videos)} made of still fields", _pans(pans))
    if slide is not None:
        yield _table(f"simulated slide of {slide.true_cells:,} cells", _simulated(slide))


def _pans(pans: "PanFigures") -> Rows:
    both = pans.errors, pans.same_scale_errors
    yield "", "still field", "at the video's scale"
    yield "within 3 %", *(f"{errors.within_3:.1%}" for errors in both)
    yield "within 8 %", *(f"{errors.within_8:.1%}" for errors in both)
    yield "worst error", *(f"{errors.worst:+.1%} ({errors.worst_name})" for errors in both)
    yield "median error", *(f"{errors.median:.1%}" for errors in both)
    yield "mean error, with sign", *(f"{errors.mean:+.2%}" for errors in both)
    yield "fields a video", f"{pans.fields_per_video:.1f}"
    yield "tracking lost in", _videos(pans.lost)
    yield "parts left apart in", _videos(pans.apart)
    yield "pictures too poor, too small", f"{pans.poor_fields}, {pans.small_pictures}"
    for speed in pans.speeds:
        yield _speed(speed)


def _simulated(slide: "SimulatedFigures") -> Rows:
    yield "cells counted", f"{slide.cells:,}"
    yield "error", f"{slide.error:+.2%}"
    yield "segmenter's own error", f"{slide.separate_error:+.2%}"
    yield "gate's own error", f"{slide.gate_error:+.2%}"
    yield "frames, fields, rejected", f"{slide.frames:,}, {slide.fields:,}, {slide.rejected:,}"
    yield "parts opened, left apart", f"{slide.parts}, {slide.apart}"
    yield _speed(slide.speed)


def _videos(count: int) -> str:
    return f"{count} video{'' if count == 1 else 's'}"


def _speed(speed: "GateSpeed") -> tuple[str, str]:
    said = f"{speed.mean_ms:.2f}, {speed.p99_ms:.2f}"
    return f"ms a {speed.width}x{speed.height} frame, mean, p99", said


def _table(title: str, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*row)
    return table
