"""Chooses which frames are counted: of each place the sharpest that shows the most new area."""

from collections.abc import Callable
from dataclasses import dataclass

from config.settings import GateSettings
from monitor.gate.pose import Pose
from monitor.gate.view import View
from monitor.sources import Frame

MOST_LOST = 0.01
"""So much of a view's area may be passed over unseen before the frame that shows it is taken."""

MUCH_SHARPER = 1.2
AS_SHARP = 0.85
BLURRED = 0.5
"""Shares of another frame's sharpness."""

CHOOSE_FRAMES = 4
TYPICAL_OF = 0.1

NewShare = Callable[[Pose, tuple[int, int], Pose | None], float]
Gated = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame that may be counted.

    Attributes
    ----------
    frame, view, pose
        The frame, made small, and where it lies.
    new_share
        Share of its area that no counted frame shows, in [0, 1].
    """

    frame: Frame
    view: View
    pose: Pose
    new_share: float

    @property
    def sharpness(self) -> float:
        """Its sharpness."""
        return self.view.sharpness


class Chooser:
    """Holds one frame at a time, until it is clear that no better one of the place comes.

    That is so once the stage has rested for some frames, or moves on, so that what the frame
    shows goes out of view, or enough new area has come into view.

    Parameters
    ----------
    settings
        Of the gate.
    live
        Whether time counts as well as frames.
    new_share
        Gives the share of a view that no counted frame shows, less what another view shows.
    """

    def __init__(self, settings: GateSettings, live: bool, new_share: NewShare) -> None:
        self._settings = settings
        self._live = live
        self._new_share = new_share
        self._held: Candidate | None = None
        self._resting = 0
        self._waiting = 0
        self._lost = 0.0
        self._typical = 0.0

    def offer(self, now: Candidate, still: bool) -> tuple[Candidate | None, list[Gated]]:
        """Take the next frame; give one to count, if one is ripe, and those that are not."""
        self._resting = self._resting + 1 if still else 0
        passed = self._passed(now)
        if passed > MOST_LOST:
            # What it shows counts as seen from here on, so that the next offer sees what is new.
            return self.flush(), [(now.frame.number, "moving")]
        gated = self._weigh(now, passed)
        return self._ripe(now), gated

    def flush(self) -> Candidate | None:
        """Give up the frame held, to be counted."""
        held, self._held = self._held, None
        self._waiting, self._lost = 0, 0.0
        return held

    def counted(self, sharpness: float) -> None:
        """Learn how sharp a frame was that could be counted."""
        share = TYPICAL_OF if self._typical else 1.0
        self._typical += share * (sharpness - self._typical)

    def _passed(self, now: Candidate) -> float:
        """Give the share of what only the frame held shows that is out of view now."""
        held = self._held
        return 0.0 if held is None else self._new_share(held.pose, held.view.shape, now.pose)

    def _weigh(self, now: Candidate, passed: float) -> list[Gated]:
        number, held = now.frame.number, self._held
        if now.new_share < self._settings.min_new_share:
            return [(number, "seen")]
        if not self._resting and now.sharpness < BLURRED * self._typical:
            return [(number, "moving")]
        if held is None:
            self._held = now
            return []
        # Little by little, too, no more may be lost on the way from frame to frame.
        if _better(now, held) and self._lost + passed <= MOST_LOST:
            self._held = now
            self._lost += passed
            return [(held.frame.number, "superseded")]
        return [(number, "superseded")]

    def _ripe(self, now: Candidate) -> Candidate | None:
        held = self._held
        if held is None:
            return None
        much = held.new_share >= self._settings.moving_new_share
        self._waiting += much
        age_ms = 1000 * (now.frame.captured_at - held.frame.captured_at)
        late = self._live and age_ms >= self._settings.settle_ms
        rested = self._resting >= self._settings.settle_frames
        return self.flush() if rested or late or self._waiting >= CHOOSE_FRAMES else None


def _better(now: Candidate, held: Candidate) -> bool:
    more = now.new_share - held.new_share
    if more > MOST_LOST:
        return now.sharpness >= AS_SHARP * held.sharpness
    return more >= -MOST_LOST and now.sharpness > held.sharpness
