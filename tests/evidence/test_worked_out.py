"""What the report works out beside its trainings."""

import numpy as np
import pytest

from helpers import MLP, closest_size, mean_slope, num_parameters


def test_the_mean_slope_is_that_of_the_function_by_differences():
    model = MLP([5, 7, 3], weight_init="uniform", seed=0, dtype="float64")
    images, step = np.random.default_rng(0).normal(size=(20, 5)), 1e-6
    sums = images @ model.weights[0]
    up, down = (1 / (1 + np.exp(-(sums + side))) for side in (step, -step))
    assert mean_slope(model, images) == pytest.approx(np.mean((up - down) / (2 * step)), rel=1e-6)


@pytest.mark.parametrize("hidden_layers", [(64,), (32,), (128,), (100, 100)])
def test_no_other_size_comes_closer(hidden_layers):
    target, found = num_parameters(hidden_layers), closest_size(hidden_layers)
    away = [abs(num_parameters((units, units)) - target) for units in range(1, 200)]
    assert away[found - 1] == min(away)
