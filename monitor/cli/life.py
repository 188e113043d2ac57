"""``pause``, ``resume``, ``finish`` and ``events``: a slide while it is being counted."""

import sys
from collections.abc import Iterable
from typing import Annotated

import msgspec
import typer

from monitor.ask import ask_and_wait
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, settings_from
from monitor.cli.queries import SlideId
from monitor.store import ToldEvent, Wanted, connect, follow_events
from monitor.store import events as told_events
from monitor.wording import counted, event_line

Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for the capture.")]


def pause(
    slide: SlideId,
    wait: Wait = 10.0,
    json: Json = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Pause a slide that is being counted: nothing it sees is counted until it is resumed."""
    _ask(slide, "paused", wait, json, config, data_dir, redis)


def resume(
    slide: SlideId,
    wait: Wait = 10.0,
    json: Json = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Go on with a slide that is paused."""
    _ask(slide, "counting", wait, json, config, data_dir, redis)


def finish(
    slide: SlideId,
    wait: Wait = 30.0,
    json: Json = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """End a slide that is being counted: its capture counts what is in flight and stops."""
    _ask(slide, "finished", wait, json, config, data_dir, redis)


def events(
    slide: SlideId,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with each that comes, until it ends.")
    ] = False,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only events of this kind; may be repeated.")
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """List the events of a slide, oldest first; with --follow, --json gives one a line."""
    with connect(settings_from(config, None, data_dir, redis).store) as store:
        told: Iterable[ToldEvent] = (follow_events if follow else told_events)(store, slide)
        wanted = (event for event in told if not kind or event.kind in kind)
        if json and not follow:
            _write(msgspec.json.encode(list(wanted)))
            return
        for event in wanted:
            _write(msgspec.json.encode(event) if json else event_line(event).encode())


def _ask(
    slide: str,
    wanted: Wanted,
    wait_s: float,
    json: Json,
    config: ConfigFile,
    data_dir: DataDir,
    redis: Redis,
) -> None:
    with connect(settings_from(config, None, data_dir, redis).store) as store:
        result = ask_and_wait(store, slide, wanted, wait_s)
    if json:
        _write(msgspec.json.encode(result))
    else:
        mark = "SIMULATED " if result.simulated else ""
        typer.echo(f"{mark}{slide} is {result.state}: {counted(result)}")


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (pause, resume, finish, events):
        app.command()(command)
