"""``calibrate-site``: a threshold and its limits by the site's own slides without parasites."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config import UsageError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.decision import Site, dump_site
from monitor.statistics.said import per_ul
from monitor.store import connect
from monitor.whole_file import whole_file
from workers.artefact import load_card


def calibrate_site(
    slides: Annotated[
        list[str], typer.Argument(metavar="SLIDE...", help="Counted slides without parasites.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="File of the calibration.")],
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="PER_UL",
            help="False parasites per microlitre; else decision.target_parasites_per_ul.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Set the threshold by the site's own slides without parasites, and state what it detects.

    Later runs take the file by the setting decision.site.
    """
    settings = settings_from(config, sets, data_dir, redis)
    asked = settings.decision.target_parasites_per_ul if budget is None else budget
    if not 0 < asked < settings.decision.rbc_per_ul:
        raise UsageError(f"--budget {asked:g} must lie between 0 and decision.rbc_per_ul")
    if output.exists() and not force:
        raise UsageError(f"{output} exists: overwrite it with --force or name another file")
    # Not before it is needed: it reads the scores of whole slides.
    from monitor.decision.calibrate import calibrate_site as calibrated  # noqa: PLC0415
    from monitor.decision.site_slides import read_site_slides  # noqa: PLC0415

    artefact = load_card(settings.model.artefact)
    with connect(settings.store) as store:
        scores, simulated = read_site_slides(store, slides, artefact, settings.decision)
    site = calibrated(scores, artefact.model_id, artefact.card, asked, settings.decision)
    site = msgspec.structs.replace(site, simulated=simulated)
    with whole_file(output, force=force) as stream:
        stream.write(dump_site(site))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(site) + b"\n")
    else:
        typer.echo(_told(site, output))


def _told(site: Site, output: Path) -> str:
    cells, flagged = sum(s.cells for s in site.slides), sum(s.flagged for s in site.slides)
    mark = "SIMULATED, " if site.simulated else ""
    return "\n".join(
        (
            f"{output}: {mark}{site.model_id}, threshold {site.threshold:.5g}",
            f"flags {flagged:,} of {cells:,} cells of {len(site.slides)} slides without parasites; "
            f"95 % of such slides stay below {per_ul(site.limit_of_blank_per_ul)}",
            f"detects from {per_ul(site.limit_of_detection_per_ul)} on, with enough cells",
            f"count with it: smearwatch run SOURCE --slide ID --set decision.site={output}",
        )
    )


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("calibrate-site")(calibrate_site)
