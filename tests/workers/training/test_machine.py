"""Several processes train together: shares, and the same weights in each."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from workers.device import DeviceError
from workers.training.machine import Machine, machine

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[3]


SCRIPT = """
import sys
import numpy as np
import torch
from pathlib import Path
from workers.card import Normalisation
from workers.models import build
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.fit_settings import FitSettings
from workers.training.machine import machine
from workers.training.task import CellTask

folder = Path(sys.argv[1])
torch.set_num_threads(1)
torch.manual_seed(0)
network = build(sys.argv[2], size=32, **({"filters": (4, 4)} if sys.argv[2] == "draem" else {}))
crops = np.random.default_rng(0).integers(0, 250, (40, 32, 32, 3), np.uint8)
task = CellTask(Normalisation("cell-mean", 64.0), 255)
with machine("cpu") as here:
    ill = np.arange(40) % 2 == 0
    labels = sys.argv[2] != "draem"
    examples = Examples.of([(crops, ill if labels else np.zeros(40, bool))])
    how = FitSettings(epochs=4 if labels else 2, batch_size=8, patience=1)
    fit(network, examples, examples, task, how, folder / "saved", here)
    torch.save(network.state_dict(), folder / f"{here.rank}.pt")
"""


def started(rank: int, port: int, folder: Path, family: str) -> subprocess.Popen[bytes]:
    """One of two processes, as torchrun starts them."""
    more = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2"}
    environ = {**os.environ, **more, "RANK": str(rank), "LOCAL_RANK": str(rank)}
    command = [sys.executable, "-c", SCRIPT, str(folder), family]
    return subprocess.Popen(command, env=environ, cwd=ROOT)


def test_two_processes_end_with_the_same_weights_and_one_of_them_saves(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    both = [started(rank, port, tmp_path, "draem") for rank in (0, 1)]
    assert [process.wait(100) for process in both] == [0, 0]
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    # Statistics of batch normalisation are each process's own; what was learned is shared.
    learned = [name for name in first if "running_" not in name]
    assert all(torch.equal(first[name], second[name]) for name in learned)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pt", "1.pt", "saved"]


@pytest.mark.parametrize("count", [0, 1, 7, 12])
def test_shares_are_equally_long_and_no_example_is_in_two(count: int) -> None:
    order = np.random.default_rng(0).permutation(count)
    shares = [Machine(CPU, rank, 3).share(order) for rank in range(3)]
    assert [len(share) for share in shares] == [count // 3] * 3
    assert len(set(np.concatenate(shares).tolist())) == 3 * (count // 3)


def test_alone_it_takes_every_example_and_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with machine("cpu", {}) as here:
        assert here.leads
        assert here.share(np.arange(5)).tolist() == [0, 1, 2, 3, 4]


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeviceError, match="device cuda:99"), machine("cuda:99", {}):
        pass


@pytest.mark.parametrize(
    ("environ", "message"),
    [({"WORLD_SIZE": "2"}, "start with torchrun"), ({"WORLD_SIZE": "two"}, "whole number")],
)
def test_what_torchrun_should_have_said_is_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(DeviceError, match=message), machine("cpu", environ):
        pass
