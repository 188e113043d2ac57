"""Chooses a model's threshold anew and writes the model under another id."""

from pathlib import Path

import msgspec

from config import Settings, UsageError
from monitor.healthy_folder import read_healthy
from workers.artefact import Artefact, load_card
from workers.calibration.error_rate import ErrorRates
from workers.card import CARD_FILE, WEIGHTS_FILE, Card
from workers.rethreshold import with_scores, with_threshold
from workers.score import Scorer
from workers.thresholds.threshold import AnyRule, Threshold
from workers.training.datasets import DataError, LabelledCells, find_sets, read_set
from workers.training.known_scores import KnownScores, grouped, known_scores
from workers.training.recipes import recipe_of
from workers.training.write_artefact import refuse_output, write_artefact


class Request(msgspec.Struct, frozen=True):
    """What is asked for.

    Attributes
    ----------
    model
        Shipped name, or folder of the artefact.
    rule
        How to choose.
    healthy
        A labelled set, or a folder with pictures of healthy smears.
    data
        A labelled set with infected cells.
    output
        Folder of the new artefact, named after it.
    overwrite
        Replace an artefact that is there.
    """

    model: str
    rule: AnyRule
    healthy: Path | None
    data: Path | None
    output: Path
    overwrite: bool


class Changed(msgspec.Struct, frozen=True):
    """A model with its new threshold.

    Attributes
    ----------
    model_id, folder
        The new artefact.
    rule
        How the threshold was chosen, in words.
    threshold
        What it promises.
    error_rates
        At the threshold; None where the scores there are not known.
    unscored
        Of the given cells, those that could not be scored and were left out.
    """

    model_id: str
    folder: str
    rule: str
    threshold: Threshold
    error_rates: ErrorRates | None
    unscored: int


def change_threshold(request: Request, settings: Settings) -> Changed:
    """Choose a threshold from given cells, or else from the scores that the card keeps.

    Raises
    ------
    SmearwatchError
        The model, the rule, the cells or the output are not as they must be; nothing is written.
    """
    refuse_output(request.output, request.overwrite)
    artefact = load_card(request.model)
    known = _known(request, artefact, settings)
    card = msgspec.structs.replace(artefact.card, name=request.output.name)
    healthy, infected = (None, None) if known is None else (known.healthy, known.infected)
    if healthy is not None:
        card = with_scores(card, healthy, infected)
    chosen, card = with_threshold(card, request.rule, healthy, infected)
    written = _write(request.output, card, artefact)
    return Changed(
        written.model_id,
        str(written.folder),
        card.threshold_rule,
        chosen,
        card.error_rates,
        0 if known is None else known.unscored,
    )


def _known(request: Request, artefact: Artefact, settings: Settings) -> KnownScores | None:
    folder = request.data or request.healthy
    if folder is None:
        return None
    worker = settings.worker
    scorer = Scorer.load(artefact, worker.device, worker.threads, worker.batch_size)
    if request.data is None and not _is_labelled(folder):
        crops, groups = read_healthy(folder, settings)
        words = f"cells of {folder.resolve().name}, all taken as healthy"
        scores, unscored = grouped(scorer, crops, groups, words)
        if scores is None:
            raise DataError(f"{folder}: none of {len(crops)} cells could be scored")
        return KnownScores(scores, None, unscored)
    cells = _read(folder, settings, artefact.card.seed)
    if request.data is None:
        cells = cells.healthy()
    trained_on = [one.digest or one.data for one in artefact.card.trained_on]
    labels = recipe_of(artefact.card.architecture).labelled != 0
    return known_scores(scorer, cells, trained_on, labels)


def _is_labelled(folder: Path) -> bool:
    try:
        find_sets(folder)
    except DataError:
        return False
    return True


def _read(folder: Path, settings: Settings, seed: int) -> LabelledCells:
    sets = find_sets(folder)
    if len(sets) > 1:
        names = ", ".join(one.name for one in sets)
        raise UsageError(f"{folder} holds several labelled sets, {names}: name one of them")
    return read_set(sets[0], settings, seed)


def _write(output: Path, card: Card, artefact: Artefact) -> Artefact:
    others = {
        file.name: file.read_bytes()
        for file in artefact.folder.iterdir()
        if file.is_file() and file.name not in {CARD_FILE, WEIGHTS_FILE}
    }
    return write_artefact(output, card, artefact.read_weights(), beside=others)
