"""Counts of a slide at a threshold that is moved with the slide's own stain."""

from config import UsageError
from monitor.store import Store, Summary, slide_scores, summary
from workers.artefact import Artefact
from workers.thresholds.adapt import Adaptation, adapt
from workers.thresholds.space import space_of


def adapted_summary(
    store: Store, slide: str, artefact: Artefact, threshold: float | None = None
) -> tuple[Summary, Adaptation]:
    """Summarise a slide at the moved threshold, exactly.

    Parameters
    ----------
    store
        Where the slide is.
    slide
        Its id.
    artefact
        The model that scored it.
    threshold
        To move; None: the slide's own.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    UsageError
        Another model scored it.
    """
    at_own = summary(store, slide, threshold)
    if at_own.model_id != artefact.model_id:
        raise UsageError(
            f"slide {slide} was scored by {at_own.model_id}, not by {artefact.model_id}: name its "
            "folder with --set model.artefact=FOLDER"
        )
    card = artefact.card
    scores = slide_scores(store, slide)
    found = adapt(scores, card.healthy_quantiles, at_own.threshold, space_of(card.score))
    return summary(store, slide, found.threshold), found
