"""Checks of what a worker needs: torch, its device and the model.

What needs torch is imported within the checks, so that a torch that cannot be imported is a
failed check.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.doctor.check import Finding, check
from workers.artefact import load_card
from workers.messages import CROP_SHAPE

if TYPE_CHECKING:
    from workers.probe import TorchProbe

GIB = 1 << 30
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
BACKGROUND = 255
CELL_RGB = (206, 148, 152)
CELL_RADIUS_PX = 24


@check("device", "set worker.device to auto or cpu, or mend the GPU's driver (nvidia-smi)")
def device(settings: Settings, driver: Path = NVIDIA_DRIVER) -> Finding:
    """Check that torch computes on the device of ``worker.device``."""
    from workers.probe import probe_torch  # noqa: PLC0415

    probe = probe_torch(settings.worker.device)
    if probe.cuda is None and driver.exists():
        cure = "install a torch built for CUDA to use it: pip install --force-reinstall torch"
        return Finding("note", f"{_said(probe)}; the NVIDIA GPU here stays unused", cure)
    return Finding("ok", _said(probe))


def _said(probe: "TorchProbe") -> str:
    said = f"torch {probe.version} on {probe.device}"
    if probe.device_name is None or probe.memory_bytes is None:
        return said
    return f"{said}, {probe.device_name}, {probe.memory_bytes / GIB:.0f} GiB"


@check("model", "set model.artefact to a shipped model or a whole folder, or install again")
def model(settings: Settings) -> Finding:
    """Check that the model loads and scores a cell."""
    from workers.score import Scorer  # noqa: PLC0415

    artefact = load_card(settings.model.artefact)
    scorer = Scorer.load(artefact, settings.worker.device, 1, 1)
    score = float(scorer.score(_plain_cell()[None]).scores[0])
    if not math.isfinite(score):
        return Finding(
            "failed",
            f"{artefact.model_id} in {artefact.folder} gives a plain cell no score",
            "train it again, or set model.artefact to a shipped model",
        )
    return Finding("ok", f"{artefact.model_id} scores a plain cell {score:.3g}")


def _plain_cell() -> NDArray[np.uint8]:
    """Draw the crop of an even cell, (64, 64, 3) uint8."""
    crop = np.full(CROP_SHAPE, BACKGROUND, np.uint8)
    rows, columns = np.indices(CROP_SHAPE[:2])
    centre = (CROP_SHAPE[0] - 1) / 2
    crop[(rows - centre) ** 2 + (columns - centre) ** 2 <= CELL_RADIUS_PX**2] = CELL_RGB
    return crop
