"""``python -m soak``: many schedules, or a long run, with a figure for each and a verdict."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from soak.long_run import LongRun
from soak.many import run_many
from soak.schedule import Schedule

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
StoreKind = Literal[
    "kill_store", "stop_store", "full_disk", "cut_store", "delay_store", "silence_store"
]
Out = Annotated[Path | None, typer.Option(help="File that the final JSON is written to.")]


@app.command()
def schedules(
    first: Annotated[int, typer.Option(help="First seed.")] = 0,
    count: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 200,
    jobs: Annotated[int, typer.Option(min=1, help="How many at a time.")] = 2,
    out: Out = None,
) -> None:
    """Run the schedules of successive seeds; a line each, then the sum as JSON."""
    _end(run_many([Schedule.of(seed) for seed in range(first, first + count)], jobs), out)


@app.command()
def outage(
    seconds: Annotated[float, typer.Option(min=0, help="How long the store is away.")] = 60.0,
    kind: Annotated[StoreKind, typer.Option(help="What is done to it.")] = "kill_store",
    out: Out = None,
) -> None:
    """Take the store away in the middle of a slide."""
    _end(run_many([Schedule.outage(seconds, kind)], 1), out)


@app.command()
def hour(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long.")] = 60.0,
    settled: Annotated[float, typer.Option(help="Minute that the rest is compared with.")] = 5.0,
    source: Annotated[str | None, typer.Option(help="What is counted.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Scoring processes.")] = 1,
    out: Out = None,
) -> None:
    """Count at full rate for long; memory, files and sockets of every process stay as they are."""
    _end(LongRun(minutes, settled, source, workers).run(), out)


def _end(report: msgspec.Struct, out: Path | None) -> None:
    encoded = msgspec.json.encode(report)
    if out is not None:
        out.write_bytes(encoded + b"\n")
    sys.stdout.write(encoded.decode() + "\n")
    raise typer.Exit(0 if report.passed else 1)


if __name__ == "__main__":
    app()
