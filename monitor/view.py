"""Shows a slide being counted: a live panel on a terminal, plain lines elsewhere."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from config.settings import LogSettings
from monitor.decision import Judge
from monitor.statistics.decision import Decision
from monitor.store import (
    LIVING,
    SlideNotFound,
    Store,
    StoreUnavailable,
    Summary,
    live_status,
    summary,
)
from monitor.wording import counted, ledger, parasitemia, verdict

logger = logging.getLogger(__name__)

LOOK_S = 0.25
LINE_S = 2.0
JUDGE_S = 1.0


class View(Protocol):
    """What the supervisor needs of a view."""

    def line(self, text: str) -> None:
        """Show a log line; called from any thread."""

    def turn(self) -> None:
        """Show how things stand, if it is time; called often, from one thread."""


class LineView:
    """A line every two seconds to standard error, but for the time that the slide is paused.

    Parameters
    ----------
    store, slide
        What to look at.
    judge
        Says what the counts mean.
    """

    def __init__(self, store: Store, slide: str, judge: Judge) -> None:
        self._glance = Glance(store, slide, LINE_S, judge)

    def line(self, text: str) -> None:
        """Pass a log line on."""
        sys.stderr.write(text + "\n")

    def turn(self) -> None:
        """Write a line, if it is time."""
        if self._glance.look() and self._glance.summary is not None:
            self._say(self._glance.summary)

    def _say(self, result: Summary) -> None:
        if result.state == "paused":
            return
        mark = "SIMULATED " if result.simulated else ""
        now = f"{result.cells_per_s or 0:.0f} cells/s"
        text = f"{mark}{result.slide}: {counted(result)}, {now}"
        self._tell(f"{text}; {ledger(result)}{_said(result)}")

    def _tell(self, text: str) -> None:
        self.line(text)


class LoggedView(LineView):
    """Counts as records of the log; what children log has its form already."""

    def _tell(self, text: str) -> None:
        logger.info("%s", text)


def _said(result: Summary) -> str:
    return "" if result.decision is None else f"; {verdict(result.decision)}"


class TerminalView:
    """A panel that is redrawn in place; log lines scroll above it.

    Parameters
    ----------
    store, slide
        What to look at.
    judge
        Says what the counts mean.
    live
        Where to draw.
    """

    def __init__(self, store: Store, slide: str, judge: Judge, live: Live) -> None:
        self._glance = Glance(store, slide, LOOK_S, judge)
        self._live = live
        self._lock = threading.Lock()
        self._progress = Progress(
            TextColumn("frames"), BarColumn(bar_width=40), MofNCompleteColumn(), auto_refresh=False
        )
        self._task: TaskID | None = None

    def line(self, text: str) -> None:
        """Show a log line above the panel."""
        self._live.console.print(text, markup=False, highlight=False)

    def turn(self) -> None:
        """Draw the panel anew, if it is time."""
        if self._glance.look() and self._glance.summary is not None:
            self._live.update(self._panel(self._glance.summary))

    def _panel(self, result: Summary) -> Panel:
        parts: list[Table | Progress] = [_figures(result, self._glance.status)]
        if result.frames_total is not None:
            parts.append(self._bar(result.frames_seen, result.frames_total))
        title = f"slide {result.slide}" + (" - SIMULATED" if result.simulated else "")
        title += " - PAUSED" if result.state == "paused" else ""
        return Panel(Group(*parts), title=title, subtitle="not a medical device", width=78)

    def _bar(self, seen: int, total: int) -> Progress:
        if self._task is None:
            self._task = self._progress.add_task("frames", total=total)
        self._progress.update(self._task, completed=seen, total=total)
        return self._progress


class Glance:
    """The newest known counts of a slide, fetched no more often than every ``every_s`` seconds.

    Parameters
    ----------
    store, slide
        What to look at.
    every_s
        Seconds between two looks; what the counts mean is asked no more often than every second.
    judge
        Says what they mean.
    """

    def __init__(self, store: Store, slide: str, every_s: float, judge: Judge) -> None:
        self._store = store
        self._slide = slide
        self._every_s = every_s
        self._judge = judge
        self._looked_s = time.monotonic()
        self._judged_s = 0.0
        self._decision: Decision | None = None
        self.summary: Summary | None = None
        self.status: dict[str, str] = {}

    def look(self) -> bool:
        """Fetch the counts if it is time; whether there is something new to show."""
        now = time.monotonic()
        if now - self._looked_s < self._every_s:
            return False
        self._looked_s = now
        try:
            result = summary(self._store, self._slide)
            self.status = live_status(self._store, self._slide)
            self._judged(now, result)
        except (SlideNotFound, StoreUnavailable):
            return False
        if result.state not in LIVING:
            return False
        self.summary = msgspec.structs.replace(result, decision=self._decision)
        return True

    def _judged(self, now: float, result: Summary) -> None:
        if now - self._judged_s >= JUDGE_S:
            self._judged_s = now
            self._decision = self._judge.judged(self._store, result).decision


def _figures(result: Summary, status: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    table.add_row("cells", f"{result.cells:,}, {result.fields} fields")
    table.add_row("look unhealthy", f"{result.flagged:,} flagged, {parasitemia(result)}")
    if result.decision is not None:
        table.add_row("verdict", verdict(result.decision))
    table.add_row("unscored", f"{result.unscored:,}")
    rates = f"{result.cells_per_s or 0:,.0f} cells/s, {result.frames_per_s or 0:.1f} frames/s"
    table.add_row("rate", rates)
    table.add_row("frames", ledger(result))
    queues = f"{status.get('chunks_open', '0')} chunks, {status.get('steps_waiting', '0')} steps"
    table.add_row("in flight", f"{queues}, {status.get('workers', '0')} workers")
    for text in result.conditions.values():
        table.add_row("attention", Text(text))
    if result.may_contain_repeats:
        table.add_row("note", "may contain repeats: frames may show the same cells again")
    return table


@contextmanager
def open_view(store: Store, slide: str, judge: Judge, log: LogSettings) -> Iterator[View]:
    """Open the view that fits standard error: a log in JSON, a terminal or neither."""
    if log.format == "json":
        yield LoggedView(store, slide, judge)
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield LineView(store, slide, judge)
        return
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield TerminalView(store, slide, judge, live)
