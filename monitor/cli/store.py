"""``store start``, ``store stop``, ``store status``: the embedded server."""

import sys

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.options import ConfigFile, DataDir, Json, Redis, settings_from
from monitor.store import StoreStatus, start_server, stop_server, store_status

store_app = typer.Typer(help="The embedded store: start, stop, look.", no_args_is_help=True)


def start(json: Json = False, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Start the embedded store, or find it running."""
    settings = settings_from(config, None, data_dir).store
    start_server(settings)
    _show(store_status(settings), json)


def stop(json: Json = False, config: ConfigFile = None, data_dir: DataDir = None) -> None:
    """Stop the embedded store; slides stay on disk."""
    settings = settings_from(config, None, data_dir).store
    stopped = stop_server(settings)
    if json:
        _show(store_status(settings), json)
    else:
        typer.echo("The store has stopped." if stopped else "The store was not running.")


def status(
    json: Json = False, config: ConfigFile = None, data_dir: DataDir = None, redis: Redis = None
) -> None:
    """Say how the store is; nothing is started."""
    _show(store_status(settings_from(config, None, data_dir, redis).store), json)


def _show(result: StoreStatus, json: bool) -> None:
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    else:
        Console().print(_table(result))


def _table(result: StoreStatus) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("store", "runs" if result.running else "does not run")
    table.add_row("URL", Text(result.url))
    if result.data_dir is not None:
        table.add_row("folder", Text(result.data_dir))
    if result.used_memory is not None:
        table.add_row("server", f"{result.version}, process {result.pid}")
        table.add_row("memory", f"{result.used_memory / 2**20:.1f} MiB")
        table.add_row("slides", str(result.slides))
    return table


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (start, stop, status):
        store_app.command()(command)
    app.add_typer(store_app, name="store")
