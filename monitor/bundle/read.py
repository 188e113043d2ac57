"""Opens a bundle, trusting nothing in it before it is checked."""

import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from monitor.bundle.manifest import FORMAT, MANIFEST, VERSION, BundleError, Manifest
from monitor.bundle.members import dump_of
from monitor.store import SlideDump

MOST_MEMBERS = 100_000
MOST_BYTES = 1 << 30
"""Of all members, unpacked."""

PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MOST_RATIO = 300
SMALL_BYTES = 1 << 20
"""Members up to this size may be packed as tightly as they can."""

MOST_MANIFEST_BYTES = 32 << 20
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was checked: every member is the one that its manifest names."""

    manifest: Manifest
    files: dict[str, bytes]
    dump: SlideDump


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle.

    Raises
    ------
    BundleError
        It is no bundle, a newer one, truncated, too large once unpacked, or a member is missing,
        unknown, badly named or not the one that the manifest names.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive)
            manifest = _manifest(archive, entries)
            files = _files(archive, entries, manifest)
        return Bundle(manifest, files, dump_of(files))
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BundleError(
            f"{path} is truncated, or no smearwatch bundle ({error}): copy it again"
        ) from error
    except BundleError as error:
        raise BundleError(f"{path}: {error}") from error


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Check what the archive says of its members before any is unpacked."""
    listed = archive.infolist()
    if len(listed) > MOST_MEMBERS or sum(one.file_size for one in listed) > MOST_BYTES:
        raise BundleError(
            f"it unpacks to more than {MOST_BYTES >> 30} GiB or {MOST_MEMBERS:,} files: "
            "it is no bundle of ours"
        )
    for one in listed:
        if not _NAME.fullmatch(one.filename):
            raise BundleError(f"member {one.filename[:80]!r} has a name that no bundle has")
        if one.flag_bits & 1 or one.compress_type not in PACKINGS:
            raise BundleError(f"member {one.filename} is encrypted or packed as no bundle is")
        packed = max(one.compress_size, 1)
        if one.file_size > SMALL_BYTES and one.file_size / packed > MOST_RATIO:
            raise BundleError(f"member {one.filename} is packed too tightly: it may be a zip bomb")
    entries = {one.filename: one for one in listed}
    if len(entries) != len(listed):
        raise BundleError("two members have the same name: no bundle has that")
    return entries


def _manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> Manifest:
    if MANIFEST not in entries:
        raise BundleError(f"{MANIFEST} is missing: it is no smearwatch bundle")
    if entries[MANIFEST].file_size > MOST_MANIFEST_BYTES:
        raise BundleError(f"{MANIFEST} is too large for one: it is no bundle of ours")
    data = archive.read(entries[MANIFEST])
    try:
        said = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        version = msgspec.json.decode(said.get("version", msgspec.Raw(b"0")), type=int)
        if version > VERSION:
            raise BundleError(
                f"it has version {version}, this smearwatch reads up to {VERSION}: "
                "use the newer smearwatch that wrote it"
            )
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise BundleError(f"{MANIFEST} is not that of a {FORMAT} ({error})") from error


def _files(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], manifest: Manifest
) -> dict[str, bytes]:
    there, named = entries.keys() - {MANIFEST}, manifest.members.keys()
    if there != named:
        lost, extra = sorted(named - there), sorted(there - named)
        what = f"{lost[0]} is missing" if lost else f"{extra[0]} is not in the manifest"
        raise BundleError(f"{what}: it was changed after it was written; get it again")
    files = {}
    for name, member in manifest.members.items():
        data = archive.read(entries[name])
        if len(data) != member.bytes or hashlib.sha256(data).hexdigest() != member.sha256:
            raise BundleError(
                f"{name} is not the one that the manifest names (SHA-256 differs): "
                "it was changed after it was written; get it again"
            )
        files[name] = data
    return files
