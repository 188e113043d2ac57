"""Events on their way to Redis: of bounded number, however long it stays away."""

import threading

from monitor.store import Event

MOST_WAITING = 64

DROPPED = "events_dropped"


class EventQueue:
    """Keeps the newest events, and of each condition the last word; counts those dropped."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._dropped = 0
        self._told = 0

    def __len__(self) -> int:
        with self._lock:
            return len(self._waiting)

    def put(self, event: Event) -> None:
        """Add an event, from any thread; where there is no room, an older one is dropped."""
        with self._lock:
            self._waiting.append(event)
            if len(self._waiting) > self._most:
                del self._waiting[self._first_to_drop()]
                self._dropped += 1

    def take(self) -> list[tuple[int, Event]]:
        """Take all events, oldest first, each with a number that counts up from 1."""
        with self._lock:
            taken, self._waiting = self._waiting, []
            if self._dropped:
                text = f"{self._dropped} events were dropped while the store did not answer"
                taken.insert(0, Event(DROPPED, text))
                self._dropped = 0
            first = self._told + 1
            self._told += len(taken)
            return list(enumerate(taken, first))

    def _first_to_drop(self) -> int:
        """Find the oldest that is no condition's last word; the very oldest where all are."""
        last_word = {event.kind: i for i, event in enumerate(self._waiting)}
        for i, event in enumerate(self._waiting):
            if event.cleared is None or last_word[event.kind] != i:
                return i
        return 0
