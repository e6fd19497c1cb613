"""Memory for the passes through a network: taking it anew costs more than the arithmetic at this size."""

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np


class Buffers:
    """Memory for passes over `num_images` images, one `(num_images, units)` array for each layer and purpose.

    `activations[-1]` are the logits; the deltas are dC/dz of each layer. The hidden layers' activations also lie one
    after the other in the flat `all_hidden`, so that the slopes of all layers, `all_slopes`, are one operation.
    `signals` are what hidden layers hand on: their activations, or under dropout these times `masks`.

    dropout: the share of the hidden units that are left out of a pass, see `drop`.
    """

    def __init__(self, num_images: int, layer_sizes: Sequence[int], dtype: np.dtype, dropout: float = 0.0):
        shapes = [(num_images, units) for units in layer_sizes[1:]]
        self.all_hidden = np.empty(sum(map(math.prod, shapes[:-1])), dtype)
        self.all_slopes = np.empty_like(self.all_hidden)
        self.slopes = views(self.all_slopes, shapes[:-1])
        self.activations = [*views(self.all_hidden, shapes[:-1]), np.empty(shapes[-1], dtype)]
        self.deltas = [np.empty(shape, dtype) for shape in shapes]
        self.signals, self.masks, self.dropout = self.activations[:-1], None, dropout
        if dropout:
            self.all_masks = np.ones_like(self.all_hidden)
            self.masks = views(self.all_masks, shapes[:-1])
            self.signals = views(np.empty_like(self.all_hidden), shapes[:-1])

    def drop(self, stream: np.random.Generator) -> None:
        """Draw which hidden units the next pass leaves out, each image its own (N. Srivastava et al., 2014, dropout).

        Those that stay are scaled by `1 / (1 - dropout)`, so that nothing has to be scaled when the network is used.
        """
        kept = stream.random(self.all_masks.size, np.float32) >= self.dropout
        np.multiply(kept, 1 / (1 - self.dropout), out=self.all_masks, casting="same_kind")


def views(flat: np.ndarray, shapes: Sequence[tuple[int, int]]) -> list[np.ndarray]:
    """Return matrices of these shapes that lie one after the other in a flat vector, as views of it."""
    ends = accumulate(map(math.prod, shapes))
    return [flat[end - math.prod(shape) : end].reshape(shape) for end, shape in zip(ends, shapes, strict=True)]
