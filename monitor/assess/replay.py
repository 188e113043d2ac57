"""Counts the slides of a set, one after the other, as ``run`` does."""

import threading
from collections.abc import Callable, Sequence

import numpy as np

from config import Settings, SmearwatchError, StoppedError
from monitor.assess.sheet import Sheet, SlideResult, fill_in, is_within
from monitor.assess.slide_set import SetSlide
from monitor.decision import Judge
from monitor.request import CountRequest
from monitor.socket_paths import private_endpoint
from monitor.store import BeginMode, Store, Summary, field_latencies, refuse_existing
from monitor.supervisor import Supervisor
from workers.lifetime import INTERRUPTED

Line = Callable[[str], None]


class AssessmentError(SmearwatchError):
    """A slide of a set could not be counted."""


def assess_set(
    store: Store,
    slides: Sequence[SetSlide],
    name: str,
    mode: BeginMode,
    settings: Settings,
    stop: threading.Event,
    line: Line,
) -> Sheet:
    """Count all slides into the store, and fill in the sheet.

    Parameters
    ----------
    store
        Where they are counted to, as ``NAME-1``, ``NAME-2``, ...
    slides
        At least one.
    name
        Before their numbers.
    mode
        ``new``: refuse slides that exist. ``replace``: delete them first.
    settings
        All settings.
    stop
        When set, the fields in flight are finished, then everything stops.
    line
        Called with every line that a process logs.

    Raises
    ------
    SlideExists
        ``new``, and a slide exists; nothing has been counted.
    AssessmentError
        A slide could not be counted; the line logged last says why.
    StoppedError
        ``stop`` was set.
    """
    judge = Judge(settings)
    ids = [f"{name}-{number}" for number in range(1, len(slides) + 1)]
    if mode == "new":
        for slide_id in ids:
            refuse_existing(store, slide_id)
    results, rows, latencies = [], [], list[float]()
    for slide_id, slide in zip(ids, slides, strict=True):
        _count(CountRequest(slide.source, slide_id, mode, ""), settings, stop, line)
        results.append(judge.summary(store, slide_id))
        rows.append(_row(slide, results[-1]))
        latencies.extend(field_latencies(store, slide_id).values())
    p95 = float(np.quantile(latencies, 0.95)) if latencies else None
    return fill_in(rows, results, settings.decision.rbc_per_ul, p95)


def _count(request: CountRequest, settings: Settings, stop: threading.Event, line: Line) -> None:
    with private_endpoint() as endpoint:
        request = CountRequest(request.source, request.slide, request.mode, endpoint)
        code = Supervisor(request, settings, line).run(stop, lambda: None)
    if code == INTERRUPTED:
        raise StoppedError(f"interrupted while slide {request.slide} was counted")
    if code:
        raise AssessmentError(
            f"slide {request.slide}, {request.source}, could not be counted; the last line says why"
        )


def _row(slide: SetSlide, result: Summary) -> SlideResult:
    decision = result.decision
    if decision is None:
        raise AssessmentError(f"slide {result.slide} has no decision")
    true, counted = slide.parasites_per_ul, decision.parasites_per_ul
    return SlideResult(
        slide=result.slide,
        source=slide.source,
        label=slide.label,
        verdict=decision.verdict,
        parasites_per_ul_true=true,
        parasites_per_ul=counted,
        within_25_percent=is_within(counted, true),
        cells=result.cells,
        flagged=result.flagged,
        unscored=result.unscored,
        balanced=result.balanced,
    )
