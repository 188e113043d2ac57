"""What every network gives, so that the same code trains and scores them all."""

from typing import NamedTuple

from torch import Tensor


class Output(NamedTuple):
    """What a network says of n inputs.

    Attributes
    ----------
    reconstruction
        (n, c, h, w) float32, the inputs rebuilt; None: the network rebuilds nothing.
    embedding
        (n, e) float32, what the network makes of each input.
    penalty
        (n,) float32, added to the loss: sparsity of addressing or of activity; None: nothing.
    distance
        (n,) float32, squared distance of the embedding from the centre; None: no hypersphere.
    logit
        (n,) float32, log odds of being anomalous; None: the network does not classify.
    anomaly
        (n, 1, h, w) float32, log odds of each pixel to be of an anomaly; None: the network
        learned no such map.
    """

    reconstruction: Tensor | None
    embedding: Tensor
    penalty: Tensor | None = None
    distance: Tensor | None = None
    logit: Tensor | None = None
    anomaly: Tensor | None = None


def in_single_precision(output: Output) -> Output:
    """Give the same in float32, whatever it was computed in."""
    return Output._make(part if part is None else part.float() for part in output)
