"""Sub-pixel convolution is a transposed convolution."""

import pytest
import torch
from torch import nn

from workers.models.sub_pixel import SubPixelUp


@pytest.mark.parametrize(("inside", "outside"), [(16, 3), (2, 1), (3, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_it_gives_what_a_transposed_convolution_gives(inside: int, outside: int, bias: bool):
    torch.manual_seed(0)
    plain = nn.ConvTranspose2d(inside, outside, 4, stride=2, padding=1, bias=bias)
    fast = SubPixelUp(inside, outside, 4, stride=2, padding=1, bias=bias)
    fast.load_state_dict(plain.state_dict())
    pixels = torch.randn(2, inside, 5, 7)
    torch.testing.assert_close(fast(pixels), plain(pixels))


def test_its_gradients_are_those_of_a_transposed_convolution():
    torch.manual_seed(0)
    plain = nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1)
    fast = SubPixelUp(4, 3, 4, stride=2, padding=1)
    fast.load_state_dict(plain.state_dict())
    pixels = torch.randn(2, 4, 6, 6)
    for layer in (plain, fast):
        torch.autograd.backward(layer(pixels).square().sum())
    torch.testing.assert_close(fast.weight.grad, plain.weight.grad)
    torch.testing.assert_close(fast.bias.grad, plain.bias.grad)
