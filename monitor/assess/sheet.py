"""A competence sheet: how well labelled slides were counted, in WHO's terms."""

from collections.abc import Iterable, Sequence

import msgspec

from monitor.statistics import exact_interval
from monitor.statistics.decision import Verdict
from monitor.store import Summary

WITHIN = 0.25
DETECTION_LEVELS = (0.9, 0.8, 0.7)
COUNTING_LEVELS = (0.5, 0.4, 0.3)
OUTCOMES = ("seen", "counted", "gated", "rejected", "skipped", "failed")


class SlideResult(msgspec.Struct, frozen=True):
    """How one slide came out.

    Attributes
    ----------
    slide, source, label
        Its id, what was counted, and the truth.
    verdict
        What was said of it.
    parasites_per_ul_true, parasites_per_ul
        True density, None where not known; the corrected count.
    within_25_percent
        Whether the count is, of a positive slide whose density is known; else None.
    cells, flagged, unscored
        As counted.
    balanced
        Whether every frame has its one outcome.
    """

    slide: str
    source: str
    label: str
    verdict: Verdict
    parasites_per_ul_true: float | None
    parasites_per_ul: float | None
    within_25_percent: bool | None
    cells: int
    flagged: int
    unscored: int
    balanced: bool


class Proportion(msgspec.Struct, frozen=True):
    """So many of so many, with the share and its exact 95 % interval; None of none."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class Sheet(msgspec.Struct, frozen=True):
    """A competence sheet.

    Attributes
    ----------
    model_id, threshold, software_version
        What counted.
    simulated
        Whether a slide is simulated: then the sheet tells nothing of real smears.
    slides
        A row a slide.
    detection
        Slides whose verdict is their label; undecided and not interpretable ones are none.
    sensitivity, specificity
        Positive slides called positive; negative ones not called positive.
    undecided, not_interpretable
        Slides without a verdict.
    within_25_percent
        Positive slides of known density counted within 25 % of it.
    false_positives_per_ul, false_positives_per_ul_low, false_positives_per_ul_high
        Flagged cells of all negative slides, as parasites per microlitre, with the exact
        interval for cells alone; None without such slides.
    false_positives_per_ul_worst
        Of the worst negative slide.
    cells_per_s
        Over the time spent counting.
    latency_p95_s
        From a frame being read to its count standing in the store; 95 % of fields took no longer.
    ledger
        Frames of all slides by outcome.
    balanced
        Whether every frame of every slide has its one outcome.
    detection_level, counting_level
        WHO competence levels, 1 the best to 4; None without slides to tell.
    """

    model_id: str
    threshold: float
    software_version: str
    simulated: bool
    slides: tuple[SlideResult, ...]
    detection: Proportion
    sensitivity: Proportion
    specificity: Proportion
    undecided: int
    not_interpretable: int
    within_25_percent: Proportion
    false_positives_per_ul: float | None
    false_positives_per_ul_low: float | None
    false_positives_per_ul_high: float | None
    false_positives_per_ul_worst: float | None
    cells_per_s: float | None
    latency_p95_s: float | None
    ledger: dict[str, int]
    balanced: bool
    detection_level: int | None
    counting_level: int | None


def fill_in(
    rows: Sequence[SlideResult],
    results: Sequence[Summary],
    rbc_per_ul: float,
    latency_p95_s: float | None,
) -> Sheet:
    """Fill in a sheet.

    The levels are those of WHO's Malaria microscopy quality assurance manual, version 2 (2016):
    detection 90, 80 and 70 %; counts within 25 % of the true one 50, 40 and 30 %.

    Parameters
    ----------
    rows, results
        Of each slide, at least one.
    rbc_per_ul
        Red cells per microlitre.
    latency_p95_s
        Over all slides.
    """
    positive = [row for row in rows if row.label == "positive"]
    negative = [row for row in rows if row.label == "negative"]
    detection = _share(row.verdict == row.label for row in rows)
    within = _share(row.within_25_percent for row in rows if row.within_25_percent is not None)
    spent_s = sum(one.counting_s for one in results)
    return Sheet(
        model_id=results[0].model_id,
        threshold=results[0].threshold,
        software_version=results[0].software_version,
        simulated=any(one.simulated for one in results),
        slides=tuple(rows),
        detection=detection,
        sensitivity=_share(row.verdict == "positive" for row in positive),
        specificity=_share(row.verdict != "positive" for row in negative),
        undecided=sum(row.verdict == "undecided" for row in rows),
        not_interpretable=sum(row.verdict == "not_interpretable" for row in rows),
        within_25_percent=within,
        **_false_positives(negative, rbc_per_ul),
        cells_per_s=sum(one.cells for one in results) / spent_s if spent_s else None,
        latency_p95_s=latency_p95_s,
        ledger={name: sum(getattr(one, f"frames_{name}") for one in results) for name in OUTCOMES},
        balanced=all(row.balanced for row in rows),
        detection_level=_level(detection.share, DETECTION_LEVELS),
        counting_level=_level(within.share, COUNTING_LEVELS),
    )


def is_within(counted: float | None, true: float | None) -> bool | None:
    """Say whether a count lies within 25 % of the true one; None where that is none or unknown."""
    if not true:
        return None
    return counted is not None and abs(counted - true) <= WITHIN * true


def _share(hits: Iterable[bool]) -> Proportion:
    values = list(hits)
    low, high = exact_interval(sum(values), len(values)) or (None, None)
    return Proportion(
        sum(values), len(values), sum(values) / len(values) if values else None, low, high
    )


def _false_positives(negative: Sequence[SlideResult], rbc_per_ul: float) -> dict[str, float | None]:
    key = "false_positives_per_ul"
    counted = [(row.flagged, row.cells - row.unscored) for row in negative]
    counted = [(flagged, cells) for flagged, cells in counted if cells]
    flagged, cells = sum(one[0] for one in counted), sum(one[1] for one in counted)
    interval = exact_interval(flagged, cells)
    if interval is None:
        return dict.fromkeys((key, f"{key}_low", f"{key}_high", f"{key}_worst"))
    return {
        key: flagged / cells * rbc_per_ul,
        f"{key}_low": interval[0] * rbc_per_ul,
        f"{key}_high": interval[1] * rbc_per_ul,
        f"{key}_worst": max(one[0] / one[1] for one in counted) * rbc_per_ul,
    }


def _level(share: float | None, levels: tuple[float, ...]) -> int | None:
    return None if share is None else 1 + sum(share < least for least in levels)
