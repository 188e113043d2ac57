"""Reads the slides that a site is calibrated with."""

import numpy as np

from config import UsageError
from monitor.decision.calibrate import Scores
from monitor.store import LIVING, Store, slide_scores, summary
from workers.artefact import Artefact


def read_site_slides(store: Store, slides: list[str], artefact: Artefact) -> Scores:
    """Give the scores of counted slides by id, those without one left out.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    UsageError
        A slide is named twice, is being counted, has no scored cell, or was scored by another
        model than the one at hand.
    """
    scores: Scores = {}
    for slide in slides:
        if slide in scores:
            raise UsageError(f"slide {slide} is named twice: name each slide once")
        result = summary(store, slide)
        if result.state in LIVING:
            raise UsageError(f"slide {slide} is being counted: wait until it has ended")
        if result.model_id != artefact.model_id:
            raise UsageError(
                f"slide {slide} was scored by {result.model_id}, not by {artefact.model_id}: all "
                "slides must be of one model, named with --set model.artefact=FOLDER"
            )
        values = slide_scores(store, slide).astype(np.float64)
        scores[slide] = values[~np.isnan(values)]
        if not len(scores[slide]):
            raise UsageError(f"slide {slide} has no scored cell: leave it out or count it anew")
    return scores
