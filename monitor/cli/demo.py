"""``demo``: counts a slide under the virtual microscope, no question asked."""

from typing import Annotated

import typer

from monitor.cli.count import run_slide
from monitor.cli.options import DataDir, Json, Redis, settings_from

SLIDE = "smearwatch-demo"


def demo(
    fields: Annotated[int, typer.Option(min=1, help="Fields of view.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Which smear.")] = 1,
    json: Json = False,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Count a simulated slide, replacing that of an earlier demo."""
    settings = settings_from(data_dir=data_dir, redis=redis)
    source = f"simulated:?fields={fields}&seed={seed}"
    raise typer.Exit(run_slide(source, SLIDE, "replace", settings, None, json))


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(demo)
