"""The update rule: gradient descent with momentum."""

import numpy as np
from scipy.linalg.blas import get_blas_funcs


class SGD:
    """Moves the weights against their gradient: `v <- momentum * v + gradient`, `w <- w - learning_rate * v`.

    So momentum sums up gradients, and the learning rate multiplies the sum (D. E. Rumelhart, G. E. Hinton and
    R. J. Williams, 1986, write the rate into the sum; at a constant rate the weights are the same).
    parameters: `(num_parameters,)` the weights that it will move; it takes memory of their size and type.
    """

    def __init__(self, learning_rate: float, momentum: float, parameters: np.ndarray):
        self.learning_rate, self.momentum = learning_rate, momentum
        self.velocity = np.zeros_like(parameters)
        self._axpy = get_blas_funcs("axpy", dtype=parameters.dtype)  # y <- a x + y, in one pass through the memory

    def update(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move the weights by one step, in place; `gradient` has their shape and is not changed."""
        velocity = gradient
        if self.momentum:
            self.velocity *= self.momentum
            self.velocity += gradient
            velocity = self.velocity
        self._axpy(velocity, parameters, a=-self.learning_rate)  # parameters -= learning_rate * velocity
