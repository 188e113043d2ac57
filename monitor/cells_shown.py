"""What is shown of a slide's flagged cells: rows of a table, and pictures with explanations."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from monitor.cell_picture import ShownCell
from monitor.store import Box, KeptCell
from workers.artefact import Artefact


class FlaggedRow(msgspec.Struct, frozen=True):
    """One flagged cell.

    Attributes
    ----------
    field, name
        Number and name of its frame.
    cell
        Its place among the cells of the field, from 0.
    score
        Anomaly score, higher is worse.
    box
        (top, left, bottom, right), half-open, in pixels of the frame.
    worst_box
        The region that looks worst, as ``box`` but in pixels of the 64 x 64 crop; None: not
        known.
    place
        Number of the part of the slide map, and (row, column) of the cell's middle there, in
        pixels of a frame; None: the source shows separate fields.
    """

    field: int
    name: str
    cell: int
    score: float
    box: Box
    worst_box: Box | None
    place: tuple[int, float, float] | None


def flagged_rows(cells: Sequence[KeptCell], names: Mapping[int, str]) -> list[FlaggedRow]:
    """Make a row a cell; ``names`` are those of the frames by number."""
    return [
        FlaggedRow(
            field=cell.field,
            name=names.get(cell.field, ""),
            cell=cell.cell,
            score=cell.score,
            box=cell.box,
            worst_box=cell.worst_box,
            place=cell.place,
        )
        for cell in cells
    ]


def shown_plainly(cells: Sequence[KeptCell], names: Mapping[int, str]) -> list[ShownCell]:
    """Show crops and stored boxes alone, without any model."""
    return [ShownCell(_caption(cell, names), cell.crop, cell.worst_box) for cell in cells]


def shown_explained(
    cells: Sequence[KeptCell], names: Mapping[int, str], artefact: Artefact
) -> list[ShownCell]:
    """Show also what the model sees in each cell.

    Parameters
    ----------
    cells, names
        At least one cell, and the names of the frames by number.
    artefact
        The model that scored them.

    Raises
    ------
    ArtefactError
        The weights do not fit the architecture or are not finite.
    """
    # Not before it is needed: torch takes seconds to load.
    from workers.explain import explain  # noqa: PLC0415
    from workers.score import Scorer  # noqa: PLC0415

    scorer = Scorer.load(artefact, "cpu", None, len(cells))
    found = explain(scorer, np.stack([cell.crop for cell in cells]))
    rebuilt, maps = found.reconstructions, found.error_maps
    return [
        ShownCell(
            _caption(cell, names),
            cell.crop,
            cell.worst_box or _box(found.boxes[row].tolist()),
            None if rebuilt is None else rebuilt[row],
            None if maps is None else maps[row],
        )
        for row, cell in enumerate(cells)
    ]


def _caption(cell: KeptCell, names: Mapping[int, str]) -> str:
    return f"{cell.field}:{cell.cell}  score {cell.score:.3g}  {names.get(cell.field, '')}"


def _box(edges: list[int]) -> Box | None:
    top, left, bottom, right = edges
    return (top, left, bottom, right) if any(edges) else None
