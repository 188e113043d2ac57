"""How a benchmark is shown while it runs, and at its end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

if TYPE_CHECKING:
    from monitor.benchmark.figures import Accuracy, SegmenterFigures, Speed
    from monitor.benchmark.latency import LatencyFigures
    from monitor.benchmark.pipeline import PipelineFigures

UNKNOWN = "-"
COLUMNS = ("segmenter", "strict", "counted", "textbook", "strict")


@contextmanager
def progress(total: int, things: str = "frames") -> Iterator[Callable[[], None]]:
    """Show on a terminal's standard error how far ``total`` things are; give the step."""
    console = Console(stderr=True)
    # Drawn by the step itself: a thread that draws would take part in the time measured.
    with Progress(
        console=console, disable=not console.is_terminal, auto_refresh=False, transient=True
    ) as bar:
        task = bar.add_task(things, total=total)

        def step() -> None:
            bar.advance(task)
            bar.refresh()

        yield step


def pipeline_table(figures: "PipelineFigures") -> Table:
    """Lay out the pipeline beside the plain script."""
    table = Table("", "pipeline", "plain script", title="files to Redis")
    table.add_row("frames", str(figures.frames), str(figures.baseline_frames))
    table.add_row("frames/s", f"{figures.fps:.2f}", f"{figures.baseline_fps:.2f}")
    table.add_row("speedup", f"{figures.speedup:.1f}", "1")
    for process, said in _grown(figures.memory):
        table.add_row(process, said, "")
    return table


def latency_table(figures: "LatencyFigures") -> Table:
    """Lay out what a live slide came to, and how late its counts were."""
    table = Table("", "", title="camera to Redis", show_header=False)
    table.add_row("frames", f"{figures.frames:,} at {figures.frames_per_s:.1f}/s")
    table.add_row("skipped", f"{figures.skipped:,}")
    table.add_row("cells", f"{figures.cells:,} in {figures.fields:,} fields")
    for mark, late_ms in figures.latency_ms.items():
        table.add_row(f"latency, {mark}", f"{late_ms:.0f} ms")
    fifths = ", ".join(f"{late_ms:.0f}" for late_ms in figures.latency_p99_ms_by_fifth)
    table.add_row("p99 by fifth", f"{fifths} ms")
    for process, said in _grown(figures.memory):
        table.add_row(process, said)
    return table


def _grown(memory: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, str]]:
    for process, held in memory.items():
        yield f"memory, {process}", f"{held['early_mb']:.0f} to {held['late_mb']:.0f} MiB"


def segmenter_table(figures: "SegmenterFigures") -> Table:
    """Lay out the figures of one data set, a column a way."""
    part = "" if figures.part == "all" else f", {figures.part} part"
    title = f"{figures.data}{part}: {figures.frames} fields, {figures.rejected} rejected"
    table = Table("", *COLUMNS, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    ways = (
        figures.accuracy,
        figures.strict,
        figures.counted,
        figures.baseline_accuracy,
        figures.baseline_strict,
    )
    for name, say in ACCURACY.items() if figures.accuracy else ():
        table.add_row(name, *(UNKNOWN if way is None else say(way) for way in ways))
    speeds = (figures.speed, None, None, figures.baseline_speed, None)
    for name, say_speed in SPEED.items():
        table.add_row(name, *(UNKNOWN if each is None else say_speed(each) for each in speeds))
    table.add_row("frames/s, all cores", f"{figures.fps:.1f}")
    if figures.speedup is not None:
        table.add_row("speedup", f"{figures.speedup:.1f}")
    return table


def _share(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1%}"


ACCURACY: dict[str, Callable[["Accuracy"], str]] = {
    "precision": lambda way: f"{way.precision:.3f}",
    "recall": lambda way: f"{way.recall:.3f}",
    "F1": lambda way: f"{way.f1:.3f}",
    "median count error": lambda way: _share(way.median_count_error),
    "cells found": lambda way: f"{way.found_cells:,}",
    "cells annotated": lambda way: f"{way.true_cells:,}",
    "infected found": lambda way: f"{way.infected_found}/{way.infected}",
}
SPEED: dict[str, Callable[["Speed"], str]] = {
    "ms/frame, one core": lambda speed: f"{speed.ms_per_frame:.1f}",
    "cells/s, one core": lambda speed: f"{speed.cells_per_s:,.0f}",
}
