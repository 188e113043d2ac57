"""``models list``, ``activate`` and ``rollback``: which model counts."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config import Settings
from monitor.cli.options import ConfigFile, DataDir, Json, settings_from
from monitor.model_registry import Active, ListedModel, ModelRegistry

models_app = typer.Typer(help="Own and shipped models, and which one counts.", no_args_is_help=True)


def list_models(json: Json = False, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """List all models; the active one is used where no setting names another."""
    settings = settings_from(config, None, data_dir)
    found = _registry(settings).listed(settings.model.artefact)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
    else:
        Console().print(_table(found))


def activate(
    model: Annotated[str, typer.Argument(help="Id of an own model, or name of a shipped one.")],
    config: ConfigFile = None,
    data_dir: DataDir = None,
) -> None:
    """Count with this model from the next slide on."""
    _tell(_registry(settings_from(config, None, data_dir)).activate(model))


def rollback(config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Count with the model that was active before."""
    _tell(_registry(settings_from(config, None, data_dir)).roll_back())


def _registry(settings: Settings) -> ModelRegistry:
    return ModelRegistry.of(settings.store.data_dir)


def _tell(state: Active) -> None:
    typer.echo(f"active: {state.active or 'none, the default of the settings is used'}")


def _table(models: list[ListedModel]) -> Table:
    table = Table()
    for name in ("", "model", "architecture", "created", "threshold"):
        table.add_column(name, justify="right" if name == "threshold" else "left")
    for one in models:
        mark, shown = ("active" if one.active else ""), one.name
        if one.shipped:
            shown += f" (shipped, {one.model_id})"
        described = Text(one.architecture), one.created, f"{one.threshold:.5g}"
        table.add_row(mark, Text(shown), *described)
    return table


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    models_app.command("list")(list_models)
    for command in (activate, rollback):
        models_app.command()(command)
    app.add_typer(models_app, name="models")
