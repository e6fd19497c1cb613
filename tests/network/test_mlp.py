"""The network: weights, forward pass, loss and gradients."""

import itertools
import math
import re

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from helpers import MLP, Split
from helpers.network.mlp import EVALUATION_BLOCK
from helpers.network.softmax import cross_entropies, softmax

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


def test_weights_are_views_of_the_parameters():
    model = network((7, 6))
    model.parameters[:] = np.arange(model.num_parameters)
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in model.weights]), np.arange(model.num_parameters))
    model.weights[1][2, 3] = -1
    assert -1 in model.parameters


def test_assigned_parameters_are_copied_into_place_so_that_the_weights_follow():
    model, values = network((7, 6)), np.arange(network((7, 6)).num_parameters)
    model.parameters = values
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in model.weights]), values)
    assert model.parameters.dtype == np.float64
    assert all(np.shares_memory(weights, model.parameters) for weights in model.weights)
    assert not np.shares_memory(model.parameters, values)


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
def test_forward_gives_probabilities_in_the_networks_precision_for_any_number_of_images(count, dtype):
    model = network(dtype=dtype)
    images, labels = batch(count)
    probabilities = model.forward(images)
    assert (probabilities.shape, probabilities.dtype) == ((count, 4), dtype)
    assert (probabilities > 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(model.predict(images), probabilities.argmax(axis=1))
    loss, gradients = model.loss_and_gradients(images, labels)
    assert loss == pytest.approx(-np.log(probabilities[range(count), labels]).mean(), rel=1e-5)
    assert {gradient.dtype for gradient in gradients} == {np.dtype(dtype)}


@BOTH_ACTIVATIONS
def test_hidden_units_can_change_places_without_changing_the_output(activation):
    model, twin = network((7, 6), activation=activation), network((7, 6), activation=activation)
    order = np.random.default_rng(0).permutation(7)
    twin.weights[0][:] = model.weights[0][:, order]
    twin.weights[1][:] = model.weights[1][order]
    assert not np.array_equal(twin.parameters, model.parameters)
    np.testing.assert_allclose(twin.forward(batch()[0]), model.forward(batch()[0]), rtol=1e-12)


def test_the_same_number_added_to_all_logits_changes_neither_softmax_nor_loss():
    logits, labels = np.random.default_rng(0).normal(size=(5, 4)), np.array([0, 1, 2, 3, 0])
    np.testing.assert_allclose(softmax(logits + 1000), softmax(logits), rtol=1e-10)
    np.testing.assert_allclose(cross_entropies(logits + 1000, labels), cross_entropies(logits, labels), rtol=1e-10)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    model = MLP([785, 64, 10], dtype=np.float64)
    model.parameters[:] = 0
    loss, _ = model.loss_and_gradients(*batch(width=785, classes=10))
    assert loss == pytest.approx(math.log(10), rel=1e-14)


def test_small_initial_weights_start_near_ln_10_and_uniform_ones_far_above(mnist):
    split = Split(*(array[:2_000] for array in mnist.train))
    small, improved, uniform = (MLP([785, 64, 10], weight_init=w, seed=0) for w in ("improved", "improved", "uniform"))
    small.parameters *= 0.1
    assert small.evaluate(split)[0] == pytest.approx(math.log(10), abs=0.02)
    assert improved.evaluate(split)[0] == pytest.approx(math.log(10), abs=0.5)
    assert uniform.evaluate(split)[0] > 2 * math.log(10)


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


def textbook_loss_and_gradients(weights, activation, images, labels):
    """One image, one unit, one weight at a time: delta_k = y_k - t_k, delta_j = f'(z_j) sum_k w_jk delta_k."""

    def value(z):
        return 1 / (1 + math.exp(-z)) if activation == "sigmoid" else 1.7159 * math.tanh(2 / 3 * z)

    def slope(z):
        if activation == "sigmoid":
            return value(z) * (1 - value(z))
        return 2 / 3 * 1.7159 * (1 - math.tanh(2 / 3 * z) ** 2)

    gradients, total = [np.zeros(w.shape) for w in weights], 0.0
    for image, label in zip(images, labels, strict=True):
        layers, sums = [list(image)], []
        for depth, w in enumerate(weights):
            z = [sum(layers[-1][j] * w[j, k] for j in range(w.shape[0])) for k in range(w.shape[1])]
            sums.append(z)
            layers.append([value(x) for x in z] if depth < len(weights) - 1 else [math.exp(x) for x in z])
        outputs = [x / sum(layers[-1]) for x in layers[-1]]
        total -= math.log(outputs[label])
        deltas = [y - (k == label) for k, y in enumerate(outputs)]
        for depth in range(len(weights) - 1, -1, -1):
            w = weights[depth]
            for j, k in itertools.product(range(w.shape[0]), range(w.shape[1])):
                gradients[depth][j, k] += layers[depth][j] * deltas[k] / len(images)
            if depth:
                deltas = [
                    slope(sums[depth - 1][j]) * sum(w[j, k] * deltas[k] for k in range(w.shape[1]))
                    for j in range(w.shape[0])
                ]
    return total / len(images), gradients


def automatic_loss(weights, activation, images, labels):
    """The mean cross entropy in the operations that `autograd` differentiates."""
    signals = images
    for w in weights[:-1]:
        z = anp.dot(signals, w)
        signals = 1 / (1 + anp.exp(-z)) if activation == "sigmoid" else 1.7159 * anp.tanh(2 * z / 3)
    logits = anp.dot(signals, weights[-1])
    return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=1)) - logits[anp.arange(len(labels)), labels])


@BOTH_ACTIVATIONS
@DEPTHS
def test_gradients_equal_the_textbook_equations_element_by_element(hidden, activation):
    model = network(hidden, activation=activation)
    images, labels = batch()
    loss, gradients = model.loss_and_gradients(images, labels)
    expected_loss, expected = textbook_loss_and_gradients(model.weights, activation, images, labels)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for gradient, textbook in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, textbook, rtol=1e-10, atol=1e-10 * np.abs(textbook).max())


@BOTH_ACTIVATIONS
@DEPTHS
def test_gradients_equal_those_of_automatic_differentiation(hidden, activation):
    model = network(hidden, activation=activation)
    images, labels = batch()
    loss, gradients = model.loss_and_gradients(images, labels)
    expected_loss, expected = autograd.value_and_grad(automatic_loss)(model.weights, activation, images, labels)
    assert loss == pytest.approx(expected_loss, rel=1e-10)
    for gradient, automatic in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, automatic, rtol=1e-10, atol=1e-10 * np.abs(automatic).max())


@BOTH_ACTIVATIONS
def test_single_precision_gradients_are_near_those_in_double_precision(activation):
    images, labels = batch()
    single, double = (
        network((7, 6), activation=activation, dtype=dtype).loss_and_gradients(images, labels)
        for dtype in (np.float32, np.float64)
    )
    assert single[0] == pytest.approx(double[0], rel=1e-5)
    for low, high in zip(single[1], double[1], strict=True):
        np.testing.assert_allclose(low, high, atol=1e-5 * np.abs(high).max())


def test_the_gradient_of_a_batch_is_the_mean_of_its_images_gradients():
    model, (images, labels) = network((7, 6)), batch(5)
    _, together = model.loss_and_gradients(images, labels)
    alone = [model.loss_and_gradients(images[i : i + 1], labels[i : i + 1])[1] for i in range(5)]
    for layer, gradient in enumerate(together):
        np.testing.assert_allclose(gradient, np.mean([g[layer] for g in alone], axis=0), atol=1e-14)


def test_nothing_that_is_passed_in_and_no_weight_changes():
    model, (images, labels) = network((7, 6)), batch()
    before = [array.copy() for array in (images, labels, model.parameters)]
    model.forward(images), model.predict(images), model.evaluate(Split(images, labels))
    first, second = (model.loss_and_gradients(images, labels) for _ in range(2))
    for array, kept in zip((images, labels, model.parameters), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    for gradient, again in zip(first[1], second[1], strict=True):
        np.testing.assert_array_equal(gradient, again)
        assert not np.shares_memory(gradient, again)


# Arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layer_sizes": [785]}, "layer_sizes is [785]; allowed: at least an input and an output layer"),
        ({"layer_sizes": []}, "layer_sizes is []; allowed"),
        ({"layer_sizes": [785, 0, 10]}, "layer_sizes is [785, 0, 10]; allowed"),
        ({"layer_sizes": [785, -64, 10]}, "layer_sizes is [785, -64, 10]; allowed"),
        ({"layer_sizes": [785, 64.0, 10]}, "layer_sizes is [785, 64.0, 10]; allowed"),
        ({"layer_sizes": [785, 64, 1]}, "at least 2 classes"),
        ({"activation": "tan"}, "activation is 'tan'; allowed: 'sigmoid', 'improved_sigmoid'"),
        ({"weight_init": "xavier"}, "weight_init is 'xavier'; allowed: 'uniform', 'improved'"),
        ({"dtype": np.float16}, "allowed: np.float32, np.float64"),
        ({"dtype": "half a float"}, "dtype is 'half a float'; allowed: np.float32, np.float64"),
        ({"dtype": int}, "allowed: np.float32, np.float64"),
        ({"seed": -1}, "seed is -1; allowed: an integer from 0"),
    ],
)
def test_bad_settings_are_refused_with_what_is_allowed(arguments, message):
    arguments = {"layer_sizes": [785, 64, 10]} | arguments
    with pytest.raises(ValueError, match=re.escape(message)):
        MLP(arguments.pop("layer_sizes"), **arguments)


@pytest.mark.parametrize("shape", [(9, 5), (9, 7), (6,), (0, 6), (2, 3, 6)])
def test_images_of_another_shape_are_refused_with_both_shapes(shape):
    model, labels = network(), np.zeros(shape[0], int)
    message = re.escape(f"images have shape {shape}; expected (N, 6)")
    for call in (
        lambda images: model.forward(images),
        lambda images: model.predict(images),
        lambda images: model.evaluate(Split(images, labels)),
        lambda images: model.loss_and_gradients(images, labels),
    ):
        with pytest.raises(ValueError, match=message):
            call(np.zeros(shape))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e300])
def test_images_with_a_number_that_is_not_finite_are_refused_with_its_place(wrong):
    model, images, labels = network(), np.zeros((9, 6)), np.zeros(9, int)
    model = MLP(model.layer_sizes)  # float32, which 1e300 does not fit
    images[7, 2] = wrong
    for call in (
        lambda: model.predict(images),
        lambda: model.evaluate(Split(images, labels)),
        lambda: model.loss_and_gradients(images, labels),
    ):
        with pytest.raises(ValueError, match=r"images hold -?(nan|inf) at row 7, column 2; allowed: finite numbers"):
            call()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 4, 0], "labels go from 0 to 4; allowed: 0 to 3"),
        ([0, -1, 0], "labels go from -1 to 0; allowed: 0 to 3"),
        ([0, 1], "expected 3 integers"),
        ([[0], [1], [2]], "expected 3 integers"),
        ([0.0, 1.0, 2.0], "dtype float64; expected 3 integers"),
    ],
)
def test_labels_that_do_not_fit_are_refused_with_what_is_allowed(labels, message):
    images = batch(3)[0]
    for call in (network().loss_and_gradients, lambda *split: network().evaluate(Split(*split))):
        with pytest.raises(ValueError, match=re.escape(message)):
            call(images, np.array(labels))


@pytest.mark.parametrize("split", [5, None, ("only one",)])
def test_evaluating_what_is_no_split_is_a_clear_error(split):
    with pytest.raises(ValueError, match=r"split is .*allowed: a pair"):
        MLP([4, 3]).evaluate(split)
