"""How the figures of the field gate are shown."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from monitor.benchmark.gate_figures import (
        GateFigures,
        GateSpeed,
        PanFigures,
        SimulatedFigures,
    )

Rows = Iterable[tuple[str, str]]


def gate_tables(figures: "GateFigures") -> Iterator[Table]:
    """Lay out what was measured, a table for the videos and one for the simulated slide."""
    if figures.pans is not None:
        yield _table(f"{_videos(figures.pans.videos)} made of still fields", _pans(figures.pans))
    if figures.simulated is not None:
        title = f"simulated slide of {figures.simulated.true_cells:,} cells"
        yield _table(title, _simulated(figures.simulated))


def _pans(pans: "PanFigures") -> Rows:
    yield "within 3 %", f"{pans.within_3:.1%}"
    yield "within 8 %", f"{pans.within_8:.1%}"
    yield "worst error", f"{pans.worst_error:+.1%} ({pans.worst_name})"
    yield "median error", f"{pans.median_error:.1%}"
    yield "mean error, with sign", f"{pans.mean_error:+.2%}"
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
    table = Table("", "", title=title, title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*row)
    return table
