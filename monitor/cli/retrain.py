"""``retrain``: a model that learns from what people have judged."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config import UsageError
from monitor.cli.labels import Simulated
from monitor.cli.options import (
    MOST_SEED,
    ConfigFile,
    DataDir,
    Json,
    Redis,
    SetOption,
    settings_from,
)
from monitor.cli.train import told_on_terminal
from monitor.store import connect
from workers.check_card import is_name
from workers.lifetime import interrupt_on_signals

if TYPE_CHECKING:
    from monitor.review.retraining import Outcome
    from workers.training.versus import Compared, Measure

MILLION = 1_000_000


def retrain(
    data: Annotated[
        Path | None, typer.Option(help="Original labelled sets, to learn from and compare on too.")
    ] = None,
    model: Annotated[
        Literal["draem-few", "deep-sad"], typer.Option(help="Family of networks.")
    ] = "draem-few",
    name: Annotated[str, typer.Option(help="What its id begins with.")] = "reviewed",
    budget: Annotated[
        float, typer.Option(metavar="PER_MILLION", help="False cells per million healthy ones.")
    ] = 2000,
    activate: Annotated[
        bool | None,
        typer.Option(
            "--activate/--keep", help="Activate it whatever, or never; else if it is better."
        ),
    ] = None,
    simulated: Simulated = False,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the cells.")] = None,
    examples: Annotated[int | None, typer.Option(min=1, help="Cells a pass.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Same seed, same model.")] = 0,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Fit the model to the reviewed cells of all slides, and show old against new.

    The new model becomes the active one if its AUROC is lower on no held-out part, and surely no
    lower on that of the reviewed slides (lower bound of the paired bootstrap).
    """
    if not 0 < budget < MILLION:
        raise UsageError(f"--budget {budget:g} must lie between 0 and a million")
    if not is_name(name):
        raise UsageError(f"--name {name!r}: use letters (a-z), digits, '.', '_' and '-'")
    settings = settings_from(config, sets, data_dir, redis)
    # Not before it is needed: torch takes seconds to load.
    from monitor.review.retraining import Request, retrain_from_store  # noqa: PLC0415

    wanted: dict[bool | None, Literal["if better", "always", "never"]] = {
        None: "if better",
        True: "always",
        False: "never",
    }
    request = Request(
        *(model, name, data, budget, wanted[activate], simulated, epochs, examples, seed)
    )
    with told_on_terminal(interrupt_on_signals()) as watch, connect(settings.store) as store:
        outcome = retrain_from_store(store, request, settings, watch)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
    else:
        _print(outcome)


def _print(outcome: "Outcome") -> None:
    new, console = outcome.retrained, Console()
    console.print(
        f"{new.model_id}: learned in {new.seconds:.0f} s from {new.infected:,} infected and "
        f"{new.healthy:,} healthy reviewed cells and {new.presumed:,} random ones taken as healthy "
        f"(labels {outcome.labels}); threshold {new.threshold:.5g}",
        highlight=False,
    )
    for compared in new.compared:
        console.print(_table(compared, new.base_id, new.model_id))
    now = "activated" if outcome.activated else f"kept, not activated: {new.folder}"
    verdict = "better" if outcome.better else "not better"
    console.print(Text(f"{verdict}: {outcome.why}\n{now}"))


def _table(compared: "Compared", old: str, new: str) -> Table:
    by = compared.auroc_difference
    table = Table(
        title=f"{compared.data}, held out: {compared.infected:,} infected, "
        f"{compared.healthy:,} healthy cells of {compared.groups:,} slides",
        caption=f"AUROC by {by.value:+.4f} ({by.low:+.4f} to {by.high:+.4f}, {by.drawn} drawn)",
    )
    for column in ("", old, new):
        table.add_column(column, justify="right" if column else "left")
    for name, measure in compared.figures.items():
        table.add_row(name.replace("_", " "), *_cells(name, measure))
    return table


def _cells(name: str, measure: "Measure") -> tuple[str, str]:
    digits = 0 if "per_million" in name else 4
    return (
        _cell(measure.old, measure.old_interval, digits),
        _cell(measure.new, measure.new_interval, digits),
    )


def _cell(value: float | None, between: tuple[float, float] | None, digits: int) -> str:
    if value is None:
        return "-"
    interval = "" if between is None else f" ({between[0]:,.{digits}f} to {between[1]:,.{digits}f})"
    return f"{value:,.{digits}f}{interval}"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(retrain)
