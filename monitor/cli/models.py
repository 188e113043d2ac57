"""``benchmark models``: all families of networks, trained and measured by the same code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from config import UsageError
from monitor.cli.options import MOST_SEED, ConfigFile, Json, SetOption, settings_from
from monitor.cli.train import data_folder
from monitor.whole_file import whole_file

if TYPE_CHECKING:
    from workers.training.compare import Compared
    from workers.training.fit_settings import FitSettings

PERCENT = ("sensitivity_at_specificity_95", "sensitivity_at_specificity_99")


def models(
    data: Annotated[
        Path | None, typer.Option(help="A labelled set, or a folder that holds some.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Family of networks; all without.")
    ] = None,
    split: Annotated[
        Literal["groups", "cells", "across"],
        typer.Option(
            help="Hold out patients and stretches of a slide, or cells at random, or the other "
            "set (without colour)."
        ),
    ] = "groups",
    fold: Annotated[
        list[int] | None,
        typer.Option(min=0, max=4, help="Fifth of the groups to hold out; each in turn without."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes; without, the recipe's.")
    ] = None,
    examples: Annotated[
        int | None, typer.Option(min=1, help="Cells a pass; without, the recipe's.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Same seed, same figures.")] = 0,
    save: Annotated[
        Path | None,
        typer.Option(
            help="File that keeps what is measured, with a folder beside it for each fold; what "
            "is in them is not made again."
        ),
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Train families of networks and compare them on cells that they did not see."""
    # Not before it is needed: torch takes seconds to load.
    from workers.models import FAMILIES, family  # noqa: PLC0415
    from workers.training.compare import Compared, compare  # noqa: PLC0415
    from workers.training.datasets import FIFTHS  # noqa: PLC0415
    from workers.training.recipes import recipe_of  # noqa: PLC0415
    from workers.training.train import read_sets  # noqa: PLC0415

    settings = settings_from(config, sets)
    wanted = model or list(FAMILIES)
    for name in wanted:
        family(name)
    done = _read(save, list[Compared])
    asked = {"epochs": epochs, "examples_an_epoch": examples}
    given = {key: value for key, value in asked.items() if value is not None}
    folds = fold or list(range(FIFTHS))

    def how(name: str) -> "FitSettings":
        return msgspec.structs.replace(recipe_of(name).fit, seed=seed, **given)

    held_out = 1 if split == "across" else len(folds)
    known = {(row.model, row.split, row.folds, row.epochs, row.examples_an_epoch) for row in done}
    left = [
        name
        for name in wanted
        if (name, split, held_out, how(name).epochs, how(name).examples_an_epoch) not in known
    ]
    labelled = read_sets(data_folder(data), settings, seed) if left else []
    keep = None if save is None else save.with_name(f"{save.name}.folds")
    for name in left:
        done += compare(name, labelled, how(name), split, folds, settings, keep)
        _write(save, done)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(done) + b"\n")
    else:
        _print(done)


def _write(save: Path | None, done: list["Compared"]) -> None:
    if save is None:
        return
    with whole_file(save, force=True) as file:
        file.write(msgspec.json.format(msgspec.json.encode(done)))


def _read(save: Path | None, kind: type[list["Compared"]]) -> list["Compared"]:
    if save is None or not save.exists():
        return []
    try:
        return msgspec.json.decode(save.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"--save {save}: not a file of this command: {error}") from error


def _print(compared: list["Compared"]) -> None:
    for split in dict.fromkeys((each.split, each.data) for each in compared):
        table = Table(
            *("", "AUROC", "95 %", "at 95 %", "at 99 %", "accuracy", "cost"),
            title=f"{split[1]}, {split[0]} held out",
            title_justify="left",
        )
        rows = [each for each in compared if (each.split, each.data) == split]
        for each in sorted(rows, key=lambda row: -(row.figures["auroc"] or 0)):
            table.add_row(*_row(each))
        Console().print(table)


def _row(each: "Compared") -> list[str]:
    interval = each.intervals["auroc"]
    return [
        each.model,
        f"{each.figures['auroc'] or 0:.4f}",
        "-" if interval is None else f"{interval[0]:.3f}-{interval[1]:.3f}",
        *(f"{100 * (each.figures[name] or 0):.1f} %" for name in PERCENT),
        "" if each.accuracy is None else f"{100 * each.accuracy:.1f} %",
        f"{each.cost:.2f}",
    ]
