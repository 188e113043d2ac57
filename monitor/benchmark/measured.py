"""What is measured on one field."""

from dataclasses import dataclass

from monitor.benchmark.matching import Match


@dataclass(frozen=True, slots=True)
class Timed:
    """What one way made of one field.

    Attributes
    ----------
    ms
        CPU time, crops included.
    cells
        Cells cut out.
    match, strict
        Against the truth, without and with what lies on the border unannotated; None where
        there is no truth.
    """

    ms: float
    cells: int
    match: Match | None
    strict: Match | None


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """What was measured on one field.

    Attributes
    ----------
    segmented
        Our segmenter, red cells that the border rule leaves out included in the match.
    counted
        The strict match of the counted cells alone.
    baseline
        The textbook's steps, where they were run.
    rejected
        Whether the field is too poor to count.
    """

    segmented: Timed
    counted: Match | None
    baseline: Timed | None
    rejected: bool
