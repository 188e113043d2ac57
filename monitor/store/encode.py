"""How a counted field becomes bytes in Redis, and bytes become arrays again."""

from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store.drawn import Drawn
from monitor.store.records import Box, FieldResult, FlaggedCell

SCORE = np.dtype("<f4")
COORDINATE = np.dtype("<u2")
EMBEDDING = np.dtype("<f2")


def looks_unhealthy(scores: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
    """Say which cells are flagged: those whose score is at or above the threshold.

    Parameters
    ----------
    scores
        (n,) float32; NaN, a cell without a score, is never flagged.
    threshold
        Compared as float64, so that it is not rounded.

    Returns
    -------
    NDArray
        (n,) bool.
    """
    flagged: NDArray[np.bool_] = scores.astype(np.float64) >= threshold
    return flagged


def encode_scores(scores: NDArray[np.float32]) -> bytes:
    """Give 4 bytes a cell: float32, little-endian."""
    return scores.astype(SCORE).tobytes()


def decode_scores(data: bytes) -> NDArray[np.float32]:
    """Give (n,) float32; a ValueError where the bytes are not whole numbers of cells."""
    return np.frombuffer(data, SCORE).astype(np.float32)


def encode_boxes(boxes: NDArray[np.int32]) -> bytes:
    """Give 8 bytes a cell: (top, left, bottom, right), uint16, little-endian.

    Raises
    ------
    ValueError
        A coordinate does not fit, that is, the frame is more than 65,535 pixels wide or high.
    """
    if boxes.size and (boxes.min() < 0 or boxes.max() > np.iinfo(COORDINATE).max):
        raise ValueError(f"box coordinates must lie within 0 and 65535, got {boxes.max()}")
    return boxes.astype(COORDINATE).tobytes()


def decode_boxes(data: bytes) -> NDArray[np.int32]:
    """Give (n, 4) int32; a ValueError where the bytes are not whole boxes."""
    return np.frombuffer(data, COORDINATE).reshape(-1, 4).astype(np.int32)


def encode_flagged(
    result: FieldResult, threshold: float, at_most: int
) -> list[tuple[str, float, bytes]]:
    """Encode the flagged cells with the highest scores.

    Returns
    -------
    list of (member, score, record)
        ``member`` is ``FRAME:CELL``; in descending order of score and member, as Redis orders
        a sorted set, so that what is cut off here would also be cut off there.
    """
    rows = np.flatnonzero(looks_unhealthy(result.scores, threshold))
    ranked = sorted(
        ((float(result.scores[row]), f"{result.number}:{row}", int(row)) for row in rows),
        reverse=True,
    )
    return [
        (member, score, msgspec.msgpack.encode(_flagged_cell(result, row)))
        for score, member, row in ranked[:at_most]
    ]


def encode_drawn(result: FieldResult, drawn: Drawn) -> list[tuple[str, int, bytes]]:
    """Encode the cells that come into question for the slide's random ones.

    Returns
    -------
    list of (member, rank, record)
        ``member`` is ``FRAME:CELL``.
    """
    return [
        (f"{result.number}:{row}", rank, msgspec.msgpack.encode(_flagged_cell(result, row)))
        for row, rank in drawn.of(result.number, len(result.scores))
    ]


def _flagged_cell(result: FieldResult, row: int) -> FlaggedCell:
    embeddings, worst = result.embeddings, result.worst_boxes[row]
    return FlaggedCell(
        box=_box(result.boxes[row]),
        score=float(result.scores[row]),
        png=_png(result.crops[row]),
        embedding=b"" if embeddings is None else embeddings[row].astype(EMBEDDING).tobytes(),
        worst_box=_box(worst) if worst.any() else None,
        place=_place(result, row),
    )


def _place(result: FieldResult, row: int) -> tuple[int, float, float] | None:
    if result.place is None or result.centres is None:
        return None
    down, across = (round(float(value), 1) for value in result.centres[row])
    return result.place.part, down, across


def _box(box: NDArray[np.integer[Any]]) -> Box:
    top, left, bottom, right = (int(value) for value in box)
    return top, left, bottom, right


def _png(crop: NDArray[np.uint8]) -> bytes:
    written, data = cv2.imencode(".png", crop[..., ::-1])
    if not written:
        raise ValueError(f"crop of shape {crop.shape} cannot be written as PNG")
    return data.tobytes()
