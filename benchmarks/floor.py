"""The floor: the matrix products of a pass and nothing else, into arrays that are kept.

They are calls of `np.dot`, as in the network: it costs less a call than `np.matmul`, and half for a single image.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np


class MatrixProducts:
    """Weights and kept arrays for passes over `num_images` images, float32.

    weights, gradients: `(fan_in, fan_out)` for each layer. activations, deltas: `(num_images, units)` for each
    layer after the input. The values are random, of the size that they have in a network.
    """

    def __init__(self, sizes: Sequence[int], num_images: int):
        stream = np.random.default_rng(0)

        def normal(*shape: int) -> np.ndarray:
            return (stream.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)

        self.weights = [normal(fan_in, fan_out) for fan_in, fan_out in pairwise(sizes)]
        self.gradients = [np.empty_like(weights) for weights in self.weights]
        self.activations = [normal(num_images, units) for units in sizes[1:]]
        self.deltas = [normal(num_images, units) for units in sizes[1:]]

    def forward(self, images: np.ndarray) -> None:
        """Multiply images `(num_images, num_inputs)` through all layers."""
        inputs = images
        for weights, units in zip(self.weights, self.activations, strict=True):
            inputs = np.dot(inputs, weights, out=units)

    def weight_gradients(self, images: np.ndarray) -> None:
        """Multiply the inputs of each layer, transposed, by its deltas."""
        for inputs, deltas, gradient in zip([images, *self.activations[:-1]], self.deltas, self.gradients, strict=True):
            np.dot(inputs.T, deltas, out=gradient)

    def back(self) -> None:
        """Multiply the deltas of the output back to the first hidden layer."""
        for layer in range(len(self.weights) - 1, 0, -1):
            np.dot(self.deltas[layer], self.weights[layer].T, out=self.deltas[layer - 1])

    def step(self, images: np.ndarray) -> None:
        """Do all matrix products of one training step on one mini-batch."""
        self.forward(images)
        self.back()
        self.weight_gradients(images)

    def epoch(self, images: np.ndarray) -> None:
        """Do the steps over images `(N, num_inputs)`, mini-batch after mini-batch in their order."""
        for block in self._blocks(images):
            self.step(block)

    def evaluation(self, images: np.ndarray) -> None:
        """Do the forward passes over images `(N, num_inputs)`, block after block."""
        for block in self._blocks(images):
            self.forward(block)

    def _blocks(self, images: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the images in whole blocks of `num_images`."""
        size = len(self.deltas[0])
        for start in range(0, len(images) - size + 1, size):
            yield images[start : start + size]
