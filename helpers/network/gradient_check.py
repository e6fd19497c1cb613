"""Backpropagation held against central differences of the loss, for every weight."""

import numpy as np

from .activations import ACTIVATIONS
from .buffers import Buffers
from .mlp import MLP
from .softmax import cross_entropies

STEP = 1e-4  # the error of a central difference is about STEP^2 by truncation and 1e-16 / STEP by rounding
FLOOR = 1e-2  # gradients below this fraction of the array's largest are compared on the scale of that fraction


@np.errstate(over="ignore")  # of the activations, see there
def gradient_check(model: MLP, images: np.ndarray, labels: np.ndarray) -> list[float]:
    """Return the largest relative error of backpropagation for each weight array, in float64.

    Every weight w is moved by +-1e-4; its numerical gradient is `(C(w + h) - C(w - h)) / 2h`. The error is
    |numerical - backpropagated| relative to the larger of the two, or to a hundredth of the array's largest
    gradient where both are smaller. The model is not changed. images: `(N, num_inputs)`; labels: `(N,)`.
    Below 1e-5 backpropagation is right; a wrong term gives 1e-2 to 1. (Where gradients vanish to 1e-9, as in
    ten layers of plain sigmoids, rounding of the loss alone is of their size.)
    """
    model = model.in_float64()
    images, labels = model.checked_batch(images, labels)
    _, gradients = model.loss_and_gradients(images, labels)
    return [
        _relative_error(numerical_gradient(model, layer, images, labels), gradient)
        for layer, gradient in enumerate(gradients)
    ]


def numerical_gradient(model: MLP, layer: int, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the central differences of the mean loss for each weight of one layer, `(fan_in, fan_out)`."""
    buffers = Buffers(len(images), model.layer_sizes, model.dtype)
    model.forward_pass(images, buffers)
    inputs = images if layer == 0 else buffers.activations[layer - 1]
    z = inputs @ model.weights[layer]
    fan_in, fan_out = model.weights[layer].shape
    gradient = np.empty((fan_in, fan_out))
    every_unit = np.eye(fan_out)[:, None, :]
    for row in range(fan_in):
        # Moving w[row, j] by h moves z[n, j] by h * inputs[n, row]; all j at once, along a first axis.
        moves = STEP * every_unit * inputs[:, row, None]
        loss_above, loss_below = (_mean_losses(model, layer, z + move, labels) for move in (moves, -moves))
        gradient[row] = (loss_above - loss_below) / (2 * STEP)
    return gradient


def _mean_losses(model: MLP, layer: int, z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean loss `(V,)` for each of V variants of one layer's pre-activations, `(V, N, units)`."""
    variants, num_images, _ = z.shape
    signals = z.reshape(variants * num_images, -1)
    for weights in model.weights[layer + 1 :]:
        signals = ACTIVATIONS[model.activation].value(signals) @ weights
    return cross_entropies(signals, np.tile(labels, variants)).reshape(variants, num_images).mean(axis=1)


def _relative_error(numerical: np.ndarray, gradient: np.ndarray) -> float:
    size = np.maximum(np.abs(numerical), np.abs(gradient))
    if size.max() == 0:
        return 0.0
    return float((np.abs(numerical - gradient) / np.maximum(size, FLOOR * size.max())).max())
