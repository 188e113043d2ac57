"""Reads a slide's Redis hash as a summary."""

import msgspec

from monitor.statistics import wilson_interval
from monitor.statistics.decision import Decision
from monitor.store.records import State
from monitor.store.writer import OWNER_LIVING_MS

NOT_CELLS = "not_cells:"
LIVING: tuple[State, ...] = ("counting", "paused")
"""The states of a slide that a capture owns."""

SETTLED = ("frames_counted", "frames_gated", "frames_rejected", "frames_skipped", "frames_failed")


class Summary(msgspec.Struct, frozen=True):
    """The counts of one slide; names are those of the slide's Redis hash.

    Attributes
    ----------
    state
        ``counting``, ``paused``, ``complete``, ``incomplete`` or ``interrupted``.
    cells, flagged, unscored
        Red blood cells, those that look unhealthy, and those without a score.
    parasitemia, parasitemia_low, parasitemia_high
        Flagged share of the scored cells, in [0, 1], with its 95 % Wilson interval.
    live
        Whether frames came in their own time, as from a camera.
    reasons
        Frames not counted, by ``frames_OUTCOME:REASON``.
    balanced
        Whether every frame seen has exactly one outcome.
    may_contain_repeats
        Whether the source may have shown the same cells more than once.
    cells_per_s, frames_per_s
        Over the time spent counting; None before any.
    started_at, ended_at
        ISO 8601, UTC.
    conditions
        What is not as it should be now, by kind; empty once the slide is not counted any more.
    decision
        What the counts mean, where that was asked for.
    """

    slide: str
    state: State
    simulated: bool
    source: str
    source_kind: str
    live: bool
    cells: int
    flagged: int
    unscored: int
    parasitemia: float | None
    parasitemia_low: float | None
    parasitemia_high: float | None
    fields: int
    frames_total: int | None
    frames_seen: int
    frames_counted: int
    frames_gated: int
    frames_rejected: int
    frames_skipped: int
    frames_failed: int
    reasons: dict[str, int]
    balanced: bool
    may_contain_repeats: bool
    counting_s: float
    cells_per_s: float | None
    frames_per_s: float | None
    model_id: str
    threshold: float
    started_at: str
    ended_at: str | None
    software_version: str
    not_cells: dict[str, int]
    conditions: dict[str, str]
    decision: Decision | None = None


def decoded(stored: dict[bytes, bytes]) -> dict[str, str]:
    """Give a Redis hash of text as text."""
    return {key.decode(): value.decode() for key, value in stored.items()}


def summary_of(
    slide_id: str, fields: dict[str, str], conditions: dict[str, str], clock: tuple[int, int]
) -> Summary:
    """Summarise a slide.

    Parameters
    ----------
    slide_id
        Its id.
    fields
        Its hash.
    conditions
        Its conditions, by kind.
    clock
        The server's time: seconds and microseconds of Unix time.
    """
    scored = int(fields["cells"]) - int(fields["unscored"])
    low, high = wilson_interval(int(fields["flagged"]), scored) or (None, None)
    settled = sum(int(fields[key]) for key in SETTLED)
    state = _state(fields, clock)
    seconds = int(fields["counting_ms"]) / 1000
    return Summary(
        slide=slide_id,
        state=state,
        simulated=fields["simulated"] == "1",
        source=fields["source"],
        source_kind=fields["source_kind"],
        live=fields["live"] == "1",
        cells=int(fields["cells"]),
        flagged=int(fields["flagged"]),
        unscored=int(fields["unscored"]),
        parasitemia=int(fields["flagged"]) / scored if scored else None,
        parasitemia_low=low,
        parasitemia_high=high,
        fields=int(fields["fields"]),
        frames_total=int(fields["frames_total"]) if fields["frames_total"] else None,
        frames_seen=int(fields["frames_seen"]),
        frames_counted=int(fields["frames_counted"]),
        frames_gated=int(fields["frames_gated"]),
        frames_rejected=int(fields["frames_rejected"]),
        frames_skipped=int(fields["frames_skipped"]),
        frames_failed=int(fields["frames_failed"]),
        reasons=_counters(fields, tuple(f"{key}:" for key in SETTLED), ""),
        balanced=int(fields["frames_seen"]) == settled,
        may_contain_repeats=fields["repeats"] == "1",
        counting_s=seconds,
        cells_per_s=int(fields["cells"]) / seconds if seconds else None,
        frames_per_s=settled / seconds if seconds else None,
        model_id=fields["model_id"],
        threshold=float(fields["threshold"]),
        started_at=fields["started_at"],
        ended_at=fields.get("ended_at"),
        software_version=fields["software_version"],
        not_cells=_counters(fields, (NOT_CELLS,), NOT_CELLS),
        conditions=conditions if state in LIVING else {},
    )


def _counters(fields: dict[str, str], prefixes: tuple[str, ...], cut: str) -> dict[str, int]:
    return {
        key.removeprefix(cut): int(value)
        for key, value in sorted(fields.items())
        if key.startswith(prefixes)
    }


def _state(fields: dict[str, str], clock: tuple[int, int]) -> State:
    """Give the stored state, but ``interrupted`` where whoever was counting has died."""
    stored: State = msgspec.convert(fields["state"], State)
    now_ms = clock[0] * 1000 + clock[1] // 1000
    if stored in LIVING and now_ms - int(fields["owner_seen_ms"]) >= OWNER_LIVING_MS:
        return "interrupted"
    return stored
