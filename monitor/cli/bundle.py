"""``bundle``, ``replay`` and ``audit``: a slide as one archive, and who did what to it."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config import SmearwatchError, UsageError
from monitor.bundle.read import Bundle, read_bundle
from monitor.bundle.recount import Recount, recount
from monitor.bundle.rescore import Rescored, rescore
from monitor.bundle.write import write_bundle
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId
from monitor.store import (
    audit_trail,
    check_slide_id,
    connect,
    dump_slide,
    record_deed,
    restore_slide,
)
from monitor.whole_file import whole_file
from workers.artefact import load_card


class RecountDiffersError(SmearwatchError):
    """The counts in a bundle do not come out again."""


def bundle(
    slide: SlideId,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="slide.smearwatch.zip", show_default=False)
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Write a slide that is not being counted as one archive."""
    settings = settings_from(config, sets, data_dir, redis)
    with connect(settings.store) as store:
        dump = dump_slide(store, slide)
        with whole_file(output, force=force) as stream:
            manifest = write_bundle(slide, dump, settings, stream)
        record_deed(store, slide, "exported", f"bundle {output.name}")
    if json:
        _print(manifest)
    else:
        cells, crops = int(dump.fields["cells"]), len(dump.flagged)
        typer.echo(f"{output}: {cells:,} cells in {dump.fields['fields']} fields, {crops:,} crops")


def replay(
    archive: Annotated[Path, typer.Argument(metavar="BUNDLE", show_default=False)],
    model: Annotated[
        str | None,
        typer.Option(help="Score the crops in it with this model, too.", show_default=False),
    ] = None,
    import_: Annotated[
        bool, typer.Option("--import", help="Put the slide into the store.")
    ] = False,
    slide: Annotated[
        str | None, typer.Option("--slide", help="Id for --import.", show_default=False)
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Check a bundle and count it again from its scores; exit code 1 where a count differs."""
    if slide is not None and not import_:
        raise UsageError("--slide names the slide for --import: add --import, or leave it out")
    opened = read_bundle(archive)
    counted = recount(opened.dump)
    scored = None if model is None else rescore(opened.dump, load_card(model))
    if json:
        _print({"manifest": opened.manifest, "recount": counted, "rescored": scored})
    else:
        _say(opened, counted, scored)
    if counted.differences:
        raise RecountDiffersError(_difference_text(archive, counted))
    if import_:
        chosen = check_slide_id(slide or opened.manifest.slide)
        with connect(settings_from(config, sets, data_dir, redis).store) as store:
            restore_slide(store, chosen, opened.dump)
            record_deed(store, chosen, "imported", f"{archive.name}, {opened.manifest.slide}")
        typer.echo(f"imported as slide {chosen}", err=json)


def audit(
    slide: SlideId,
    json: Json = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """List who did what to a slide, oldest first."""
    with connect(settings_from(config, None, data_dir, redis).store) as store:
        trail = audit_trail(store, slide)
    if json:
        _print(trail)
        return
    for deed in trail:
        typer.echo(f"{deed.at[:19].replace('T', ' ')}  {deed.who}  {deed.action}  {deed.text}")
    if not trail:
        typer.echo(f"Nobody has done anything to slide {slide} since it was begun.")


def _say(opened: Bundle, counted: Recount, scored: Rescored | None) -> None:
    counts, manifest = counted.counts, opened.manifest
    members = f"{len(manifest.members):,} files as the manifest says"
    typer.echo(f"slide {manifest.slide}, model {manifest.model_id}: {members}")
    same = "not identical" if counted.differences else "identical"
    typer.echo(
        f"counted again: {counts['cells']:,} cells in {counts['fields']:,} fields, "
        f"{counts['flagged']:,} flagged, {counts['unscored']:,} without a score: {same}"
    )
    if scored is not None:
        typer.echo(
            f"{scored.model_id}, threshold {scored.threshold:g}: flags {scored.flagged_now:,} of "
            f"the {scored.stored:,} crops in the bundle ({scored.unscored_now:,} without a score); "
            f"only these were scored, of {scored.flagged_then:,} flagged and "
            f"{counts['cells']:,} counted cells"
        )


def _difference_text(archive: Path, counted: Recount) -> str:
    first = counted.differences[:5]
    said = ", ".join(f"{one.count} {one.stored:,} is {one.recounted:,}" for one in first)
    more = len(counted.differences) - len(first)
    rest = f" and {more:,} more" if more else ""
    return f"{archive}: counted again, {said}{rest}: do not trust this bundle, get it again"


def _print(result: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (bundle, replay, audit):
        app.command()(command)
