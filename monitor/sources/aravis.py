"""GenICam cameras, GigE Vision and USB3 Vision, through Aravis: the one home of ``gi``.

Imported only when such a camera is opened, for PyGObject and Aravis are extras.
"""

import ipaddress
import logging
from collections.abc import Mapping

import gi
import numpy as np
from numpy.typing import NDArray

from config.settings import SourceSettings
from monitor.sources.aravis_settings import configure
from monitor.sources.pixels import decode
from monitor.sources.protocol import SourceError

gi.require_version("Aravis", "0.8")
from gi.repository import Aravis, GLib  # noqa: E402 - the version must be chosen first

logger = logging.getLogger(__name__)

BUFFERS = 10
FAKE = ("Aravis", "Fake")
NETWORK = "GigEVision"
US_PER_S = 1_000_000


class GenicamCamera:
    """An acquiring camera. Frames are taken in the order in which they came, each once.

    Parameters
    ----------
    camera
        An opened ``Aravis.Camera``, its settings made.
    refused
        The settings that are not as set.
    timeout_s
        How long a frame may take.
    """

    def __init__(
        self, camera: "Aravis.Camera", refused: Mapping[str, str], timeout_s: float
    ) -> None:
        self.refused = refused
        self.format = camera.get_pixel_format_as_string()
        self.vendor = camera.get_vendor_name()
        self.model = camera.get_model_name()
        self._camera = camera
        self._timeout_us = round(timeout_s * US_PER_S)
        self._image: NDArray[np.uint8] | None = None
        self._stream = camera.create_stream(None, None)
        for _ in range(BUFFERS):
            self._stream.push_buffer(Aravis.Buffer.new_allocate(camera.get_payload()))
        camera.start_acquisition()

    def grab(self) -> bool:
        """Take the next frame, whole or not; False where none comes in time."""
        buffer = self._stream.timeout_pop_buffer(self._timeout_us)
        if buffer is None:
            return False
        self._image = self._decoded(buffer)
        self._stream.push_buffer(buffer)
        return True

    def decode(self) -> NDArray[np.uint8] | None:
        """Give the frame taken, (h, w, 3) uint8 RGB, None where packets of it were lost."""
        return self._image

    def close(self) -> None:
        """Stop the camera and let go of it. May be called twice."""
        if self._stream is None:
            return
        try:
            self._camera.stop_acquisition()
        except GLib.Error as error:  # it is gone, and has stopped
            logger.debug("GenICam: %s", error.message)
        self._stream = None
        self._camera = None

    def _decoded(self, buffer: "Aravis.Buffer") -> NDArray[np.uint8] | None:
        if buffer.get_status() != Aravis.BufferStatus.SUCCESS:
            return None
        height, width = buffer.get_image_height(), buffer.get_image_width()
        return decode(buffer.get_data(), height, width, self.format)


def connect_genicam(uri: str, name: str | None, settings: SourceSettings) -> GenicamCamera:
    """Open a camera, set it and prove it by a first frame.

    Parameters
    ----------
    uri
        How the source is called in messages.
    name
        Its id, as ``smearwatch doctor`` lists them, its serial number or its address; None for
        the first found.
    settings
        What is asked of the camera.

    Raises
    ------
    SourceError
        There is no such camera, another program holds it, or it gives no whole frame.
    """
    try:
        camera = Aravis.Camera.new(_opened_by(name))
        _refuse_held(camera)
        refused = configure(camera, uri, settings)
        opened = GenicamCamera(camera, refused, settings.open_timeout_s)
    except (GLib.Error, ValueError) as error:
        raise SourceError(f"{uri} cannot be opened: {_words_of(error)}; {_found()}") from error
    logger.info("%s sends %s", uri, opened.format)
    for _ in range(BUFFERS):  # the first ones may lack packets
        if not opened.grab():
            break
        if opened.decode() is not None:
            return opened
    opened.close()
    raise SourceError(
        f"{uri} gives no whole frame within {settings.open_timeout_s:g} s; check its trigger mode, "
        "and the firewall and packet size of the network"
    )


def is_demo(camera: GenicamCamera) -> bool:
    """Say whether the frames come from Aravis's fake camera."""
    return (camera.vendor, camera.model) == FAKE


def found_cameras() -> list[str]:
    """Look for cameras, for about a second; give their ids, with what they are."""
    Aravis.update_device_list()
    return [
        f"{Aravis.get_device_id(number)} ({Aravis.get_device_model(number)})"
        for number in range(Aravis.get_n_devices())
    ]


def _opened_by(name: str | None) -> str | None:
    """Give the address of a network camera in place of its id or serial number.

    A camera that answers in several networks is found by its address in the one that reaches it.
    """
    if name is not None and _is_address(name):
        return name
    Aravis.update_device_list()
    for number in range(Aravis.get_n_devices()):
        ids = Aravis.get_device_id(number), Aravis.get_device_serial_nbr(number)
        if name is None or name in ids:
            by_network = Aravis.get_device_protocol(number) == NETWORK
            return str(Aravis.get_device_address(number) if by_network else ids[0])
    return name


def _refuse_held(camera: "Aravis.Camera") -> None:
    """Raise where a network camera obeys somebody else, before it is asked for anything."""
    if camera.is_gv_device() and not camera.get_device().is_controller():
        raise ValueError("it is used by another program; end that")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _found() -> str:
    there = found_cameras()
    return f"there are: {', '.join(there)}" if there else "no camera answers; check cable and power"


def _words_of(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", error)).split())
