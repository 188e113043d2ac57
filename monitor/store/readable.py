"""What stands in Redis may have been written by anyone who reaches it: it is read with care."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import msgspec

from monitor.store.errors import StoreError


@contextmanager
def readable(slide_id: str) -> Iterator[None]:
    """Raise what a record says that is none as our own error.

    Raises
    ------
    StoreError
        A record of the slide cannot be read.
    """
    try:
        yield
    except (msgspec.MsgspecError, ValueError, KeyError, OverflowError, cv2.error) as error:
        words = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise StoreError(
            f"slide {slide_id}: what stands in Redis cannot be read ({words}); it was changed by "
            "something else: count the slide anew with --replace"
        ) from error
