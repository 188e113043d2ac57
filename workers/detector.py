"""Network and score in one; training and scoring share it, so that a score means the same."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from config import SmearwatchError
from workers.anomaly import error_map, largest_mean, local_map, masked_local_maximum, whole_crop
from workers.card import Normalisation, ScoreSettings
from workers.healthy_errors import HealthyErrors
from workers.inputs import Inputs, normalise
from workers.models import Output
from workers.regions import box_of_mask, box_of_worst


class ScoreError(SmearwatchError):
    """A network does not give what the score is made of."""


class Detector(nn.Module):
    """Network and score in one: crops in; scores, embeddings and boxes out."""

    def __init__(
        self,
        network: nn.Module,
        outside_value: int,
        normalisation: Normalisation,
        settings: ScoreSettings,
    ) -> None:
        super().__init__()
        self.network = network
        self.outside_value = outside_value
        self.normalisation = normalisation
        self.settings = settings

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Score crops.

        Parameters
        ----------
        crops
            (n, h, w, 3) uint8, RGB.

        Returns
        -------
        (n,) float32 scores, NaN where there is none, (n, 64) float32 embeddings, and the box of
        each cell's worst region, (n, 4) uint8, (top, left, bottom, right), half-open, in pixels
        of the crop; zeros where there is no score.
        """
        inputs = normalise(crops, self.outside_value, self.normalisation)
        output = self.network(inputs.pixels)
        evidence = evidence_of(output, inputs, self.settings)
        return evidence.score, output.embedding, worst_boxes(evidence, inputs, self.settings)


class Evidence(NamedTuple):
    """A score, and what of the cell it comes from.

    Attributes
    ----------
    score
        (n,) float32, higher is worse; NaN where there is none.
    local
        (n, 1, h, w) float32, smoothed errors or, of a learned map, log odds; minus infinity
        outside the eroded mask. None: the score is of the cell as a whole.
    """

    score: Tensor
    local: Tensor | None


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
        Errors of healthy cells, by which to standardise those of these; None: as they are.

    Returns
    -------
    (n,) float32, higher is worse; NaN where there is none.

    Raises
    ------
    ScoreError
        The network does not give what this score is made of.
    """
    return evidence_of(output, inputs, settings, healthy).score


def evidence_of(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None = None
) -> Evidence:
    """Make scores as :func:`score_of` does, and keep the map that they are made of."""
    if settings.kind == "latent-distance":
        return Evidence(_there(output.distance, settings, "svdd or deep-sad"), None)
    if settings.kind == "logit":
        givers = "cnn-base, cnn-gap, se-cnn, vgg16 or resnet34"
        return Evidence(_there(output.logit, settings, givers), None)
    errors = _errors(output, inputs, settings, healthy)
    local = local_map(errors, inputs.mask, settings)
    score = _of_errors(errors, local, inputs.mask, settings)
    if settings.error == "learned":
        score = functional.softplus(score)
    return Evidence(score, local)


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
        boxes = box_of_worst(evidence.local, settings.error == "learned")
        if settings.kind == "whole-crop":  # The only one that outlives an empty eroded mask.
            marked = (evidence.local > -torch.inf).flatten(1).any(1)
            boxes = torch.where(marked[:, None], boxes, box_of_mask(inputs.mask))
    return torch.where(evidence.score.isfinite()[:, None], boxes, 0)


def _errors(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None
) -> Tensor:
    if settings.error == "learned":
        errors = _there(output.anomaly, settings, "draem")
    else:
        rebuilt = _there(output.reconstruction, settings, "an autoencoder")
        errors = error_map(inputs.pixels, rebuilt, settings.error)
    return errors if healthy is None else healthy.standardise(errors)


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
