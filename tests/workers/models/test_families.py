"""Every family takes the same inputs and gives the same kind of output."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from workers.models import (
    FAMILIES,
    InputShapeError,
    NetworkConfigError,
    Output,
    UnknownModelError,
    build,
)
from workers.models.pretrained import PretrainedError

SIZE = 32
W = ("weight", "bias")
AUTOENCODERS = ["conv", "conv-wide", "denoise", "superres", "memory", "draem", "draem-few"]
CLASSIFIERS = [name for name, family in FAMILIES.items() if family.learns_from == "labels"]


def looked_at(network: nn.Module, inputs: torch.Tensor) -> Output:
    with torch.no_grad():
        output = network.eval()(inputs)
    assert isinstance(output, Output)
    return output


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(("size", "channels"), [(SIZE, 3), (28, 1)])
def test_every_network_gives_a_row_for_every_input(name: str, size: int, channels: int) -> None:
    network = build(name, size=size, channels=channels)
    inputs = torch.randn(2, channels, size, size)
    output = looked_at(network, inputs)
    assert output.embedding.shape[0] == 2
    assert output.embedding.ndim == 2
    for part in (output.penalty, output.distance, output.logit):
        assert part is None or part.shape == (2,)
    assert (output.reconstruction is not None) == (name in AUTOENCODERS)
    assert (output.logit is not None) == (name in CLASSIFIERS)
    assert (output.anomaly is not None) == name.startswith("draem")
    if output.reconstruction is not None:
        assert output.reconstruction.shape == inputs.shape
    if output.anomaly is not None:
        assert output.anomaly.shape == (2, 1, size, size)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_weight_learns(name: str) -> None:
    torch.manual_seed(0)
    network = build(name, size=SIZE).train()
    output = network(torch.randn(4, 3, SIZE, SIZE))
    given = [output.reconstruction, output.distance, output.logit, output.anomaly]
    torch.autograd.backward(sum(part.square().sum() for part in given if part is not None))
    lost = [key for key, values in network.named_parameters() if not values.grad.abs().sum() > 0]
    assert not lost


@pytest.mark.parametrize("name", FAMILIES)
def test_inputs_of_another_shape_are_refused_in_one_line(name: str) -> None:
    network = build(name, size=SIZE)
    for shape in ((2, 1, SIZE, SIZE), (2, 3, SIZE, 16), (3, SIZE, SIZE)):
        with pytest.raises(InputShapeError, match=r"the network takes \(n, 3, 32, 32\)") as caught:
            network(torch.zeros(shape))
        assert "\n" not in str(caught.value)


def test_the_weights_of_conv_wide_keep_their_names() -> None:
    encoder = [f"encoder.{i}.{n}.{w}" for i, n in ((0, 0), (1, 0), (2, 0)) for w in W]
    looking = [f"encoder.3.{w}" for w in W]
    decoder = [f"decoder.{i}.0.{w}" for i in (0, 1) for w in W] + [f"decoder.2.{w}" for w in W]
    assert list(build("conv-wide").state_dict()) == encoder + looking + decoder


def test_an_unknown_family_or_setting_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownModelError, match="did you mean resnet34"):
        build("resnet50")
    with pytest.raises(NetworkConfigError, match="did you mean filters"):
        build("conv", filter=(1, 2))


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("conv", {"channels": 0}, "channels 0 is too small"),
        ("conv", {"filters": ()}, "filters is empty"),
        ("conv", {"filters": (8, 0)}, "too small"),
        ("conv", {"activity_l1": float("nan")}, "finite number"),
        ("memory", {"shrinkage": -1.0}, "finite number"),
        ("superres", {"filters": (8, 8, 8)}, "2 are needed"),
    ],
)
def test_a_configuration_without_sense_is_refused(name: str, wrong: dict, said: str) -> None:
    with pytest.raises(NetworkConfigError, match=said):
        build(name, **wrong)


def test_activity_is_penalised_where_asked_for() -> None:
    inputs = torch.randn(3, 3, SIZE, SIZE)
    assert looked_at(build("conv", size=SIZE), inputs).penalty is None
    torch.manual_seed(0)
    light = looked_at(build("conv", size=SIZE, activity_l1=0.5), inputs).penalty
    torch.manual_seed(0)
    heavy = looked_at(build("conv", size=SIZE, activity_l1=1.0), inputs).penalty
    assert (light > 0).all()
    torch.testing.assert_close(heavy, 2 * light)


def test_a_relu_output_rebuilds_nothing_below_zero() -> None:
    inputs = torch.randn(3, 3, SIZE, SIZE)
    relu = build("conv-wide", size=SIZE, output="relu")
    linear = build("conv-wide", size=SIZE)
    linear.load_state_dict(relu.state_dict())
    rebuilt = looked_at(linear, inputs).reconstruction
    assert (rebuilt < 0).any()
    torch.testing.assert_close(looked_at(relu, inputs).reconstruction, rebuilt.relu())


def test_superres_sees_the_pooled_picture_alone() -> None:
    network = build("superres", size=SIZE)
    first = torch.rand(1, 3, SIZE, SIZE)
    blocks = first.unfold(2, 4, 4).unfold(3, 4, 4).amax((4, 5))
    flat = blocks.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert not torch.equal(first, flat)
    rebuilt = looked_at(network, first).reconstruction
    assert torch.equal(rebuilt, looked_at(network, flat).reconstruction)
    flat[0, 0, 0, 0] += 1
    assert not torch.equal(rebuilt, looked_at(network, flat).reconstruction)


@pytest.mark.parametrize("name", ["vgg16", "resnet34"])
def test_pretrained_features_are_read_and_frozen(name: str, tmp_path: Path) -> None:
    path = tmp_path / "features.safetensors"
    torch.manual_seed(1)
    source = build(name, size=SIZE).features.state_dict()
    save_file({**source, "fc.weight": torch.zeros(1000, 512)}, path)
    network = build(name, size=SIZE, weights=path, frozen=True).train()
    assert all(torch.equal(network.features.state_dict()[key], source[key]) for key in source)
    learning = [key for key, values in network.named_parameters() if values.requires_grad]
    assert learning == ["head.weight", "head.bias"]
    network(torch.randn(4, 3, SIZE, SIZE))
    assert all(torch.equal(network.features.state_dict()[key], source[key]) for key in source)


def test_features_have_the_names_of_torchvision() -> None:
    vgg = build("vgg16").features.state_dict()
    assert {"features.0.weight", "features.28.bias"} <= set(vgg)
    resnet = build("resnet34").features.state_dict()
    assert {"conv1.weight", "layer2.0.downsample.1.running_var", "layer4.2.bn2.bias"} <= set(resnet)
    assert sum(values.numel() for values in build("vgg16").features.parameters()) == 14_714_688
    assert sum(values.numel() for values in build("resnet34").features.parameters()) == 21_284_672


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    with pytest.raises(PretrainedError, match="no safetensors file"):
        build("vgg16", weights=path)
    path.write_bytes(b"\x80\x02pickled")
    with pytest.raises(PretrainedError, match="converted where it is"):
        build("vgg16", weights=path)
    save_file(dict(build("vgg16", channels=1).features.state_dict()), path)
    with pytest.raises(PretrainedError, match=r"features.0.weight is \(64, 1, 3, 3\)"):
        build("vgg16", weights=path)
    with pytest.raises(PretrainedError, match=r"conv1.weight is missing"):
        build("resnet34", weights=path)
