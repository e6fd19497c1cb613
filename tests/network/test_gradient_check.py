"""The gradient check: small errors for the right gradient, large ones for a wrong one."""

import numpy as np
import pytest

from helpers import MLP, gradient_check
from helpers.network.activations import ACTIVATIONS
from helpers.network.gradient_check import numerical_gradient

RIGHT, WRONG = 1e-5, 5e-3  # errors below the one are right, above the other wrong
DEPTHS = pytest.mark.parametrize("hidden", [(6,), (6, 5), (6,) * 10], ids=["depth 1", "depth 2", "depth 10"])
BOTH_ACTIVATIONS = pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])


def network(hidden, activation, kind=MLP, dtype=np.float64):
    model = kind([8, *hidden, 3], activation=activation, weight_init="improved", seed=0, dtype=dtype)
    if activation == "sigmoid":  # its slope is at most 1/4: weights of four times the size keep ten layers learning
        model.parameters *= 4
    return model


@pytest.fixture
def batch():
    stream = np.random.default_rng(0)
    return stream.normal(size=(10, 8)), stream.integers(0, 3, 10)


@BOTH_ACTIVATIONS
@DEPTHS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_backpropagation_matches_finite_differences_at_every_depth(hidden, activation, dtype, batch):
    errors = gradient_check(network(hidden, activation, dtype=dtype), *batch)
    assert len(errors) == len(hidden) + 1
    assert max(errors) < RIGHT


def test_the_numerical_gradient_is_the_loss_difference_when_one_weight_is_moved(batch):
    model, step = network((6, 5), "improved_sigmoid"), 1e-5
    for layer, (row, column) in enumerate([(7, 2), (3, 4), (1, 0)]):
        numerical = numerical_gradient(model, layer, *batch)[row, column]
        losses = []
        for move in (step, -2 * step, step):
            model.weights[layer][row, column] += move
            losses.append(model.loss_and_gradients(*batch)[0])
        assert numerical == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-6)


def test_the_check_leaves_model_and_data_as_they_were(batch):
    model = network((6, 5), "sigmoid", dtype=np.float32)
    before = [array.copy() for array in (model.parameters, *batch)]
    gradient_check(model, *batch)
    for array, kept in zip((model.parameters, *batch), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    assert model.dtype == model.weights[0].dtype == np.float32
    assert np.shares_memory(model.weights[0], model.parameters)


# Wrong gradients, which must be caught ------------------------------------------------------------------


class DamagedMLP(MLP):
    """Backpropagation with one layer's gradient damaged."""

    def damage(self, gradient):
        raise NotImplementedError

    def backward_pass(self, images, targets, buffers, gradients):
        super().backward_pass(images, targets, buffers, gradients)
        self.damage(gradients[self.damaged_layer])


class OnePercentTooLarge(DamagedMLP):
    def damage(self, gradient):
        gradient *= 1.01


class OneWeightWrong(DamagedMLP):
    def damage(self, gradient):
        gradient[np.unravel_index(np.abs(gradient).argmax(), gradient.shape)] *= -1


class BiasForgotten(DamagedMLP):
    def damage(self, gradient):
        gradient[-1] = 0


@BOTH_ACTIVATIONS
@DEPTHS
@pytest.mark.parametrize("damage", [OnePercentTooLarge, OneWeightWrong, BiasForgotten])
def test_damage_to_one_layer_is_caught_in_that_layer_alone(damage, hidden, activation, batch):
    for layer in {0, len(hidden) // 2, len(hidden)}:
        model = network(hidden, activation, damage)
        model.damaged_layer = layer
        errors = gradient_check(model, *batch)
        assert errors.pop(layer) > WRONG
        assert max(errors) < RIGHT


WRONG_SLOPES = {
    "always one": lambda a: np.ones_like(a),
    "one percent too large": None,
    "taken from z, not from a": lambda a: np.tanh(a) * (1 - np.tanh(a)),
}


@BOTH_ACTIVATIONS
@DEPTHS
@pytest.mark.parametrize("wrong", WRONG_SLOPES)
def test_a_wrong_slope_is_caught_in_every_layer_below(wrong, hidden, activation, batch, monkeypatch):
    right = ACTIVATIONS[activation]
    slope = WRONG_SLOPES[wrong] or (lambda a: 1.01 * right.slope(a))
    damaged = right._replace(slope=lambda a, out: np.copyto(out, slope(a)))
    monkeypatch.setitem(ACTIVATIONS, activation, damaged)
    *below, last = gradient_check(network(hidden, activation), *batch)
    assert min(below) > WRONG
    assert last < RIGHT


@pytest.mark.parametrize(
    ("change", "message"),
    [(lambda x, t: (x[:, 1:], t), "images have shape"), (lambda x, t: (x, t + 3), "labels go from")],
)
def test_data_that_does_not_fit_is_refused(change, message, batch):
    with pytest.raises(ValueError, match=message):
        gradient_check(network((6,), "sigmoid"), *change(*batch))
