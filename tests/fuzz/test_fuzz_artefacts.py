"""A model from elsewhere is data: spoilt weights and cards are refused in one line."""

import hashlib
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
import yaml

from workers.artefact import SHIPPED, load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError
from workers.load_detector import load_detector

CASES = 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Path(shutil.copytree(SHIPPED / "draem", tmp_path / "mine"))
    card = yaml.safe_load((made / CARD_FILE).read_text("utf-8"))
    for long in ("threshold_details", "healthy", "infected", "calibration", "error_rates"):
        card.pop(long, None)
    card["healthy_quantiles"] = [0.0, 1.0]
    (made / CARD_FILE).write_text(yaml.safe_dump(card), "utf-8")
    return made


def put(folder: Path, weights: bytes) -> None:
    """Weights that the card vouches for: a digest protects from damage, not from malice."""
    card = folder / CARD_FILE
    before = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    (folder / WEIGHTS_FILE).write_bytes(weights)
    digest = hashlib.sha256(weights).hexdigest()
    card.write_text(card.read_text("utf-8").replace(before, digest), "utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(ArtefactError) as caught:
        load_detector(load_card(str(folder)))
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def header(length: int, text: bytes) -> bytes:
    return struct.pack("<Q", length) + text


@pytest.mark.parametrize(
    "weights",
    [
        b"",
        b"\x80\x04K\x01.",
        header(2**63, b"{}"),
        header(2**31, b"{}"),
        header(10, b"{}"),
        header(2, b"[]"),
        header(4, b"nope"),
        header(90_000, b"[" * 90_000),
        header(
            75,
            json.dumps({"a": {"dtype": "F32", "shape": [2**62], "data_offsets": [0, 4]}}).encode(),
        ),
    ],
    ids=lambda weights: f"{len(weights)} bytes {weights[:8].hex()}",
)
def test_what_is_no_safetensors_is_refused(folder: Path, weights: bytes):
    put(folder, weights)
    refused(folder)


@pytest.mark.parametrize(
    "dtype", [torch.float8_e4m3fn, torch.float8_e5m2, torch.bool, torch.int64, torch.complex64]
)
def test_weights_of_another_type_are_refused_or_fit(folder: Path, dtype: torch.dtype):
    tensors = safetensors.torch.load_file(folder / WEIGHTS_FILE)
    put(folder, safetensors.torch.save({name: value.to(dtype) for name, value in tensors.items()}))
    try:
        load_detector(load_card(str(folder)))
    except ArtefactError as error:
        assert WEIGHTS_FILE in str(error)


def test_spoilt_weights_are_refused_or_finite(folder: Path):
    whole = (folder / WEIGHTS_FILE).read_bytes()
    before = (folder / CARD_FILE).read_text("utf-8")
    refusals = 0
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        spoilt = bytearray(whole)
        for at in rng.integers(0, 4000, 4):
            spoilt[at] = rng.integers(0, 256)
        data = bytes(spoilt[: rng.integers(1, len(spoilt))] if seed % 3 == 0 else spoilt)
        (folder / WEIGHTS_FILE).write_bytes(whole)
        (folder / CARD_FILE).write_text(before, "utf-8")
        put(folder, data)
        try:
            load_detector(load_card(str(folder)))
        except ArtefactError as error:
            refusals += 1
            assert len(str(error).splitlines()) == 1
    assert refusals > CASES / 2


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "a: &a [x]\nb: [*a, *a]",
        "name: !!python/object/apply:os.system [true]",
        "created: 2024-13-45",
        "threshold: " + "9" * 9000,
        "\0",
        "é".encode("latin-1"),
        "- a",
        "",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_card_that_is_none_is_refused(folder: Path, text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    (folder / CARD_FILE).write_bytes(data)
    refused(folder)


def test_a_card_with_any_value_in_place_of_another_is_refused_or_loads(folder: Path):
    content = yaml.safe_load((folder / CARD_FILE).read_text("utf-8"))
    odd = [None, -1, 2**70, float("nan"), "x" * 1000, [[[]]], {"": 1}]
    for key in content:
        for value in odd:
            (folder / CARD_FILE).write_text(yaml.safe_dump(content | {key: value}), "utf-8")
            try:
                load_card(str(folder))
            except ArtefactError as error:
                assert len(str(error).splitlines()) == 1, error
