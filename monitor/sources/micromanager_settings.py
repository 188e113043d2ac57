"""Asks a Micro-Manager camera for what the settings want, and reads back what it gives."""

import logging
from collections.abc import Callable
from typing import Any, Literal

from config.settings import SourceSettings
from monitor.sources.device import cannot_set, not_as_set

logger = logging.getLogger(__name__)

NEAR_SHARE = 0.01
"""Cameras round an exposure to their own steps: a value this near counts as taken."""

Core = Any


def configure(core: Core, uri: str, settings: SourceSettings) -> dict[str, str]:
    """Ask for what is set; give a sentence for each setting that is not as set."""
    refused = _set_exposure(core, uri, settings.exposure_ms)
    if settings.pixel_format is not None:
        refused |= _set_property(core, uri, "pixel_format", "PixelType", settings.pixel_format)
    if settings.gain is not None:
        refused |= _set_property(core, uri, "gain", "Gain", f"{settings.gain:g}")
    if settings.white_balance_k is not None:
        why = "Micro-Manager has none; set the camera's own properties in the configuration"
        refused["white_balance_k"] = cannot_set(uri, "white_balance_k", why)
    if settings.fps is not None:
        refused["fps"] = cannot_set(uri, "fps", "its rate follows from source.exposure_ms")
    refused |= _compared(uri, "width_px", settings.width_px, core.getImageWidth())
    return refused | _compared(uri, "height_px", settings.height_px, core.getImageHeight())


def words_of(error: Exception) -> str:
    """Give what an error says in one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _set_exposure(core: Core, uri: str, wanted: float | Literal["auto"] | None) -> dict[str, str]:
    if wanted is None:
        return {}
    if wanted == "auto":
        return {"exposure_ms": cannot_set(uri, "exposure_ms", "give milliseconds, not auto")}
    _try(core.setExposure, wanted)
    return _compared(uri, "exposure_ms", wanted, core.getExposure())


def _set_property(
    core: Core, uri: str, name: str, wanted_property: str, wanted: str
) -> dict[str, str]:
    camera = core.getCameraDevice()
    if not core.hasProperty(camera, wanted_property):
        why = f"its camera has no property {wanted_property}"
        return {name: cannot_set(uri, name, why)}
    _try(core.setProperty, camera, wanted_property, wanted)
    real = core.getProperty(camera, wanted_property)
    if real == wanted or _number(real) == _number(wanted) is not None:
        return {}
    return {name: not_as_set(uri, name, wanted, real)}


def _try(ask: Callable[..., object], *values: object) -> None:
    """Ask the camera for something; what became of it is read back."""
    try:
        ask(*values)
    except RuntimeError as error:
        logger.debug("Micro-Manager: %s", words_of(error))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _compared(uri: str, name: str, wanted: float | None, real: float) -> dict[str, str]:
    near = wanted is None or abs(wanted - real) <= NEAR_SHARE * wanted
    return {} if near else {name: not_as_set(uri, name, wanted, real)}
