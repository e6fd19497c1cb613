"""The activation functions of the hidden layers: value and slope.

Slopes are computed from the activation `a = f(z)`, which is at hand after the forward pass, so that no
exponential is taken twice. With `out` the result is written there and nothing is allocated.

An exponential that overflows becomes infinite, which gives the right limit. NumPy warns of it, so whoever calls with
large arguments does so under `np.errstate(over="ignore")`.
"""

from typing import NamedTuple, Protocol

import numpy as np

# f(z) = 1.7159 tanh(2z/3): f(1) = 1 and f(-1) = -1, and the second derivative is largest at +-1
# (LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998, section 4.4).
AMPLITUDE = 1.7159
STEEPNESS = 2 / 3


class ArrayFunction(Protocol):
    def __call__(self, array: np.ndarray, out: np.ndarray | None = None) -> np.ndarray: ...


class Activation(NamedTuple):
    """value: `f(z)`, from an array of any shape; slope: `f'(z)`, from the activations `a = f(z)`."""

    value: ArrayFunction
    slope: ArrayFunction


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `1 / (1 + exp(-z))`."""
    a = np.negative(z, out=out)
    np.exp(a, out=a)
    a += 1
    return np.reciprocal(a, out=a)


def sigmoid_slope(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `a (1 - a)`, the slope of the sigmoid where its value is `a`."""
    slope = np.subtract(1, a, out=out)
    slope *= a
    return slope


def improved_sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `1.7159 tanh(2z/3)` ("Efficient BackProp", section 4.4).

    Written with `tanh(x) = 1 - 2 / (1 + exp(2x))`, which takes two thirds of the time of `np.tanh`.
    """
    a = np.multiply(z, 2 * STEEPNESS, out=out)
    np.exp(a, out=a)
    a += 1
    np.divide(2 * AMPLITUDE, a, out=a)
    return np.subtract(AMPLITUDE, a, out=a)


def improved_sigmoid_slope(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `(2/3) 1.7159 (1 - tanh(2z/3)^2)`, the slope of the improved sigmoid where its value is `a`."""
    slope = np.multiply(a, a, out=out)
    slope *= -STEEPNESS / AMPLITUDE
    slope += STEEPNESS * AMPLITUDE
    return slope


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "improved_sigmoid": Activation(improved_sigmoid, improved_sigmoid_slope),
}
