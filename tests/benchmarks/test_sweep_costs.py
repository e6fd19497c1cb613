"""What the whole sweep costs, after a fitted model."""

import numpy as np
import pytest

from benchmarks.sweep_costs import CALIBRATION, CostModel, fitted, makespan
from helpers import num_parameters
from helpers.sweep import DEPTHS, UNITS


def step(layers):
    return 8e-5 + 1e-5 * len(layers) + 2e-9 * num_parameters(layers)


def validation(layers):
    return 6e-3 + 1.5e-5 * sum(layers) + 2.5e-7 * num_parameters(layers)


def test_costs_that_follow_layers_units_and_weights_are_predicted():
    networks = list(CALIBRATION)
    model = CostModel(*(fitted(networks, np.array(list(map(each, networks)))) for each in (step, validation)))
    for layers in ((units,) * depth for units in UNITS for depth in DEPTHS):
        expected = 2 * 625 * step(layers) + (2 * 5 + 4) * validation(layers)
        assert model.training(layers, 2) == pytest.approx(expected, rel=1e-3)


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
