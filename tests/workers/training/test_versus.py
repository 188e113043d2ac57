"""When a new model may take the old one's place."""

import pytest

from workers.evaluation.paired import Difference
from workers.training.versus import Compared, better


def on(data, value, low, high=0.1, infected=20):
    return Compared(data, 100, infected, 5, {}, Difference(value, low, high, "groups"))


@pytest.mark.parametrize(
    ("compared", "expected", "why"),
    [
        ([on("mine", 0.02, 0.01)], True, "no lower, and surely so"),
        ([on("mine", 0.0, 0.0)], True, "no lower"),
        ([on("mine", 0.02, -0.01)], False, "not surely: the difference may be as low as -0.0100"),
        ([on("mine", -0.01, -0.02)], False, "lower on mine"),
        ([on("mine", 0.02, 0.01), on("other", 0.01, -0.02)], True, "on mine is no lower"),
        ([on("mine", 0.02, 0.01), on("other", -0.01, -0.02)], False, "lower on other"),
        ([], False, "0 infected cells are held out and 10 are needed"),
        ([on("mine", 0.02, 0.01, infected=9)], False, "9 infected cells are held out"),
        ([on("few", -0.1, -0.2, infected=2), on("other", 0.02, 0.01)], True, "on other"),
    ],
)
def test_the_rule(compared, expected, why):
    found, said = better(compared)
    assert found is expected
    assert why in said
