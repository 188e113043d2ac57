"""Asks a V4L2 camera for what the settings want, and reads back what it gives.

OpenCV hands these values to the driver unchanged, so that they are Video4Linux's own:
exposure is counted in 100 microseconds and can be set only in manual mode, a white balance
temperature only while automatic white balance is off [1]_.

References
----------
.. [1] The Linux Kernel, Video for Linux API, Camera Control Reference and User Controls,
   https://docs.kernel.org/userspace-api/media/v4l/control.html
"""

from typing import Literal, Protocol

import cv2

from config.settings import SourceSettings
from monitor.sources.device import cannot_set, not_as_set

MANUAL_EXPOSURE = 1
AUTOMATIC_EXPOSURES = (3, 0)
"""Aperture priority, which USB cameras have, and the fully automatic mode of others."""

EXPOSURE_UNITS_PER_MS = 10
NEAR_SHARE = 0.05
"""Drivers round to their own steps: a value this near counts as taken."""

COMPRESSED = "MJPG"


class Driver(Protocol):
    """The properties of an opened capture."""

    def get(self, propId: int, /) -> float:  # noqa: N803
        """Read a property; -1 or 0 where there is none."""

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803
        """Write a property."""


def configure(driver: Driver, uri: str, settings: SourceSettings) -> dict[str, str]:
    """Ask for all that is set, in the order that Video4Linux needs.

    Returns
    -------
    dict of str
        A sentence for every setting that is not as set, by its name.
    """
    refused = _ask_for_frames(driver, uri, settings)
    if settings.exposure_ms is not None:
        refused |= _ask_for_exposure(driver, uri, settings.exposure_ms)
    if settings.gain is not None:
        driver.set(cv2.CAP_PROP_GAIN, settings.gain)
        real = driver.get(cv2.CAP_PROP_GAIN)
        refused |= _compared(uri, "gain", settings.gain, real)
    if settings.white_balance_k is not None:
        refused |= _ask_for_white_balance(driver, uri, settings.white_balance_k)
    return refused


def fourcc_of(driver: Driver) -> str:
    """Give the name of what the camera sends: ``MJPG``, ``YUYV``; empty where unknown."""
    code = int(driver.get(cv2.CAP_PROP_FOURCC))
    letters = code.to_bytes(4, "little") if 0 < code < 1 << 32 else b""
    return letters.decode("ascii", "replace").strip()


def _ask_for_frames(driver: Driver, uri: str, settings: SourceSettings) -> dict[str, str]:
    """Ask for format, size and rate; raw frames that are too slow over USB come compressed."""
    if settings.pixel_format is not None:
        return _ask_for_format(driver, uri, settings, settings.pixel_format)
    before = fourcc_of(driver)
    refused = _ask_for_size_and_rate(driver, uri, settings)
    if not refused or before == COMPRESSED:
        return refused
    compressed = _ask_for_format(driver, uri, settings, COMPRESSED)
    if len(compressed) < len(refused):
        return compressed
    _ask_for_format(driver, uri, settings, before)
    return refused


def _ask_for_format(
    driver: Driver, uri: str, settings: SourceSettings, wanted: str
) -> dict[str, str]:
    if len(wanted) == 4 and wanted.isascii():  # noqa: PLR2004
        driver.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wanted))
    refused = _ask_for_size_and_rate(driver, uri, settings)
    real = fourcc_of(driver)
    if real != wanted:
        refused["pixel_format"] = not_as_set(uri, "pixel_format", wanted, real or "its own")
    return refused


def _ask_for_size_and_rate(driver: Driver, uri: str, settings: SourceSettings) -> dict[str, str]:
    asked = {
        "width_px": (cv2.CAP_PROP_FRAME_WIDTH, settings.width_px),
        "height_px": (cv2.CAP_PROP_FRAME_HEIGHT, settings.height_px),
        "fps": (cv2.CAP_PROP_FPS, settings.fps),
    }
    wanted = {name: (key, value) for name, (key, value) in asked.items() if value is not None}
    for key, value in wanted.values():
        driver.set(key, value)
    real = {name: driver.get(key) for name, (key, _) in wanted.items()}
    return {
        name: not_as_set(uri, name, value, real[name])
        for name, (_, value) in wanted.items()
        if abs(real[name] - value) >= 1
    }


def _ask_for_exposure(driver: Driver, uri: str, wanted: float | Literal["auto"]) -> dict[str, str]:
    if wanted != "auto":
        driver.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE)
        driver.set(cv2.CAP_PROP_EXPOSURE, max(1, round(wanted * EXPOSURE_UNITS_PER_MS)))
        real_ms = driver.get(cv2.CAP_PROP_EXPOSURE) / EXPOSURE_UNITS_PER_MS
        return _compared(uri, "exposure_ms", wanted, real_ms)
    for mode in AUTOMATIC_EXPOSURES:
        driver.set(cv2.CAP_PROP_AUTO_EXPOSURE, mode)
        if driver.get(cv2.CAP_PROP_AUTO_EXPOSURE) == mode:
            return {}
    return {"exposure_ms": cannot_set(uri, "exposure_ms", "it has no automatic exposure")}


def _ask_for_white_balance(
    driver: Driver, uri: str, wanted: float | Literal["auto"]
) -> dict[str, str]:
    automatic = wanted == "auto"
    driver.set(cv2.CAP_PROP_AUTO_WB, int(automatic))
    if wanted != "auto":
        driver.set(cv2.CAP_PROP_WB_TEMPERATURE, wanted)
        real_k = driver.get(cv2.CAP_PROP_WB_TEMPERATURE)
        return _compared(uri, "white_balance_k", wanted, real_k)
    if driver.get(cv2.CAP_PROP_AUTO_WB) == 1:
        return {}
    return {"white_balance_k": cannot_set(uri, "white_balance_k", "it has no automatic one")}


def _compared(uri: str, name: str, wanted: float, real: float) -> dict[str, str]:
    if abs(real - wanted) <= max(NEAR_SHARE * abs(wanted), 0.5 / EXPOSURE_UNITS_PER_MS):
        return {}
    if real < 0:
        return {name: cannot_set(uri, name, "it has no such control")}
    return {name: not_as_set(uri, name, wanted, real)}
