"""One loop fits every family: it learns, stops, resumes and refuses."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from workers.inputs import Inputs
from workers.models import FAMILIES, build, learns_from
from workers.training.curves import CurvesError, Epoch, plot_curves, read_curves, write_curves
from workers.training.epoch import LossError
from workers.training.examples import Examples
from workers.training.fit import FitError, fit
from workers.training.fit_settings import FitSettings
from workers.training.order import order_of
from workers.training.progress import ProgressError
from workers.training.task import Batch, with_noise

SIZE = 32
HOW = FitSettings(epochs=4, batch_size=16)


class BarTask:
    """Bars as they are, on demand noisy or with a bright patch in every other one."""

    def __init__(self, noise: float = 0.0, patches: float = 0.0) -> None:
        self.noise = noise
        self.patches = patches

    def __repr__(self) -> str:
        return f"BarTask({self.noise}, {self.patches})"

    def plain(self, crops: np.ndarray) -> Inputs:
        pixels = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255
        return Inputs(pixels, torch.ones(len(crops), 1, SIZE, SIZE))

    def batch(
        self, crops: np.ndarray, anomalous: np.ndarray, generator: torch.Generator, vary: bool
    ) -> Batch:
        clean = self.plain(crops)
        patches = torch.zeros_like(clean.mask)
        patches[::2, :, 4:8, 4:8] = torch.from_numpy(~anomalous[::2]).float()[:, None, None, None]
        seen = clean.pixels + self.patches * patches
        if self.noise and vary:
            seen = with_noise(seen, clean.mask, self.noise, generator)
        return Batch(seen, clean, patches if self.patches else None)


TASK = BarTask()


def drawn(count: int, seed: int, share: float = 0.0) -> Examples:
    """Soft vertical bars; an anomaly is a bar that lies down."""
    chance = np.random.default_rng(seed)
    place = chance.uniform(8, 24, (count, 1, 1))
    bars = 255 * np.exp(-(((np.arange(SIZE)[None, None] - place) / 3) ** 2))
    crops = np.broadcast_to(bars, (count, SIZE, SIZE)).astype(np.uint8)[..., None].copy()
    anomalous = np.arange(count) < share * count
    crops[anomalous] = crops[anomalous].swapaxes(1, 2)
    return Examples.of([(crops, anomalous)])


def network(name: str = "conv", seed: int = 0, **more: object) -> nn.Module:
    torch.manual_seed(seed)
    small = {"filters": (4, 4)} if "filters" in FAMILIES[name].config.__dataclass_fields__ else {}
    return build(name, **{"size": SIZE, "channels": 1, **small, **more})


def fitted(
    net: nn.Module, how: FitSettings, saved: Path | None = None, task: BarTask = TASK
) -> list[Epoch]:
    share = 0.5 if learns_from(net) == "labels" else 0.0
    return fit(net, drawn(48, 0, share), drawn(16, 1, share), task, how, saved)


def same(first: nn.Module, second: nn.Module) -> bool:
    ours, theirs = first.state_dict(), second.state_dict()
    return all(torch.equal(ours[key], theirs[key]) for key in ours)


class _StopError(Exception):
    pass


def stopping_after(net: nn.Module, calls: int) -> nn.Module:
    """The same network, which fails as if by Ctrl-C at a later call."""
    left = [calls]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise _StopError

    net.register_forward_pre_hook(count)
    return net


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in ("vgg16", "resnet34")])
def test_every_family_learns_by_the_same_loop(name: str) -> None:
    share = 0.0 if FAMILIES[name].learns_from == "healthy" else 0.5
    training, validation = drawn(48, 0, share), drawn(16, 1, share)
    task = BarTask(patches=1.0 if name.startswith("draem") else 0.0)
    losses = fit(network(name), training, validation, task, HOW)
    assert losses[-1].training < losses[0].training
    assert min(losses[1:]).validation < losses[0].validation


def test_a_classifier_tells_labelled_examples_apart() -> None:
    net = network("cnn-base")
    how = FitSettings(epochs=12, batch_size=16, learning_rate=1e-2)
    fit(net, drawn(64, 0, 0.25), drawn(16, 1, 0.5), TASK, how)
    unseen = drawn(32, 2, 0.5)
    with torch.no_grad():
        logit = net.eval()(TASK.plain(unseen.crops).pixels).logit
    assert ((logit > 0).numpy() == unseen.anomalous).mean() > 0.9


def test_deep_sad_pushes_labelled_anomalies_away() -> None:
    net = network("deep-sad", features=4)
    how = FitSettings(epochs=20, batch_size=16, learning_rate=1e-2)
    fit(net, drawn(64, 0, 0.25), drawn(16, 1, 0.25), TASK, how)
    unseen = drawn(32, 2, 0.5)
    with torch.no_grad():
        distance = net.eval()(TASK.plain(unseen.crops).pixels).distance
    ill = torch.from_numpy(unseen.anomalous)
    assert distance[ill].min() > distance[~ill].max()


def test_the_centre_is_placed_by_healthy_examples_alone() -> None:
    first, second = network("deep-sad"), network("deep-sad")
    once = FitSettings(epochs=1)
    mixed = drawn(48, 0, 0.25)
    fit(first, mixed, drawn(16, 1), TASK, once)
    healthy = Examples.healthy(mixed.crops[~mixed.anomalous])
    fit(second, healthy, drawn(16, 1), TASK, once)
    torch.testing.assert_close(first.centre, second.centre)


@pytest.mark.parametrize("name", ["conv", "se-cnn", "svdd"])
@pytest.mark.parametrize("epochs", [1, 2])
def test_a_training_that_was_stopped_ends_with_the_same_weights(
    name: str, epochs: int, tmp_path: Path
) -> None:
    saved = tmp_path / "training.safetensors"
    how = FitSettings(epochs=4, batch_size=16)
    undisturbed, stopped, resumed = (network(name) for _ in range(3))
    losses = fitted(undisturbed, how, task=BarTask(0.1))
    calls_an_epoch = 3 + 1
    before = 1 if name == "svdd" else 0
    with pytest.raises(_StopError):
        fitted(
            stopping_after(stopped, before + epochs * calls_an_epoch + 1), how, saved, BarTask(0.1)
        )
    assert fitted(resumed, how, saved, BarTask(0.1)) == losses
    assert same(resumed, undisturbed)
    assert not same(stopped, undisturbed)
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]


def test_a_training_that_is_over_is_not_trained_on(tmp_path: Path) -> None:
    saved = tmp_path / "training.safetensors"
    first, again = network(), network(seed=1)
    losses = fitted(first, HOW, saved)
    before = saved.stat().st_mtime_ns
    assert fitted(again, HOW, saved) == losses
    assert same(first, again)
    assert saved.stat().st_mtime_ns == before


def test_the_state_of_another_training_is_refused_and_left_alone(tmp_path: Path) -> None:
    saved = tmp_path / "training.safetensors"
    fitted(network(), FitSettings(epochs=1), saved)
    before = saved.read_bytes()
    with pytest.raises(ProgressError, match="of another training") as caught:
        fitted(network(), HOW, saved)
    assert "\n" not in str(caught.value)
    with pytest.raises(ProgressError, match="of another training"):
        fitted(network("denoise"), FitSettings(epochs=1), saved)
    assert saved.read_bytes() == before


def test_a_truncated_state_is_refused(tmp_path: Path) -> None:
    saved = tmp_path / "training.safetensors"
    fitted(network(), HOW, saved)
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(ProgressError, match=r"no saved training .* remove it to start anew"):
        fitted(network(), HOW, saved)


def test_it_stops_early_and_keeps_the_best_weights() -> None:
    net = network()
    how = FitSettings(epochs=30, patience=2, batch_size=16, learning_rate=0.5)
    losses = fitted(net, how)
    best = min(range(len(losses)), key=lambda number: losses[number].validation)
    assert len(losses) == best + 1 + how.patience < how.epochs
    with torch.no_grad():
        inputs = TASK.batch(drawn(16, 1).crops, np.zeros(16, bool), torch.Generator(), False)
        error = (net.eval()(inputs.seen).reconstruction - inputs.clean.pixels).square().mean()
    assert error.item() == pytest.approx(losses[best].validation, rel=1e-4)


@pytest.mark.parametrize("loss", ["mse", "mae", "ssim"])
def test_every_loss_makes_the_reconstruction_better(loss: str) -> None:
    how = FitSettings(
        epochs=6,
        batch_size=8,
        loss=loss,
        value_range=1.0,
        learning_rate=1e-2,
    )
    losses = fitted(network(filters=(8, 8)), how)
    assert losses[-1].validation < 0.9 * losses[0].validation


def test_the_sampler_shows_both_kinds_equally_often() -> None:
    training = drawn(400, 0, 0.05)
    order = order_of(training, FitSettings(anomalous_share=0.5), torch.Generator())
    assert len(order) == len(training)
    assert 0.4 < training.anomalous[order].mean() < 0.6


def test_small_sets_are_shown_as_often_as_large_ones() -> None:
    few, many = drawn(40, 0, 0.5), drawn(360, 1, 0.1)
    training = Examples.of([(part.crops, part.anomalous) for part in (few, many)])
    how = FitSettings(examples_an_epoch=1000, anomalous_share=0.2)
    order = order_of(training, how, torch.Generator())
    assert len(order) == 1000
    assert 0.4 < training.sets[order].mean() < 0.6
    assert 0.15 < training.anomalous[order].mean() < 0.25


def test_each_example_is_shown_once_where_nothing_else_is_asked_for() -> None:
    order = order_of(drawn(40, 0), FitSettings(), torch.Generator())
    assert sorted(order.tolist()) == list(range(40))


def test_class_weights_make_anomalies_count_more() -> None:
    def logits(weight: float) -> float:
        net = network("cnn-gap", dropout=0.0)
        how = FitSettings(epochs=5, batch_size=16, class_weights=(1.0, weight))
        fit(net, drawn(48, 0, 0.25), drawn(16, 1, 0.25), TASK, how)
        with torch.no_grad():
            return float(net.eval()(TASK.plain(drawn(16, 2, 0.5).crops).pixels).logit.mean())

    assert logits(20.0) > logits(1.0) + 0.1


def test_a_loss_that_is_not_finite_ends_the_training() -> None:
    net = network()
    with torch.no_grad():
        net.decoder[0][0].weight[0, 0, 0, 0] = torch.nan
    with pytest.raises(LossError, match="the loss is nan; lower the learning rate"):
        fitted(net, HOW)


def test_no_examples_are_refused() -> None:
    with pytest.raises(FitError, match="validation: no examples"):
        fit(network(), drawn(4, 0), drawn(0, 0), TASK, HOW)


@pytest.mark.parametrize(
    ("name", "share", "said"),
    [
        ("conv", 0.25, "2 of 8 examples are anomalous, but this network learns from healthy ones"),
        ("svdd", 0.25, "2 of 8 examples are anomalous"),
        ("cnn-gap", 0.0, "no anomalous examples; a supervised network needs both"),
        ("cnn-gap", 1.0, "no healthy examples; a supervised network needs both"),
    ],
)
def test_examples_of_the_wrong_kind_are_refused(name: str, share: float, said: str) -> None:
    with pytest.raises(FitError, match=said):
        fit(network(name), drawn(8, 0, share), drawn(4, 1), TASK, HOW)


def test_curves_are_written_as_a_table_and_drawn(tmp_path: Path) -> None:
    epochs = [Epoch(0.5, 0.6), Epoch(0.25, 0.3)]
    write_curves(epochs, tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(newline="") as table:
        assert list(csv.reader(table)) == [
            ["epoch", "training", "validation"],
            ["1", "0.5", "0.6"],
            ["2", "0.25", "0.3"],
        ]
    assert read_curves(tmp_path / "curves.csv") == epochs
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CurvesError, match="no losses of a training"):
        read_curves(tmp_path / "other.csv")
    pytest.importorskip("matplotlib", reason="plots are an extra: pip install smearwatch[plots]")
    plot_curves(epochs, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
