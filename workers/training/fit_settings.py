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
        Of AdamW (Loshchilov and Hutter 2019); the rate falls along a cosine.
    seed
        Same seed, same weights, on the same machine.
    loss
        Of the reconstruction.
    value_range
        Span of the inputs' values, for SSIM.
    vary
        Flip, turn and stain cells anew in each step.
    lesions
        Draw lesions into most of the cells, which the network learns to take away.
    noise
        Standard deviation of noise, added to most of the cells; 0: none.
    class_weights
        Of healthy and of anomalous examples; eta of Deep SAD is the second.
    sampler
        Draw healthy and anomalous examples equally often.
    """

    epochs: int = 10
    patience: int = 4
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    seed: int = 0
    loss: Loss = "mse"
    value_range: float = 4.0
    vary: bool = True
    lesions: bool = True
    noise: float = 0.0
    class_weights: tuple[float, float] = (1.0, 1.0)
    sampler: bool = False
