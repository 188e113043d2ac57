"""Network and score in one; training and scoring share it, so that a score means the same."""

from torch import Tensor, nn
from torch.nn import functional

from config import SmearwatchError
from workers.anomaly import (
    Inputs,
    error_map,
    largest_mean,
    masked_local_maximum,
    normalise,
    whole_crop,
)
from workers.card import Normalisation, ScoreSettings
from workers.healthy_errors import HealthyErrors
from workers.models import Output


class ScoreError(SmearwatchError):
    """A network does not give what the score is made of."""


class Detector(nn.Module):
    """Network and score in one: crops in, scores and embeddings out."""

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

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Score crops.

        Parameters
        ----------
        crops
            (n, h, w, 3) uint8, RGB.

        Returns
        -------
        (n,) float32 scores, NaN where there is none, and (n, 64) float32 embeddings.
        """
        inputs = normalise(crops, self.outside_value, self.normalisation)
        output = self.network(inputs.pixels)
        return score_of(output, inputs, self.settings), output.embedding


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
    if settings.kind == "latent-distance":
        return _there(output.distance, settings, "svdd or deep-sad")
    if settings.kind == "logit":
        return _there(output.logit, settings, "cnn-base, cnn-gap, se-cnn, vgg16 or resnet34")
    score = _of_errors(_errors(output, inputs, settings, healthy), inputs.mask, settings)
    return functional.softplus(score) if settings.error == "learned" else score


def _errors(
    output: Output, inputs: Inputs, settings: ScoreSettings, healthy: HealthyErrors | None
) -> Tensor:
    if settings.error == "learned":
        errors = _there(output.anomaly, settings, "draem")
    else:
        rebuilt = _there(output.reconstruction, settings, "an autoencoder")
        errors = error_map(inputs.pixels, rebuilt, settings.error)
    return errors if healthy is None else healthy.standardise(errors)


def _of_errors(errors: Tensor, mask: Tensor, settings: ScoreSettings) -> Tensor:
    if settings.kind == "whole-crop":
        return whole_crop(errors, mask)
    if settings.kind == "top":
        return largest_mean(errors, mask, settings)
    return masked_local_maximum(errors, mask, settings)


def _there(part: Tensor | None, settings: ScoreSettings, givers: str) -> Tensor:
    if part is None:
        kind = settings.kind if settings.error != "learned" else "learned"
        raise ScoreError(f"score {kind}: this network does not give it; use {givers}")
    return part
