"""Initial weights: each way is a function of stream and shape, which networks take by name."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from ..data.random_streams import random_stream

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def uniform(stream: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return weights uniform on [-1, 1]."""
    return stream.uniform(-1, 1, shape)


def improved(stream: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return normal weights of mean 0 and standard deviation 1/sqrt(fan-in) ("Efficient BackProp", section 4.6)."""
    return stream.normal(0, 1 / np.sqrt(shape[0]), shape)


def he(stream: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return normal weights of mean 0 and standard deviation sqrt(2/fan-in), for ReLU (K. He et al., 2015)."""
    return stream.normal(0, np.sqrt(2 / shape[0]), shape)


WEIGHT_INITS: dict[str, Draw] = {"uniform": uniform, "improved": improved, "he": he}


def initial_weights(layer_sizes: Sequence[int], weight_init: str, seed: int | None) -> list[np.ndarray]:
    """Return the weight matrices `(fan_in, fan_out)` of a network, layer after layer from one stream."""
    stream = random_stream(seed, "initial weights")
    return [WEIGHT_INITS[weight_init](stream, shape) for shape in pairwise(layer_sizes)]
