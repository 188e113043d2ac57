"""Cameras that Micro-Manager drives: the one home of pymmcore-plus.

Imported only when such a camera is opened, for pymmcore-plus is an extra.
"""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymmcore import CMMCore
from pymmcore_plus import CMMCorePlus, find_micromanager

from config.settings import SourceSettings
from monitor.sources.micromanager_settings import configure, words_of
from monitor.sources.pixels import eight_bits, grey_to_rgb
from monitor.sources.protocol import SourceError

logger = logging.getLogger(__name__)

DEMO_LIBRARY = "DemoCamera"
COLOUR = "32bitRGB"

BUFFER_MB = 64
"""Memory in which the camera's thread leaves frames: little, so that none grows old there."""

BUFFER_FRAMES = 8
MOST_BITS = 16
LOOK_S = 0.002

Pixels = NDArray[Any]


class MicroManagerCamera:
    """The camera of a loaded configuration while it acquires without end.

    Frames are taken in the order in which they came, each once.

    Parameters
    ----------
    core
        With a camera that can be read.
    refused
        The settings that are not as set.
    timeout_s
        How long a frame may take.
    """

    def __init__(self, core: CMMCorePlus, refused: Mapping[str, str], timeout_s: float) -> None:
        self.core = core
        self.refused = refused
        self._timeout_s = timeout_s
        self._pixels: Pixels | None = None
        self._bits = core.getImageBitDepth()
        frame_mb = core.getImageWidth() * core.getImageHeight() * core.getBytesPerPixel() >> 20
        core.setCircularBufferMemoryFootprint(max(BUFFER_MB, BUFFER_FRAMES * (frame_mb + 1)))
        core.startContinuousSequenceAcquisition(0)

    def grab(self) -> bool:
        """Take the next frame; False where none comes in time or the camera has stopped."""
        until_s = time.monotonic() + self._timeout_s
        try:
            while not self.core.getRemainingImageCount():
                if not self.core.isSequenceRunning() or time.monotonic() > until_s:
                    return False
                time.sleep(LOOK_S)
            self._pixels = self.core.popNextImage()
        except (RuntimeError, IndexError) as error:
            logger.warning("Micro-Manager: %s", words_of(error))
            return False
        return True

    def decode(self) -> NDArray[np.uint8] | None:
        """Give the frame taken, (h, w, 3) uint8 RGB."""
        if self._pixels is None:
            return None
        pixels = eight_bits(self._pixels, self._bits)
        return grey_to_rgb(pixels) if pixels.ndim == 2 else pixels  # noqa: PLR2004

    def close(self) -> None:
        """Stop the camera and unload the configuration. May be called twice."""
        if not self.core.getCameraDevice():
            return
        try:
            self.core.stopSequenceAcquisition()
            self.core.unloadAllDevices()
        except RuntimeError as error:
            logger.warning("Micro-Manager: %s", words_of(error))


def connect_micromanager(
    uri: str, config: Path | None, settings: SourceSettings
) -> MicroManagerCamera:
    """Load a configuration, set its camera and prove it by a first frame.

    Parameters
    ----------
    uri
        How the source is called in messages.
    config
        A ``.cfg`` file; None for Micro-Manager's own demo camera.
    settings
        What is asked of the camera.

    Raises
    ------
    SourceError
        The configuration does not load, or its camera gives no frame that can be read.
    """
    try:
        core = _new_core()
        _load(core, config)
        refused = configure(core, uri, settings)
        _refuse_more_bits(core)
        camera = MicroManagerCamera(core, refused, settings.open_timeout_s)
    except (RuntimeError, OSError) as error:
        raise SourceError(f"{uri} cannot be opened: {words_of(error)}") from error
    _describe(core, uri)
    if not camera.grab():
        camera.close()
        within = f"within {settings.open_timeout_s:g} s"
        raise SourceError(f"{uri} gives no frame {within}; check exposure and trigger mode")
    return camera


def adapters() -> str:
    """Say which version drives the cameras and where its adapters are.

    Raises
    ------
    SourceError
        There are none.
    """
    folder = find_micromanager()
    if not folder:
        raise SourceError("pymmcore-plus finds no device adapters of Micro-Manager")
    return f"{_new_core().getVersionInfo()}, adapters in {folder}"


def is_demo(camera: MicroManagerCamera) -> bool:
    """Say whether the frames come from Micro-Manager's demo camera."""
    return bool(camera.core.getDeviceLibrary(camera.core.getCameraDevice()) == DEMO_LIBRARY)


def _new_core() -> CMMCorePlus:
    """Give a core that tells nobody of its events.

    It tells them in a thread of its own, which takes the process down when it comes to call
    Python while Python is ending.
    """
    core = CMMCorePlus()
    CMMCore.registerCallback(core, None)
    return core


def _load(core: CMMCorePlus, config: Path | None) -> None:
    if config is None:
        core.loadDevice("Camera", DEMO_LIBRARY, "DCam")
        core.initializeDevice("Camera")
        core.setCameraDevice("Camera")
        core.setProperty("Camera", "PixelType", COLOUR)
    else:
        core.loadSystemConfiguration(str(config.expanduser().absolute()))
    if not core.getCameraDevice():
        raise RuntimeError("the configuration names no camera; set Core,Camera in it")


def _refuse_more_bits(core: CMMCorePlus) -> None:
    bits = core.getImageBitDepth()
    if bits > MOST_BITS:
        raise RuntimeError(
            f"its pixels have {bits} bits; set PixelType 8bit, 16bit or 32bitRGB in the "
            "configuration, or source.pixel_format"
        )


def _describe(core: CMMCorePlus, uri: str) -> None:
    size = core.getImageWidth(), core.getImageHeight()
    bits = core.getImageBitDepth()
    logger.info("%s sends %d x %d pixels of %d bits, scaled to 8", uri, *size, bits)
