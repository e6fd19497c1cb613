"""A multi-layer network with a softmax output, in matrix form, for mini-batches.

Written to be held against Task 1b: rows are images, so with the images `X (N, I)` and weights `W1 (I, J)`,
`W2 (J, K)` the forward pass is `Z1 = X W1`, `A1 = f(Z1)`, `Z2 = A1 W2`, `Y = softmax(Z2)`, and the gradients are
`dC/dW2 = A1^T D2`, `dC/dW1 = X^T D1` with `D2 = (Y - T) / N`, `D1 = f'(Z1) * (D2 W2^T)`.

All weights lie in one flat vector, each matrix a view of it, so that an update of all layers is one operation.
Passes write into `Buffers`: at this size, taking memory costs more than the arithmetic.
"""

import copy
import os
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..common.checks import check, check_choice, check_dtype
from ..common.display import Bundle, bundle
from ..common.model_files import read_model, write_model
from ..common.threads import one_blas_thread
from .activations import ACTIVATIONS
from .arguments import checked_images, checked_labels, checked_layer_sizes, checked_pixels, num_weights
from .buffers import Buffers, views
from .initial_weights import WEIGHT_INITS, initial_weights
from .losses import LOSSES, Loss
from .softmax import cross_entropies, hits, softmax

EVALUATION_BLOCK = 1_000  # images evaluated at once: few enough for the activations to stay in the cache


class MLP:
    """A fully connected network; the bias is the input's last column (see `load_mnist`).

    layer_sizes: units of each layer, input and output included, for example `[785, 64, 10]`.
    activation: of all hidden layers, a name of `ACTIVATIONS`: `"sigmoid"`, `"improved_sigmoid"` (1.7159 tanh(2z/3)),
        `"relu"`, or one of your own.
    weight_init: a name of `WEIGHT_INITS`: `"uniform"` on [-1, 1], `"improved"`: normal with deviation 1/sqrt(fan-in),
        `"he"`: with sqrt(2/fan-in), or one of your own.
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
        self.layer_sizes = checked_layer_sizes(layer_sizes)
        check_choice("activation", activation, tuple(ACTIVATIONS))
        check_choice("weight_init", weight_init, tuple(WEIGHT_INITS))
        check_dtype(dtype)
        self.activation = activation
        self.weight_init = weight_init
        self.dtype = np.dtype(dtype)
        initial = [weights.ravel() for weights in initial_weights(self.layer_sizes, weight_init, seed)]
        self._parameters = np.concatenate(initial, dtype=self.dtype)
        self.weights = self.layers_of(self._parameters)
        self.normalisation: tuple[float, float] | None = None  # mean and deviation of its training pixels, once known

    @property
    def parameters(self) -> np.ndarray:
        """All weights in one flat vector `(num_parameters,)`, of which `weights` are views.

        Assigning copies into it. Raises `ValueError` for another number of weights, or one that is not finite.
        """
        return self._parameters

    @parameters.setter
    def parameters(self, values: np.ndarray) -> None:
        values = np.asarray(values)
        if values.shape != self._parameters.shape:
            raise ValueError(f"parameters have shape {values.shape}; this network has ({self.num_parameters},)")
        if not np.isfinite(values).all():
            raise ValueError("parameters hold numbers that are not finite; did the training diverge?")
        self._parameters[:] = values

    def save(self, path: str | os.PathLike) -> None:
        """Write the network, with the normalisation of its training images, to a file for `MLP.load`."""
        settings = {name: getattr(self, name) for name in ("layer_sizes", "activation", "weight_init", "normalisation")}
        write_model(path, settings, self.parameters)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "MLP":
        """Return a network that `save` wrote. Raises `ValueError` for any other file, `OSError` if there is none."""
        settings, parameters = read_model(path)
        try:
            normalisation, sizes = settings.pop("normalisation"), checked_layer_sizes(settings.pop("layer_sizes"))
            check("layer_sizes", sizes, num_weights(sizes) == parameters.size, f"{parameters.size} weights in all")
            model = cls(sizes, **settings, dtype=parameters.dtype.type)
            model.parameters = parameters
            if normalisation is not None:
                mean, std = model.normalisation = tuple(map(float, normalisation))
                check("normalisation", normalisation, np.isfinite(mean) and 0 < std < np.inf, "a mean and a deviation")
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise ValueError(f"{path}: not a network that MLP.save wrote ({error})") from error
        return model

    def read(self, pixels: np.ndarray) -> np.ndarray:
        """Return the class probabilities `(N, num_classes)` of grey values 0..255, `(N, rows, columns)`.

        Raises `ValueError` for other values, such as 0 to 1, and for a network that does not know how its training
        images were normalised: one that was neither trained by `train`, nor loaded, nor given by a `Result`.
        """
        if self.normalisation is None:
            raise ValueError("this network does not know how its images were normalised; train it first")
        mean, std = self.normalisation
        rows = checked_pixels(pixels, self.layer_sizes[0] - 1)
        return self.forward(np.column_stack([(rows - mean) / std, np.ones(len(rows))]))

    def in_float64(self) -> "MLP":
        """Return a copy that computes in float64."""
        twin = copy.copy(self)
        twin.dtype = np.dtype(np.float64)
        twin._parameters = self._parameters.astype(np.float64)
        twin.weights = twin.layers_of(twin._parameters)
        return twin

    def layers_of(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return the weight matrices `(fan_in, fan_out)` as views of a flat vector `(num_parameters,)`."""
        return views(parameters, list(pairwise(self.layer_sizes)))

    @property
    def num_parameters(self) -> int:
        """Total number of weights, those of the bias included."""
        return self.parameters.size

    def forward(self, images: np.ndarray) -> np.ndarray:
        """Return class probabilities `(N, num_classes)` for images `(N, num_inputs)`."""
        images = checked_images(images, self.layer_sizes[0], self.dtype)
        with one_blas_thread():
            return softmax(self.forward_pass(images, Buffers(len(images), self.layer_sizes, self.dtype)))

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the most probable class of each image, `(N,)` integers."""
        return self.forward(images).argmax(axis=1)

    def evaluate(self, split: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
        """Return mean cross entropy [nats] and accuracy (0 to 1) over a split."""
        try:
            images, labels = split
        except (TypeError, ValueError):
            allowed = "a pair of images and labels, such as dataset.validation"
            raise ValueError(f"split is {split!r}; allowed: {allowed}") from None
        with one_blas_thread():
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
        with one_blas_thread():
            logits = self.forward_pass(images, buffers)
            self.backward_pass(images, self.one_hot(labels), buffers, gradients)
        return float(cross_entropies(logits, labels).mean(dtype=np.float64)), gradients

    def forward_pass(self, images: np.ndarray, buffers: Buffers) -> np.ndarray:
        """Fill `buffers.activations` and return the last, the logits `(N, num_classes)`."""
        activation = ACTIVATIONS[self.activation].value
        signals = images
        for layer, weights in enumerate(self.weights[:-1]):
            units = buffers.activations[layer]
            np.dot(signals, weights, out=units)  # z_j = sum_i w_ji x_i
            activation(units, out=units)  # a_j = f(z_j)
            signals = buffers.signals[layer]
            if buffers.masks is not None:
                np.multiply(units, buffers.masks[layer], out=signals)
        return np.dot(signals, self.weights[-1], out=buffers.activations[-1])

    def backward_pass(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        buffers: Buffers,
        gradients: list[np.ndarray],
        loss: Loss = LOSSES["cross_entropy"],
    ) -> None:
        """After `forward_pass`: write the gradients of the mean loss. targets: `(N, num_classes)`, one-hot."""
        ACTIVATIONS[self.activation].slope(buffers.all_hidden, out=buffers.all_slopes)
        if buffers.masks is not None:
            buffers.all_slopes *= buffers.all_masks
        deltas = loss.slope(buffers.activations[-1], targets, buffers.deltas[-1])  # delta_k = -(t_k - y_k)
        deltas /= len(images)
        for layer in range(len(self.weights) - 1, 0, -1):
            np.dot(buffers.signals[layer - 1].T, deltas, out=gradients[layer])  # dC/dw_kj = delta_k a_j
            deltas = np.dot(deltas, self.weights[layer].T, out=buffers.deltas[layer - 1])
            deltas *= buffers.slopes[layer - 1]  # delta_j = f'(z_j) sum_k w_kj delta_k
        np.dot(images.T, deltas, out=gradients[0])  # dC/dw_ji = delta_j x_i

    def one_hot(self, labels: np.ndarray) -> np.ndarray:
        """Return the targets `(N, num_classes)` of labels `(N,)`: 1 at the label, 0 elsewhere."""
        return np.eye(self.layer_sizes[-1], dtype=self.dtype)[labels]

    def checked_batch(self, images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return images in the network's dtype and labels, or raise `ValueError` saying what does not fit."""
        images = checked_images(images, self.layer_sizes[0], self.dtype)
        return images, checked_labels(labels, len(images), self.layer_sizes[-1])

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """Show the layers with shapes and parameter counts."""
        rows = [
            [str(number), f"{fan_in} × {fan_out}", f"{fan_in * fan_out:,}", self.activation.replace("_", " ")]
            for number, (fan_in, fan_out) in enumerate(pairwise(self.layer_sizes), start=1)
        ]
        rows[-1][-1] = "softmax"
        rows.append(["", "together", f"{self.num_parameters:,}", f"{self.weight_init} weights"])
        return bundle(self, ["layer", "weights", "parameters", "activation"], rows)

    def __repr__(self) -> str:
        layers = "-".join(map(str, self.layer_sizes))
        return f"MLP({layers}, {self.activation}, {self.weight_init} weights, {self.num_parameters:,} parameters)"
