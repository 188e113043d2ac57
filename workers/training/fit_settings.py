"""What to learn, for how long and how fast."""

import msgspec

from workers.training.objective import Loss


class FitSettings(msgspec.Struct, frozen=True):
    """What to learn, for how long and how fast.

    Attributes
    ----------
    epochs
        Passes over the cells, at most.
    patience
        Passes without a better validation loss before it stops.
    batch_size
        Cells a step.
    learning_rate, weight_decay
        Of AdamW (Loshchilov and Hutter 2019); the rate rises and falls in one cycle (Smith and
        Topin 2018).
    seed
        Same seed, same weights, on the same machine.
    loss
        Of the reconstruction.
    value_range
        Span of the inputs' values, for SSIM.
    class_weights
        Of healthy and of anomalous examples; eta of Deep SAD is the second.
    anomalous_share
        How often anomalous examples are drawn, in (0, 1); None: as often as they are.
    examples_an_epoch
        How many are drawn in a pass, each set equally often; None: each example once.
    """

    epochs: int = 10
    patience: int = 4
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    seed: int = 0
    loss: Loss = "mse"
    value_range: float = 4.0
    class_weights: tuple[float, float] = (1.0, 1.0)
    anomalous_share: float | None = None
    examples_an_epoch: int | None = None
