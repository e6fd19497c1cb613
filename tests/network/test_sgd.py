"""The update rule against its two lines in NumPy."""

import numpy as np
import pytest

from helpers.network.sgd import SGD


@pytest.fixture(params=[np.float32, np.float64])
def steps(request):
    """Weights and the gradients of eight steps."""
    stream = np.random.default_rng(0)
    return stream.normal(size=50).astype(request.param), stream.normal(size=(8, 50)).astype(request.param)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_weights_are_those_of_the_two_lines_of_the_update_rule(steps, momentum):
    parameters, gradients = steps
    expected, velocity, optimizer = parameters.copy(), np.zeros_like(parameters), SGD(0.1, momentum, parameters)
    for gradient in gradients:
        optimizer.update(parameters, gradient)
        velocity = momentum * velocity + gradient
        expected = expected - 0.1 * velocity
    np.testing.assert_allclose(parameters, expected, rtol=20 * np.finfo(parameters.dtype).eps, atol=1e-6)
    assert parameters.dtype == gradients.dtype


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_an_update_changes_no_gradient(steps, momentum):
    parameters, gradients = steps
    kept = gradients.copy()
    optimizer = SGD(0.1, momentum, parameters)
    for gradient in gradients:
        optimizer.update(parameters, gradient)
    np.testing.assert_array_equal(gradients, kept)


def test_a_plateau_is_crossed_ten_times_as_fast_with_a_momentum_of_nine_tenths():
    parameters, optimizer = np.zeros(1), SGD(0.1, 0.9, np.zeros(1))
    for _ in range(300):
        before = parameters.copy()
        optimizer.update(parameters, np.ones(1))
    assert before - parameters == pytest.approx(0.1 / (1 - 0.9))
