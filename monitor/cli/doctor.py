"""``doctor``: says what on this machine stands in the way of counting, and what to do."""

import logging
import sys
from functools import partial
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config import Settings, UsageError
from config.address import Address
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.doctor import Check, examine
from monitor.doctor.readiness import Readiness
from monitor.doctor.serve import serving_health
from workers.lifetime import stop_on_signals

logger = logging.getLogger(__name__)

STYLES = {"ok": "green", "note": "yellow", "failed": "bold red"}


def doctor(
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
    serve: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="Serve /live, /ready and /metrics there until stopped, in place of the checks.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check Python, torch and device, cameras, Redis, ports and the model."""
    if serve is not None:
        _serve(serve, settings_from(config, sets, data_dir, redis, "doctor"))
        return
    checks = examine(partial(settings_from, config, sets, data_dir, redis))
    healthy = all(check.state != "failed" for check in checks)
    if json:
        result = {"healthy": healthy, "checks": checks}
        sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    else:
        Console().print(_table(checks), _verdict(checks))
    raise typer.Exit(0 if healthy else 1)


def _serve(text: str, settings: Settings) -> None:
    try:
        address = Address.of(text)
    except ValueError as error:
        raise UsageError(f"--serve {error}") from None
    stop = stop_on_signals()
    with serving_health(address, Readiness(settings).checks) as at:
        logger.info("health at http://%s/live and /ready, metrics at /metrics", at)
        stop.wait()


def _table(checks: list[Check]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        said = Text(check.found)
        if check.cure is not None:
            said.append(f"\n-> {check.cure}", style="italic")
        table.add_row(Text(check.state, style=STYLES[check.state]), check.name, said)
    return table


def _verdict(checks: list[Check]) -> Text:
    failed = [check.name for check in checks if check.state == "failed"]
    if failed:
        return Text(f"Stands in the way: {', '.join(failed)}.", style=STYLES["failed"])
    return Text("Nothing stands in the way of counting.", style=STYLES["ok"])


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(doctor)
