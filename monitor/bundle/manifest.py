"""What a slide bundle says of itself, and what is wrong with one."""

from typing import Literal

import msgspec

from config import SmearwatchError

FORMAT = "smearwatch-bundle"
VERSION = 1
MANIFEST = "manifest.json"


class BundleError(SmearwatchError):
    """A bundle is not one, or not whole."""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the archive.

    Attributes
    ----------
    bytes
        How long it is, unpacked.
    sha256
        Of its bytes, hexadecimal.
    """

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The first member of the archive, ``manifest.json``.

    Attributes
    ----------
    format, version
        ``smearwatch-bundle`` and 1; a higher number is not read.
    slide
        Its id where it was counted.
    model_id
        Of the model that scored it.
    software_version
        Of smearwatch that wrote the bundle.
    members
        Every other file, by name.
    """

    slide: str
    model_id: str
    software_version: str
    members: dict[str, Member]
    format: Literal["smearwatch-bundle"] = "smearwatch-bundle"
    version: int = VERSION
