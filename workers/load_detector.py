"""From an artefact on disk to its network with its weights, every part checked."""

from pathlib import Path

import msgspec
import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor, nn

from workers.artefact import Artefact
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError
from workers.detector import Detector
from workers.evidence import ScoreError, check_gives
from workers.healthy_errors import HealthyErrors
from workers.models import InputShapeError, NetworkConfigError, build, family

HEALTHY_MEAN, HEALTHY_SPREAD = "healthy.mean", "healthy.spread"
"""Names of the errors of healthy cells in a weights file, beside those of the network."""


def load_detector(artefact: Artefact) -> Detector:
    """Build an artefact's network with its weights, on the CPU.

    Raises
    ------
    UnknownModelError
        No network has the name of the architecture.
    ArtefactError
        The weights do not fit the architecture or are not finite, or the card asks for what the
        network or the weights do not give.
    """
    card, path = artefact.card, artefact.folder / WEIGHTS_FILE
    network = _network(artefact)
    weights = _weights(artefact)
    standardised = any(score.standardised for score in card.score.simple())
    healthy = _healthy(weights, card.input_shape, path) if standardised else None
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise _no_fit(artefact, error) from error
    try:
        check_gives(network, card.input_shape, card.score)
    except (ScoreError, InputShapeError) as error:
        raise ArtefactError(f"{artefact.folder / CARD_FILE}: {error}") from error
    return Detector(network, card.outside_value, card.normalisation, card.score, healthy)


def _network(artefact: Artefact) -> nn.Module:
    config = artefact.card.config
    found = family(artefact.card.architecture)
    try:
        msgspec.convert(config, found.config)  # Types; names and values are checked by build.
        return build(artefact.card.architecture, **config)
    except (msgspec.ValidationError, NetworkConfigError) as error:
        raise ArtefactError(
            f"{artefact.folder / CARD_FILE}: config: {error}; restore the card or train again"
        ) from error


def _weights(artefact: Artefact) -> dict[str, Tensor]:
    try:
        weights: dict[str, Tensor] = safetensors.torch.load(artefact.read_weights())
        broken = [name for name, values in weights.items() if not bool(values.isfinite().all())]
    except (SafetensorError, RuntimeError) as error:  # the latter: numbers of too few bits
        raise _no_fit(artefact, error) from error
    if broken:
        path = artefact.folder / WEIGHTS_FILE
        raise ArtefactError(f"{path}: {broken[0]} holds values that are not finite; train again")
    return weights


def _no_fit(artefact: Artefact, error: Exception) -> ArtefactError:
    return ArtefactError(
        f"{artefact.folder / WEIGHTS_FILE}: does not fit architecture "
        f"{artefact.card.architecture} ({str(error).splitlines()[0]}); train again"
    )


def _healthy(weights: dict[str, Tensor], shape: tuple[int, int, int], path: Path) -> HealthyErrors:
    """Take the errors of healthy cells out of the weights."""
    for name in (HEALTHY_MEAN, HEALTHY_SPREAD):
        if name not in weights:
            raise ArtefactError(
                f"{path}: {name} is missing, which a standardised score needs; train again"
            )
        if weights[name].shape != (1, 1, *shape[:2]):
            raise ArtefactError(
                f"{path}: {name} is {tuple(weights[name].shape)}, "
                f"(1, 1, {shape[0]}, {shape[1]}) is needed; train again"
            )
    healthy = HealthyErrors(weights.pop(HEALTHY_MEAN), weights.pop(HEALTHY_SPREAD))
    if not bool((healthy.spread > 0).all()):
        raise ArtefactError(f"{path}: {HEALTHY_SPREAD} must be positive; train again")
    return healthy
