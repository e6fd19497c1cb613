"""What a sweep costs: a model of times that is fitted to some networks and holds for all."""

import numpy as np
import pytest

from helpers.experiments import costs
from helpers.experiments.costs import CALIBRATION, CostModel, makespan
from helpers.experiments.experiment import num_parameters
from helpers.experiments.sweep import DEPTHS, UNITS


def fitted(seconds_of_step, seconds_of_validation):
    """The model that is fitted to times which follow these functions of the hidden layers."""
    sizes = np.array([costs._sizes(layers) for layers in CALIBRATION])
    fits = [
        costs._fitted(sizes, np.array([seconds(layers) for layers in CALIBRATION]))
        for seconds in (seconds_of_step, seconds_of_validation)
    ]
    return CostModel(*fits, loading=0.5, error=0.0)


def test_costs_that_follow_layers_units_and_weights_are_predicted_for_every_network_of_the_sweep():
    def step(layers):
        return 8e-5 + 1e-5 * len(layers) + 2e-9 * num_parameters(layers)

    def validation(layers):
        return 6e-3 + 1.5e-5 * sum(layers) + 2.5e-7 * num_parameters(layers)

    model = fitted(step, validation)
    for units in UNITS:
        for depth in DEPTHS:
            layers = (units,) * depth
            expected = 1_000 * step(layers) + 7 * validation(layers)
            assert model.training(layers, 1_000, 7) == pytest.approx(expected, rel=1e-3)
            assert model.trial(layers, 1_000, 7) == pytest.approx(0.5 + expected + 4 * validation(layers), rel=1e-3)


@pytest.mark.parametrize(
    ("jobs", "cores", "expected"),
    [
        ([3, 1, 2], 1, 6),
        ([3, 1, 2], 2, 3),
        ([3, 1, 2], 100, 3),  # the longest training
        ([5, 4, 3, 3, 3], 2, 10),  # longest first is not the best there is, which is 9
        ([1] * 840, 100, 9),
    ],
)
def test_free_cores_take_the_longest_training_that_is_left(jobs, cores, expected):
    assert makespan(jobs, cores) == expected
