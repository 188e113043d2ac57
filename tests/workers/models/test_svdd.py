"""The hypersphere: where its centre lies, and what distance means."""

import torch

from workers.models import build
from workers.models.svdd import LEAST_COMPONENT


def test_no_component_of_the_centre_collapses_to_zero() -> None:
    network = build("svdd", size=16, features=4)
    embeddings = torch.tensor([[0.0, -1e-6, 1e-3, -3.0], [0.0, -1e-6, 1e-3, -5.0]])
    network.place_centre(embeddings)
    least = LEAST_COMPONENT
    torch.testing.assert_close(network.centre, torch.tensor([least, -least, least, -4.0]))
    assert "centre" in network.state_dict()


def test_a_network_never_placed_has_no_zero_centre_either() -> None:
    assert (build("deep-sad").centre.abs() >= LEAST_COMPONENT).all()


def test_distance_is_squared_and_from_the_centre() -> None:
    torch.manual_seed(0)
    network = build("svdd", size=16, channels=1, features=4)
    output = network(torch.randn(3, 1, 16, 16))
    expected = ((output.embedding - network.centre) ** 2).sum(1)
    torch.testing.assert_close(output.distance, expected)


def test_no_bias_lets_the_network_map_all_inputs_to_one_point() -> None:
    for name in ("svdd", "deep-sad"):
        network = build(name)
        assert not [key for key, _ in network.named_parameters() if key.endswith("bias")]
        assert network(torch.zeros(1, 3, 64, 64)).embedding.abs().sum() == 0
