"""Counts one slide from its source to Redis: everything is checked before the slide is begun."""

import logging
import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack, closing
from importlib.metadata import version
from math import isfinite
from pathlib import Path

import cv2

from config import Settings, StoppedError, UsageError
from monitor.capture import Capture
from monitor.decision import site_threshold
from monitor.dispatch import Dispatcher
from monitor.label_frames import LabelFrames
from monitor.metrics import CaptureMetrics
from monitor.prepare import is_gated, prepare
from monitor.request import CountRequest
from monitor.sources import KnowsByName, Source, open_source
from monitor.sources.paths import shown
from monitor.store import FrameRecord, SlideInfo, connect, frame_records, refuse_existing
from workers.artefact import Artefact, load_card
from workers.serve_metrics import serving_metrics
from workers.service_notify import ServiceNotifier

logger = logging.getLogger(__name__)

REMIND_S = 10.0


def count_slide(request: CountRequest, settings: Settings, stop: threading.Event) -> str:
    """Count a slide; give its state in the end.

    Raises
    ------
    StoppedError
        ``stop`` was set while it waited for a worker.
    SmearwatchError
        Anything that stands in the way; before the first frame nothing has been written.
    """
    artefact = load_card(settings.model.artefact)
    # Fields are segmented side by side; OpenCV's own threads would only get in their way.
    cv2.setNumThreads(1)
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_source(request.source, settings)))
        store = stack.enter_context(connect(settings.store))
        if request.mode == "new":
            refuse_existing(store, request.slide)
        dispatcher = stack.enter_context(
            Dispatcher(request.endpoint, artefact.model_id, settings.dispatch)
        )
        logger.info("listening for workers on %s", dispatcher.endpoint)
        metrics = CaptureMetrics()
        stack.enter_context(serving_metrics(settings.metrics.address, metrics.registry))
        notifier = ServiceNotifier.of(os.environ)
        notifier.ready()
        if not _worker_came(dispatcher, stop, notifier):
            raise StoppedError("interrupted before the slide was begun")
        info = _slide_info(source, artefact, settings)
        records = frame_records(store, request.slide) if request.mode == "resume" else {}
        _remember(source, records, request.slide)
        writer = store.begin(request.slide, info, request.mode)
        if source.simulated:
            logger.warning("slide %s is SIMULATED: it shows no real smear", request.slide)
        label = LabelFrames(request.label_in_source)
        prepared = prepare(source, settings, label, records, writer.done)
        return Capture(
            request.slide, source, store, writer, dispatcher, settings, prepared, metrics, notifier
        ).run(stop)


def _worker_came(dispatcher: Dispatcher, stop: threading.Event, notifier: ServiceNotifier) -> bool:
    waited_s = 0.0
    while not dispatcher.wait_for_worker(0.1):
        dispatcher.check()
        notifier.lives(dispatcher.turns)
        if stop.is_set():
            return False
        waited_s += 0.1
        if waited_s >= REMIND_S:
            waited_s = 0.0
            logger.warning(
                "no worker yet; start one: smearwatch worker --connect %s", dispatcher.endpoint
            )
    return True


def _slide_info(source: Source, artefact: Artefact, settings: Settings) -> SlideInfo:
    threshold = settings.model.threshold
    if threshold is not None and not isfinite(threshold):
        raise UsageError(f"model.threshold = {threshold} is not a number that a score can reach")
    if threshold is None:
        threshold = site_threshold(settings.decision, artefact.model_id)
    return SlideInfo(
        source=_from_anywhere(source.uri),
        source_kind=source.kind,
        simulated=source.simulated,
        live=source.live,
        repeats=source.repeats and not is_gated(source, settings),
        frames_total=source.total,
        model_id=artefact.model_id,
        threshold=artefact.card.threshold if threshold is None else threshold,
        software_version=version("smearwatch"),
    )


def _from_anywhere(uri: str) -> str:
    """Give a path as an absolute one, so that a slide can be resumed from another folder."""
    scheme, colon, path = uri.rpartition(":")
    known = scheme in {"", "watch"} and Path(path).exists()
    return shown(f"{scheme}{colon}{Path(path).resolve()}" if known else uri)


def _remember(source: Source, records: Mapping[int, FrameRecord], slide: str) -> None:
    """Tell a source what was counted before; refuse files that are not those counted then.

    Raises
    ------
    UsageError
        A frame counted before has another name now, or is gone.
    """
    names = {number: record.name for number, record in records.items() if record.name is not None}
    if isinstance(source, KnowsByName):
        source.already_taken(names.values())
    if source.names is None:
        return
    for number, name in sorted(names.items()):
        now = source.names[number] if number < len(source.names) else "gone"
        if now != name:
            raise UsageError(
                f"slide {slide}: frame {number} was {name} and is {now} now; "
                "the files have changed: count them with --replace or under another id"
            )
