"""What training makes smaller: each loss as its value for every image, and its slope at the logits."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .softmax import softmax


class Loss(NamedTuple):
    """A loss of each image, from logits and one-hot targets `(N, num_classes)`.

    value: `(N,)`. slope: its derivative by the logits, `(N, num_classes)`, written to `out`.
    """

    value: Callable[[np.ndarray, np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return `-sum_k t_k ln y_k` with `y = softmax(z)`, as `ln sum_k exp(z_k) - sum_k t_k z_k` [nats]."""
    largest = logits.max(axis=-1, keepdims=True)
    return np.log(np.exp(logits - largest).sum(axis=-1)) + (targets * (largest - logits)).sum(axis=-1)


def cross_entropy_slope(logits: np.ndarray, targets: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return `delta_k = -(t_k - y_k)` (Task 1a)."""
    deltas = softmax(logits, out=out)
    deltas -= targets
    return deltas


def squared_error(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return `sum_k (y_k - t_k)^2 / 2` with `y = softmax(z)`."""
    return np.square(softmax(logits) - targets).sum(axis=-1) / 2


def squared_error_slope(logits: np.ndarray, targets: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return `y_k (e_k - sum_l y_l e_l)` with the errors `e = y - t`: back through the softmax."""
    probabilities = softmax(logits)
    errors = np.subtract(probabilities, targets, out=out)
    errors -= (probabilities * errors).sum(axis=-1, keepdims=True)
    errors *= probabilities
    return errors


LOSSES = {
    "cross_entropy": Loss(cross_entropy, cross_entropy_slope),
    "squared_error": Loss(squared_error, squared_error_slope),
}
