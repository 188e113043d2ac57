"""``benchmark``: figures beside a baseline measured in the same run."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console

from config import UsageError
from monitor.cli.benchmark_gate_view import gate_tables
from monitor.cli.benchmark_view import (
    latency_table,
    pipeline_table,
    progress,
    segmenter_table,
)
from monitor.cli.digits import digits
from monitor.cli.models import models
from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from monitor.store import stop_server

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
        _print_json(figures)
    else:
        Console().print(pipeline_table(figures))


@app.command()
def latency(
    seconds: Annotated[
        int, typer.Option(min=1, help="For how long the virtual microscope is counted.")
    ] = 60,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Count a live virtual microscope, and say how late its counts are."""
    # Not before it is needed: its libraries take a second to load.
    from monitor.benchmark.latency import benchmark_latency  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="smearwatch-benchmark-") as name:
        settings = settings_from(config, sets, data_dir=Path(name))
        try:
            figures = benchmark_latency(settings, seconds)
        finally:
            stop_server(settings.store)
    if json:
        _print_json(figures)
    else:
        Console().print(latency_table(figures))


@app.command()
def redis(
    fields: Annotated[int, typer.Option(min=1, help="How many fields of 110 cells.")] = 1000,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Write fields to the embedded store step by step, and cell by cell by plain commands."""
    # Not before it is needed: its libraries take time to load.
    from monitor.benchmark.store_step import benchmark_store_step  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="smearwatch-benchmark-") as name:
        settings = settings_from(config, sets, data_dir=Path(name))
        try:
            figures = benchmark_store_step(settings, fields)
        finally:
            stop_server(settings.store)
    if json:
        _print_json(figures)
        return
    typer.echo(
        f"{figures.cells_per_s:,.0f} cells/s, {figures.ms_per_field:.2f} ms a field of "
        f"{figures.cells_per_field} cells (99 % within {figures.ms_per_field_p99:.2f} ms), "
        f"{figures.speedup:.1f} times as fast as cell by cell"
    )


@app.command()
def segmenter(
    data: Annotated[
        Path, typer.Option(help="Folder of a data set, or of several.", show_default=False)
    ],
    part: Annotated[
        Literal["all", "tuned", "held"],
        typer.Option(help="All fields, those tuned on, or those held out."),
    ] = "all",
    frames: Annotated[
        int | None, typer.Option(min=1, help="Fields of a set; all without.", show_default=False)
    ] = None,
    baseline_frames: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How many of them by the textbook's steps too; all without.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Segment annotated fields and compare with the truth, and so with the textbook's steps."""
    settings = settings_from(config, sets)
    # Not before it is needed: the segmenter's libraries take a second to load.
    from monitor.benchmark.datasets import choose, find_sets, is_set  # noqa: PLC0415
    from monitor.benchmark.segmenter import benchmark_segmenter  # noqa: PLC0415

    found = find_sets(data)
    with progress(sum(len(choose(each, part, frames)) for each in found)) as step:
        figures = [
            benchmark_segmenter(each, settings, part, frames, baseline_frames, step)
            for each in found
        ]
    if json:
        flat = {each.data: each.flat() for each in figures}
        _print_json(flat[figures[0].data] if is_set(data) else flat)
    else:
        Console().print(*(segmenter_table(each) for each in figures))


@app.command()
def gate(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of still fields to make videos of.", show_default=False),
    ] = None,
    videos: Annotated[int, typer.Option(help="How many videos are made.")] = 200,
    simulated: Annotated[
        int | None,
        typer.Option(
            metavar="CELLS",
            help="Count a simulated slide of so many cells too.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of ways, noise and slide.")] = 0,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Count videos made of still fields through the field gate, each cell once."""
    if data is None and simulated is None:
        raise UsageError("nothing to measure: give --data FOLDER, --simulated CELLS or both")
    _at_least_one(videos=videos, simulated=simulated)
    # What is told of each slide would be told of each of hundreds of made videos.
    settings = settings_from(config, ["log.level=warning", *(sets or [])])
    # Not before it is needed: the segmenter's libraries take a second to load.
    from monitor.benchmark.gate import benchmark_gate  # noqa: PLC0415
    from monitor.benchmark.gate_simulated import benchmark_simulated  # noqa: PLC0415

    pans = slide = None
    if data is not None:
        with progress(videos, "videos") as step:
            pans = benchmark_gate(data, settings, videos, seed, step)
    if simulated is not None:
        slide = benchmark_simulated(settings, simulated, seed)
    if json:
        _print_json({"pans": pans, "simulated": slide})
    else:
        Console().print(*gate_tables(pans, slide))


@app.command()
def intervals(
    runs: Annotated[int, typer.Option(min=100, help="Simulated slides a case.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulation.")] = 1,
    json: Json = False,
) -> None:
    """Simulate how often intervals and verdicts hold what they promise, 95 %."""
    from monitor.benchmark.coverage import benchmark_intervals  # noqa: PLC0415

    if json:
        _print_json(list(benchmark_intervals(runs, seed)))
        return
    for row in benchmark_intervals(runs, seed):
        typer.echo(f"{row.covered:7.2%}  {row.method:10s} {row.case}")


def _at_least_one(**options: int | None) -> None:
    for name, value in options.items():
        if value is not None and value < 1:
            raise UsageError(f"--{name} {value} leaves nothing to measure; give 1 or more")


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")


def register(root: typer.Typer) -> None:
    """Add the commands to ``root``."""
    app.command()(digits)
    app.command()(models)
    root.add_typer(app, name="benchmark")
