"""What is found out about a source before its first frame is counted."""

from collections.abc import Container
from dataclasses import dataclass

from config import Settings
from monitor.care.standing import Standing
from monitor.duplicates import Duplicates
from monitor.gate.gate import FieldGate
from monitor.graphics import graphics_of
from monitor.label_frames import LabelFrames
from monitor.scale import SlideScale, scale_of
from monitor.sources import Source
from monitor.store import FrameRecord


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of a source.

    Attributes
    ----------
    standing
        What is burned into its frames or stays in place in them, as far as it is known.
    label
        Knows the frames that show the slide's label.
    duplicates
        Knows pictures that come again; None: they may.
    gate
        Knows which frames show something new; None: all do.
    scale
        Knows how large the cells are.
    done
        Frames of a gated source that have an outcome: the gate sees them again, nobody else.
    """

    standing: Standing
    label: LabelFrames
    duplicates: Duplicates | None
    gate: FieldGate | None
    scale: SlideScale
    done: Container[int]


def is_gated(source: Source, settings: Settings) -> bool:
    """Say whether each place of the slide is counted once, however many frames show it."""
    mode = settings.gate.mode
    return mode == "on" or (mode == "auto" and source.repeats)


def prepare(
    source: Source,
    settings: Settings,
    label: LabelFrames,
    records: dict[int, FrameRecord],
    done: Container[int],
) -> Prepared:
    """Look at a source.

    Parameters
    ----------
    source
        Opened.
    settings
        All settings.
    label
        Knows the frames that show the slide's label.
    records
        Of the frames counted before, where the slide is resumed.
    done
        All frames that have an outcome.
    """
    if not is_gated(source, settings):
        separate = not source.live and not source.repeats
        duplicates = Duplicates(_digests(records)) if separate else None
        standing = Standing(graphics_of(source))
        return Prepared(standing, label, duplicates, None, SlideScale(False), ())
    places = [record.place for record in records.values() if record.place is not None]
    # What a camera showed before cannot be seen again: it goes on in a part of its own.
    first_part = max((place.part + 1 for place in places), default=0) if source.live else 0
    widest_px = settings.segmenter.max_diameter_px / 2
    scale = scale_of(source, settings)
    gate = FieldGate(settings.gate, widest_px, source.live, first_part, scale.of)
    return Prepared(Standing(), label, None, gate, scale, done)


def _digests(records: dict[int, FrameRecord]) -> dict[str, str]:
    return {
        record.digest: record.name or f"frame {number}"
        for number, record in records.items()
        if record.digest is not None and record.outcome != "gated"
    }
