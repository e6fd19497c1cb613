"""What a network takes: layer sizes, images, labels and pixels, checked, with errors that say what does not fit."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from ..common.checks import check, is_integer


def checked_layer_sizes(layer_sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the units of each layer, or raise `ValueError`."""
    sizes = tuple(layer_sizes) if isinstance(layer_sizes, Iterable) else ()
    allowed = "at least an input and an output layer, each a positive integer"
    check("layer_sizes", layer_sizes, len(sizes) >= 2 and all(map(is_integer, sizes)), allowed)
    if sizes[-1] < 2:
        raise ValueError(f"the output layer has {sizes[-1]} unit; a softmax needs at least 2 classes")
    return tuple(int(n) for n in sizes)


def num_weights(layer_sizes: Sequence[int]) -> int:
    """Return the number of weights between layers of these sizes."""
    return sum(fan_in * fan_out for fan_in, fan_out in pairwise(layer_sizes))


def checked_images(images: np.ndarray, num_inputs: int, dtype: np.dtype) -> np.ndarray:
    """Return images `(N, num_inputs)` in a network's dtype, or raise `ValueError`."""
    images = np.asarray(images)
    if images.ndim != 2 or images.shape[1] != num_inputs or len(images) == 0:
        least = "at least one" if images.shape[:1] == (0,) else "as wide as the first layer"
        raise ValueError(f"images have shape {images.shape}; expected (N, {num_inputs}), {least}")
    with np.errstate(over="ignore"):  # a number too large for the dtype becomes infinite and is refused
        images = images.astype(dtype, copy=False)
    if not np.isfinite(images).all():
        row, column = np.argwhere(~np.isfinite(images))[0]
        what = f"images hold {images[row, column]} at row {row}, column {column}"
        raise ValueError(f"{what}; allowed: finite numbers within {dtype}")
    return images


def checked_labels(labels: np.ndarray, num_images: int, num_classes: int) -> np.ndarray:
    """Return labels `(num_images,)`, or raise `ValueError`."""
    labels = np.asarray(labels)
    if labels.shape != (num_images,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels have shape {labels.shape} and dtype {labels.dtype}; expected {num_images} integers, "
            "one for each image"
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(
            f"labels go from {labels.min()} to {labels.max()}; allowed: 0 to {num_classes - 1}, "
            "one less than the output units"
        )
    return labels


def checked_pixels(pixels: np.ndarray, num_pixels: int) -> np.ndarray:
    """Return grey values 0..255 as rows `(N, num_pixels)`, or raise `ValueError`, also for values from 0 to 1."""
    pixels = np.asarray(pixels, float)
    check("pixels' shape", pixels.shape, pixels.size % num_pixels == 0, f"images of {num_pixels} pixels")
    low, high = (pixels.min(), pixels.max()) if pixels.size else (0, 0)
    if not 0 <= low <= high <= 255 or 0 < high <= 1:
        what = f"pixels go from {low:g} to {high:g}; expected grey values from 0 to 255, 255 = ink"
        raise ValueError(f"{what}. Multiply images of values from 0 to 1 by 255" if 0 <= low <= high <= 1 else what)
    return pixels.reshape(-1, num_pixels)
