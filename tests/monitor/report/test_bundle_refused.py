"""A bundle that is not whole, not ours or not honest is refused in one line."""

import hashlib
import io
import struct
import zipfile

import msgspec
import pytest

from config import SmearwatchError
from monitor.bundle.manifest import MANIFEST, BundleError
from monitor.bundle.read import read_bundle


@pytest.fixture
def bundle(slide, run, tmp_path):
    out = tmp_path / "a.zip"
    assert run("bundle", "a", "-o", out).exit_code == 0
    return out


@pytest.fixture
def files(bundle):
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def refused(tmp_path):
    def refused(files, packing=zipfile.ZIP_STORED):
        out = tmp_path / "bad.zip"
        with zipfile.ZipFile(out, "w", packing) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return refusal(out)

    return refused


def refusal(path):
    with pytest.raises(BundleError) as caught:
        read_bundle(path)
    assert isinstance(caught.value, SmearwatchError)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    return line


def test_a_missing_an_extra_and_a_changed_member(files, refused):
    assert "map.jpg is missing" in refused({n: d for n, d in files.items() if n != "map.jpg"})
    assert "more.txt is not in the manifest" in refused(files | {"more.txt": b"x"})
    assert "boxes.u16 is not the one" in refused(
        files | {"boxes.u16": bytes(len(files["boxes.u16"]))}
    )


def test_names_that_lead_elsewhere(files, refused):
    for name in ("../evil", "/etc/passwd", "crops/../../evil", "a\\b", "C:evil", "crops//x", ".x"):
        assert "has a name that no bundle has" in refused(files | {name: b"x"})


def test_a_zip_bomb_before_it_is_unpacked(files, refused):
    bomb = files | {"crops/bomb.png": bytes(8 << 20)}
    assert "may be a zip bomb" in refused(bomb, zipfile.ZIP_DEFLATED)


def test_declared_sizes_beyond_any_bundle(bundle):
    data = bytearray(bundle.read_bytes())
    end = data.rindex(b"PK\5\6")
    (at,) = struct.unpack_from("<I", data, end + 16)
    for _ in range(2):
        struct.pack_into("<II", data, at + 20, 0xFFFFFF00, 0xFFFFFF00)
        at = data.index(b"PK\1\2", at + 4)
    bundle.write_bytes(data)
    assert "more than 1 GiB" in refusal(bundle)


def test_a_declared_size_that_is_too_small_does_not_let_more_through(bundle):
    data = bytearray(bundle.read_bytes())
    at = data.index(b"PK\1\2", data.rindex(b"PK\5\6") - 10**6 if len(data) > 10**6 else 0)
    struct.pack_into("<I", data, at + 24, 10)
    bundle.write_bytes(data)
    refusal(bundle)


def test_a_newer_version_is_named_even_if_it_says_more(files, refused):
    manifest = msgspec.json.decode(files[MANIFEST]) | {"version": 2, "members": "elsewhere"}
    line = refused(files | {MANIFEST: msgspec.json.encode(manifest)})
    assert "version 2, this smearwatch reads up to 1" in line


def test_what_is_no_bundle(files, refused, tmp_path):
    assert "manifest.json is missing" in refused({"a": b"x"})
    assert "manifest.json is not that" in refused(files | {MANIFEST: b"{}"})
    assert "manifest.json is not that" in refused(files | {MANIFEST: b"[1"})
    other = tmp_path / "x.zip"
    other.write_bytes(b"no archive")
    assert "truncated, or no smearwatch bundle" in refusal(other)
    assert "cannot be read" in refusal(tmp_path / "absent.zip")
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_one(bundle, share):
    data = bundle.read_bytes()
    bundle.write_bytes(data[: int(len(data) * share)])
    assert "truncated" in refusal(bundle)


def test_a_damaged_byte_anywhere(bundle, tmp_path):
    data = bundle.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        starts = [one.header_offset + 30 + len(one.filename) for one in archive.infolist()]
    for start in starts:
        damaged = bytearray(data)
        damaged[start + 1] ^= 0x55
        bundle.write_bytes(damaged)
        refusal(bundle)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("slide.json", b"{}"),
        ("slide.json", b"[1"),
        ("fields.json", b"{}"),
        ("fields.json", b'{"x":{"outcome":"counted"}}'),
        ("flagged.json", b'{"../../x":{"box":[0,0,1,1],"score":1,"png":"","embedding":""}}'),
        ("events.json", b'[["not-an-id",{"kind":"x"}]]'),
        ("audit.json", b'[["5-0",{}]]'),
        ("map.json", b"{}"),
        ("scores.f32", b"1234"),
    ],
)
def test_contents_that_mean_nothing(files, refused, name, content):
    manifest = msgspec.json.decode(files[MANIFEST])
    manifest["members"][name] = {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    line = refused(files | {name: content, MANIFEST: msgspec.json.encode(manifest)})
    assert "do not fit each other" in line


def test_a_slide_that_is_still_owned(files, refused):
    fields = msgspec.json.decode(files["slide.json"])
    for more in ({"owner": "me"}, {"state": "counting", "owner_seen_ms": "0"}):
        content = msgspec.json.encode(fields | more)
        manifest = msgspec.json.decode(files[MANIFEST])
        manifest["members"]["slide.json"] = {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        files |= {"slide.json": content, MANIFEST: msgspec.json.encode(manifest)}
        assert "do not fit each other" in refused(files)
