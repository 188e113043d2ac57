"""Why a frame was not counted, in the words that are stored."""

from monitor.sources import UnreadableFrame
from monitor.store import FrameOutcome

GATED = {
    "seen": "nothing in it is new",
    "superseded": "another frame of the place was sharper or showed more",
    "moving": "the stage moved",
    "poor": "the place was too poor to count, and this frame is no sharper",
    "lost": "its place on the slide is not known",
    "paused": "the slide was paused",
}
"""The reasons for which a frame is gated, each with its words."""


def gated(number: int, reason: str, name: str | None = None) -> FrameOutcome:
    """Say that nothing new is in a frame, or that nothing was to be counted then."""
    return FrameOutcome(number, "gated", reason, name, GATED[reason])


def duplicate(number: int, name: str, first: str, digest: str) -> FrameOutcome:
    """Say that a frame shows the very picture of another one."""
    text = f"the same picture as {first}"
    return FrameOutcome(number, "gated", "duplicate", name, text, digest)


def skipped(number: int, name: str | None = None) -> FrameOutcome:
    """Say that there was no time for a frame."""
    return FrameOutcome(number, "skipped", "busy", name, "a newer frame came first")


def shows_label(number: int, name: str) -> FrameOutcome:
    """Say that a frame shows the slide's label."""
    return FrameOutcome(number, "rejected", "label", name, "it shows the slide's label")


def unreadable(number: int, frame: UnreadableFrame) -> FrameOutcome:
    """Say that a frame could not be had."""
    return FrameOutcome(number, "failed", "unreadable", frame.name, frame.problem)
