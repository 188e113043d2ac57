"""Scores the crops of a bundle with another model."""

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.bundle.manifest import BundleError
from monitor.store import FlaggedCell, SlideDump, looks_unhealthy
from workers.artefact import Artefact


class RescoredCell(msgspec.Struct, frozen=True):
    """A cell as both models see it; ``score_now`` None: it could not be scored."""

    cell: str
    score: float
    score_now: float | None
    flagged_now: bool


class Rescored(msgspec.Struct, frozen=True):
    """What another model says of the crops that a slide keeps, which are of flagged cells alone.

    Attributes
    ----------
    model_id, threshold
        The other model.
    flagged_then
        Cells that the slide's own model flagged.
    stored
        Crops that the slide keeps of them: only these are scored. What the other model says of
        the rest of the slide cannot be known, so there is no parasitemia.
    flagged_now, unscored_now
        Of the stored.
    cells
        The stored ones, highest score of the slide's own model first.
    """

    model_id: str
    threshold: float
    flagged_then: int
    stored: int
    flagged_now: int
    unscored_now: int
    cells: tuple[RescoredCell, ...]


def rescore(dump: SlideDump, artefact: Artefact) -> Rescored:
    """Score the crops of a slide again.

    Raises
    ------
    BundleError
        A crop cannot be read.
    ArtefactError
        The model does not fit.
    """
    # Not before it is needed: torch takes seconds to load.
    from workers.score import Scorer  # noqa: PLC0415

    ranked = sorted(dump.flagged.items(), key=lambda one: (-one[1][0], one[0]))
    crops = [_crop(name, record) for name, (_, record) in ranked]
    shape = artefact.card.input_shape
    stack = np.stack(crops) if crops else np.empty((0, *shape), np.uint8)
    scores = Scorer.load(artefact, "cpu", None, max(len(crops), 1)).score(stack).scores
    threshold = artefact.card.threshold
    flagged = looks_unhealthy(scores, threshold)
    cells = tuple(
        RescoredCell(name, then, None if np.isnan(now) else float(now), bool(is_flagged))
        for (name, (then, _)), now, is_flagged in zip(ranked, scores, flagged, strict=True)
    )
    return Rescored(
        model_id=artefact.model_id,
        threshold=threshold,
        flagged_then=int(dump.fields["flagged"]),
        stored=len(cells),
        flagged_now=int(np.count_nonzero(flagged)),
        unscored_now=int(np.count_nonzero(np.isnan(scores))),
        cells=cells,
    )


def _crop(name: str, record: bytes) -> NDArray[np.uint8]:
    png = msgspec.msgpack.decode(record, type=FlaggedCell).png
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR) if png else None
    if picture is None:
        raise BundleError(f"the crop of cell {name} cannot be read: write the bundle again")
    return np.asarray(picture[..., ::-1], np.uint8)
