"""Backpropagation held against central differences of the loss, for every weight."""

import numpy as np

from .activations import ACTIVATIONS
from .buffers import Buffers
from .losses import LOSSES, Loss
from .mlp import MLP

# The error of a central difference is about STEP^2 by truncation and 1e-16 / STEP by rounding. The second, shorter step
# is for functions with a kink: where one lies within the first, the loss has two slopes there.
STEPS = (1e-4, 1e-6)
FLOOR = 1e-2  # gradients below this fraction of the array's largest are compared on the scale of that fraction


def gradient_check(
    model: MLP, images: np.ndarray, labels: np.ndarray, loss: Loss = LOSSES["cross_entropy"]
) -> list[float]:
    """Return the largest relative error of backpropagation for each weight array, in float64.

    Every weight w is moved by +-1e-4; its numerical gradient is `(C(w + h) - C(w - h)) / 2h`. The error is
    |numerical - backpropagated| relative to the larger of the two, or to a hundredth of the array's largest
    gradient where both are smaller; where a step of 1e-6 gives a smaller one, it is that one, since the function may
    have a kink between. The model is not changed. images: `(N, num_inputs)`; labels: `(N,)`.
    Below 1e-5 backpropagation is right; a wrong term gives 1e-2 to 1. (Where gradients vanish to 1e-9, as in
    ten layers of plain sigmoids, rounding of the loss alone is of their size.)
    """
    model = model.in_float64()
    images, labels = model.checked_batch(images, labels)
    targets, buffers = model.one_hot(labels), Buffers(len(images), model.layer_sizes, model.dtype)
    gradients = model.layers_of(np.empty_like(model.parameters))
    model.forward_pass(images, buffers)
    model.backward_pass(images, targets, buffers, gradients, loss)
    signals = [images, *buffers.signals]
    errors = []
    for layer, gradient in enumerate(gradients):
        numerical = [_numerical_gradient(model, layer, signals[layer], targets, loss, step) for step in STEPS]
        errors.append(float(np.minimum(*(_relative_errors(each, gradient) for each in numerical)).max()))
    return errors


def _numerical_gradient(
    model: MLP, layer: int, inputs: np.ndarray, targets: np.ndarray, loss: Loss, step: float
) -> np.ndarray:
    """Return the central differences of the mean loss for each weight of one layer, `(fan_in, fan_out)`."""
    z = inputs @ model.weights[layer]
    fan_in, fan_out = model.weights[layer].shape
    gradient = np.empty((fan_in, fan_out))
    every_unit = np.eye(fan_out)[:, None, :]
    for row in range(fan_in):
        # Moving w[row, j] by h moves z[n, j] by h * inputs[n, row]; all j at once, along a first axis.
        moves = step * every_unit * inputs[:, row, None]
        loss_above, loss_below = (_mean_losses(model, layer, z + move, targets, loss) for move in (moves, -moves))
        gradient[row] = (loss_above - loss_below) / (2 * step)
    return gradient


def _mean_losses(model: MLP, layer: int, z: np.ndarray, targets: np.ndarray, loss: Loss) -> np.ndarray:
    """Return the mean loss `(V,)` for each of V variants of one layer's pre-activations, `(V, N, units)`."""
    variants, num_images, _ = z.shape
    signals = z.reshape(variants * num_images, -1)
    for weights in model.weights[layer + 1 :]:
        signals = ACTIVATIONS[model.activation].value(signals) @ weights
    return loss.value(signals, np.tile(targets, (variants, 1))).reshape(variants, num_images).mean(axis=1)


def _relative_errors(numerical: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    size = np.maximum(np.abs(numerical), np.abs(gradient))
    if size.max() == 0:
        return size
    return np.abs(numerical - gradient) / np.maximum(size, FLOOR * size.max())
