"""Evaluates models on the labelled sets of a folder."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from config import Settings
from workers.artefact import Artefact, load_card
from workers.evaluation.evaluate import Evaluation, evaluate
from workers.evaluation.plots import Shown, draw_plots, refuse_plots, staged
from workers.evaluation.score_set import EvaluatedPart, grey, score_cells, take_part, unseen_part
from workers.score import Scorer
from workers.training.curves import CURVES_FILE, plot_curves, read_curves
from workers.training.datasets import LabelledCells, find_sets, read_set

logger = logging.getLogger(__name__)


class Request(msgspec.Struct, frozen=True):
    """What is to be evaluated.

    Attributes
    ----------
    data
        A labelled set, or a folder that holds some.
    models
        Names of shipped artefacts, or their folders; none: the one of the settings.
    part
        ``auto``: of a set that a model was trained on the held-out part, else all cells.
    without_colour
        Show the models grey cells.
    plots
        Folder for the pictures; None: none are drawn.
    """

    data: Path
    models: tuple[str, ...] = ()
    part: Literal["auto", "held-out", "all"] = "auto"
    without_colour: bool = False
    plots: Path | None = None


class ModelOnSet(msgspec.Struct, frozen=True):
    """How one model did on one set.

    Attributes
    ----------
    data, model
        The set's name and the artefact's id.
    part
        Which cells of the set were measured.
    grey
        Whether they were shown without colour.
    evaluation
        What was found.
    """

    data: str
    model: str
    part: EvaluatedPart
    grey: bool
    evaluation: Evaluation

    def flat(self) -> dict[str, object]:
        """Give everything by one name each, as ``--json`` prints it."""
        about = {"data": self.data, "model": self.model, "part": self.part, "grey": self.grey}
        return about | self.evaluation.flat()


class _Model(NamedTuple):
    artefact: Artefact
    scorer: Scorer
    threshold: float


@dataclass(frozen=True, slots=True)
class _Plots:
    """A folder for pictures, with one inside for each model and set where there are several."""

    folder: Path
    several: bool

    def draw(self, shown: Shown, result: ModelOnSet, artefact: Artefact) -> None:
        inside = self.folder / (Path(result.data, result.model) if self.several else Path())
        draw_plots(shown, inside)
        curves = artefact.folder / CURVES_FILE
        if curves.is_file():
            plot_curves(read_curves(curves), inside / "training.png")


def evaluate_models(request: Request, settings: Settings) -> list[ModelOnSet]:
    """Evaluate each model on each set.

    Raises
    ------
    ArtefactError
        A model is unknown or broken.
    DataError
        There is no set, or one is broken, or lacks healthy or infected cells.
    UsageError
        The folder for the pictures cannot be written.
    PlotsError
        matplotlib is not installed.
    """
    if request.plots is not None:
        refuse_plots(request.plots)
    names = dict.fromkeys(request.models or (settings.model.artefact,))
    models = [_load(name, settings) for name in names]
    folders = find_sets(request.data)
    several = len(models) * len(folders) > 1
    with nullcontext() if request.plots is None else staged(request.plots) as folder:
        plots = None if folder is None else _Plots(folder, several)
        return [
            result
            for place in folders
            for result in _on_set(partial(read_set, place, settings), models, request, plots)
        ]


def _load(name: str, settings: Settings) -> _Model:
    artefact, options = load_card(name), settings.worker
    scorer = Scorer.load(artefact, options.device, options.threads, options.batch_size)
    chosen = settings.model.threshold
    return _Model(artefact, scorer, artefact.card.threshold if chosen is None else chosen)


def _on_set(
    read: Callable[[int], LabelledCells],
    models: Sequence[_Model],
    request: Request,
    plots: _Plots | None,
) -> Iterator[ModelOnSet]:
    read = cache(read)
    for model in models:
        cells = read(model.artefact.card.seed)
        part = unseen_part(cells, model.artefact) if request.part == "auto" else request.part
        result, shown = _measure(take_part(cells, part), model, part, request)
        if plots is not None:
            plots.draw(shown, result, model.artefact)
        yield result


def _measure(
    cells: LabelledCells, model: _Model, part: EvaluatedPart, request: Request
) -> tuple[ModelOnSet, Shown]:
    name, model_id = cells.origin.data, model.artefact.model_id
    logger.info("scoring %d cells of %s with %s", len(cells), name, model_id)
    seen = cells
    if request.without_colour:
        seen = replace(cells, crops=grey(cells.crops, model.artefact.card.outside_value))
    scored = score_cells(seen, model.scorer)
    missed = None if cells.lost is None else cells.lost.labels
    result = ModelOnSet(
        data=name,
        model=model_id,
        part=part,
        grey=request.without_colour,
        evaluation=evaluate(scored, model.threshold, missed),
    )
    colour = ", without colour" if request.without_colour else ""
    title = f"{name}, {part}{colour}, {model_id}"
    return result, Shown.of(scored, seen.crops, model.threshold, title)
