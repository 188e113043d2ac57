"""``benchmark digits``: the classic one-class check on handwritten digits."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from config import UsageError
from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from monitor.cli.train import DATA_VARIABLE

if TYPE_CHECKING:
    from workers.training.digits import DigitBenchmark, DigitFigures


def digits(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with digits.npz; without it, mnist/ of SMEARWATCH_DATA."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each model.")] = 3,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Train on ones, and tell them from all other digits."""
    # Not before it is needed: torch takes seconds to load.
    from workers.training.digits import benchmark_digits  # noqa: PLC0415
    from workers.training.read_digits import read_digits  # noqa: PLC0415

    settings_from(config, sets)
    result = benchmark_digits(read_digits(_folder(data)), seeds=range(seeds))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    else:
        _print(result)


def _folder(given: Path | None) -> Path:
    if given is not None:
        return given
    if DATA_VARIABLE not in os.environ:
        raise UsageError(f"no digits: give --data FOLDER or set {DATA_VARIABLE}")
    return Path(os.environ[DATA_VARIABLE]) / "mnist"


def _print(result: "DigitBenchmark") -> None:
    title = f"{result.test_ones} ones and {result.test_others} others, {len(result.seeds)} seeds"
    table = Table("", "normal right", "anomalous right", "reference", "reached", title=title)
    for figures in result.models:
        table.add_row(*_row(figures))
    Console().print(table)


def _row(figures: "DigitFigures") -> list[str]:
    reference = figures.reference
    return [
        figures.model,
        f"{figures.normal_right:.1%}",
        f"{figures.anomalous_right:.1%}",
        f"{reference[0]:.1%} / {reference[1]:.1%}" if reference else "",
        "" if figures.reached is None else "yes" if figures.reached else "no",
    ]
