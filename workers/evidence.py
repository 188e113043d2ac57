"""Scores, and what of a cell they come from, of whatever a network gives."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from config import SmearwatchError
from workers.anomaly import error_map, largest_mean, local_map, masked_local_maximum, whole_crop
from workers.healthy_errors import HealthyErrors
from workers.inputs import Inputs
from workers.models import Output
from workers.regions import box_of_mask, box_of_worst
from workers.score_settings import ScoreSettings

OUTLIVES_EROSION = ("whole-crop", "combined")
"""Kinds that give a score even where the eroded mask is empty."""


class ScoreError(SmearwatchError):
    """A network does not give what the score is made of."""


class Evidence(NamedTuple):
    """A score, and what of the cell it comes from.

    Attributes
    ----------
    score
        (n,) float32, higher is worse; NaN where there is none.
    local
        (n, 1, h, w) float32, smoothed errors or, of a learned map, log odds; minus infinity
        outside the eroded mask; of a combination, those of the first part that has some. None:
        the score is of the cell as a whole.
    learned
        Whether ``local`` holds log odds.
    """

    score: Tensor
    local: Tensor | None
    learned: bool = False


def score_of(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None = None
) -> Tensor:
    """Make one anomaly score a cell of what any network gives.

    Parameters
    ----------
    output, inputs
        What the network gave, and of what.
    settings
        Which score.
    healthy
        Errors of healthy cells, for scores that are standardised by them.

    Returns
    -------
    (n,) float32, higher is worse; NaN where there is none.

    Raises
    ------
    ScoreError
        The network does not give what this score is made of, or ``healthy`` is missing.
    """
    return evidence_of(output, inputs, settings, healthy).score


def evidence_of(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None = None
) -> Evidence:
    """Make scores as :func:`score_of` does, and keep the map that they are made of."""
    if settings.kind == "combined":
        return _combined(output, inputs, settings, healthy)
    if settings.kind == "latent-distance":
        return Evidence(_there(output.distance, settings, "svdd or deep-sad"), None)
    if settings.kind == "logit":
        givers = "cnn-base, cnn-gap, se-cnn, vgg16 or resnet34"
        return Evidence(_there(output.logit, settings, givers), None)
    errors = _errors(output, inputs, settings, healthy)
    local = local_map(errors, inputs.mask, settings)
    score = _of_errors(errors, local, inputs.mask, settings)
    if settings.error != "learned":
        return Evidence(score, local)
    return Evidence(functional.softplus(score), local, learned=True)


def worst_boxes(evidence: Evidence, inputs: Inputs, settings: ScoreSettings) -> Tensor:
    """Box the worst region of each cell; all of it where the score is of all of it.

    Returns
    -------
    (n, 4) uint8, (top, left, bottom, right), half-open, in pixels of the crop; zeros where
    there is no score.
    """
    if evidence.local is None:
        boxes = box_of_mask(inputs.mask)
    else:
        boxes = box_of_worst(evidence.local, evidence.learned)
        if settings.kind in OUTLIVES_EROSION:
            marked = (evidence.local > -torch.inf).flatten(1).any(1)
            boxes = torch.where(marked[:, None], boxes, box_of_mask(inputs.mask))
    return torch.where(evidence.score.isfinite()[:, None], boxes, 0)


def check_gives(network: nn.Module, shape: tuple[int, int, int], settings: ScoreSettings) -> Output:
    """Let a network look at nothing, to see whether it gives what a score is made of.

    Parameters
    ----------
    network
        Any; it is left in evaluation.
    shape
        (height, width, channels) of an input.
    settings
        Which score.

    Returns
    -------
    What it gave, a row.

    Raises
    ------
    ScoreError
        It does not.
    InputShapeError
        It takes inputs of another shape.
    """
    height, width, channels = shape
    mask = torch.ones(1, 1, height, width)
    inputs = Inputs(torch.zeros(1, channels, height, width), mask)
    network.eval()
    with torch.inference_mode():
        output: Output = network(inputs.pixels)
        score_of(output, inputs, settings, HealthyErrors(mask, mask))
    return output


def _combined(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None
) -> Evidence:
    found = [evidence_of(output, inputs, part.score, healthy) for part in settings.parts]
    terms = [
        (one.score - part.mean) * (part.weight / part.deviation)
        for one, part in zip(found, settings.parts, strict=True)
    ]
    score = torch.stack(terms).sum(0)
    shown = next((one for one in found if one.local is not None), found[0])
    return Evidence(score, shown.local, shown.learned)


def _errors(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None
) -> Tensor:
    if settings.error == "learned":
        return _there(output.anomaly, settings, "draem")
    rebuilt = _there(output.reconstruction, settings, "an autoencoder")
    errors = error_map(inputs.pixels, rebuilt, settings.error)
    if not settings.standardised:
        return errors
    if healthy is None:
        raise ScoreError("score standardised: errors of healthy cells are missing; train again")
    return healthy.standardise(errors)


def _of_errors(errors: Tensor, local: Tensor, mask: Tensor, settings: ScoreSettings) -> Tensor:
    if settings.kind == "whole-crop":
        return whole_crop(errors, mask)
    if settings.kind == "top":
        return largest_mean(local, settings.top)
    return masked_local_maximum(local)


def _there(part: Tensor | None, settings: ScoreSettings, givers: str) -> Tensor:
    if part is None:
        kind = settings.kind if settings.error != "learned" else "learned"
        raise ScoreError(f"score {kind}: this network does not give it; use {givers}")
    return part
