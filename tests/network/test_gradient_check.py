"""The gradient check and the formulas of Tasks 1 and 3b: small errors for what is right, large ones for a slip."""

import numpy as np
import pytest

from helpers import MLP, derivations, gradient_check
from helpers.network.activations import ACTIVATIONS

RIGHT, WRONG = 1e-5, 5e-3  # errors below the one are right, above the other wrong
DEPTHS = pytest.mark.parametrize("hidden", [(6,), (6, 5), (6,) * 10], ids=["depth 1", "depth 2", "depth 10"])
EVERY_ACTIVATION = pytest.mark.parametrize("activation", ACTIVATIONS)


def network(hidden, activation, kind=MLP, dtype=np.float64):
    """A network in which every layer's slopes pass on about as much as they get, whatever the activation."""
    model = kind([8, *hidden, 3], activation=activation, weight_init="improved", seed=0, dtype=dtype)
    value, slope = ACTIVATIONS[activation]
    z = np.random.default_rng(1).normal(size=10_000)
    model.parameters /= np.sqrt(np.square(slope(value(z))).mean())
    return model


@pytest.fixture
def batch():
    stream = np.random.default_rng(0)
    return stream.normal(size=(10, 8)), stream.integers(0, 3, 10)


@EVERY_ACTIVATION
@DEPTHS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_backpropagation_matches_finite_differences_at_every_depth(hidden, activation, dtype, batch):
    errors = gradient_check(network(hidden, activation, dtype=dtype), *batch)
    assert len(errors) == len(hidden) + 1
    assert max(errors) < RIGHT


def test_the_check_leaves_model_and_data_as_they_were(batch):
    model = network((6, 5), "sigmoid", dtype=np.float32)
    before = model.parameters.copy()
    for array in batch:
        array.setflags(write=False)
    gradient_check(model, *batch)
    np.testing.assert_array_equal(model.parameters, before)
    assert model.dtype == model.weights[0].dtype == np.float32
    assert np.shares_memory(model.weights[0], model.parameters)


# Wrong gradients, which must be caught ------------------------------------------------------------------


class DamagedMLP(MLP):
    """Backpropagation with one layer's gradient damaged."""

    def backward_pass(self, images, targets, buffers, gradients, *loss):
        super().backward_pass(images, targets, buffers, gradients, *loss)
        DAMAGES[self.damage](gradients[self.damaged_layer])


DAMAGES = {
    "one percent too large": lambda gradient: np.multiply(gradient, 1.01, out=gradient),
    "one weight wrong": lambda gradient: np.negative(
        gradient, out=gradient, where=abs(gradient) == abs(gradient).max()
    ),
    "one unit forgotten": lambda gradient: gradient[abs(gradient).sum(axis=1).argmax()].fill(0),
}


@EVERY_ACTIVATION
@DEPTHS
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_one_layer_is_caught_in_that_layer_alone(damage, hidden, activation, batch):
    for layer in {0, len(hidden) // 2, len(hidden)}:
        model = network(hidden, activation, DamagedMLP)
        model.damage, model.damaged_layer = damage, layer
        errors = gradient_check(model, *batch)
        assert errors.pop(layer) > WRONG
        assert max(errors) < RIGHT


WRONG_SLOPES = {
    "always one": lambda a, right: np.ones_like(a),
    "one percent too large": lambda a, right: 1.01 * right(a),
    "taken from z, not from a": lambda a, right: np.tanh(a) * (1 - np.tanh(a)),
}


@EVERY_ACTIVATION
@DEPTHS
@pytest.mark.parametrize("wrong", WRONG_SLOPES)
def test_a_wrong_slope_is_caught_in_every_layer_below(wrong, hidden, activation, batch, monkeypatch):
    model, right = network(hidden, activation), ACTIVATIONS[activation]
    damaged = right._replace(slope=lambda a, out: np.copyto(out, WRONG_SLOPES[wrong](a, right.slope)))
    monkeypatch.setitem(ACTIVATIONS, activation, damaged)
    *below, last = gradient_check(model, *batch)
    assert min(below) > WRONG
    assert last < RIGHT


NETWORK = MLP([7, 5, 4], activation="improved_sigmoid", weight_init="improved", seed=1, dtype=np.float64)
IMAGES = np.random.default_rng(0).normal(size=(3, 7))


def test_every_formula_of_task_1a_matches_differences_and_a_wrong_sign_does_not():
    by_hand = derivations.element_gradients(NETWORK, IMAGES[0], 2)
    numerical = derivations.numerical_gradients(NETWORK, IMAGES[0], 2)
    assert by_hand.keys() == numerical.keys()
    for name in by_hand:
        assert derivations.largest_difference(by_hand[name], numerical[name]) < 1e-9, name
    assert derivations.largest_difference(-by_hand["delta_k"], numerical["delta_k"]) > 0.1


def test_loops_and_matrices_give_the_same_weights_after_a_step():
    labels = np.array([0, 3, 1])
    looped = derivations.loop_update(NETWORK, IMAGES, labels, 0.5)
    multiplied = derivations.matrix_update(NETWORK, IMAGES, labels, 0.5)
    assert derivations.largest_difference(looped, multiplied) < 1e-15
    assert derivations.largest_difference(looped, NETWORK.weights) > 1e-3


def test_both_forms_of_the_slope_agree_with_differences_and_with_the_code():
    forms = derivations.slope_forms(np.linspace(-6, 6, 501))
    assert derivations.largest_difference(forms["with tanh"], forms["with cosh"]) < 1e-14
    assert derivations.largest_difference(forms["with tanh"], forms["as coded"]) < 1e-14
    assert derivations.largest_difference(forms["with tanh"], forms["central difference"]) < 1e-9
