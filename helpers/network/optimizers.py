"""The update rules: how a gradient moves the weights. A rule is an object with `update(parameters, gradient)`.

`train` gives every training a copy of its own, so that what a rule remembers begins anew; its `learning_rate`, where
it has one, follows the schedule.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from scipy.linalg.blas import get_blas_funcs


class Optimizer(Protocol):
    """An update rule."""

    def update(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move the weights `(num_parameters,)` by one step, in place; `gradient` has their shape."""
        ...


@dataclass
class SGD:
    """Gradient descent with momentum: `v <- momentum * v + gradient`, `w <- w - learning_rate * v`.

    So momentum sums up gradients, and the learning rate multiplies the sum (D. E. Rumelhart, G. E. Hinton and
    R. J. Williams, 1986, write the rate into the sum; at a constant rate the weights are the same).
    """

    learning_rate: float = 0.1
    momentum: float = 0.0
    velocity: np.ndarray | None = field(default=None, init=False, repr=False, compare=False)

    def update(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move the weights by one step, in place; `gradient` has their shape and is not changed."""
        velocity = gradient
        if self.momentum:
            if self.velocity is None:
                self.velocity = np.zeros_like(parameters)
            self.velocity *= self.momentum
            self.velocity += gradient
            velocity = self.velocity
        add_scaled(parameters, -self.learning_rate, velocity)  # w <- w - learning_rate * v


@dataclass
class Adam:
    """Steps of about equal length in every weight: `w <- w - learning_rate * m / (sqrt(s) + epsilon)`.

    m and s are running means of the gradient and of its square, freed of their start at nought (D. P. Kingma and
    J. Ba, "Adam", 2015, algorithm 1).
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    steps: int = field(default=0, init=False, repr=False, compare=False)
    mean: np.ndarray | None = field(default=None, init=False, repr=False, compare=False)
    square: np.ndarray | None = field(default=None, init=False, repr=False, compare=False)

    def update(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move the weights by one step, in place; `gradient` has their shape and is not changed."""
        if self.mean is None:
            self.mean, self.square = np.zeros_like(parameters), np.zeros_like(parameters)
        self.steps += 1
        self.mean += (1 - self.beta1) * (gradient - self.mean)
        self.square += (1 - self.beta2) * (np.square(gradient) - self.square)
        mean = self.mean / (1 - self.beta1**self.steps)
        square = self.square / (1 - self.beta2**self.steps)
        parameters -= self.learning_rate * mean / (np.sqrt(square) + self.epsilon)


def add_scaled(target: np.ndarray, factor: float, vector: np.ndarray) -> None:
    """Do `target += factor * vector` in one pass through the memory (BLAS's axpy)."""
    AXPY[target.dtype.char](vector, target, a=factor)


AXPY = {char: get_blas_funcs("axpy", dtype=char) for char in "fd"}
