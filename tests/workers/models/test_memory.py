"""The memory addresses few items, rebuilds from them alone, and learns."""

import pytest
import torch

from workers.models import build
from workers.models.memory import Memory


@pytest.fixture
def memory() -> Memory:
    torch.manual_seed(0)
    return Memory(items=50, features=8, shrinkage=0.04)


def strong_queries(memory: Memory) -> torch.Tensor:
    return 4 * torch.randn(30, memory.items.shape[1])


def test_addressing_sums_to_one_and_is_sparse(memory: Memory) -> None:
    queries = strong_queries(memory)
    weights = memory.address(queries)
    torch.testing.assert_close(weights.sum(-1), torch.ones(30))
    assert (weights >= 0).all()
    soft = torch.softmax(queries @ memory.items.T, -1)
    assert torch.equal(weights > 0, soft > memory.shrinkage)
    assert (weights == 0).float().mean() > 0.5


def test_addressing_follows_the_formula_of_the_paper(memory: Memory) -> None:
    queries = strong_queries(memory)
    soft = torch.softmax(queries @ memory.items.T, -1)
    kept = torch.where(soft > memory.shrinkage, soft, torch.zeros(()))
    torch.testing.assert_close(memory.address(queries), kept / kept.sum(-1, keepdim=True))


def test_a_query_that_matches_nothing_is_answered_by_all_and_learns(memory: Memory) -> None:
    query = torch.zeros(1, 8, requires_grad=True)
    weights = memory.address(query)
    torch.testing.assert_close(weights, torch.full((1, 50), 1 / 50))
    torch.autograd.backward((weights @ memory.items).square().sum())
    assert query.grad.abs().sum() > 0


@pytest.mark.parametrize("positions", [(5,), (3, 4), (2, 3, 4)])
def test_maps_of_one_two_and_three_axes_are_looked_up_position_by_position(
    memory: Memory, positions: tuple[int, ...]
) -> None:
    features = 4 * torch.randn(2, 8, *positions)
    found, entropy = memory(features)
    assert found.shape == features.shape
    assert entropy.shape == (2,)
    last = tuple(size - 1 for size in positions)
    alone = memory.address(features[(1, slice(None), *last)]) @ memory.items
    torch.testing.assert_close(found[(1, slice(None), *last)], alone)


def test_entropy_is_least_when_one_item_answers(memory: Memory) -> None:
    with torch.no_grad():
        memory.items[0] = 5.0
    _, of_one = memory(torch.full((1, 8, 2), 5.0))
    _, of_all = memory(torch.zeros(1, 8, 2))
    assert of_one.item() == pytest.approx(0, abs=1e-4)
    assert of_all.item() == pytest.approx(torch.log(torch.tensor(50.0)).item(), rel=1e-4)


def test_gradients_reach_the_memory_and_the_encoder() -> None:
    torch.manual_seed(0)
    network = build("memory", size=16, channels=1, filters=(4, 4), items=10, shrinkage=0.1)
    output = network(torch.rand(3, 1, 16, 16))
    torch.autograd.backward(output.reconstruction.square().sum())
    assert network.memory.items.grad.abs().sum() > 0
    assert network.encoder[0][0].weight.grad.abs().sum() > 0


def test_the_penalty_is_the_weighted_entropy() -> None:
    torch.manual_seed(0)
    network = build("memory", size=16, channels=1, filters=(4, 4)).eval()
    inputs = torch.rand(3, 1, 16, 16)
    entropy = network.memory(network.encoder(inputs))[1]
    torch.testing.assert_close(network(inputs).penalty, 0.0002 * entropy)
