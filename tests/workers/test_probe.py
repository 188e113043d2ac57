"""Looking at torch and its device."""

import pytest
import torch

from workers.device import DeviceError
from workers.probe import probe_torch


def test_the_cpu_is_found_and_computes() -> None:
    probe = probe_torch("cpu")
    assert probe.device == "cpu"
    assert probe.version == torch.__version__
    assert probe.memory_bytes is None


def test_auto_is_the_device_that_a_worker_would_use() -> None:
    assert probe_torch("auto").device == ("cuda:0" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("device", ["cuda:99", "tpu"])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(DeviceError, match=device):
        probe_torch(device)
