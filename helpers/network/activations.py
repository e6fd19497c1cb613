"""The activation functions of the hidden layers: value and slope.

Slopes are computed from the activation `a = f(z)`, which is at hand after the forward pass, so that no hyperbolic
tangent is taken twice. With `out` the result is written there and nothing is allocated.
"""

from typing import NamedTuple, Protocol

import numpy as np

# f(z) = 1.7159 tanh(2z/3): f(1) = 1 and f(-1) = -1, and the second derivative is largest at +-1
# (LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998, section 4.4).
AMPLITUDE = 1.7159
STEEPNESS = 2 / 3


class ArrayFunction(Protocol):
    """A function of every number of an array, which may be written to `out`."""

    def __call__(self, array: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return an array of the same shape."""
        ...


class Activation(NamedTuple):
    """value: `f(z)`, from an array of any shape; slope: `f'(z)`, from the activations `a = f(z)`."""

    value: ArrayFunction
    slope: ArrayFunction


def sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `1 / (1 + exp(-z)) = (1 + tanh(z/2)) / 2`, which cannot overflow."""
    a = np.multiply(z, 0.5, out=out)
    np.tanh(a, out=a)
    a += 1
    a *= 0.5
    return a


def sigmoid_slope(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `a (1 - a)`, the slope of the sigmoid where its value is `a`."""
    slope = np.subtract(1, a, out=out)
    slope *= a
    return slope


def improved_sigmoid(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `1.7159 tanh(2z/3)` ("Efficient BackProp", section 4.4)."""
    a = np.multiply(z, STEEPNESS, out=out)
    np.tanh(a, out=a)
    a *= AMPLITUDE
    return a


def improved_sigmoid_slope(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `(2/3) 1.7159 (1 - tanh(2z/3)^2)`, the slope of the improved sigmoid where its value is `a`."""
    slope = np.multiply(a, a, out=out)
    slope *= -STEEPNESS / AMPLITUDE
    slope += STEEPNESS * AMPLITUDE
    return slope


def relu(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `max(z, 0)` (V. Nair and G. Hinton, 2010)."""
    return np.maximum(z, 0, out=out)


def relu_slope(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 where the unit is active, else 0; at the kink itself 0."""
    return np.greater(a, 0, out=np.empty_like(a) if out is None else out)


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "improved_sigmoid": Activation(improved_sigmoid, improved_sigmoid_slope),
    "relu": Activation(relu, relu_slope),
}
