"""The plainest way to score: eager torch, one cell at a time. What benchmarks compare with."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.artefact import Artefact
from workers.evidence import score_of
from workers.inputs import normalise
from workers.load_detector import load_detector


class EagerScorer:
    """Scores cells one by one, as a first script would.

    Parameters
    ----------
    artefact
        The model.
    """

    def __init__(self, artefact: Artefact) -> None:
        self._detector = load_detector(artefact).eval()

    def score(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Score crops, (n, 64, 64, 3) uint8; give (n,) float32."""
        with torch.no_grad():
            scores = [self._score(torch.from_numpy(crop[None])) for crop in crops]
        return np.array(scores, np.float32)

    def _score(self, crop: Tensor) -> float:
        """Score one crop, without the box that no first script would look for."""
        detector = self._detector
        inputs = normalise(crop, detector.outside_value, detector.normalisation)
        output = detector.network(inputs.pixels)
        return score_of(output, inputs, detector.settings, detector.healthy).item()
