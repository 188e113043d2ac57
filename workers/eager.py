"""The plainest way to score: eager torch, one cell at a time. What benchmarks compare with."""

import numpy as np
import torch
from numpy.typing import NDArray

from workers.artefact import Artefact
from workers.score import load_detector


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
            scores = [float(self._detector(torch.from_numpy(crop[None]))[0]) for crop in crops]
        return np.array(scores, np.float32)
