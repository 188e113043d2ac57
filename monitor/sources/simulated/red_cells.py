"""Optical density of red blood cells, healthy and with a parasite."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.parasites import ParasiteLayers, parasite_layers
from monitor.sources.simulated.shapes import Outline, Patch, Plane, blotches, disc, patch_around
from monitor.sources.simulated.stains import Rgb, Stain
from monitor.sources.simulated.truth import Stage

UNITY = 240
"""Sprite value that leaves the light as it is; above it the sprite brightens."""

HOLE_SHARE, FLAT_SHARE = 0.12, 0.25


@dataclass(frozen=True, slots=True)
class Sprite:
    """A small picture by which the light on a patch is multiplied.

    Attributes
    ----------
    light
        (n, n, 3) uint8, n odd: transmitted light, 240 for all of it.
    """

    light: NDArray[np.uint8]

    @property
    def half(self) -> int:
        """Pixels on each side of the centre."""
        return len(self.light) // 2


def red_cell(
    outline: Outline, stain: Stain, stage: Stage, seed: tuple[int, ...], sharpness_px: float
) -> Sprite:
    """Paint one red cell.

    Parameters
    ----------
    outline
        Its shape.
    stain
        The slide's colours.
    stage
        Of the parasite inside; everything else is the same for every stage.
    seed
        Decides pallor, strength and texture, and where the parasite lies.
    sharpness_px
        Standard deviation of the lens's point spread in pixels.
    """
    patch = patch_around(outline, 4 + 3 * sharpness_px)
    body = _thickness(np.random.default_rng(seed), patch, outline.radius, stain.pallor)
    ringed = np.clip((patch.share - 0.35) / 0.5, 0, 1)[..., None]
    density = body[..., None] * (_colour(stain.middle) * (1 - ringed) + _colour(stain.rim) * ringed)
    if stage != "uninfected":
        layers = parasite_layers(np.random.default_rng((*seed, 1)), patch, outline.radius, stage)
        density = _with_parasite(density, patch, layers, stain)
    halo = 0.025 * np.exp(-(((patch.share - 1.1) / 0.05) ** 2))
    return sprite(density - halo[..., None], sharpness_px)


def sprite(density: NDArray[np.float32], sharpness_px: float) -> Sprite:
    """Turn an (n, n, 3) optical density into a sprite, as a lens of that sharpness shows it."""
    light = cv2.GaussianBlur(np.exp(-density), (0, 0), max(sharpness_px, 0.3))
    return Sprite(np.clip(np.rint(light * UNITY), 0, 255).astype(np.uint8))


def _thickness(rng: np.random.Generator, patch: Patch, radius: float, pallor: float) -> Plane:
    strength = 1 + 0.06 * rng.normal()
    depth, width, soft = _pallor(rng, pallor)
    offset = rng.normal(0, 0.05 * radius, 2)
    pale = disc(patch, float(offset[0]), float(offset[1]), width * radius, soft * radius)
    pale = np.asarray(cv2.GaussianBlur(pale, (0, 0), 0.08 * radius), np.float32)
    rim = 0.10 * np.exp(-(((patch.share - 0.88) / 0.10) ** 2))
    fall = np.clip((1.0 - patch.share) / 0.05, 0.45, 1)
    texture = 1 + 0.02 * blotches(rng, patch, radius / 3)
    thickness: Plane = patch.inside * fall * strength * (1 + rim) * (1 - depth * pale) * texture
    return thickness


def _pallor(rng: np.random.Generator, pallor: float) -> tuple[float, float, float]:
    """Give depth, width and edge width of the pale middle, the last two as shares of the radius."""
    kind, depth = rng.random(2)
    if kind < HOLE_SHARE * pallor:
        return 0.5 + 0.35 * depth, rng.uniform(0.22, 0.38), 0.1
    if kind > 1 - FLAT_SHARE:
        return 0.05 * pallor * depth, 0.3, 0.6
    return pallor * (0.1 + 0.35 * depth), rng.uniform(0.28, 0.45), rng.uniform(0.3, 0.7)


def _with_parasite(
    density: NDArray[np.float32], patch: Patch, layers: ParasiteLayers, stain: Stain
) -> NDArray[np.float32]:
    parts = (
        (layers.cytoplasm, stain.cytoplasm),
        (layers.chromatin, stain.chromatin),
        (layers.pigment, stain.pigment),
    )
    painted = density * (1 - layers.cleared)[..., None]
    for plane, colour in parts:
        painted = painted + (plane * patch.inside)[..., None] * _colour(colour)
    result: NDArray[np.float32] = painted
    return result


def _colour(density: Rgb) -> NDArray[np.float32]:
    return np.array(density, np.float32)
