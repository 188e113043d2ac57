"""Where a training stands after an epoch, in a file from which it goes on.

One safetensors file, so that reading it executes nothing; what is no tensor stands in its
header as JSON.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from config import SmearwatchError
from workers.training.curves import Epoch

Weights = dict[str, Tensor]


class ProgressError(SmearwatchError):
    """A saved training is broken, or of another training than this one."""


@dataclass(slots=True)
class Progress:
    """All that changes while a network learns.

    Attributes
    ----------
    network, optimiser, schedule
        What learns, and how; changed in place.
    best
        Weights of the best epoch so far.
    epochs
        Losses so far.
    """

    network: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.OneCycleLR
    best: Weights
    epochs: list[Epoch]

    def save(self, path: Path, training: str) -> None:
        """Write all to ``path``, whole or not at all.

        Parameters
        ----------
        path
            File to write; an older one is replaced.
        training
            What is trained on what, and how, in one line: another training cannot go on.
        """
        header = {
            "training": training,
            "epochs": json.dumps(self.epochs),
            "schedule": json.dumps(self.schedule.state_dict()),
            "rates": json.dumps([group["lr"] for group in self.optimiser.param_groups]),
        }
        partial = path.with_name(f"{path.name}.partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        safetensors.torch.save_file(self._tensors(), partial, header)
        partial.replace(path)

    def _tensors(self) -> Weights:
        moments = {
            f"optimiser.{place}.{name}": value
            for place, state in self.optimiser.state_dict()["state"].items()
            for name, value in state.items()
        }
        weights = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        best = {f"best.{name}": value for name, value in self.best.items()}
        everything = {**moments, **weights, **best}
        # clone: safetensors takes no views, and no two names for one memory.
        return {name: value.detach().contiguous().clone() for name, value in everything.items()}

    def restore(self, path: Path, training: str) -> None:
        """Go on from a file of :meth:`save`.

        Raises
        ------
        ProgressError
            The file is broken or of another training.
        """
        header, tensors = _read(path)
        if header.get("training") != training:
            raise ProgressError(
                f"{path}: of another training ({header.get('training')}), not of this one "
                f"({training}); remove it or name another file"
            )
        self.network.load_state_dict(_below("network.", tensors))
        self.best = _below("best.", tensors)
        self._restore_optimiser(_below("optimiser.", tensors), json.loads(header["rates"]))
        self.schedule.load_state_dict(json.loads(header["schedule"]))
        self.epochs = [Epoch(*losses) for losses in json.loads(header["epochs"])]

    def _restore_optimiser(self, moments: Weights, rates: list[float]) -> None:
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in moments.items():
            place, _, moment = name.partition(".")
            state.setdefault(int(place), {})[moment] = value
        groups = self.optimiser.state_dict()["param_groups"]
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})


def _read(path: Path) -> tuple[dict[str, Any], Weights]:
    try:
        with safe_open(path, "pt") as file:
            return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        problem = str(error).splitlines()[0]
        raise ProgressError(
            f"{path}: no saved training ({problem}); remove it to start anew"
        ) from error


def _below(prefix: str, tensors: Weights) -> Weights:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
