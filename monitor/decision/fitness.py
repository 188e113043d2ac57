"""Whether a slide can be interpreted at all: what is unlike the model's cells is never infected."""

import numpy as np
from numpy.typing import NDArray

from config.settings import DecisionSettings
from monitor.decision.basis import Basis
from monitor.outcomes import LABEL
from monitor.store import LIVING, Summary
from workers.thresholds.adapt import LEAST_CELLS, Adaptation, adapt, into
from workers.thresholds.threshold import ThresholdError

LEAST_FIELDS = 10
"""Judged so many, or all of a slide that has ended, before too many can be bad."""
REASONS = {"empty": "hold no blood cell"}


def unfit_fields(result: Summary, settings: DecisionSettings) -> list[str]:
    """Say what is wrong with the fields and cells of a slide."""
    ended = result.state not in LIVING
    said = []
    rejected = _rejected(result)
    judged = result.frames_counted + sum(rejected.values())
    if judged and (ended or judged >= LEAST_FIELDS):
        share = sum(rejected.values()) / judged
        if share > settings.max_rejected_share:
            kinds = [f"{count:,} {REASONS.get(key, key)}" for key, count in rejected.items()]
            said.append(f"{share:.0%} of {judged:,} fields cannot be counted: {', '.join(kinds)}")
    if ended and not result.cells:
        said.append("no red blood cell was found")
    elif result.cells and result.unscored / result.cells > settings.max_unscored_share:
        share = result.unscored / result.cells
        said.append(f"{share:.0%} of the cells could not be scored")
    return said


def _rejected(result: Summary) -> dict[str, int]:
    """Count the fields rejected, by reason, the most frequent first; a label is no field."""
    prefix = "frames_rejected:"
    found = {key.removeprefix(prefix): n for key, n in result.reasons.items() if prefix in key}
    found.pop(LABEL, None)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def compare_bulk(scores: NDArray[np.float32], basis: Basis) -> Adaptation | None:
    """Find how far the bulk of a slide's scores lies from that of healthy cells.

    Most cells of even a heavily infected slide are healthy, so that it is the stain, the focus or
    another kind of picture that moves the bulk.

    Parameters
    ----------
    scores
        (n,) float32, of all its cells or of an even sample; NaN: unscored.

    Returns
    -------
    Adaptation or None
        None where too few cells are scored, or the threshold has no value in the space.
    """
    if np.count_nonzero(~np.isnan(scores)) < LEAST_CELLS:
        return None
    try:
        return adapt(scores, basis.healthy_quantiles, basis.threshold, basis.space)
    except ThresholdError:
        return None


def out_of_domain(found: Adaptation) -> list[str]:
    """Say why the cells of a slide are none for this model."""
    if found.refused is None:
        return []
    return [f"out of domain, not what this model has seen as blood: {found.refused}"]


def drifted(found: Adaptation, basis: Basis, blank: float) -> list[str]:
    """Say whether the stain has drifted too far for the model's threshold.

    That is so where healthy cells, moved by the shift that was found, would be flagged more
    often than the limit of blank allows: then a flag says nothing.

    Parameters
    ----------
    found
        How the slide's bulk compares.
    basis
        Of the model.
    blank
        Flagged share that slides without parasites do not exceed.
    """
    if found.shift is None or found.refused is not None:
        return []
    shift = np.log(found.shift) if basis.space == "logarithmic" else found.shift
    quantiles = into(np.asarray(basis.healthy_quantiles), basis.space) + shift
    at = float(into(np.array([basis.threshold]), basis.space)[0])
    beyond = 1 - float(np.interp(at, quantiles, np.linspace(0, 1, len(quantiles))))
    if shift <= 0 or beyond <= blank:
        return []
    return [
        f"stain drift: with this stain about {beyond:.1%} of healthy cells would be flagged, "
        f"more than the {blank:.1%} that slides without parasites have"
    ]
