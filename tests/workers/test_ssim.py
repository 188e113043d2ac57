"""Structural similarity is that of scikit-image."""

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity

from workers.ssim import RADIUS_PX, ssim_map


@pytest.mark.parametrize("value_range", [1.0, 4.0])
def test_it_equals_that_of_scikit_image(value_range: float) -> None:
    chance = np.random.default_rng(0)
    first = chance.uniform(0, value_range, (3, 32, 40))
    second = np.clip(first + chance.normal(0, 0.2 * value_range, first.shape), 0, value_range)
    mean, whole = structural_similarity(
        first,
        second,
        data_range=value_range,
        channel_axis=0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    inner = (..., slice(RADIUS_PX, -RADIUS_PX), slice(RADIUS_PX, -RADIUS_PX))
    ours = ssim_map(torch.tensor(first)[None], torch.tensor(second)[None], value_range)[0].numpy()
    np.testing.assert_allclose(ours[inner], whole[inner], atol=1e-9)
    assert ours[inner].mean() == pytest.approx(mean, abs=1e-9)
    assert mean < 0.9


def test_a_picture_is_like_itself_up_to_the_border() -> None:
    picture = torch.rand(2, 1, 16, 16)
    torch.testing.assert_close(ssim_map(picture, picture, 1.0), torch.ones(2, 1, 16, 16))
