"""Gives a model another threshold; the weights stay."""

import msgspec
import numpy as np

from workers.calibration.calibrate import calibrate
from workers.calibration.error_rate import ErrorRates
from workers.calibration.error_rates import error_rates
from workers.card import Card
from workers.thresholds.choose import choose, in_words
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import AnyRule, Threshold, ThresholdError

KEPT = 500
"""Healthy scores that a card keeps, the largest; and infected ones."""
QUANTILES = np.linspace(0, 1, 101)
DIGITS = 6
AT_THRESHOLD = "at_threshold"
SAID_OF_THRESHOLD = "At this threshold"


def with_scores(card: Card, healthy: GroupedScores, infected: GroupedScores | None) -> Card:
    """Give a card the scores of these cells, for thresholds, error rates and calibration.

    Without infected cells those that the card has stay, and its calibration.

    Parameters
    ----------
    card
        The card.
    healthy, infected
        All scores.
    """
    changed = msgspec.structs.replace(
        card,
        healthy=healthy.largest(KEPT),
        healthy_quantiles=tuple(np.quantile(healthy.tail, QUANTILES).round(DIGITS).tolist()),
    )
    if infected is None:
        return changed
    cells = f"{healthy.cells}; {infected.cells}"
    calibration = calibrate(healthy.tail, infected.tail, cells=cells)
    return msgspec.structs.replace(changed, infected=infected.drawn(KEPT), calibration=calibration)


def with_threshold(
    card: Card,
    rule: AnyRule,
    healthy: GroupedScores | None = None,
    infected: GroupedScores | None = None,
) -> tuple[Threshold, Card]:
    """Give a card the threshold that a rule chooses.

    Figures and limits that hold for the threshold before are taken out.

    Parameters
    ----------
    card
        The card.
    rule
        How to choose.
    healthy, infected
        All scores, of the cells that the card keeps a part of; None: what the card keeps.

    Returns
    -------
    The threshold, and the card with it.

    Raises
    ------
    ThresholdError
        The rule needs more than is given.
    """
    known = card.healthy if healthy is None else healthy
    chosen = choose(rule, known, infected)
    words = in_words(rule)
    if known is not None and chosen.healthy_cells:
        words += f", by {known.count:,} {known.cells}"
    changed = msgspec.structs.replace(
        card if chosen.value == card.threshold else _without_the_old(card),
        threshold=chosen.value,
        threshold_rule=words,
        threshold_details=chosen,
        error_rates=_errors(chosen.value, known, infected or card.infected),
    )
    return chosen, changed


def _without_the_old(card: Card) -> Card:
    """Take out what was said of the threshold before."""
    return msgspec.structs.replace(
        card,
        figures={
            name: {key: value for key, value in of.items() if AT_THRESHOLD not in key}
            for name, of in card.figures.items()
        },
        limits=tuple(said for said in card.limits if not said.startswith(SAID_OF_THRESHOLD)),
    )


def _errors(
    threshold: float, healthy: GroupedScores | None, infected: GroupedScores | None
) -> ErrorRates | None:
    """Count errors, None where the scores there are not kept."""
    if healthy is None or infected is None:
        return None
    try:
        return error_rates(threshold, healthy, infected)
    except ThresholdError:
        return None
