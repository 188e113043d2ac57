"""``run``, ``capture`` and ``worker``: counting a slide on one box, or its parts apart."""

import sys
from typing import Annotated

import msgspec
import typer

from config import Settings, UsageError
from monitor.cli.options import (
    ConfigFile,
    DataDir,
    Json,
    Redis,
    SetOption,
    Slide,
    SlideFrom,
    debugging,
    settings_from,
)
from monitor.cli.queries import print_summary
from monitor.decision import Judge
from monitor.request import CountRequest
from monitor.room import refuse_too_many_workers
from monitor.socket_paths import private_endpoint
from monitor.store import BeginMode, check_slide_id, connect, last_owner
from monitor.supervisor import Supervisor
from monitor.view import open_view
from workers.endpoints import refuse_unsure_endpoint
from workers.lifetime import INTERRUPTED, stop_on_signals, stop_with_parent, unwind

FIRST = "first"

SourceUri = Annotated[
    str,
    typer.Argument(
        help="Image, folder, video, camera:N, rtsp://..., http://..., watch:FOLDER or simulated:",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where the slide stopped.")]
Replace = Annotated[bool, typer.Option("--replace", help="Delete the slide and count it anew.")]
Bind = Annotated[
    str | None,
    typer.Option("--bind", help="Where to listen for workers.", show_default=False),
]
LabelInSource = Annotated[bool, typer.Option("--label-in-source", hidden=True)]
WithParent = Annotated[bool, typer.Option("--with-parent", hidden=True)]


def run(
    source: SourceUri,
    slide: Slide = None,
    slide_from: SlideFrom = None,
    resume: Resume = False,
    replace: Replace = False,
    workers: Annotated[int | None, typer.Option("--workers", help="Scoring processes.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Score that flags a cell.")] = None,
    bind: Bind = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Count a slide: everything on this box."""
    more = {"worker__count": workers, "model__threshold": threshold}
    settings = settings_from(config, sets, data_dir, redis, "run", **more)
    slide_id = _slide_id(slide, slide_from, source, settings)
    mode, labelled = _mode(resume, replace), slide_from == FIRST
    raise typer.Exit(run_slide(source, slide_id, mode, settings, bind, json, labelled))


def run_slide(
    source: str,
    slide: str,
    mode: BeginMode,
    settings: Settings,
    bind: str | None,
    json: bool,
    label_in_source: bool = False,
) -> int:
    """Count a slide under supervision, showing how it goes; give the exit code."""
    check_slide_id(slide)
    refuse_too_many_workers(settings.worker.count)
    judge = Judge(settings)
    # A second signal kills what was started: the supervisor sees to that on the way out.
    stop = stop_on_signals(at_second=unwind)
    if bind is not None:
        refuse_unsure_endpoint(bind)
    with (
        private_endpoint() as unnamed,
        connect(settings.store) as store,
    ):
        endpoint = bind or unnamed
        request = CountRequest(source, slide, mode, endpoint, debugging(), label_in_source)
        before = last_owner(store, slide)
        with open_view(store, slide, judge, settings.log) as view:
            code = Supervisor(request, settings, view.line).run(stop, view.turn)
        if code not in {0, INTERRUPTED} or last_owner(store, slide) == before:
            return code
        result = judge.summary(store, slide)
        if json:
            sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
        else:
            print_summary(result)
    return code


def capture(
    source: SourceUri,
    slide: Slide = None,
    slide_from: SlideFrom = None,
    resume: Resume = False,
    replace: Replace = False,
    bind: Bind = None,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
    label_in_source: LabelInSource = False,
    with_parent: WithParent = False,
) -> None:
    """Count a slide with workers started elsewhere: source, segmenter and store alone."""
    # Not before it is needed: the segmenter's libraries take a second to load.
    from monitor.count import count_slide  # noqa: PLC0415

    settings = settings_from(config, sets, data_dir, redis, "capture")
    slide_id = _slide_id(slide, slide_from, source, settings)
    stop = stop_on_signals()
    if with_parent:
        stop_with_parent(stop)
    endpoint = bind or settings.dispatch.endpoint
    labelled = label_in_source or slide_from == FIRST
    mode = _mode(resume, replace)
    request = CountRequest(source, slide_id, mode, endpoint, label_in_source=labelled)
    state = count_slide(request, settings, stop)
    raise typer.Exit(INTERRUPTED if state == "interrupted" else 0)


def worker(
    connect_to: Annotated[
        list[str] | None, typer.Option("--connect", help="Where capture listens; may be repeated.")
    ] = None,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Score crops for captures, here or through a tunnel, until told to stop."""
    # Not before it is needed: torch takes seconds to load, and doctor must live without it.
    from workers.serve import serve  # noqa: PLC0415

    settings = settings_from(config, sets, process="worker")
    serve(connect_to or [settings.dispatch.endpoint], settings, stop_on_signals())


def _slide_id(slide: str | None, label: str | None, source: str, settings: Settings) -> str:
    if label is None and slide is not None:
        return check_slide_id(slide)
    if label is None or slide is not None:
        raise UsageError("say which slide it is: --slide ID, or --slide-from its label, not both")
    # Not before it is needed: OpenCV takes a moment to load.
    from monitor.labels import slide_of_label  # noqa: PLC0415

    slide_id = slide_of_label(source if label == FIRST else label, settings)
    sys.stderr.write(f"slide {slide_id}, by its label\n")
    return slide_id


def _mode(resume: bool, replace: bool) -> BeginMode:
    if resume and replace:
        raise UsageError("--resume and --replace exclude each other: go on, or start anew")
    return "resume" if resume else "replace" if replace else "new"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (run, capture, worker):
        app.command()(command)
