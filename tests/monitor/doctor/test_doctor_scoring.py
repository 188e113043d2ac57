"""Checks of torch, its device and the model."""

import shutil
from pathlib import Path

import pytest

from config import Settings, load
from monitor.doctor.scoring import device, model
from workers.artefact import SHIPPED
from workers.card import WEIGHTS_FILE


def settings_with(**values: str) -> Settings:
    return load(None, {key.replace("__", "."): value for key, value in values.items()}, {})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED / "draem", tmp_path / "model"))


def test_the_cpu_computes() -> None:
    result = device(settings_with(worker__device="cpu"), Path("/no/driver"))
    assert result.state == "ok"
    assert "cpu" in result.found


def test_a_device_that_is_not_there_fails() -> None:
    result = device(settings_with(worker__device="cuda:99"))
    assert result.state == "failed"
    assert "cuda:99" in result.found
    assert "worker.device" in str(result.cure)


def test_the_shipped_model_scores() -> None:
    result = model(settings_with(worker__device="cpu"))
    assert result.state == "ok"
    assert "draem-" in result.found


def test_a_model_without_weights_fails(copy: Path) -> None:
    (copy / WEIGHTS_FILE).unlink()
    result = model(settings_with(worker__device="cpu", model__artefact=str(copy)))
    assert result.state == "failed"
    assert str(copy / WEIGHTS_FILE) in result.found
    assert "model.artefact" in str(result.cure)


def test_a_model_with_truncated_weights_fails(copy: Path) -> None:
    weights = copy / WEIGHTS_FILE
    weights.write_bytes(weights.read_bytes()[:-100])
    result = model(settings_with(worker__device="cpu", model__artefact=str(copy)))
    assert result.state == "failed"
    assert "truncated" in result.found


def test_an_unknown_model_fails_with_the_nearest(tmp_path: Path) -> None:
    result = model(settings_with(model__artefact="conv-wyde"))
    assert result.state == "failed"
    assert "conv-wide" in result.found
