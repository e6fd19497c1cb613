"""The activation functions: values, slopes, behaviour in place and at the extremes."""

import math

import numpy as np
import pytest

from helpers.network.activations import ACTIVATIONS, improved_sigmoid, sigmoid

Z = np.linspace(-8, 8, 160)  # without 0, where a function may have a kink
NAMES = pytest.mark.parametrize("name", ACTIVATIONS)


@pytest.mark.parametrize(
    ("function", "textbook"),
    [(sigmoid, lambda z: 1 / (1 + math.exp(-z))), (improved_sigmoid, lambda z: 1.7159 * math.tanh(2 * z / 3))],
)
def test_a_sigmoid_has_its_textbook_values(function, textbook):
    np.testing.assert_allclose(function(Z), [textbook(z) for z in Z], rtol=1e-12)


@NAMES
def test_the_slope_is_the_central_difference_of_the_value(name):
    value, slope = ACTIVATIONS[name]
    step = 1e-5
    np.testing.assert_allclose(slope(value(Z)), (value(Z + step) - value(Z - step)) / (2 * step), atol=1e-9)


@NAMES
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("position", [0, 1], ids=["value", "slope"])
def test_results_keep_dtype_and_shape_and_out_gets_the_same_bits_in_place_too(name, dtype, position):
    function = ACTIVATIONS[name][position]
    z = Z.astype(dtype).reshape(8, 20)
    own = z.copy()
    z.setflags(write=False)
    expected = function(z)
    assert (expected.dtype, expected.shape) == (dtype, z.shape)
    assert not np.shares_memory(expected, z)
    for argument, out in ((z, np.empty_like(z)), (own, own)):
        if position == 0 or argument is z:  # the slope reads its argument twice, so only the value may overwrite it
            assert function(argument, out=out) is out
            np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", ["sigmoid", "improved_sigmoid"])
@np.errstate(over="ignore")
def test_extreme_inputs_saturate(name):
    value, slope = ACTIVATIONS[name]
    z = np.array([-3e38, -1e4, 1e4, 3e38], np.float32)
    low, high = (0, 1) if name == "sigmoid" else (-1.7159, 1.7159)
    np.testing.assert_allclose(value(z), [low, low, high, high], rtol=1e-6)
    np.testing.assert_allclose(slope(value(z)), 0, atol=1e-6)
