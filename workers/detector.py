"""Network and score in one; training and scoring share it, so that a score means the same."""

from torch import Tensor, nn

from workers.card import Normalisation
from workers.evidence import evidence_of, worst_boxes
from workers.healthy_errors import HealthyErrors
from workers.inputs import normalise
from workers.score_settings import ScoreSettings


class Detector(nn.Module):
    """Network and score in one: crops in; scores, embeddings and boxes out.

    Parameters
    ----------
    network
        Any of :mod:`workers.models`.
    outside_value, normalisation
        From crops to what it sees.
    settings
        From what it gives to a score.
    healthy
        Errors of healthy cells, which standardised scores need.
    """

    healthy_mean: Tensor | None
    healthy_spread: Tensor | None

    def __init__(
        self,
        network: nn.Module,
        outside_value: int,
        normalisation: Normalisation,
        settings: ScoreSettings,
        healthy: HealthyErrors | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.outside_value = outside_value
        self.normalisation = normalisation
        self.settings = settings
        self.register_buffer("healthy_mean", None if healthy is None else healthy.mean)
        self.register_buffer("healthy_spread", None if healthy is None else healthy.spread)

    @property
    def healthy(self) -> HealthyErrors | None:
        """Errors of healthy cells, on the device of the network; None: there are none."""
        if self.healthy_mean is None or self.healthy_spread is None:
            return None
        return HealthyErrors(self.healthy_mean, self.healthy_spread)

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
        evidence = evidence_of(output, inputs, self.settings, self.healthy)
        return evidence.score, output.embedding, worst_boxes(evidence, inputs, self.settings)
