"""A multi-layer network with a softmax output, in matrix form, for mini-batches.

Written to be held against Task 1b: rows are images, so with the images `X (N, I)` and weights `W1 (I, J)`,
`W2 (J, K)` the forward pass is `Z1 = X W1`, `A1 = f(Z1)`, `Z2 = A1 W2`, `Y = softmax(Z2)`, and the gradients are
`dC/dW2 = A1^T D2`, `dC/dW1 = X^T D1` with `D2 = (Y - T) / N`, `D1 = f'(Z1) * (D2 W2^T)`.

All weights lie in one flat vector, each matrix a view of it, so that an update of all layers is one operation.
Passes write into `Buffers`: at this size, taking memory costs more than the arithmetic.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import numpy as np

from .activations import ACTIVATIONS
from .mnist import Split, check_dtype
from .random_streams import random_stream

WEIGHT_INITS = ("uniform", "improved")
EVALUATION_BLOCK = 1_000  # images evaluated at once: few enough for the activations to stay in the cache


class Buffers:
    """Memory for passes over `num_images` images, one `(num_images, units)` array for each layer and purpose.

    `activations[-1]` are the logits; the deltas are dC/dz of each layer. The hidden layers' activations also lie one
    after the other in the flat `all_hidden`, so that the slopes of all layers, `all_slopes`, are one operation.
    """

    def __init__(self, num_images: int, layer_sizes: Sequence[int], dtype: np.dtype):
        shapes = [(num_images, units) for units in layer_sizes[1:]]
        self.all_hidden = np.empty(sum(map(math.prod, shapes[:-1])), dtype)
        self.all_slopes = np.empty_like(self.all_hidden)
        self.slopes = views(self.all_slopes, shapes[:-1])
        self.activations = [*views(self.all_hidden, shapes[:-1]), np.empty(shapes[-1], dtype)]
        self.deltas = [np.empty(shape, dtype) for shape in shapes]


class MLP:
    """A fully connected network; the bias is the input's last column (see `load_mnist`).

    layer_sizes: units of each layer, input and output included, for example `[785, 64, 10]`.
    activation: of all hidden layers, `"sigmoid"` or `"improved_sigmoid"` (1.7159 tanh(2z/3)).
    weight_init: `"uniform"` on [-1, 1], or `"improved"`: normal with mean 0 and standard deviation
        1/sqrt(fan-in) ("Efficient BackProp", section 4.6).
    seed: of the initial weights; `None` draws new ones each time.
    dtype: `np.float32` or `np.float64`, of weights and arithmetic.

    Raises `ValueError` for any other argument.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        *,
        activation: str = "sigmoid",
        weight_init: str = "uniform",
        seed: int | None = None,
        dtype: type = np.float32,
    ):
        self.layer_sizes = _checked_layer_sizes(layer_sizes)
        _check_choice("activation", activation, tuple(ACTIVATIONS))
        _check_choice("weight_init", weight_init, WEIGHT_INITS)
        check_dtype(dtype)
        self.activation = activation
        self.weight_init = weight_init
        self.dtype = np.dtype(dtype)
        self.parameters = np.concatenate(
            [w.ravel() for w in _initial_weights(self.layer_sizes, weight_init, seed)], dtype=self.dtype
        )
        self.weights = self.layers_of(self.parameters)

    def layers_of(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return the weight matrices `(fan_in, fan_out)` as views of a flat vector `(num_parameters,)`."""
        return views(parameters, list(pairwise(self.layer_sizes)))

    @property
    def num_parameters(self) -> int:
        """Total number of weights, those of the bias included."""
        return self.parameters.size

    def forward(self, images: np.ndarray) -> np.ndarray:
        """Return class probabilities `(N, num_classes)` for images `(N, num_inputs)`."""
        images = self._checked_images(images)
        logits = self.forward_pass(images, Buffers(len(images), self.layer_sizes, self.dtype))
        return softmax(logits)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the most probable class of each image, `(N,)` integers."""
        return self.forward(images).argmax(axis=1)

    def evaluate(self, split: Split) -> tuple[float, float]:
        """Return mean cross entropy [nats] and accuracy (0 to 1) over a split."""
        try:
            images, labels = split
        except (TypeError, ValueError):
            allowed = "a pair of images and labels, such as dataset.validation"
            raise ValueError(f"split is {split!r}; allowed: {allowed}") from None
        return self.evaluation_pass(*self.checked_batch(images, labels))

    def evaluation_pass(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Do what `evaluate` does, without its checks: for images and labels from `checked_batch`."""
        buffers = Buffers(min(EVALUATION_BLOCK, len(images)), self.layer_sizes, self.dtype)
        total_loss, total_hits = 0.0, 0
        for start in range(0, len(images), EVALUATION_BLOCK):
            block = slice(start, start + EVALUATION_BLOCK)
            if len(images[block]) != len(buffers.activations[0]):
                buffers = Buffers(len(images[block]), self.layer_sizes, self.dtype)
            logits = self.forward_pass(images[block], buffers)
            total_loss += float(cross_entropies(logits, labels[block]).sum(dtype=np.float64))
            total_hits += int(hits(logits, labels[block]).sum())
        return total_loss / len(images), total_hits / len(images)

    def loss_and_gradients(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """Return the mean cross entropy [nats] over the images and its gradient for each weight matrix.

        images: `(N, num_inputs)`; labels: `(N,)` integers. The gradients have the shapes of `weights`.
        """
        images, labels = self.checked_batch(images, labels)
        buffers = Buffers(len(images), self.layer_sizes, self.dtype)
        gradients = self.layers_of(np.empty_like(self.parameters))
        logits = self.forward_pass(images, buffers)
        self.backward_pass(images, self.one_hot(labels), buffers, gradients, scale=1 / len(images))
        return float(cross_entropies(logits, labels).mean(dtype=np.float64)), gradients

    @np.errstate(over="ignore")  # of the activations, see there
    def forward_pass(self, images: np.ndarray, buffers: Buffers) -> np.ndarray:
        """Fill `buffers.activations` and return the last, the logits `(N, num_classes)`."""
        activation = ACTIVATIONS[self.activation].value
        hidden, logits = buffers.activations[:-1], buffers.activations[-1]
        inputs = images
        for weights, units in zip(self.weights, hidden, strict=False):
            np.dot(inputs, weights, out=units)
            inputs = activation(units, out=units)
        return np.dot(inputs, self.weights[-1], out=logits)

    def backward_pass(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        buffers: Buffers,
        gradients: list[np.ndarray],
        scale: float,
    ) -> None:
        """After `forward_pass`: write the gradients of `scale` times the summed cross entropy.

        targets: `(N, num_classes)`, one-hot. With `scale = 1/N` these are the gradients of the mean.
        """
        ACTIVATIONS[self.activation].slope(buffers.all_hidden, out=buffers.all_slopes)
        deltas = softmax(buffers.activations[-1], out=buffers.deltas[-1])
        deltas -= targets  # delta_k = -(t_k - y_k)
        deltas *= scale
        for layer in range(len(self.weights) - 1, 0, -1):
            np.dot(buffers.activations[layer - 1].T, deltas, out=gradients[layer])
            deltas = np.dot(deltas, self.weights[layer].T, out=buffers.deltas[layer - 1])
            deltas *= buffers.slopes[layer - 1]  # delta_j = f'(z_j) sum_k w_kj delta_k
        np.dot(images.T, deltas, out=gradients[0])

    def one_hot(self, labels: np.ndarray) -> np.ndarray:
        """Return the targets `(N, num_classes)` of labels `(N,)`: 1 at the label, 0 elsewhere."""
        return np.eye(self.layer_sizes[-1], dtype=self.dtype)[labels]

    def checked_batch(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return images in the network's dtype and labels, or raise `ValueError` saying what does not fit."""
        images, labels = self._checked_images(images), np.asarray(labels)
        if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"labels have shape {labels.shape} and dtype {labels.dtype}; expected {len(images)} integers, "
                "one for each image"
            )
        if labels.min() < 0 or labels.max() >= self.layer_sizes[-1]:
            raise ValueError(
                f"labels go from {labels.min()} to {labels.max()}; allowed: 0 to {self.layer_sizes[-1] - 1}, "
                "one less than the output units"
            )
        return images, labels

    def _checked_images(self, images: np.ndarray) -> np.ndarray:
        images = np.asarray(images)
        if images.ndim != 2 or images.shape[1] != self.layer_sizes[0] or len(images) == 0:
            raise ValueError(
                f"images have shape {images.shape}; expected (N, {self.layer_sizes[0]}), as wide as the first layer"
            )
        with np.errstate(over="ignore"):  # a number too large for the dtype becomes infinite and is refused
            images = images.astype(self.dtype, copy=False)
        if not np.isfinite(images).all():
            row, column = np.argwhere(~np.isfinite(images))[0]
            what = f"images hold {images[row, column]} at row {row}, column {column}"
            raise ValueError(f"{what}; allowed: finite numbers within {self.dtype}")
        return images

    def __repr__(self) -> str:
        layers = "-".join(map(str, self.layer_sizes))
        return f"MLP({layers}, {self.activation}, {self.weight_init} weights, {self.num_parameters:,} parameters)"


def views(flat: np.ndarray, shapes: Sequence[tuple[int, int]]) -> list[np.ndarray]:
    """Return matrices of these shapes that lie one after the other in a flat vector, as views of it."""
    ends = accumulate(map(math.prod, shapes))
    return [flat[end - math.prod(shape) : end].reshape(shape) for end, shape in zip(ends, shapes, strict=True)]


def softmax(logits: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return `exp(z_k) / sum_k' exp(z_k')` along the last axis; the largest logit is subtracted first."""
    probabilities = np.subtract(logits, np.maximum.reduce(logits, axis=-1, keepdims=True), out=out)
    np.exp(probabilities, out=probabilities)
    probabilities /= np.add.reduce(probabilities, axis=-1, keepdims=True)
    return probabilities


def cross_entropies(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return `-ln y_label` of each image [nats], `(N,)`, as `ln sum_k exp(z_k) - z_label`: finite for any logits."""
    rows = logits.T.copy()  # one of each class: NumPy reduces along a long axis three times as fast
    largest = rows.max(axis=0)
    beyond = largest - rows[labels, np.arange(len(labels))]
    rows -= largest
    np.exp(rows, out=rows)
    return np.log(rows.sum(axis=0)) + beyond


def hits(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each image whether its largest logit is that of its label, `(N,)` booleans."""
    return logits.argmax(axis=-1) == labels


def _initial_weights(layer_sizes: Sequence[int], weight_init: str, seed: int | None) -> list[np.ndarray]:
    stream = random_stream(seed, "initial weights")
    shapes = pairwise(layer_sizes)
    if weight_init == "uniform":
        return [stream.uniform(-1, 1, shape) for shape in shapes]
    return [stream.normal(0, 1 / np.sqrt(shape[0]), shape) for shape in shapes]


def _checked_layer_sizes(layer_sizes: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(layer_sizes) if isinstance(layer_sizes, Iterable) else ()
    if len(sizes) < 2 or not all(isinstance(n, int | np.integer) and n > 0 and n is not True for n in sizes):
        raise ValueError(
            f"layer_sizes is {layer_sizes!r}; allowed: at least an input and an output layer, each a positive integer"
        )
    if sizes[-1] < 2:
        raise ValueError(f"the output layer has {sizes[-1]} unit; a softmax needs at least 2 classes")
    return tuple(int(n) for n in sizes)


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; allowed: {', '.join(map(repr, allowed))}")
