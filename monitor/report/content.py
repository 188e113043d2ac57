"""What a report says, whatever it is written as; as JSON, its machine-readable form."""

from typing import Literal

import msgspec

from monitor.cells_shown import FlaggedRow
from monitor.store import Summary, ToldEvent

SCHEMA = "smearwatch-report"
VERSION = 1
NOT_A_DEVICE = (
    "Not a medical device. A flagged cell looks unhealthy to a model, which is a suspicion and no "
    "diagnosis; nothing here has been validated for clinical use."
)


class Words(msgspec.Struct, frozen=True):
    """The counts as sentences; empty where there is nothing to say.

    Attributes
    ----------
    parasitemia
        Flagged share with its interval.
    parasitemia_method
        How share and interval are computed.
    verdict, corrected, limit_of_detection, excluded
        As of ``smearwatch summary``.
    ledger
        Where the frames went.
    """

    parasitemia: str
    parasitemia_method: str
    verdict: str
    corrected: str
    limit_of_detection: str
    excluded: str
    ledger: str


class ModelFigures(msgspec.Struct, frozen=True):
    """What the card of the model says.

    Attributes
    ----------
    model_id, weights_sha256
        Which model.
    architecture, created
        Its network, and the day of its training.
    threshold_rule
        How its threshold was chosen.
    trained_on
        The data.
    figures
        What was measured on held-out cells, by data set: ``{set: {figure: value}}``.
    limits
        What it cannot do, in sentences.
    """

    model_id: str
    weights_sha256: str
    architecture: str
    created: str
    threshold_rule: str
    trained_on: tuple[str, ...]
    figures: dict[str, dict[str, float]]
    limits: tuple[str, ...]


class Focus(msgspec.Struct, frozen=True):
    """Focus scores of the counted fields, >= 0, higher is sharper."""

    lowest: float
    median: float
    highest: float


class LostFrame(msgspec.Struct, frozen=True):
    """A frame that was seen but not counted, and why."""

    number: int
    name: str
    outcome: str
    reason: str
    detail: str


class Quality(msgspec.Struct, frozen=True):
    """How good the slide was to count.

    Attributes
    ----------
    focus
        Of the counted fields; None: none was counted.
    lost
        The first frames rejected or failed that the slide has records of.
    lost_total
        How many records there are.
    noticed
        What the capture noticed of camera, optics and lamp, oldest first, as the slide still
        has it; not fields, frames and states.
    """

    focus: Focus | None
    lost: tuple[LostFrame, ...]
    lost_total: int
    noticed: tuple[ToldEvent, ...]


class ScoreHistogram(msgspec.Struct, frozen=True):
    """Cells by score.

    Attributes
    ----------
    edges
        n + 1 scores, ascending.
    cells
        n counts; the last bin includes its upper edge.
    logarithmic
        Whether the edges are evenly spaced on a logarithmic scale.
    """

    edges: tuple[float, ...]
    cells: tuple[int, ...]
    logarithmic: bool


class ReportedCell(msgspec.Struct, frozen=True):
    """A flagged cell, and what its reviewers say of it; None: not reviewed."""

    cell: FlaggedRow
    review: str | None = None


class Report(msgspec.Struct, frozen=True):
    """What is reported of a slide.

    Attributes
    ----------
    schema, version
        ``smearwatch-report`` and 1; a change that breaks readers raises the number.
    status
        ``preliminary`` always: no person has signed it.
    notice
        That it is no medical device.
    made_at
        When the report was made, ISO 8601, UTC.
    made_with
        Version of smearwatch that made it; the one that counted is in ``summary``.
    summary
        All counts and their decision, as ``smearwatch summary --json`` gives them.
    words
        The same as sentences.
    model
        The card of the model; None: it is not at hand.
    quality
        How good the slide was to count.
    histogram
        Cells by score; None: no cell has one.
    flagged
        The flagged cells with the highest scores that the slide keeps.
    reviewed
        How many of them have a review, by what it says.
    """

    summary: Summary
    words: Words
    model: ModelFigures | None
    quality: Quality
    histogram: ScoreHistogram | None
    flagged: tuple[ReportedCell, ...]
    reviewed: dict[str, int]
    made_at: str
    made_with: str
    schema: Literal["smearwatch-report"] = "smearwatch-report"
    version: int = VERSION
    status: Literal["preliminary"] = "preliminary"
    notice: str = NOT_A_DEVICE
