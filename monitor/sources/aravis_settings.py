"""Asks a GenICam camera for what the settings want, and reads back what it gives."""

import logging
from collections.abc import Callable
from typing import Any

import gi

from config.settings import SourceSettings
from monitor.sources.device import cannot_set, not_as_set
from monitor.sources.pixels import is_colour, is_understood

gi.require_version("Aravis", "0.8")
from gi.repository import Aravis, GLib  # noqa: E402 - the version must be chosen first

logger = logging.getLogger(__name__)

US_PER_MS = 1000
NEAR_SHARE = 0.02

Camera = Any


def configure(camera: Camera, uri: str, settings: SourceSettings) -> dict[str, str]:
    """Ask for all that is set; give a sentence for each setting that is not as set.

    Raises
    ------
    ValueError
        None of the camera's pixel formats is understood.
    """
    camera.get_device().set_range_check_policy(Aravis.RangeCheckPolicy.ENABLE)
    camera.set_acquisition_mode(Aravis.AcquisitionMode.CONTINUOUS)
    refused = _set_format(camera, uri, settings.pixel_format)
    refused |= _set_size(camera, uri, settings)
    refused |= _set_exposure(camera, uri, settings)
    if settings.fps is not None:
        _try(camera.set_frame_rate, settings.fps)
        refused |= _compared(uri, "fps", settings.fps, camera.get_frame_rate)
    if settings.gain is not None:
        if camera.is_gain_auto_available():
            _try(camera.set_gain_auto, Aravis.Auto.OFF)
        _try(camera.set_gain, settings.gain)
        refused |= _compared(uri, "gain", settings.gain, camera.get_gain)
    return refused | _set_white_balance(camera, uri, settings.white_balance_k)


def _set_format(camera: Camera, uri: str, wanted: str | None) -> dict[str, str]:
    """Set the format asked for, or, where none is, one in colour that is understood."""
    offered = camera.dup_available_pixel_formats_as_strings()
    understood = [name for name in offered if is_understood(name)]
    if not understood:
        raise ValueError(f"none of its pixel formats is understood: {', '.join(offered)}")
    if wanted in understood:
        camera.set_pixel_format_from_string(wanted)
        return {}
    now = camera.get_pixel_format_as_string()
    if now not in understood or not is_colour(now):
        now = max(understood, key=_suits)
        camera.set_pixel_format_from_string(now)
    if wanted is None:
        return {}
    return {"pixel_format": not_as_set(uri, "pixel_format", wanted, now)}


def _suits(name: str) -> tuple[bool, bool]:
    """Rank formats: colour before grey, and few bytes a pixel before many."""
    return is_colour(name), name.startswith("Bayer") and name.endswith("8")


def _set_size(camera: Camera, uri: str, settings: SourceSettings) -> dict[str, str]:
    left, top, width, height = _region(camera)
    wanted = {"width_px": settings.width_px, "height_px": settings.height_px}
    if any(value is not None for value in wanted.values()):
        size = settings.width_px or width, settings.height_px or height
        _try(camera.set_region, left, top, *size)
    _, _, width, height = _region(camera)
    real = {"width_px": width, "height_px": height}
    return {
        name: not_as_set(uri, name, value, real[name])
        for name, value in wanted.items()
        if value is not None and value != real[name]
    }


def _region(camera: Camera) -> tuple[int, int, int, int]:
    left, top, width, height = camera.get_region()
    return left, top, width, height


def _set_exposure(camera: Camera, uri: str, settings: SourceSettings) -> dict[str, str]:
    wanted = settings.exposure_ms
    if wanted is None:
        return {}
    automatic = camera.is_exposure_auto_available()
    if wanted == "auto":
        if automatic and _try(camera.set_exposure_time_auto, Aravis.Auto.CONTINUOUS):
            return {}
        return {"exposure_ms": cannot_set(uri, "exposure_ms", "it has no automatic exposure")}
    if automatic:
        _try(camera.set_exposure_time_auto, Aravis.Auto.OFF)
    _try(camera.set_exposure_time, wanted * US_PER_MS)
    return _compared(uri, "exposure_ms", wanted, lambda: camera.get_exposure_time() / US_PER_MS)


def _set_white_balance(camera: Camera, uri: str, wanted: float | str | None) -> dict[str, str]:
    if wanted is None:
        return {}
    if wanted != "auto":
        why = "GenICam knows no colour temperature; set auto, or the camera's own ratios"
        return {"white_balance_k": cannot_set(uri, "white_balance_k", why)}
    device = camera.get_device()
    feature = "BalanceWhiteAuto"
    if device.is_feature_available(feature) and _try(
        device.set_string_feature_value, feature, "Continuous"
    ):
        return {}
    return {"white_balance_k": cannot_set(uri, "white_balance_k", "it has no automatic one")}


def _compared(uri: str, name: str, wanted: float, read: Callable[[], float]) -> dict[str, str]:
    try:
        real = read()
    except GLib.Error as error:
        return {name: cannot_set(uri, name, error.message)}
    if abs(real - wanted) <= NEAR_SHARE * abs(wanted):
        return {}
    return {name: not_as_set(uri, name, wanted, real)}


def _try(ask: Callable[..., object], *values: object) -> bool:
    """Ask the camera for something; what became of it is read back."""
    try:
        ask(*values)
    except GLib.Error as error:
        logger.debug("GenICam: %s", error.message)
        return False
    return True
