"""``train``: fits a model on healthy cells and writes it as an artefact."""

import os
from pathlib import Path
from typing import Annotated

import typer

from config import UsageError
from monitor.cli.options import ConfigFile, SetOption, settings_from

DATA_VARIABLE = "SMEARWATCH_DATA"


def train_model(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the new artefact.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder with malaria-fields/ and nih-cells/.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the cells, at most.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same model.")] = 0,
    overwrite: Annotated[bool, typer.Option(help="Replace an artefact that is there.")] = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Train the model on healthy cells only; threshold and figures come from held-out ones."""
    # Not before it is needed: torch takes seconds to load.
    from workers.training import FitSettings, train  # noqa: PLC0415

    settings = settings_from(config, sets)
    how = FitSettings(epochs=epochs, seed=seed)
    artefact = train(data_folder(data), output, settings, how, overwrite)
    typer.echo(f"{artefact.model_id} in {artefact.folder}, threshold {artefact.card.threshold:.4g}")


def data_folder(given: Path | None) -> Path:
    """Give the folder of data that the user names, by option or by SMEARWATCH_DATA.

    Raises
    ------
    UsageError
        There is neither.
    """
    named = given or (Path(os.environ[DATA_VARIABLE]) if DATA_VARIABLE in os.environ else None)
    if named is None:
        raise UsageError(f"no data: give --data FOLDER or set {DATA_VARIABLE}")
    return named


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("train")(train_model)
