"""Why a frame was not counted, in the words that are stored."""

from monitor.sources import Frame, UnreadableFrame
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

LABEL = "label"
"""Why a frame is rejected that shows the slide's label, and so is no field."""


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


def too_small(number: int, frame: Frame) -> FrameOutcome:
    """Say that a frame is too small to show a field of cells."""
    height, width = frame.image.shape[:2]
    detail = f"{width}x{height} pixels are too few, or too narrow, to show a field"
    return FrameOutcome(number, "rejected", "too_small", frame.name, detail)


def shows_label(number: int, name: str) -> FrameOutcome:
    """Say that a frame shows the slide's label."""
    return FrameOutcome(number, "rejected", LABEL, name, "it shows the slide's label")


def unreadable(number: int, frame: UnreadableFrame) -> FrameOutcome:
    """Say that a frame could not be had."""
    return FrameOutcome(number, "failed", "unreadable", frame.name, frame.problem)
