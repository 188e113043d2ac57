"""``benchmark``: figures beside a baseline measured in the same run."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from monitor.store import stop_server

if TYPE_CHECKING:
    from monitor.benchmark.pipeline import PipelineFigures

app = typer.Typer(help="Measure against a baseline in the same run.", no_args_is_help=True)


@app.callback()
def benchmark() -> None:
    """Measure against a baseline in the same run."""


@app.command()
def pipeline(
    data: Annotated[
        Path | None, typer.Option(help="Folder of images; without it, simulated fields.")
    ] = None,
    frames: Annotated[int, typer.Option(min=1, help="Files that the pipeline counts.")] = 200,
    baseline_frames: Annotated[int, typer.Option(min=1, help="Files of the plain script.")] = 10,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Count files to Redis with the whole pipeline, and with a plain script."""
    # Not before it is needed: it loads torch, which takes seconds.
    from monitor.benchmark.pipeline import benchmark_pipeline  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="smearwatch-benchmark-") as name:
        folder = Path(name)
        settings = settings_from(config, sets, data_dir=folder / "store")
        try:
            figures = benchmark_pipeline(settings, folder, data, frames, baseline_frames)
        finally:
            stop_server(settings.store)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(figures) + b"\n")
    else:
        _print(figures)


def _print(figures: "PipelineFigures") -> None:
    table = Table("", "pipeline", "plain script", title="files to Redis")
    table.add_row("frames", str(figures.frames), str(figures.baseline_frames))
    table.add_row("frames/s", f"{figures.fps:.2f}", f"{figures.baseline_fps:.2f}")
    table.add_row("speedup", f"{figures.speedup:.1f}", "1")
    for process, memory in figures.memory.items():
        said = f"{memory['early_mb']:.0f} to {memory['late_mb']:.0f} MiB"
        table.add_row(f"memory, {process}", said, "")
    Console().print(table)


def register(root: typer.Typer) -> None:
    """Add the commands to ``root``."""
    root.add_typer(app, name="benchmark")
