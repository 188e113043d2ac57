"""Which models are compared on handwritten digits, and how each is trained.

All was chosen on training digits alone, see ``docs/models.md``.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from workers.score_settings import ScoreSettings

LOCAL = ScoreSettings(kind="top", error="absolute", erosion_px=0, window_px=7, top=40)
WHOLE = ScoreSettings(kind="whole-crop", error="absolute", erosion_px=0, window_px=1)

Shares = tuple[float, float]
"""Of normal and of anomalous digits, the share that is told right."""


class Model(msgspec.Struct, frozen=True):
    """How one family is trained on digits, and what others reached with it.

    Attributes
    ----------
    architecture, filters
        Name of the family, and the filters of its levels.
    score
        Of which errors the score is made.
    reference
        What is to be reached; None: no figures are known.
    epochs, learning_rate, noise
        See :class:`workers.training.FitSettings`.
    """

    architecture: str
    filters: tuple[int, ...]
    score: ScoreSettings
    reference: Shares | None
    epochs: int = 15
    learning_rate: float = 3e-3
    noise: float = 0.0


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "plain": Model("conv", (32, 16, 8), LOCAL, (0.987, 0.971), learning_rate=2e-3),
        "denoising": Model("denoise", (32, 16, 4), LOCAL, (0.987, 0.976), noise=0.3),
        "super-resolution": Model("superres", (8, 32), WHOLE, (0.986, 0.849), epochs=12),
        "memory": Model("memory", (32, 16, 16), LOCAL, None, learning_rate=2e-3),
    }
)
