"""The network: weights, forward pass, loss and gradients."""

import itertools
import math
import re

import autograd
import numpy as np
import pytest
from trainings import automatic_loss

from helpers import MLP, Split
from helpers.network.mlp import EVALUATION_BLOCK

DEPTHS = pytest.mark.parametrize("hidden", [(7,), (7, 6), (7,) * 10], ids=["depth 1", "depth 2", "depth 10"])
BOTH_ACTIVATIONS = pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])


def batch(count=9, width=6, classes=4, seed=0):
    """Random images, the last column 1, and labels; read-only."""
    stream = np.random.default_rng(seed)
    images, labels = stream.normal(size=(count, width)), stream.integers(0, classes, count)
    images[:, -1] = 1
    for array in (images, labels):
        array.setflags(write=False)
    return images, labels


def network(hidden=(7,), **settings):
    return MLP([6, *hidden, 4], **({"weight_init": "improved", "seed": 1, "dtype": np.float64} | settings))


# Weights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hidden", "count"),
    [((64,), 50_880), ((32,), 25_440), ((60, 60), 51_300), ((64,) * 10, 87_744), ((), 7_850)],
)
def test_weights_have_the_shapes_of_the_layers_and_the_number_of_the_course(hidden, count):
    sizes = [785, *hidden, 10]
    model = MLP(sizes, seed=0)
    assert [weights.shape for weights in model.weights] == list(itertools.pairwise(sizes))
    assert model.num_parameters == count == sum(weights.size for weights in model.weights)
    assert {weights.dtype for weights in model.weights} == {np.dtype(np.float32)}


def test_weights_are_views_of_the_parameters_into_which_assigned_ones_are_copied():
    model, values = network((7, 6)), np.arange(network((7, 6)).num_parameters)
    model.parameters = values
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in model.weights]), values)
    assert model.parameters.dtype == np.float64
    model.weights[1][2, 3] = -1
    assert -1 in model.parameters
    assert -1 not in values


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values[1:], r"parameters have shape \(69,\); this network has \(70,\)"),
        (lambda values: values[None], r"parameters have shape \(1, 70\)"),
        (lambda values: np.where(values == values[3], np.nan, values), "not finite"),
        (lambda values: np.where(values == values[3], np.inf, values), "not finite"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_the_weights_stay(change, message):
    model = network()
    kept = model.parameters.copy()
    with pytest.raises(ValueError, match=message):
        model.parameters = change(kept)
    np.testing.assert_array_equal(model.parameters, kept)


def test_uniform_weights_fill_the_range_from_minus_1_to_1():
    for weights in MLP([785, 64, 64], weight_init="uniform", seed=0).weights:
        assert -1 <= weights.min() < -0.99
        assert 0.99 < weights.max() <= 1
        assert weights.mean() == pytest.approx(0, abs=0.05)
        assert weights.std() == pytest.approx(1 / math.sqrt(3), rel=0.05)


def test_improved_weights_are_normal_with_standard_deviation_1_over_root_fan_in():
    for weights in MLP([785, 64, 256, 10], weight_init="improved", seed=0).weights:
        scaled = weights * math.sqrt(len(weights))
        assert scaled.std() == pytest.approx(1, rel=0.05)
        assert scaled.mean() == pytest.approx(0, abs=0.06)
        assert np.mean(np.abs(scaled) < 1) == pytest.approx(0.683, abs=0.04)


def test_equal_seeds_give_equal_weights_in_either_precision():
    first, again, other = (MLP([6, 7, 4], seed=seed).parameters for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(MLP([6, 7, 4], seed=1, dtype=np.float64).parameters.astype(np.float32), first)


# Forward ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 9])
def test_forward_gives_probabilities_in_the_networks_precision_for_any_images(count, dtype):
    model = network(dtype=dtype)
    images, labels = batch(count)
    probabilities = model.forward(images)
    assert (probabilities.shape, probabilities.dtype) == ((count, 4), dtype)
    assert (probabilities > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(model.predict(images), probabilities.argmax(axis=1))
    loss, _ = model.loss_and_gradients(images, labels)
    assert loss == pytest.approx(-np.log(probabilities[range(count), labels]).mean(), rel=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(), (3,)], ids=["no hidden layer", "one hidden layer"])
def test_logits_of_10_000_give_finite_loss_and_gradients(hidden, dtype):
    model = MLP([2, *hidden, 2], activation="improved_sigmoid", dtype=dtype)
    *lower, last = model.weights
    last[:] = np.array([10_000, -10_000]) / len(last)
    for weights in lower:
        weights[:] = 0.5
    images, labels = np.array([[1.0, 1], [1, 1], [-1, -1], [-1, -1]]), np.array([0, 1, 0, 1])
    loss, gradients = model.loss_and_gradients(images, labels)
    evaluated, accuracy = model.evaluate(Split(images, labels))
    assert loss == pytest.approx(10_000, rel=1e-3)  # half the images cost nothing, half the distance of 20,000
    assert evaluated == pytest.approx(loss)
    assert accuracy == 0.5
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    assert np.isfinite(model.forward(images)).all()


@pytest.mark.parametrize("count", [1, EVALUATION_BLOCK, 2 * EVALUATION_BLOCK + 77])
def test_evaluate_in_blocks_gives_the_loss_and_accuracy_of_one_pass_over_all(count):
    model = network()
    split = Split(*batch(count))
    probabilities = model.forward(split.images)
    loss, accuracy = model.evaluate(split)
    assert loss == pytest.approx(-np.log(probabilities[np.arange(count), split.labels]).mean(), rel=1e-12)
    assert accuracy == np.mean(probabilities.argmax(axis=1) == split.labels)


# Gradients ----------------------------------------------------------------------------------------------


@BOTH_ACTIVATIONS
@DEPTHS
@pytest.mark.parametrize(("dtype", "near"), [(np.float64, 1e-10), (np.float32, 1e-5)])
def test_loss_and_gradients_equal_those_of_automatic_differentiation(hidden, activation, dtype, near):
    images, labels = batch()
    loss, gradients = network(hidden, activation=activation, dtype=dtype).loss_and_gradients(images, labels)
    weights = network(hidden, activation=activation).weights
    expected_loss, expected = autograd.value_and_grad(automatic_loss)(weights, activation, images, labels)
    assert loss == pytest.approx(expected_loss, rel=near)
    for gradient, automatic in zip(gradients, expected, strict=True):
        assert gradient.dtype == dtype
        np.testing.assert_allclose(gradient, automatic, rtol=near, atol=near * np.abs(automatic).max())


def test_nothing_that_is_passed_in_and_no_weight_changes():
    model, split = network((7, 6)), Split(*batch())  # read-only
    model.parameters.setflags(write=False)
    for weights in model.weights:
        weights.setflags(write=False)
    model.predict(split.images), model.evaluate(split)
    (_, first), (_, second) = (model.loss_and_gradients(*split) for _ in range(2))
    for gradient, again in zip(first, second, strict=True):
        np.testing.assert_array_equal(gradient, again)
        assert not np.shares_memory(gradient, again)


# Arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(
            ({"layer_sizes": sizes}, f"layer_sizes is {sizes}; allowed: at least an input and an output layer")
            for sizes in ([785], [], [785, 0, 10], [785, -64, 10], [785, 64.0, 10])
        ),
        ({"layer_sizes": [785, 64, 1]}, "at least 2 classes"),
        ({"activation": "tan"}, "activation is 'tan'; allowed: 'sigmoid', 'improved_sigmoid'"),
        ({"weight_init": "xavier"}, "weight_init is 'xavier'; allowed: 'uniform', 'improved'"),
        *(
            ({"dtype": dtype}, f"dtype is {dtype!r}; allowed: np.float32, np.float64")
            for dtype in (np.float16, "half a float", int)
        ),
        ({"seed": -1}, "seed is -1; allowed: an integer from 0"),
    ],
)
def test_bad_settings_are_refused_with_what_is_allowed(arguments, message):
    arguments = {"layer_sizes": [785, 64, 10]} | arguments
    with pytest.raises(ValueError, match=re.escape(message)):
        MLP(arguments.pop("layer_sizes"), **arguments)


SHAPES = ((9, 5), (9, 7), (6,), (0, 6), (2, 3, 6))
BAD_DATA = [
    *((np.zeros(shape), np.zeros(shape[0], int), f"images have shape {shape}; expected (N, 6)") for shape in SHAPES),
    *(
        (np.where(np.eye(9, 6, -5), number, 0), np.zeros(9, int), f"images hold {said} at row 5, column 0; allowed: fi")
        for number, said in (
            (np.nan, "nan"),
            (np.inf, "inf"),
            (-np.inf, "-inf"),
            (1e300, "inf"),
        )  # too large for float32
    ),
    (np.zeros((3, 6)), np.array([0, 4, 0]), "labels go from 0 to 4; allowed: 0 to 3"),
    (np.zeros((3, 6)), np.array([0, -1, 0]), "labels go from -1 to 0; allowed: 0 to 3"),
    (np.zeros((3, 6)), np.array([0, 1]), "expected 3 integers"),
    (np.zeros((3, 6)), np.array([[0], [1], [2]]), "expected 3 integers"),
    (np.zeros((3, 6)), np.array([0.0, 1.0, 2.0]), "dtype float64; expected 3 integers"),
]


@pytest.mark.parametrize(("images", "labels", "message"), BAD_DATA)
def test_data_that_do_not_fit_are_refused_with_what_is_found_wherever_they_are_given(images, labels, message):
    model = MLP([6, 7, 4])
    calls = [lambda: model.evaluate(Split(images, labels)), lambda: model.loss_and_gradients(images, labels)]
    if message.startswith("images"):
        calls += [lambda: model.forward(images), lambda: model.predict(images)]
    for call in calls:
        with pytest.raises(ValueError, match=re.escape(message)):
            call()


@pytest.mark.parametrize("split", [5, None, ("only one",)])
def test_evaluating_what_is_no_split_is_a_clear_error(split):
    with pytest.raises(ValueError, match=r"split is .*allowed: a pair"):
        MLP([4, 3]).evaluate(split)
