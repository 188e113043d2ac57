"""Colour schemes of Giemsa-stained smears, measured on real slides.

Colours are optical densities per channel (Beer-Lambert: transmitted = background * exp(-density)).
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

StainName = Literal["auto", "grey", "mauve", "magenta", "pink", "purple"]
Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stain:
    """How a slide looks.

    Attributes
    ----------
    background
        RGB of the empty field, each in (0, 255].
    rim, middle
        Optical density per channel of a red cell near its outline and at its middle.
    pallor
        How strong central pallor is on this slide, in [0, 1].
    chromatin, cytoplasm, pigment
        Optical density per channel of these parts of a parasite, at full strength.
    nucleus, granules
        Optical density per channel of white cell nuclei and of platelets.
    """

    background: Rgb
    rim: Rgb
    middle: Rgb
    pallor: float
    chromatin: Rgb = (0.42, 1.15, 0.46)
    cytoplasm: Rgb = (0.30, 0.32, 0.11)
    pigment: Rgb = (0.20, 0.34, 0.55)
    nucleus: Rgb = (0.75, 1.75, 0.62)
    granules: Rgb = (0.32, 0.68, 0.22)


SCHEMES: dict[str, Stain] = {
    "mauve": Stain((186, 215, 187), (0.18, 0.56, 0.28), (0.16, 0.44, 0.22), 0.55),
    "grey": Stain((178, 208, 182), (0.36, 0.60, 0.40), (0.29, 0.46, 0.33), 0.55),
    "magenta": Stain((208, 236, 217), (0.31, 1.42, 0.52), (0.33, 1.58, 0.58), 0.10),
    "pink": Stain((208, 218, 208), (0.16, 0.45, 0.27), (0.13, 0.34, 0.21), 1.0),
    "purple": Stain((178, 191, 198), (0.20, 0.38, 0.18), (0.15, 0.29, 0.14), 0.85),
}


def slide_stain(name: StainName, seed: int) -> Stain:
    """Give the stain of one slide: its scheme, a little off as every staining is.

    Parameters
    ----------
    name
        The scheme; ``auto``: the schemes take turns from seed 1 (mauve) on.
    seed
        Of the slide.
    """
    rng = np.random.default_rng([seed, 11])
    chosen = tuple(SCHEMES)[(seed - 1) % len(SCHEMES)] if name == "auto" else name
    scheme = SCHEMES[chosen]
    strength = float(rng.uniform(0.9, 1.1))
    light = rng.uniform(0.96, 1.04) * rng.uniform(0.99, 1.01, 3)
    return replace(
        scheme,
        background=_rgb(np.minimum(np.array(scheme.background) * light, 245)),
        rim=_rgb(np.array(scheme.rim) * strength * rng.uniform(0.97, 1.03, 3)),
        middle=_rgb(np.array(scheme.middle) * strength * rng.uniform(0.97, 1.03, 3)),
    )


def _rgb(values: np.ndarray) -> Rgb:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
