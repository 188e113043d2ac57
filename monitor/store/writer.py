"""Writes one slide: every step is one script on the server, idempotent, and fenced by a token."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import msgspec

from config.settings import StoreSettings
from monitor.store.arguments import event_arguments, field_arguments, outcome_arguments
from monitor.store.bits import FrameSet
from monitor.store.client import Client, Word
from monitor.store.clock import now_iso
from monitor.store.drawn import Drawn
from monitor.store.errors import SlideTaken
from monitor.store.keys import SlideKeys
from monitor.store.records import (
    Activity,
    Ending,
    Event,
    FieldResult,
    FrameOutcome,
    MapPicture,
    SlideInfo,
    State,
    Wanted,
)
from monitor.store.scripts import TAKEN, ScriptName

# A capture that has not been heard of for so long has died, and another may take its slide.
OWNER_LIVING_MS = 10_000

LOST_WITH_PROCESS = "lost_with_process"

_AT_ONCE = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SlideWriter:
    """The right to write one slide; made by :meth:`Store.begin`.

    All methods may be called again after a ``StoreUnavailable``, whether or not the step has
    arrived. They raise ``SlideTaken``, and change nothing, once another capture owns the slide.
    """

    client: Client
    settings: StoreSettings
    slide: str
    info: SlideInfo
    token: str

    @property
    def done(self) -> FrameSet:
        """Frames that have an outcome, read now."""
        return self._frames(self._keys.done)

    @property
    def next_frame(self) -> int:
        """The number after the highest frame seen, read now."""
        return self._frames(self._keys.seen).after_last()

    def mark_seen(self, numbers: Iterable[int]) -> None:
        """Book frames as seen, each once."""
        for part in _parts(numbers):
            self._run("mark_seen", [self.token, *part])

    def commit_field(self, result: FieldResult) -> bool:
        """Count a field: cells, scores, flagged cells, record and event in one step.

        Returns
        -------
        bool
            False where the frame had an outcome already; nothing has changed then.

        Raises
        ------
        ValueError
            Scores, boxes and crops are not equally many, or a box does not fit 16 bits.
        """
        drawn = Drawn(self.slide, self.settings.max_sampled_cells, self._last_rank())
        described = field_arguments(result, self.info.threshold, self.settings, drawn)
        return bool(self._run("commit_field", [self.token, *described]) == 1)

    def record(self, outcomes: Iterable[FrameOutcome]) -> None:
        """Book frames that were not counted, each once.

        Raises
        ------
        ValueError
            A reason is not one short word.
        """
        for part in _parts(outcomes):
            live = self.info.live
            described = [value for outcome in part for value in outcome_arguments(outcome, live)]
            self._run("record", [self.token, self.settings.max_events, *described])

    def event(self, event: Event, number: int) -> None:
        """Tell an event, once.

        Parameters
        ----------
        event
            The event; a text longer than 500 characters is cut.
        number
            Of this event among those of this writer, counting up from 1.
        """
        described = event_arguments(event, number)
        self._run("event", [self.token, self.settings.max_events, *described])

    def heartbeat(
        self, status: Mapping[str, str | int | float], activity: Activity = "counting"
    ) -> Wanted:
        """Say that the capture lives and what it does, and store its live figures.

        Returns
        -------
        str
            What the user wants of the slide.
        """
        figures = [value for pair in status.items() for value in pair]
        most = self.settings.max_events
        wanted = self._run("heartbeat", [self.token, OWNER_LIVING_MS, most, activity, *figures])
        heard: Wanted = msgspec.convert(wanted.decode(), Wanted)
        return heard

    def draw(self, drawn: MapPicture) -> None:
        """Keep the slide map in place of the one before."""
        self._run("draw", [self.token, drawn.jpeg, msgspec.json.encode(drawn.layout)])

    def finish(self, outcome: Ending, frames_total: int | None = None) -> State:
        """End the slide and let go of it.

        Parameters
        ----------
        outcome
            Whether the source has ended.
        frames_total
            How many frames it had; None: as it was said in the beginning.

        Returns
        -------
        str
            ``complete`` where the source has ended and every frame has its outcome, else
            ``incomplete``; ``interrupted`` where the source has not ended.
        """
        most = self.settings.max_events
        total = "" if frames_total is None else frames_total
        state = self._run("finish", [self.token, OWNER_LIVING_MS, most, outcome, now_iso(), total])
        settled: State = msgspec.convert(state.decode(), State)
        return settled

    def book_lost(self) -> None:
        """Book frames that a dead capture took from a live source and that never come again."""
        seen, done = self._frames(self._keys.seen), self.done
        detail = "the capture process ended before it was counted"
        self.record(
            [
                FrameOutcome(number, "skipped", LOST_WITH_PROCESS, detail=detail)
                for number in seen
                if number not in done
            ]
        )

    @property
    def _keys(self) -> SlideKeys:
        return SlideKeys.of(self.slide)

    def _last_rank(self) -> int | None:
        """Give the highest rank among the random cells kept, None while there is room for more."""
        last = self.settings.max_sampled_cells - 1
        found = self.client.ask("ZRANGE", self._keys.sampled, last, last, "WITHSCORES")
        return int(float(found[1])) if found else None

    def _frames(self, key: str) -> FrameSet:
        return FrameSet(self.client.ask("GET", key) or b"")

    def _run(self, name: ScriptName, arguments: Sequence[Word]) -> Any:
        reply = self.client.run(name, self._keys, arguments)
        if reply == TAKEN:
            raise SlideTaken(
                f"slide {self.slide}: another capture has taken it over; this one stops"
            )
        return reply


def _parts(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
