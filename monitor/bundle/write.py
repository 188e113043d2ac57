"""Writes a slide as a bundle: the same slide gives the same bytes."""

import hashlib
import zipfile
from importlib.metadata import version
from typing import IO

import msgspec

from config import Settings
from config.redact import without_secrets
from monitor.bundle.manifest import MANIFEST, Manifest, Member
from monitor.bundle.members import members_of
from monitor.models_at_hand import model_at_hand
from monitor.store import SlideDump
from workers.card import CARD_FILE

SETTINGS, MODEL = "settings.json", "model.json"
STORED = (".png", ".jpg")
"""Endings of what is compressed already."""

LONG_AGO = (1980, 1, 1, 0, 0, 0)
UNIX = 3
READABLE = 0o644 << 16


class ModelNote(msgspec.Struct, frozen=True):
    """Which model scored the slide.

    Attributes
    ----------
    model_id
        Its id.
    weights_sha256
        Of its weights, hexadecimal; None: the model was not at hand when the bundle was written.
    """

    model_id: str
    weights_sha256: str | None


def write_bundle(slide: str, dump: SlideDump, settings: Settings, stream: IO[bytes]) -> Manifest:
    """Write a bundle.

    Parameters
    ----------
    slide, dump
        Id of the slide, and all that is kept of it.
    settings
        Those at hand, which are noted without passwords; they also name the model.
    stream
        Where the archive goes to.

    Returns
    -------
    What is in it.
    """
    files = members_of(dump) | _surroundings(dump, settings)
    members = {
        name: Member(len(data), hashlib.sha256(data).hexdigest())
        for name, data in sorted(files.items())
    }
    manifest = Manifest(slide, dump.fields["model_id"], version("smearwatch"), members)
    listed = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in {MANIFEST: listed, **dict(sorted(files.items()))}.items():
            archive.writestr(_entry(name), data)
    return manifest


def _surroundings(dump: SlideDump, settings: Settings) -> dict[str, bytes]:
    """Give what is known of the model and the settings."""
    artefact = model_at_hand(settings, dump.fields["model_id"])
    weights = None if artefact is None else artefact.card.weights_sha256
    note = ModelNote(dump.fields["model_id"], weights)
    files = {MODEL: msgspec.json.encode(note), SETTINGS: _settings(settings)}
    if artefact is not None:
        files[CARD_FILE] = (artefact.folder / CARD_FILE).read_bytes()
    return files


def _settings(settings: Settings) -> bytes:
    values = settings.model_dump(mode="json")
    if values["store"]["url"] is not None:
        values["store"]["url"] = without_secrets(values["store"]["url"])
    return msgspec.json.format(msgspec.json.encode(values, order="sorted"), indent=1)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.create_system, entry.external_attr = UNIX, READABLE
    stored = name.endswith(STORED)
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    return entry
