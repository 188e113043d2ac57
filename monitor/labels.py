"""Reads the slide's id from the QR code or barcode on its label."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from math import ceil, hypot

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from config import Settings, SmearwatchError, UsageError
from monitor.sources import Frame, Source, open_source
from monitor.store import check_slide_id

FIRST_FRAMES = 30
"""Frames of a folder or video in which a label is looked for."""

TURNS_DEG = (0.0, 22.5, 45.0, 67.5)
"""By how much a picture is turned: bars are read up to 12 degrees off level or plumb."""

# Those that carry a check, or check themselves: a field of cells must not read as a number.
_KINDS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.MicroQRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.Code93,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
    ]
)


class LabelError(SmearwatchError):
    """A label does not say which slide it is."""


def codes_in(image: NDArray[np.uint8]) -> list[str]:
    """Read the codes in a picture, however they are turned.

    Parameters
    ----------
    image
        (h, w, 3) uint8, RGB.

    Returns
    -------
    list of str
        What they say, each text once, in alphabetical order, without white space around it.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
    turned = (_turned(grey, degrees) for degrees in TURNS_DEG)
    said = {
        code.text.strip()
        for picture in turned
        for code in zxingcpp.read_barcodes(picture, _KINDS, text_mode=zxingcpp.TextMode.Plain)
    }
    return sorted(said - {""})


def _turned(grey: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """Turn a picture, (h, w) uint8, about its middle; all of it stays in sight."""
    if not degrees:
        return grey
    height, width = grey.shape
    side = ceil(hypot(height, width))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    turned = cv2.warpAffine(grey, turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return turned.astype(np.uint8, copy=False)


def slide_of_label(uri: str, settings: Settings) -> str:
    """Read a slide id from a label.

    Parameters
    ----------
    uri
        A picture of the label, or any source that shows it: of a folder or video the first
        frames are looked at, a camera for ``slide.label_wait_s``. The first frame with a code
        decides.
    settings
        All settings.

    Raises
    ------
    LabelError
        No code can be read, there are different ones, or what one says is no slide id.
    SourceError
        The source cannot be opened or read.
    """
    with closing(open_source(uri, settings)) as source:
        for frame in _frames(source, settings.slide.label_wait_s):
            codes = codes_in(frame.image)
            if codes:
                return _slide_id(source.uri, codes)
        raise LabelError(
            f"label {source.uri}: no QR code or barcode can be read; show it sharp, whole and "
            "evenly lit, or give the id with --slide"
        )


def _frames(source: Source, wait_s: float) -> Iterator[Frame]:
    """Give the frames in which to look; ends in time, also where the source is silent."""
    with _stopped_after(source, wait_s):
        frames = source.frames()
        for frame in frames if source.live else islice(frames, FIRST_FRAMES):
            if isinstance(frame, Frame):
                yield frame


@contextmanager
def _stopped_after(source: Source, wait_s: float) -> Iterator[None]:
    timer = threading.Timer(wait_s, source.stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _slide_id(uri: str, codes: list[str]) -> str:
    if len(codes) > 1:
        said = " and ".join(repr(code) for code in codes)
        raise LabelError(
            f"label {uri} holds different codes, {said}: cover all but one, "
            "or give the id with --slide"
        )
    try:
        return check_slide_id(codes[0])
    except UsageError as error:
        raise LabelError(f"label {uri}: {error}; or give another id with --slide") from error
