"""The formulas of Task 1 and Task 3b against differences, and that a slip in them would be seen."""

import numpy as np
import pytest

from helpers import MLP, derivations


@pytest.fixture
def network() -> MLP:
    return MLP([7, 5, 4], activation="improved_sigmoid", weight_init="improved", seed=1, dtype=np.float64)


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(3, 7))


def test_every_formula_of_task_1a_matches_central_differences(network, images):
    by_hand = derivations.element_gradients(network, images[0], 2)
    numerical = derivations.numerical_gradients(network, images[0], 2)
    assert by_hand.keys() == numerical.keys()
    for name in by_hand:
        assert derivations.largest_difference(by_hand[name], numerical[name]) < 1e-9, name


def test_a_wrong_sign_in_delta_would_be_seen(network, images):
    by_hand = derivations.element_gradients(network, images[0], 2)
    numerical = derivations.numerical_gradients(network, images[0], 2)
    assert derivations.largest_difference(-by_hand["delta_k"], numerical["delta_k"]) > 0.1


def test_loops_and_matrices_give_the_same_weights_after_a_step(network, images):
    labels = np.array([0, 3, 1])
    looped = derivations.loop_update(network, images, labels, 0.5)
    multiplied = derivations.matrix_update(network, images, labels, 0.5)
    assert derivations.largest_difference(looped, multiplied) < 1e-15
    assert derivations.largest_difference(looped, network.weights) > 1e-3


def test_both_forms_of_the_slope_agree_with_differences_and_with_the_code():
    forms = derivations.slope_forms(np.linspace(-6, 6, 501))
    assert derivations.largest_difference(forms["with tanh"], forms["with cosh"]) < 1e-14
    assert derivations.largest_difference(forms["with tanh"], forms["as coded"]) < 1e-14
    assert derivations.largest_difference(forms["with tanh"], forms["central difference"]) < 1e-9
