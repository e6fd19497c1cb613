"""The activation functions: values, slopes, behaviour in place and at the extremes."""

import math

import numpy as np
import pytest

from helpers.network.activations import ACTIVATIONS, improved_sigmoid, improved_sigmoid_slope, sigmoid, sigmoid_slope

Z = np.linspace(-8, 8, 161)
NAMES = pytest.mark.parametrize("name", ["sigmoid", "improved_sigmoid"])


def test_the_sigmoid_has_its_textbook_values():
    np.testing.assert_allclose(sigmoid(Z), [1 / (1 + math.exp(-z)) for z in Z], rtol=1e-12)


def test_the_improved_sigmoid_has_its_textbook_values_and_is_1_at_1():
    np.testing.assert_allclose(improved_sigmoid(Z), [1.7159 * math.tanh(2 * z / 3) for z in Z], rtol=1e-12)
    np.testing.assert_allclose(improved_sigmoid(np.array([-1.0, 0.0, 1.0])), [-1, 0, 1], atol=1e-4)


@NAMES
def test_the_slope_is_the_central_difference_of_the_value(name):
    value, slope, _ = ACTIVATIONS[name]
    step = 1e-5
    np.testing.assert_allclose(slope(value(Z)), (value(Z + step) - value(Z - step)) / (2 * step), atol=1e-9)


def test_the_sigmoid_slope_has_its_closed_form():
    np.testing.assert_allclose(sigmoid_slope(sigmoid(Z)), np.exp(-Z) / (1 + np.exp(-Z)) ** 2, rtol=1e-10)


def test_the_improved_sigmoid_slope_has_both_its_closed_forms():
    slope = improved_sigmoid_slope(improved_sigmoid(Z))
    np.testing.assert_allclose(slope, 4 / 3 * 1.7159 / (np.cosh(4 * Z / 3) + 1), atol=1e-14)
    np.testing.assert_allclose(slope, 2 / 3 * 1.7159 * (1 - np.tanh(2 * Z / 3) ** 2), atol=1e-14)


def test_the_improved_sigmoid_bends_most_at_plus_and_minus_1():
    z = np.linspace(0, 3, 3001)
    bend = np.gradient(improved_sigmoid_slope(improved_sigmoid(z)), z)
    assert z[np.argmin(bend)] == pytest.approx(1, abs=0.02)


@NAMES
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_keep_dtype_and_shape_and_leave_the_argument_alone(name, dtype):
    z = Z.astype(dtype).reshape(7, 23)
    z.setflags(write=False)
    for function in ACTIVATIONS[name][:2]:
        result = function(z)
        assert (result.dtype, result.shape) == (dtype, z.shape)
        assert not np.shares_memory(result, z)


@NAMES
@pytest.mark.parametrize("position", [0, 1], ids=["value", "slope"])
def test_out_receives_the_same_bits_also_in_place_of_the_argument(name, position):
    function = ACTIVATIONS[name][position]
    expected = function(Z)
    out = np.empty_like(Z)
    assert function(Z, out=out) is out
    np.testing.assert_array_equal(out, expected)
    if position == 0:  # the slope reads its argument twice, so only the value may overwrite it
        own = Z.copy()
        assert function(own, out=own) is own
        np.testing.assert_array_equal(own, expected)


@NAMES
@np.errstate(over="ignore")
def test_extreme_inputs_saturate(name):
    value, slope, _ = ACTIVATIONS[name]
    z = np.array([-3e38, -1e4, 1e4, 3e38], np.float32)
    low, high = (0, 1) if name == "sigmoid" else (-1.7159, 1.7159)
    np.testing.assert_allclose(value(z), [low, low, high, high], rtol=1e-6)
    np.testing.assert_allclose(slope(value(z)), 0, atol=1e-6)
