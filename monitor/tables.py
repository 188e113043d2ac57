"""Summaries as tables for a terminal."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.statistics.decision import Decision
from monitor.store import Summary
from monitor.wording import corrected, excluded, ledger, limit_of_detection, parasitemia, verdict


def summary_panel(result: Summary) -> Panel:
    """Lay out the counts of one slide."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _lines(result):
        table.add_row(name, Text(text))
    mark = " - SIMULATED" if result.simulated else ""
    title = f"slide {result.slide}{mark}: {result.state}"
    return Panel(table, title=title, subtitle="not a medical device", width=88)


def slides_table(results: list[Summary]) -> Table:
    """Lay out slides, a row each."""
    table = Table()
    table.add_column("slide", no_wrap=True)
    for name in ("state", "started"):
        table.add_column(name)
    for name in ("fields", "cells", "flagged", "parasitemia"):
        table.add_column(name, justify="right")
    table.add_column("source")
    for result in results:
        share = "" if result.parasitemia is None else f"{result.parasitemia:.2%}"
        counts = (f"{result.fields:,}", f"{result.cells:,}", f"{result.flagged:,}", share)
        source = f"SIMULATED {result.source}" if result.simulated else result.source
        table.add_row(result.slide, result.state, _minute(result.started_at), *counts, Text(source))
    return table


def _lines(result: Summary) -> list[tuple[str, str]]:
    lines = [
        ("source", f"SIMULATED {result.source}" if result.simulated else result.source),
        ("cells", f"{result.cells:,} in {result.fields:,} fields"),
        ("looks unhealthy", f"{result.flagged:,} flagged, {result.unscored:,} without a score"),
        ("flagged share", parasitemia(result)),
        *_decided(result.decision),
        ("frames", ledger(result) + _missing(result)),
        *((" ", reason) for reason in _reasons(result)),
        ("set apart", _pairs(result.not_cells)),
        ("rate", _rate(result)),
        ("model", f"{result.model_id}, threshold {result.threshold:g}"),
        ("time", f"{_minute(result.started_at)} to {_minute(result.ended_at) or 'now'} UTC"),
    ]
    lines += [("attention", text) for text in result.conditions.values()]
    if result.may_contain_repeats:
        lines.append(("note", "may contain repeats: frames may show the same cells again"))
    return [(name, text) for name, text in lines if text]


def _decided(decision: Decision | None) -> list[tuple[str, str]]:
    if decision is None:
        return []
    lines = [("verdict", verdict(decision))]
    if decision.verdict == "not_interpretable":
        return lines
    lines += [
        ("parasitemia", corrected(decision)),
        ("detection", limit_of_detection(decision)),
        ("excluded", excluded(decision)),
    ]
    if decision.background is not None:
        lines.append(("background", f"{decision.background}"))
    return lines


def _missing(result: Summary) -> str:
    """Say what keeps a slide from being complete."""
    parts = [] if result.balanced else ["the rest without an outcome"]
    if not result.live and result.frames_total not in {None, result.frames_seen}:
        parts.append(f"the source has {result.frames_total:,}")
    return "".join(f"; {part}" for part in parts)


def _reasons(result: Summary) -> list[str]:
    return [
        f"{count:,} {key.removeprefix('frames_').replace(':', ': ').replace('_', ' ')}"
        for key, count in result.reasons.items()
    ]


def _pairs(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())


def _rate(result: Summary) -> str:
    if result.cells_per_s is None or result.frames_per_s is None:
        return ""
    rates = f"{result.cells_per_s:,.0f} cells/s, {result.frames_per_s:,.1f} frames/s"
    return f"{rates} over {result.counting_s:,.1f} s"


def _minute(iso: str | None) -> str:
    return "" if iso is None else iso[:19].replace("T", " ")
