"""Chooses which frames are counted: of each place the sharpest that shows the most new area."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from config.settings import GateSettings
from monitor.gate.pose import Pose
from monitor.gate.view import View
from monitor.sources import Frame

MOST_LOST = 0.01
"""So much of a view's area may be passed over unseen before the frame that shows it is taken."""

MUCH_SHARPER = 1.2
AS_SHARP = 0.7
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

    def at(self, part: int, onto: Pose) -> "Candidate":
        """Give it on the other part, if its own is ``part``, whose first frame has that pose."""
        return replace(self, pose=self.pose.through(onto)) if self.pose.part == part else self


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
        # Little by little, too, no more may be lost on the way from frame to frame.
        spent = self._lost + passed > MOST_LOST
        if self._is_left(passed) or (spent and self._surpasses(now)):
            return self._leave(now)
        gated = self._weigh(now, passed)
        return self._ripe(now), gated

    @property
    def held(self) -> int | None:
        """Number of the frame held."""
        return None if self._held is None else self._held.frame.number

    def flush(self) -> Candidate | None:
        """Give up the frame held, to be counted."""
        held, self._held = self._held, None
        self._waiting, self._lost = 0, 0.0
        return held

    def join(self, part: int, onto: Pose) -> None:
        """Learn that a part of the map lies on another one, its first frame at ``onto``."""
        self._held = None if self._held is None else self._held.at(part, onto)

    def counted(self, sharpness: float) -> None:
        """Learn how sharp a frame was that could be counted."""
        share = TYPICAL_OF if self._typical else 1.0
        self._typical += share * (sharpness - self._typical)

    def _passed(self, now: Candidate) -> float:
        """Give the share of what only the frame held shows that is out of view now."""
        held = self._held
        return 0.0 if held is None else self._new_share(held.pose, held.view.shape, now.pose)

    def _is_left(self, passed: float) -> bool:
        held = self._held
        return held is not None and passed > min(MOST_LOST, held.new_share / 2)

    def _surpasses(self, now: Candidate) -> bool:
        return self._held is not None and _better(now, self._held)

    def _leave(self, now: Candidate) -> tuple[Candidate | None, list[Gated]]:
        """Give the frame held, and hold this one if more is new in it than what that one shows."""
        left = self.flush()
        if left is not None:
            beside = self._new_share(now.pose, now.view.shape, left.pose)
            now = replace(now, new_share=beside)
        return left, self._weigh(now, 0.0)

    def _weigh(self, now: Candidate, passed: float) -> list[Gated]:
        number, held = now.frame.number, self._held
        if now.new_share < self._settings.min_new_share:
            return [(number, "seen")]
        if not self._resting and now.sharpness < BLURRED * self._typical:
            return [(number, "moving")]
        if held is None:
            self._held = now
            return []
        if _better(now, held):
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
