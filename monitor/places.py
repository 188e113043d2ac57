"""How many fields may be on their way at one time: that bounds every queue behind the source."""

import threading
from collections.abc import Callable

CHECK_S = 0.1


class Places:
    """A fixed number of places; a field has one until its outcome stands in Redis.

    Parameters
    ----------
    count
        How many there are.
    check
        Raises once nothing more can be counted; called while waiting.
    """

    def __init__(self, count: int, check: Callable[[], None]) -> None:
        self.count = count
        self.check = check
        self._free = threading.Semaphore(count)

    def take(self, over: threading.Event) -> bool:
        """Wait for a place; False once ``over`` is set."""
        while not self._free.acquire(timeout=CHECK_S):
            self.check()
            if over.is_set():
                return False
        self.check()
        return True

    def take_now(self) -> bool:
        """Take a place where one is free."""
        return self._free.acquire(blocking=False)

    def free(self) -> None:
        """Give a place back."""
        self._free.release()

    def take_all(self, give_up: Callable[[], bool]) -> bool:
        """Wait until all places are free, and take them; False as soon as ``give_up`` says so."""
        for _ in range(self.count):
            while not self._free.acquire(timeout=CHECK_S):
                self.check()
                if give_up():
                    return False
        return True
