"""Which files of a folder are complete: those that have stopped changing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

Signature = tuple[int, int]

_ABSENT: Signature = (-1, -1)

PATIENCE = 10
"""How many times longer a file is waited for that has settled and is not whole."""


@dataclass(frozen=True, slots=True)
class _Seen:
    signature: Signature
    since_s: float
    given: bool = False
    patience: int = 1


class SettlingFiles:
    """Watches files change; a file is ready once it has not changed for a while.

    A file that changes after it was given becomes ready again: pages may have been added.

    Parameters
    ----------
    settle_s
        How long a file must stay as it is.
    """

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._seen: dict[Path, _Seen] = {}
        self._changed_s: float | None = None

    def look(self, paths: Sequence[Path], now_s: float) -> list[Path]:
        """Give those of ``paths`` that have become ready, each once, in the given order.

        Parameters
        ----------
        paths
            All files that are there now.
        now_s
            Time of this look on a clock that never goes back.
        """
        self._seen = {path: self._compared(path, now_s) for path in paths}
        ready = [path for path, seen in self._seen.items() if self._is_ready(seen, now_s)]
        for path in ready:
            self._seen[path] = replace(self._seen[path], given=True)
        if ready or self._changed_s is None:
            self._changed_s = now_s
        return ready

    def put_back(self, path: Path) -> bool:
        """Wait for a file longer, for its writer may be slow; False where that was done before.

        It is ready again once it has changed and settled, or has not for a much longer while.
        """
        seen = self._seen.get(path)
        if seen is None or seen.patience > 1:
            return False
        self._seen[path] = replace(seen, given=False, patience=PATIENCE)
        return True

    @property
    def waiting(self) -> int:
        """Files of the last look that have not been given since they last changed."""
        return sum(not seen.given for seen in self._seen.values())

    def unchanged(self, path: Path) -> bool:
        """Say whether a file is still as it was at the last look."""
        return path in self._seen and self._seen[path].signature == _signature(path)

    def begin_anew(self, now_s: float) -> None:
        """Let the quiet begin now: nobody can say whether a file came."""
        self._changed_s = now_s

    def quiet_s(self, now_s: float) -> float:
        """Give how long no file has come, changed or become ready, in seconds."""
        return 0.0 if self._changed_s is None else now_s - self._changed_s

    def _compared(self, path: Path, now_s: float) -> _Seen:
        signature = _signature(path)
        before = self._seen.get(path)
        if before is not None and before.signature == signature:
            return before
        self._changed_s = now_s
        return _Seen(signature, now_s)

    def _is_ready(self, seen: _Seen, now_s: float) -> bool:
        return not seen.given and now_s - seen.since_s >= seen.patience * self._settle_s


def _signature(path: Path) -> Signature:
    try:
        status = path.stat()
    except OSError:  # gone, or a link to nothing: reading it will say so
        return _ABSENT
    return status.st_size, status.st_mtime_ns
