"""Network and score in one; training and scoring share it, so that a score means the same."""

from torch import Tensor, nn

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
    rebuilt = _there(output.reconstruction, settings, "an autoencoder")
    errors = error_map(inputs.pixels, rebuilt, settings.error)
    if healthy is not None:
        errors = healthy.standardise(errors)
    if settings.kind == "whole-crop":
        return whole_crop(errors, inputs.mask)
    if settings.kind == "top":
        return largest_mean(errors, inputs.mask, settings)
    return masked_local_maximum(errors, inputs.mask, settings)


def _there(part: Tensor | None, settings: ScoreSettings, givers: str) -> Tensor:
    if part is None:
        raise ScoreError(f"score {settings.kind}: this network does not give it; use {givers}")
    return part
