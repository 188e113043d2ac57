"""From single fields to the figures of a data set."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from monitor.benchmark.datasets import Part
from monitor.benchmark.matching import Match
from monitor.benchmark.measured import FieldFigures, Timed

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How found cells compare with annotated ones over many fields.

    Attributes
    ----------
    true_cells, found_cells
        Cells annotated, and found; unknown boxes are in neither.
    precision, recall, f1
        Found cells that are annotated, annotated cells that are found, and their harmonic mean.
    median_count_error
        Median over the fields of ``|found - true| / true``; None where no cell is annotated.
    infected, infected_found
        Cells annotated as a stage of a parasite, and those of them that were found.
    """

    true_cells: int
    found_cells: int
    precision: float
    recall: float
    f1: float
    median_count_error: float | None
    infected: int
    infected_found: int


@dataclass(frozen=True, slots=True)
class Speed:
    """What one core does.

    Attributes
    ----------
    ms_per_frame
        Median CPU time of a field, crops included.
    cells_per_s
        Cells cut out in a second.
    """

    ms_per_frame: float
    cells_per_s: float


ACCURACY = tuple(field.name for field in fields(Accuracy))
SPEED = tuple(field.name for field in fields(Speed))
BORDER_MATTERS = ("found_cells", "precision", "recall", "f1", "median_count_error")
COUNTED = (*BORDER_MATTERS, "infected_found")


@dataclass(frozen=True, slots=True)
class SegmenterFigures:
    """The figures of one data set; what cannot be known without annotations is None.

    Attributes
    ----------
    data, part
        Name of the set, and which part of it.
    frames, rejected
        Fields measured, and how many of them are too poor to count.
    accuracy, strict
        Of all red cells found, those that the border rule leaves to the neighbouring field
        included; strict takes what is found on the border without a box for wrong.
    counted
        Strict, of the counted cells alone.
    speed
        Of segmenting and cutting the crops.
    fps
        Frames a second on all cores, with the threads of capture.
    baseline_frames
        Fields on which the textbook's steps were run too.
    baseline_accuracy, baseline_strict, baseline_speed
        Of the textbook's steps, on those fields.
    speedup
        Median time of the textbook's steps over ours, both on those fields.
    """

    data: str
    part: Part
    frames: int
    rejected: int
    accuracy: Accuracy | None
    strict: Accuracy | None
    counted: Accuracy | None
    speed: Speed
    fps: float
    baseline_frames: int
    baseline_accuracy: Accuracy | None
    baseline_strict: Accuracy | None
    baseline_speed: Speed | None
    speedup: float | None

    def flat(self) -> dict[str, str | float | None]:
        """Give all figures by one name each, as ``--json`` prints them."""
        return {
            "data": self.data,
            "part": self.part,
            "frames": self.frames,
            "rejected": self.rejected,
            **_named("", ACCURACY, self.accuracy),
            **_named("strict_", BORDER_MATTERS, self.strict),
            **_named("counted_", COUNTED, self.counted),
            **_named("", SPEED, self.speed),
            "fps": _short(self.fps),
            "baseline_frames": self.baseline_frames,
            **_named("baseline_", ACCURACY, self.baseline_accuracy),
            **_named("baseline_strict_", BORDER_MATTERS, self.baseline_strict),
            **_named("baseline_", SPEED, self.baseline_speed),
            "speedup": _short(self.speedup),
        }


def summarise(
    data: str, part: Part, measured: Sequence[FieldFigures], fps: float
) -> SegmenterFigures:
    """Add up the fields of a set, at least one."""
    both = [(field.segmented, field.baseline) for field in measured if field.baseline is not None]
    ours, theirs = [field.segmented for field in measured], [baseline for _, baseline in both]
    return SegmenterFigures(
        data=data,
        part=part,
        frames=len(measured),
        rejected=sum(field.rejected for field in measured),
        accuracy=_accuracy([segmented.match for segmented in ours]),
        strict=_accuracy([segmented.strict for segmented in ours]),
        counted=_accuracy([field.counted for field in measured]),
        speed=_speed(ours),
        fps=fps,
        baseline_frames=len(both),
        baseline_accuracy=_accuracy([baseline.match for baseline in theirs]),
        baseline_strict=_accuracy([baseline.strict for baseline in theirs]),
        baseline_speed=_speed(theirs) if both else None,
        speedup=_median_ms(theirs) / _median_ms([own for own, _ in both]) if both else None,
    )


def _accuracy(matches: Sequence[Match | None]) -> Accuracy | None:
    known = [match for match in matches if match is not None]
    if not known:
        return None
    found, true = sum(match.found for match in known), sum(match.true for match in known)
    matched = sum(match.matched for match in known)
    errors = [abs(match.found - match.true) / match.true for match in known if match.true]
    return Accuracy(
        true_cells=true,
        found_cells=found,
        precision=matched / max(1, found),
        recall=matched / max(1, true),
        f1=2 * matched / max(1, found + true),
        median_count_error=float(np.median(errors)) if errors else None,
        infected=sum(match.infected for match in known),
        infected_found=sum(match.infected_found for match in known),
    )


def _speed(timed: Sequence[Timed]) -> Speed:
    seconds = sum(field.ms for field in timed) / 1e3
    return Speed(_median_ms(timed), sum(field.cells for field in timed) / seconds)


def _median_ms(timed: Sequence[Timed]) -> float:
    return float(np.median([field.ms for field in timed]))


def _named(
    prefix: str, names: Sequence[str], values: Accuracy | Speed | None
) -> dict[str, float | None]:
    return {prefix + name: _short(getattr(values, name, None)) for name in names}


def _short(value: float | None) -> float | None:
    return round(value, DIGITS) if isinstance(value, float) else value
