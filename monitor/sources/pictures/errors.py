"""Why a picture cannot be read."""


class PictureError(Exception):
    """A picture file, or one page of it, cannot be read; the text says why."""
