"""The identities of Task 1, written as the course writes them, to be held against numbers.

One image `x`, one hidden layer: `z_j = sum_i w_ji x_i`, `a_j = f(z_j)`, `z_k = sum_j w_kj a_j`, `y = softmax(z)`,
`C = -sum_k t_k ln y_k`. A model's matrices are `(fan_in, fan_out)`, so `w_ji` is `weights[0][i, j]`.
"""

from collections.abc import Callable

import numpy as np

from .activations import ACTIVATIONS, AMPLITUDE, improved_sigmoid, improved_sigmoid_slope
from .mlp import MLP
from .softmax import cross_entropies, softmax

Arrays = np.ndarray | list[np.ndarray]

STEP = 1e-5  # of the central differences
GRID = np.linspace(-6, 6, 2401)  # where the forms of the slope are held against each other


def element_gradients(model: MLP, image: np.ndarray, label: int) -> dict[str, np.ndarray]:
    """Return `delta_k (K,)`, `delta_j (J,)`, `dC/dw_kj (K, J)` and `dC/dw_ji (J, I)` by loops over single elements.

    image: `(I,)`; the model has one hidden layer. Task 1a, equation by equation.
    """
    activation = ACTIVATIONS[model.activation]
    w_ji, w_kj = (np.asarray(weights.T, np.float64) for weights in model.weights)
    num_hidden, num_inputs = w_ji.shape
    num_outputs = len(w_kj)

    z_j = np.array([sum(w_ji[j, i] * image[i] for i in range(num_inputs)) for j in range(num_hidden)])
    a_j = activation.value(z_j)
    z_k = np.array([sum(w_kj[k, j] * a_j[j] for j in range(num_hidden)) for k in range(num_outputs)])
    y_k = softmax(z_k)
    slope_j = activation.slope(a_j)

    delta_k = np.array([-((k == label) - y_k[k]) for k in range(num_outputs)])
    delta_j = np.array(
        [slope_j[j] * sum(w_kj[k, j] * delta_k[k] for k in range(num_outputs)) for j in range(num_hidden)]
    )
    return {
        "delta_k": delta_k,
        "delta_j": delta_j,
        "dC/dw_kj": np.array([[delta_k[k] * a_j[j] for j in range(num_hidden)] for k in range(num_outputs)]),
        "dC/dw_ji": np.array([[delta_j[j] * image[i] for i in range(num_inputs)] for j in range(num_hidden)]),
    }


def numerical_gradients(model: MLP, image: np.ndarray, label: int) -> dict[str, np.ndarray]:
    """Return the same four as central differences of the loss, in which no derivative was worked out by hand."""
    value = ACTIVATIONS[model.activation].value
    w_ji, w_kj = (np.asarray(weights.T, np.float64) for weights in model.weights)
    image = np.asarray(image, np.float64)
    z_j = w_ji @ image
    z_k = w_kj @ value(z_j)

    def loss(logits: np.ndarray) -> np.ndarray:
        logits = np.atleast_2d(logits)
        return cross_entropies(logits, np.full(len(logits), label))

    def differences(function: Callable[[np.ndarray], np.ndarray], z: np.ndarray, moves: np.ndarray) -> np.ndarray:
        return (function(z + STEP * moves) - function(z - STEP * moves)) / (2 * STEP)

    def from_hidden(z: np.ndarray) -> np.ndarray:
        return loss(value(z) @ w_kj.T)

    every_k, every_j = np.eye(len(z_k)), np.eye(len(z_j))
    return {
        "delta_k": differences(loss, z_k, every_k),
        "delta_j": differences(from_hidden, z_j, every_j),
        "dC/dw_kj": np.stack([differences(loss, z_k, every_k * a) for a in value(z_j)], axis=1),
        "dC/dw_ji": np.stack([differences(from_hidden, z_j, every_j * x) for x in image], axis=1),
    }


def loop_update(model: MLP, images: np.ndarray, labels: np.ndarray, learning_rate: float) -> list[np.ndarray]:
    """Return the weights after one step of gradient descent on a mini-batch, worked out image by image by loops."""
    gradients = [element_gradients(model, image, label) for image, label in zip(images, labels, strict=True)]
    means = [np.mean([g[name] for g in gradients], axis=0) for name in ("dC/dw_ji", "dC/dw_kj")]
    return [weights - learning_rate * mean.T for weights, mean in zip(model.weights, means, strict=True)]


def matrix_update(model: MLP, images: np.ndarray, labels: np.ndarray, learning_rate: float) -> list[np.ndarray]:
    """Return the weights after the same step by the matrix equations of Task 1b."""
    _, gradients = model.loss_and_gradients(images, labels)
    return [weights - learning_rate * g for weights, g in zip(model.weights, gradients, strict=True)]


def slope_forms(x: np.ndarray) -> dict[str, np.ndarray]:
    """Return the slope of the improved sigmoid at `x` in the two forms of Task 3b, by differences, and as coded."""
    return {
        "with tanh": (2 / 3) * AMPLITUDE * (1 - np.tanh(2 * x / 3) ** 2),
        "with cosh": (4 / 3) * AMPLITUDE / (np.cosh(4 * x / 3) + 1),
        "central difference": (improved_sigmoid(x + STEP) - improved_sigmoid(x - STEP)) / (2 * STEP),
        "as coded": improved_sigmoid_slope(improved_sigmoid(x)),
    }


def cosh_form_as_first_written(x: np.ndarray) -> np.ndarray:
    """Return the second form with its 1 behind the fraction, as the notes of an earlier report have it."""
    return (4 / 3) * AMPLITUDE / np.cosh(4 * x / 3) + 1


def largest_difference(first: Arrays, second: Arrays) -> float:
    """Return the largest absolute difference between two arrays, or two lists of arrays."""
    first, second = (value if isinstance(value, list) else [value] for value in (first, second))
    return max(float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True))
