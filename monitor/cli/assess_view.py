"""A competence sheet for a person."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.assess.sheet import OUTCOMES, Proportion, Sheet, SlideResult

DEFINITIONS = (
    "Detection: the verdict is the label; undecided and not interpretable slides are none. "
    "Levels after WHO's Malaria microscopy quality assurance manual, version 2 (2016)."
)


def print_sheet(sheet: Sheet) -> None:
    """Print a sheet to standard output."""
    console = Console()
    console.print(_slides(sheet), _figures(sheet))
    console.print(DEFINITIONS)
    if sheet.simulated:
        console.print("SIMULATED slides: this tells nothing of real smears. Not a medical device.")


def _slides(sheet: Sheet) -> Table:
    table = Table(title=f"{sheet.model_id}, smearwatch {sheet.software_version}")
    for name in ("slide", "label", "verdict"):
        table.add_column(name, no_wrap=True)
    for name in ("true /ul", "counted", "±25 %", "flagged", "cells"):
        table.add_column(name, justify="right")
    for row in sheet.slides:
        table.add_row(Text(row.slide), row.label, row.verdict.replace("_", " "), *_counts(row))
    return table


def _counts(row: SlideResult) -> tuple[str, ...]:
    within = {None: "", True: "yes", False: "no"}[row.within_25_percent]
    densities = (_number(row.parasites_per_ul_true), _number(row.parasites_per_ul))
    return (*densities, within, f"{row.flagged:,}", f"{row.cells:,}")


def _figures(sheet: Sheet) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _lines(sheet):
        table.add_row(name, text)
    return table


def _lines(sheet: Sheet) -> list[tuple[str, str]]:
    low, high = sheet.false_positives_per_ul_low, sheet.false_positives_per_ul_high
    false = f"{_number(sheet.false_positives_per_ul)} ({_number(low)} to {_number(high)} by chance)"
    worst = f"{_number(sheet.false_positives_per_ul_worst)} on the worst slide"
    ledger = ", ".join(f"{sheet.ledger[name]:,} {name}" for name in OUTCOMES)
    balance = "balanced" if sheet.balanced else "NOT BALANCED"
    return [
        ("detection", _share(sheet.detection) + _level(sheet.detection_level)),
        ("sensitivity", _share(sheet.sensitivity)),
        ("specificity", _share(sheet.specificity)),
        ("without a verdict", _without_verdict(sheet)),
        ("counts within 25 %", _share(sheet.within_25_percent) + _level(sheet.counting_level)),
        ("false positives /ul", "no negative slide" if low is None else f"{false}, {worst}"),
        ("cells/s", _number(sheet.cells_per_s)),
        ("latency, 95 %", "" if sheet.latency_p95_s is None else f"{sheet.latency_p95_s:.2f} s"),
        ("frames", f"{ledger}: {balance}"),
        ("threshold", f"{sheet.threshold:g}"),
    ]


def _without_verdict(sheet: Sheet) -> str:
    return f"{sheet.undecided} undecided, {sheet.not_interpretable} not interpretable"


def _share(one: Proportion) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "no slide to tell"
    interval = f"95 % interval {one.low:.0%} to {one.high:.0%}"
    return f"{one.count} of {one.of}, {one.share:.0%} ({interval})"


def _level(level: int | None) -> str:
    return "" if level is None else f", WHO level {level}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
