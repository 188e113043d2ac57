"""Reads the slides that a site is calibrated with."""

import numpy as np

from config import UsageError
from config.settings import DecisionSettings
from monitor.decision.calibrate import Scores
from monitor.decision.fitness import unfit_fields
from monitor.store import LIVING, Store, Summary, slide_scores, summary
from workers.artefact import Artefact


def read_site_slides(
    store: Store, slides: list[str], artefact: Artefact, settings: DecisionSettings
) -> tuple[Scores, bool]:
    """Give the scores of counted slides by id, those without one left out.

    Returns
    -------
    tuple
        The scores, and whether all slides are simulated.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    UsageError
        A slide is named twice, is being counted, has no scored cell, was scored by another
        model than the one at hand, may have counted cells twice or cannot be interpreted; or
        some are simulated and others are not.
    """
    scores: Scores = {}
    simulated: dict[bool, str] = {}
    for slide in slides:
        if slide in scores:
            raise UsageError(f"slide {slide} is named twice: name each slide once")
        result = summary(store, slide)
        _check(result, artefact)
        simulated[result.simulated] = slide
        values = slide_scores(store, slide).astype(np.float64)
        scores[slide] = values[~np.isnan(values)]
        if not len(scores[slide]):
            raise UsageError(f"slide {slide} has no scored cell: leave it out or count it anew")
        _check_fit(result, settings)
    if len(simulated) > 1:
        raise UsageError(
            f"slide {simulated[True]} is SIMULATED and {simulated[False]} is not: calibrate with "
            "slides of one kind"
        )
    return scores, True in simulated


def _check(result: Summary, artefact: Artefact) -> None:
    if result.state in LIVING:
        raise UsageError(f"slide {result.slide} is being counted: wait until it has ended")
    if result.model_id != artefact.model_id:
        raise UsageError(
            f"slide {result.slide} was scored by {result.model_id}, not by {artefact.model_id}: "
            "all slides must be of one model, named with --set model.artefact=FOLDER"
        )
    if result.may_contain_repeats:
        raise UsageError(f"slide {result.slide} may have cells counted twice: count it anew")


def _check_fit(result: Summary, settings: DecisionSettings) -> None:
    reasons = unfit_fields(result, settings)
    if reasons:
        raise UsageError(f"slide {result.slide} cannot be interpreted, {reasons[0]}: leave it out")
