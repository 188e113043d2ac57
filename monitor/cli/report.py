"""``report``: a slide as a page to hand over, and as data for other programs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from config import UsageError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId, Threshold, check_threshold
from monitor.review.verdicts import verdicts_in_words
from monitor.store import connect, record_deed, standing_reviews
from monitor.whole_file import whole_file

MOST_SHOWN = 2000


def report(
    slide: SlideId,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="report.html, .pdf, .json or .fhir.json.", show_default=False
        ),
    ] = None,
    threshold: Threshold = None,
    top: Annotated[
        int, typer.Option(min=1, max=MOST_SHOWN, help="How many flagged cells, at most.")
    ] = 60,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Write the report of a slide; --json prints the machine-readable one."""
    if output is None and not json:
        raise UsageError("name the report with -o report.html, .pdf, .json or .fhir.json")
    check_threshold(threshold)
    settings = settings_from(config, sets, data_dir, redis)
    # Not before it is needed: OpenCV takes a moment to load.
    from monitor.report.gather import gather  # noqa: PLC0415
    from monitor.report.write import form_of, write_report  # noqa: PLC0415
    from monitor.stored_map import stored_map  # noqa: PLC0415

    form = "json" if output is None else form_of(output)
    with connect(settings.store) as store:
        said = verdicts_in_words(standing_reviews(store, slide))
        content, cells = gather(
            store, slide, settings, threshold=threshold, at_most=top, reviews=said
        )
        drawn = stored_map(store, slide) if form in {"html", "pdf"} else None
        slide_map = None if drawn is None else drawn.picture
        if output is not None:
            with whole_file(output, force=force) as stream:
                stream.write(write_report(content, cells, slide_map, form))
            record_deed(store, slide, "exported", f"report {output.name}")
    if json:
        sys.stdout.buffer.write(write_report(content, cells, None, "json"))
    elif output is not None:
        typer.echo(f"{output}: slide {slide}, {len(cells)} flagged cells shown")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(report)
