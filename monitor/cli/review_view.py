"""How the review of a slide is shown to a person."""

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.review.state import ReviewState
from monitor.statistics.reviewed_share import Estimate


def review_table(state: ReviewState) -> Panel:
    """Draw the review of a slide as a panel."""
    table = Table.grid(padding=(0, 2))
    for name, text in _rows(state):
        table.add_row(name, Text(text))
    return Panel(table, title=f"review of slide {state.slide}", subtitle="not a medical device")


def _rows(state: ReviewState) -> list[tuple[str, str]]:
    flagged, sampled, agreed = state.flagged, state.sampled, state.agreement
    people = ", ".join(f"{name} {count:,}" for name, count in sorted(state.reviewers.items()))
    found = ", ".join(f"{count:,} {name}" for name, count in sorted(state.verdicts.items()))
    stages = ", ".join(f"{count:,} {name}" for name, count in sorted(state.stages.items()))
    return [
        ("reviewed", f"{state.reviewed:,} cells: {found}" if state.reviewed else "no cell yet"),
        ("reviewers", people or "-"),
        ("stages", stages or "-"),
        (
            "flagged",
            f"{flagged.settled + flagged.open:,} of {flagged.cells:,} reviewed, "
            f"{flagged.infected:,} infected",
        ),
        (
            "random, not flagged",
            f"{sampled.settled + sampled.open:,} of {sampled.cells:,} reviewed, "
            f"{sampled.infected:,} infected",
        ),
        ("infected, not flagged", _share(state.missed, state.confidence)),
        (
            "agreement",
            "no cell has two reviewers"
            if agreed.equal_share is None
            else f"{agreed.equal:,} of {agreed.cells:,} cells alike ({agreed.equal_share:.1%})"
            + _kappa(agreed.kappa, agreed.kappa_low, agreed.kappa_high),
        ),
        ("parasitemia, reviewed", _share(state.parasitemia, state.confidence)),
        (
            "parasitemia, automatic",
            "-" if state.parasitemia_automatic is None else f"{state.parasitemia_automatic:.3%}",
        ),
    ]


def _share(found: Estimate, confidence: float) -> str:
    value = "not known yet" if found.value is None else f"{found.value:.3%}"
    return f"{value} ({confidence:.0%} interval {found.low:.3%} to {found.high:.3%})"


def _kappa(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return ""
    return f", kappa {value:.2f} ({low:.2f} to {high:.2f})"
