"""Scoring crops: the same bits however they come, and no score where there can be none."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch
from numpy.typing import NDArray

from workers.artefact import SHIPPED, Artefact, load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError, dump_card
from workers.device import DeviceError, resolve_device
from workers.models import UnknownModelError, build
from workers.score import CropError, Scorer, Scores

Crops = NDArray[np.uint8]
Cells = Callable[..., Crops]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """A plain autoencoder on one thread."""
    return Scorer.load(load_card("conv-wide"), "cpu", 1, 256)


@pytest.fixture(scope="module")
def marking() -> Scorer:
    """The model of the default settings, which marks lesions itself."""
    return Scorer.load(load_card("draem"), "cpu", 1, 256)


def same(one: Scores, other: Scores) -> bool:
    return all(
        np.array_equal(getattr(one, part), getattr(other, part), equal_nan=True)
        for part in ("scores", "embeddings", "boxes")
    )


def in_chunks(scorer: Scorer, crops: Crops, size: int) -> Scores:
    parts = [scorer.score(crops[start : start + size]) for start in range(0, len(crops), size)]
    return Scores(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.boxes for part in parts]),
    )


def test_scores_have_the_promised_shapes_and_types(scorer: Scorer, cells: Cells) -> None:
    result = scorer.score(cells(5))
    assert result.scores.shape == (5,)
    assert result.scores.dtype == np.float32
    assert result.embeddings.shape == (5, 64)
    assert result.embeddings.dtype == np.float16
    assert np.isfinite(result.scores).all()
    assert result.boxes.shape == (5, 4)
    assert result.boxes.dtype == np.uint8


@pytest.mark.parametrize("threads", [1, 2])
def test_no_cells_give_no_scores(cells: Cells, threads: int) -> None:
    result = Scorer.load(load_card("conv-wide"), "cpu", threads, 32).score(cells(3)[:0])
    assert result.scores.shape == (0,)
    assert result.embeddings.shape == (0, 64)
    assert result.boxes.shape == (0, 4)


@pytest.mark.parametrize("size", [1, 7, 32, 33, 64])
def test_a_score_has_the_same_bits_in_any_chunk(scorer: Scorer, cells: Cells, size: int) -> None:
    crops = cells(97)
    assert same(in_chunks(scorer, crops, size), scorer.score(crops))


def test_a_score_has_the_same_bits_in_any_place(scorer: Scorer, cells: Cells) -> None:
    crops, order = cells(97), np.random.default_rng(1).permutation(97)
    straight, shuffled = scorer.score(crops), scorer.score(crops[order])
    moved = Scores(straight.scores[order], straight.embeddings[order], straight.boxes[order])
    assert same(moved, shuffled)


@pytest.mark.parametrize("threads", [2, 3])
def test_a_score_has_the_same_bits_on_any_number_of_threads(
    scorer: Scorer, cells: Cells, threads: int
) -> None:
    crops = cells(200)
    other = Scorer.load(load_card("conv-wide"), "cpu", threads, 16)
    assert same(other.score(crops), scorer.score(crops))


def test_torch_keeps_its_threads_after_scoring(scorer: Scorer, cells: Cells) -> None:
    before = torch.get_num_threads()
    scorer.score(cells(3))
    assert torch.get_num_threads() == before


def test_a_lesion_raises_the_score(scorer: Scorer, cells: Cells, with_lesion: Cells) -> None:
    healthy = cells(16)
    assert (scorer.score(with_lesion(healthy)).scores > 2 * scorer.score(healthy).scores).all()


def test_the_box_is_around_the_lesion(marking: Scorer, cells: Cells, with_lesion: Cells) -> None:
    top, left, bottom, right = marking.score(with_lesion(cells(16))).boxes.T.astype(int)
    middles = np.stack([(top + bottom) / 2, (left + right) / 2])
    assert (np.hypot(*(middles - [[38], [24]])) < 3).all()
    assert (np.maximum(bottom - top, right - left) <= 16).all()


def test_a_crop_without_a_cell_is_unscored_and_its_neighbours_are_not(
    scorer: Scorer, cells: Cells
) -> None:
    crops = cells(3)
    crops[1] = 255
    result = scorer.score(crops)
    assert np.isnan(result.scores).tolist() == [False, True, False]
    assert np.isnan(result.embeddings[1]).all()
    assert result.boxes.any(1).tolist() == [True, False, True]


def test_a_speck_that_erosion_takes_away_is_unscored(scorer: Scorer) -> None:
    crops = np.full((1, 64, 64, 3), 255, np.uint8)
    crops[0, 30:33, 30:33] = 120
    assert np.isnan(scorer.score(crops).scores[0])


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((2, 64, 64, 1), np.uint8),
        np.zeros((2, 32, 32, 3), np.uint8),
        np.zeros((64, 64, 3), np.uint8),
        np.zeros((2, 64, 64, 3), np.float32),
    ],
    ids=["grey", "small", "single", "float"],
)
def test_crops_that_do_not_fit_are_refused(scorer: Scorer, crops: NDArray[np.generic]) -> None:
    with pytest.raises(CropError, match="the model takes uint8"):
        scorer.score(crops)


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cuda:", "cuda:-1", "cpu:0", ""])
def test_an_unknown_device_is_refused(device: str) -> None:
    with pytest.raises(DeviceError, match="unknown; use auto, cpu, cuda or cuda:N"):
        resolve_device(device)


def test_a_cuda_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeviceError, match="cuda:64: "):
        resolve_device("cuda:64")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_scores_like_the_cpu(scorer: Scorer, cells: Cells) -> None:
    crops = cells(70)
    on_cuda = Scorer.load(load_card("conv-wide"), "cuda", None, 32)
    np.testing.assert_allclose(on_cuda.score(crops).scores, scorer.score(crops).scores, rtol=1e-2)
    assert same(in_chunks(on_cuda, crops, 9), on_cuda.score(crops))


def spoilt(tmp_path: Path, weights: bytes, **changes: object) -> Artefact:
    """A copy of the shipped artefact with other weights, named rightly by its card."""
    folder = Path(shutil.copytree(SHIPPED / "conv-wide", tmp_path / "spoilt"))
    digest = hashlib.sha256(weights).hexdigest()
    card = load_card("conv-wide").card
    card = msgspec.structs.replace(card, weights_sha256=digest, **changes)
    (folder / WEIGHTS_FILE).write_bytes(weights)
    (folder / CARD_FILE).write_text(dump_card(card), "utf-8")
    return load_card(str(folder))


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    weights = build("conv-wide").state_dict()
    weights["decoder.2.bias"][1] = torch.nan
    artefact = spoilt(tmp_path, safetensors.torch.save(weights))
    with pytest.raises(ArtefactError, match=r"decoder\.2\.bias holds values that are not finite"):
        Scorer.load(artefact, "cpu", 1, 32)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    artefact = spoilt(tmp_path, safetensors.torch.save({"other": torch.ones(2)}))
    with pytest.raises(ArtefactError, match="does not fit architecture conv-wide"):
        Scorer.load(artefact, "cpu", 1, 32)


def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path) -> None:
    artefact = spoilt(tmp_path, b"no weights at all")
    with pytest.raises(ArtefactError, match="does not fit architecture conv-wide"):
        Scorer.load(artefact, "cpu", 1, 32)


def test_an_unknown_architecture_is_refused_with_the_nearest(tmp_path: Path) -> None:
    weights = load_card("conv-wide").read_weights()
    artefact = spoilt(tmp_path, weights, architecture="conv-wider")
    with pytest.raises(UnknownModelError, match="conv-wider: unknown; did you mean conv-wide"):
        Scorer.load(artefact, "cpu", 1, 32)
